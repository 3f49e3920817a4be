"""Second factors of users: made, activated by a first code, deleted; and the devices that need no code."""

from collections.abc import Sequence

from msgspec.structs import replace

from heliograph.core.organisation import Account
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import MOST_KEYS, KeyStatus, MfaKey, TrustedDevice, covers, scopes_of
from heliograph.flow.manage.access_requests import (
    ActivateMfaKey,
    Ceiling,
    DeleteMfaKey,
    DeleteTrustedDevice,
    ForgetMfaKeys,
    NewMfaKey,
)
from heliograph.flow.ports import Answers, Transaction, Urgency


class CreateMfaKeys:
    """The flow. Keys that were never activated give way."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[NewMfaKey]) -> Answers[MfaKey | Refusal]:
        return Answers([await self._create(tx, request) for request in requests], [])

    async def _create(self, tx: Transaction, request: NewMfaKey) -> MfaKey | Refusal:
        account = await _account(tx, request.org, request.account, None)
        if isinstance(account, Refusal):
            return account
        keys = await tx.access.load_keys(account.id)
        active = [key for key in keys if key.status == KeyStatus.ACTIVE]
        if len(active) >= MOST_KEYS:
            return refuse("bad_value", "mfa", f"A user has at most {MOST_KEYS} keys.")
        await tx.admin.drop([key for key in keys if key.status != KeyStatus.ACTIVE])
        key = MfaKey(tx.next_id(0), account.org, account.id, KeyStatus.PENDING, request.seed, tx.now)
        await tx.admin.add([key])
        return key


class ActivateMfaKeys:
    """The flow. The code that activates is used up by it."""

    urgency = Urgency.ACCEPT

    async def __call__(
        self, tx: Transaction, requests: Sequence[ActivateMfaKey]
    ) -> Answers[MfaKey | Refusal]:
        return Answers([await self._activate(tx, request) for request in requests], [])

    async def _activate(self, tx: Transaction, request: ActivateMfaKey) -> MfaKey | Refusal:
        key = (await tx.admin.load(MfaKey, [request.key])).get(request.key)
        if key is None or (key.org, key.account) != (request.org, request.account):
            return refuse("unknown_mfa_key")
        if key.status == KeyStatus.ACTIVE:
            return refuse("duplicate", "status", "The key is active.")
        key = replace(key, status=KeyStatus.ACTIVE, activated_at=tx.now, last_step=request.step)
        await tx.admin.change([key])
        return key


class DeleteMfaKeys:
    """The flow. With the last key, no device is trusted any more."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[DeleteMfaKey]) -> Answers[MfaKey | Refusal]:
        return Answers([await self._delete(tx, request) for request in requests], [])

    async def _delete(self, tx: Transaction, request: DeleteMfaKey) -> MfaKey | Refusal:
        account = await _account(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        keys = {key.id: key for key in await tx.access.load_keys(account.id)}
        key = keys.pop(request.key, None)
        if key is None:
            return refuse("unknown_mfa_key")
        await tx.admin.drop([key])
        if not any(left.status == KeyStatus.ACTIVE for left in keys.values()):
            await tx.admin.drop(await tx.access.load_trusted(account.id))
        return key


class ForgetMfa:
    """The flow. Its answer is how many keys there were."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[ForgetMfaKeys]) -> Answers[int | Refusal]:
        return Answers([await self._forget(tx, request) for request in requests], [])

    async def _forget(self, tx: Transaction, request: ForgetMfaKeys) -> int | Refusal:
        account = await _account(tx, request.org, request.account, None)
        if isinstance(account, Refusal):
            return account
        keys = await tx.access.load_keys(account.id)
        await tx.admin.drop(keys)
        await tx.admin.drop(await tx.access.load_trusted(account.id))
        return len(keys)


class DeleteTrustedDevices:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(
        self, tx: Transaction, requests: Sequence[DeleteTrustedDevice]
    ) -> Answers[TrustedDevice | Refusal]:
        return Answers([await self._delete(tx, request) for request in requests], [])

    async def _delete(self, tx: Transaction, request: DeleteTrustedDevice) -> TrustedDevice | Refusal:
        account = await _account(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        devices = {device.id: device for device in await tx.access.load_trusted(account.id)}
        device = devices.get(request.device)
        if device is None:
            return refuse("unknown_trusted_device")
        await tx.admin.drop([device])
        return device


async def _account(tx: Transaction, org: int, id: int, ceiling: Ceiling) -> Account | Refusal:
    account = (await tx.admin.load(Account, [id])).get(id)
    if account is None or account.org != org:
        return refuse("unknown_account")
    if ceiling is not None and not covers(ceiling, scopes_of(account.role)):
        return refuse("beyond_scopes", "user", "The user may do more than whoever wants to change it.")
    return account
