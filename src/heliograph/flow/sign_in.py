"""Signing in by a provider that was believed: who comes is found among the users, or made one."""

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.labels import bad_name
from heliograph.core.organisation import Account
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import UserStatus
from heliograph.flow.manage.access_requests import UnlinkAccount
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.users import account_of, end_lesser_invitations, kept
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class SignIn(Struct, frozen=True):
    org: int
    name: str
    said: str  # as the provider says it; it goes before the name
    full_name: str
    issuer: str
    subject: str  # who it is there for good: a name may be another's tomorrow
    role: str  # of who is made
    decides: bool = False  # the provider says the role of who is there, too
    create: bool = False


class SignInAccounts(OneByOne[SignIn, Account | Refusal]):
    """A provider knows the people of one organisation: whom another one has, it has no say in. Who came once
    is known by the provider's own word for them; under a name only who never came.
    """

    async def answer(self, tx: Transaction, request: SignIn) -> Account | Refusal:
        id = await tx.access.find_linked(request.org, request.issuer, request.subject)
        if id is None:
            found = await tx.admin.find(Account, request.org, [request.said, request.name])
            id = found.get(request.said) or found.get(request.name)
        if id is None:
            return await _made(tx, request)
        account = (await tx.admin.load(Account, [id]))[id]
        if account.org != request.org:
            return refuse("unknown_account")
        if account.subject and (account.issuer, account.subject) != (request.issuer, request.subject):
            return refuse("other_identity")
        if account.status == UserStatus.SUSPENDED:
            return refuse("user_suspended")
        changed = replace(account, status=UserStatus.ACTIVE, issuer=request.issuer, subject=request.subject)
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
        request.issuer,
        request.subject,
    )
    await tx.admin.add([account])
    return account


class UnlinkAccounts(OneByOne[UnlinkAccount, Account | Refusal]):
    async def answer(self, tx: Transaction, request: UnlinkAccount) -> Account | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal) or not account.subject:
            return account
        changed = replace(account, issuer="", subject="")
        await tx.admin.change([changed])
        return changed
