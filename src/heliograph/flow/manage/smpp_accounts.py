"""SMPP accounts: created, changed, given a new password, switched off and on, deleted. An account comes and
goes with its application.

In: wishes; a password comes as its hash. Out: the row as it stands, or why not.
"""

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.organisation import Application
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import tidy_networks
from heliograph.core.smpp_account import MOST_ACCOUNTS, SmppAccount, bad_account, ends_binds, tidy_binds
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class SmppAccountWish(Struct, frozen=True):
    """Fields of `core.smpp_account.SmppAccount`."""

    system_id: str | UnsetType = UNSET
    password: str | UnsetType = UNSET  # its Argon2id hash, made by the caller
    networks: tuple[str, ...] | UnsetType = UNSET
    binds: str | UnsetType = UNSET
    most_binds: int | UnsetType = UNSET
    window: int | UnsetType = UNSET
    their_window: int | UnsetType = UNSET
    rate_per_s: int | UnsetType | None = UNSET
    source: str | UnsetType = UNSET
    receipt_coding: str | UnsetType = UNSET
    mo_per_part: str | UnsetType = UNSET
    payload_from: int | UnsetType = UNSET
    most_waiting: int | UnsetType = UNSET
    enabled: int | UnsetType = UNSET
    external: int | UnsetType = UNSET


class NewSmppAccount(Struct, frozen=True):
    org: int
    wish: SmppAccountWish


class SetSmppAccount(Struct, frozen=True):
    org: int
    account: int
    wish: SmppAccountWish


class DeleteSmppAccount(Struct, frozen=True):
    org: int
    account: int


class NoteUnbind(Struct, frozen=True):
    """Somebody told a session of the account to leave."""

    org: int
    account: int


SmppRequest = NewSmppAccount | SetSmppAccount | DeleteSmppAccount | NoteUnbind


class ManageSmppAccounts(OneByOne[SmppRequest, SmppAccount | Refusal]):
    """For every request about accounts."""

    async def answer(self, tx: Transaction, request: SmppRequest) -> SmppAccount | Refusal:
        if isinstance(request, NewSmppAccount):
            return await _create(tx, request)
        account = (await tx.admin.load(SmppAccount, [request.account])).get(request.account)
        if account is None or account.org != request.org:
            return refuse("unknown_smpp_account")
        if isinstance(request, SetSmppAccount):
            return await _set(tx, account, request.wish)
        if isinstance(request, NoteUnbind):
            await tx.admin.audit("unbind", None, account)
            return account
        return await _delete(tx, account)


async def _create(tx: Transaction, request: NewSmppAccount) -> SmppAccount | Refusal:
    refusal = await refuses_organisation(tx, request.org)
    if refusal is None and await tx.smpp.count(request.org) >= MOST_ACCOUNTS:
        refusal = refuse("bad_value", "smpp_account", f"There are {MOST_ACCOUNTS} accounts already.")
    if refusal is not None:
        return refusal
    id = tx.next_id(0)
    made = await _wished(tx, SmppAccount(id, request.org, "", "", 0, created_at=tx.now), request.wish)
    if isinstance(made, Refusal):
        return made
    made = replace(made, version=1)
    await tx.admin.add([Application(id, request.org, await _name(tx, made), tx.now)])
    await tx.admin.add([made])
    return made


async def _name(tx: Transaction, account: SmppAccount) -> str:
    """What people read of its application, wherever it is told of: free, and as its system_id."""
    name = f"SMPP account {account.system_id}"
    taken = await tx.admin.find(Application, account.org, [name])
    return f"{name}, {account.id}" if taken else name


async def _set(tx: Transaction, account: SmppAccount, wish: SmppAccountWish) -> SmppAccount | Refusal:
    changed = await _wished(tx, account, wish)
    if isinstance(changed, Refusal):
        return changed
    await tx.admin.change([changed])
    if changed.system_id != account.system_id:
        application = (await tx.admin.load(Application, [account.id]))[account.id]
        await tx.admin.change([replace(application, name=await _name(tx, changed))])
    return changed


async def _delete(tx: Transaction, account: SmppAccount) -> SmppAccount | Refusal:
    if await tx.smpp.policies_of(account):
        return refuse("in_use", "smpp_account", "SMPP Account still referenced by Service Profile.")
    if await tx.admin.is_awaited(account.id):
        why = "SMS or receipts wait for the account. They end when it is deleted with waiting=fail."
        return refuse("messages_wait", "smpp_account", why)
    application = (await tx.admin.load(Application, [account.id])).get(account.id)
    await tx.admin.drop_lanes_of_application(account.id)
    await tx.admin.drop([account, application] if application is not None else [account])
    return account


async def _wished(tx: Transaction, account: SmppAccount, wish: SmppAccountWish) -> SmppAccount | Refusal:
    networks = account.networks if wish.networks is UNSET else tidy_networks(wish.networks)
    if isinstance(networks, Refusal):
        return networks
    binds = account.binds if wish.binds is UNSET else tidy_binds(wish.binds)
    changed = as_wished(account, wish, binds=binds, networks=networks, updated_at=tx.now)
    refusal = bad_account(changed)
    if refusal is None and changed.system_id != account.system_id:
        refusal = await _refuses_system_id(tx, changed.system_id)
    if refusal is not None:
        return refusal
    return replace(changed, version=account.version + 1) if ends_binds(account, changed) else changed


async def _refuses_system_id(tx: Transaction, system_id: str) -> Refusal | None:
    if await tx.smpp.account_named(system_id) is None:
        return None
    return refuse("duplicate", "system_id", f"The system_id {system_id} is taken.")
