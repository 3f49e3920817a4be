"""Second factors of users: made, activated by a first code, deleted; and the devices that need no code."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import MOST_KEYS, RECOVERY_CODES, KeyStatus, MfaKey, TrustedDevice
from heliograph.core.security.recovery import CODE_BYTES, code_hash, code_of
from heliograph.flow.manage.access_requests import (
    ActivateMfaKey,
    DeleteMfaKey,
    DeleteTrustedDevice,
    ForgetMfaKeys,
    NewMfaKey,
    NewRecoveryCodes,
)
from heliograph.flow.manage.users import account_of
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class CreateMfaKeys(OneByOne[NewMfaKey, MfaKey | Refusal]):
    """Keys that were never activated give way."""

    async def answer(self, tx: Transaction, request: NewMfaKey) -> MfaKey | Refusal:
        account = await account_of(tx, request.org, request.account, None)
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


class ActivateMfaKeys(OneByOne[ActivateMfaKey, MfaKey | Refusal]):
    """The code that activates is used up by it."""

    async def answer(self, tx: Transaction, request: ActivateMfaKey) -> MfaKey | Refusal:
        key = (await tx.admin.load(MfaKey, [request.key])).get(request.key)
        if key is None or (key.org, key.account) != (request.org, request.account):
            return refuse("unknown_mfa_key")
        if key.status == KeyStatus.ACTIVE:
            return refuse("duplicate", "status", "The key is active.")
        key = replace(key, status=KeyStatus.ACTIVE, activated_at=tx.now, last_step=request.step)
        await tx.admin.change([key])
        return key


class RecoveryCodes(Struct, frozen=True):
    key: MfaKey
    codes: tuple[str, ...]  # nobody can show them again


class MakeRecoveryCodes(OneByOne[NewRecoveryCodes, RecoveryCodes | Refusal]):
    """Codes on paper, for whoever lost the authenticator. Those from before are no good any more."""

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self._draw = draw

    async def answer(self, tx: Transaction, request: NewRecoveryCodes) -> RecoveryCodes | Refusal:
        key = (await tx.admin.load(MfaKey, [request.key])).get(request.key)
        if key is None or (key.org, key.account) != (request.org, request.account):
            return refuse("unknown_mfa_key")
        if key.status != KeyStatus.ACTIVE:
            return refuse("key_pending")
        codes = tuple(code_of(self._draw(CODE_BYTES)) for _ in range(RECOVERY_CODES))
        key = replace(key, codes=" ".join(map(code_hash, codes)), codes_left=len(codes))
        await tx.admin.change([key])
        return RecoveryCodes(key, codes)


class DeleteMfaKeys(OneByOne[DeleteMfaKey, MfaKey | Refusal]):
    """With the last key, no device is trusted any more."""

    async def answer(self, tx: Transaction, request: DeleteMfaKey) -> MfaKey | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
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


class ForgetMfa(OneByOne[ForgetMfaKeys, int | Refusal]):
    """Its answer is how many keys there were."""

    async def answer(self, tx: Transaction, request: ForgetMfaKeys) -> int | Refusal:
        account = await account_of(tx, request.org, request.account, None)
        if isinstance(account, Refusal):
            return account
        keys = await tx.access.load_keys(account.id)
        await tx.admin.drop(keys)
        await tx.admin.drop(await tx.access.load_trusted(account.id))
        return len(keys)


class DeleteTrustedDevices(OneByOne[DeleteTrustedDevice, TrustedDevice | Refusal]):
    async def answer(self, tx: Transaction, request: DeleteTrustedDevice) -> TrustedDevice | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        devices = {device.id: device for device in await tx.access.load_trusted(account.id)}
        device = devices.get(request.device)
        if device is None:
            return refuse("unknown_trusted_device")
        await tx.admin.drop([device])
        return device
