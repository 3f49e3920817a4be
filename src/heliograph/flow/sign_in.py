"""Signing in by a provider that was believed: who comes is found among the users, or made one."""

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.labels import bad_name
from heliograph.core.organisation import Account
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import UserStatus
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.users import end_lesser_invitations, kept
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class SignIn(Struct, frozen=True):
    org: int
    name: str
    said: str  # as the provider says it; it goes before the name
    full_name: str
    role: str  # of who is made
    decides: bool = False  # the provider says the role of who is there, too
    create: bool = False


class SignInAccounts(OneByOne[SignIn, Account | Refusal]):
    """A provider knows the people of one organisation: whom another one has, it has no say in."""

    async def answer(self, tx: Transaction, request: SignIn) -> Account | Refusal:
        found = await tx.admin.find(Account, request.org, [request.said, request.name])
        id = found.get(request.said) or found.get(request.name)
        if id is None:
            return await _made(tx, request)
        account = (await tx.admin.load(Account, [id]))[id]
        if account.org != request.org:
            return refuse("unknown_account")
        if account.status == UserStatus.SUSPENDED:
            return refuse("user_suspended")
        changed = replace(account, status=UserStatus.ACTIVE)
        if request.decides and await kept(tx, account, replace(changed, role=request.role)) is None:
            changed = replace(changed, role=request.role)
        if changed != account:
            await end_lesser_invitations(tx, account, changed)
            await tx.admin.change([changed])
        return changed


async def _made(tx: Transaction, request: SignIn) -> Account | Refusal:
    """Without a password: the provider is the only way in, until one is set."""
    if not request.create:
        return refuse("unknown_account")
    refusal = bad_name(request.name) or await refuses_organisation(tx, request.org)
    if refusal is not None:
        return refusal
    account = Account(
        tx.next_id(0),
        request.org,
        request.name,
        "",
        request.role,
        tx.now,
        request.full_name,
        UserStatus.ACTIVE,
    )
    await tx.admin.add([account])
    return account
