"""Users: created, changed, given roles, deleted. A hash comes in and never a password.

Nobody gives what they do not have, and an organisation keeps an administrator.
"""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.labels import LONGEST_NAME
from heliograph.core.organisation import ROLES, Account
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import UserStatus, covers, guard_key, scopes_of, with_role, without_role
from heliograph.flow.manage.access_requests import Ceiling, DeleteAccount, GiveRole, SetAccount
from heliograph.flow.manage.organisations import refuses_name, refuses_organisation
from heliograph.flow.manage.requests import NewAccount, SetPassword
from heliograph.flow.manage.saved import leave_views
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency

_ARGON2ID = "$argon2id$"
_ADMINISTRATOR = "administrator"


class CreateAccounts(OneByOne[NewAccount, Account | Refusal]):
    """A user without a password waits for one."""

    async def answer(self, tx: Transaction, request: NewAccount) -> Account | Refusal:
        refusal = (
            _refuses_password(request.password, may_wait=True)
            or _bad_full_name(request.full_name)
            or _refuses_roles(request.role, request.ceiling)
            or await refuses_organisation(tx, request.org)
            or await refuses_name(tx, Account, request.org, request.name)
        )
        if refusal is not None:
            return refusal
        account = Account(
            tx.next_id(0),
            request.org,
            request.name,
            request.password,
            request.role,
            tx.now,
            request.full_name,
            UserStatus.ACTIVE if request.password else UserStatus.PENDING,
        )
        await tx.admin.add([account])
        return account


class SetPasswords:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[SetPassword]) -> Answers[Account | Refusal]:
        wishes = [SetAccount(one.org, one.account, password=one.password) for one in requests]
        return Answers([await set_account(tx, wish) for wish in wishes], [])


class SetAccounts(OneByOne[SetAccount, Account | Refusal]):
    async def answer(self, tx: Transaction, request: SetAccount) -> Account | Refusal:
        return await set_account(tx, request)


class GiveRoles(OneByOne[GiveRole, Account | Refusal]):
    async def answer(self, tx: Transaction, request: GiveRole) -> Account | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        if request.role not in ROLES:
            return refuse("unknown_role")
        held = request.role in account.role.split()
        if held == request.given:
            return refuse("duplicate", "role", "The user has this role.") if held else refuse("unknown_role")
        role = (with_role if request.given else without_role)(account.role, request.role)
        refusal = _refuses_roles(role, request.ceiling) if role else None
        if refusal is not None:
            return refusal
        changed = replace(account, role=role)
        refusal = await kept(tx, account, changed)
        if refusal is not None:
            return refusal
        await end_lesser_invitations(tx, account, changed)
        return await _write(tx, changed)


class DeleteAccounts(OneByOne[DeleteAccount, Account | Refusal]):
    """Tokens that the user made are the organisation's and stay."""

    async def answer(self, tx: Transaction, request: DeleteAccount) -> Account | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        refusal = await kept(tx, account, None)
        if refusal is not None:
            return refusal
        await tx.access.drop_sessions(account.id)
        await tx.admin.drop(await tx.access.load_trusted(account.id))
        await tx.admin.drop(await tx.access.load_keys(account.id))
        await tx.admin.drop(await tx.access.load_invitations(account.id))
        await leave_views(tx, account.org, account.id, None if request.heir == account.id else request.heir)
        await tx.admin.drop([account])
        return account


async def set_account(tx: Transaction, request: SetAccount) -> Account | Refusal:
    account = await account_of(tx, request.org, request.account, request.ceiling)
    if isinstance(account, Refusal):
        return account
    refusal = await _refuses(tx, account, request)
    if refusal is not None:
        return refusal
    changed = _changed(account, request)
    refusal = await kept(tx, account, changed)
    if refusal is not None:
        return refusal
    if changed.password != account.password:
        await tx.admin.drop(await tx.access.load_trusted(account.id))
        await tx.admin.drop(await tx.access.load_invitations(account.id))
        await tx.access.drop_guard(guard_key(account.name))
    if changed.password != account.password or changed.status != UserStatus.ACTIVE:
        await tx.access.drop_sessions(account.id)
    return await _write(tx, changed) if changed != account else account


async def _write(tx: Transaction, account: Account) -> Account:
    await tx.admin.change([account])
    return account


async def end_lesser_invitations(tx: Transaction, before: Account, after: Account) -> None:
    """Who made one was allowed to for what the user might do then."""
    if not covers(scopes_of(before.role), scopes_of(after.role)):
        await tx.admin.drop(await tx.access.load_invitations(after.id))


async def account_of(tx: Transaction, org: int, id: int, ceiling: Ceiling) -> Account | Refusal:
    """The user, when whoever asks may touch one who may do so much."""
    account = (await tx.admin.load(Account, [id])).get(id)
    if account is None or account.org != org:
        return refuse("unknown_account")
    if ceiling is not None and not covers(ceiling, scopes_of(account.role)):
        return refuse("beyond_scopes", "user", "The user may do more than whoever wants to change it.")
    return account


async def _refuses(tx: Transaction, account: Account, request: SetAccount) -> Refusal | None:
    refusal = None
    if request.name is not UNSET and request.name != account.name:
        refusal = await refuses_name(tx, Account, account.org, request.name)
    if refusal is None and request.full_name is not UNSET:
        refusal = _bad_full_name(request.full_name)
    if refusal is None and request.password is not UNSET:
        refusal = _refuses_password(request.password)
    if refusal is None and request.status is not UNSET:
        refusal = _refuses_status(account, request)
    return refusal


def _refuses_status(account: Account, request: SetAccount) -> Refusal | None:
    if request.status == account.status or request.status == UserStatus.SUSPENDED:
        return None
    if request.status != UserStatus.ACTIVE:
        return refuse("bad_value", "status", "A user is made active or suspended.")
    is_new = account.status == UserStatus.PENDING
    if is_new and not account.password and request.password is UNSET:
        return refuse("bad_value", "status", "A user without a password is made active by setting one.")
    return None


def _changed(account: Account, request: SetAccount) -> Account:
    if request.name is not UNSET:
        account = replace(account, name=request.name)
    if request.full_name is not UNSET:
        account = replace(account, full_name=request.full_name)
    if request.password is not UNSET:
        waits = account.status == UserStatus.PENDING
        account = replace(
            account, password=request.password, status=UserStatus.ACTIVE if waits else account.status
        )
    if request.status is not UNSET and request.status != account.status:
        # Without a password it waits for one, or comes again by a provider of logins.
        waits = request.status == UserStatus.ACTIVE and not account.password
        account = replace(account, status=UserStatus.PENDING if waits else request.status)
    return account


async def kept(tx: Transaction, before: Account, after: Account | None) -> Refusal | None:
    """Is there an administrator left?"""
    if (after is not None and _administers(after)) or not _administers(before):
        return None
    others = await tx.access.administrators(before.org) - {before.id}
    return None if others else refuse("last_administrator")


def _administers(account: Account) -> bool:
    return account.status == UserStatus.ACTIVE and _ADMINISTRATOR in account.role.split()


def _refuses_roles(role: str, ceiling: Ceiling) -> Refusal | None:
    names = role.split()
    if not names or any(name not in ROLES for name in names):
        return refuse("bad_value", "role", f"A role is one of {', '.join(ROLES)}.")
    if ceiling is not None and not covers(ceiling, scopes_of(role)):
        return refuse("beyond_scopes", "role", "Nobody gives a role that may do more than they may.")
    return None


def _refuses_password(password: str, may_wait: bool = False) -> Refusal | None:
    if password.startswith(_ARGON2ID) or (may_wait and not password):
        return None
    return refuse("bad_value", "password", "An account has an Argon2id hash.")


def _bad_full_name(name: str) -> Refusal | None:
    if len(name) <= LONGEST_NAME and name.isprintable():
        return None
    return refuse("bad_value", "full_name", f"A name has at most {LONGEST_NAME} printable characters.")
