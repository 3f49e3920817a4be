"""Invitations: a link by which a user sets the password, once, within a day. For who is new, and for who
forgot it. What the link holds is shown once; its hash is kept.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable

from msgspec import Struct

from heliograph.core.organisation import SECRET_BYTES, Account, hash_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import INVITED_MS, Invitation, UserStatus
from heliograph.flow.manage.access_requests import AcceptInvitation, NewInvitation, SetAccount
from heliograph.flow.manage.users import account_of, set_account
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

MARK = "hgi_"  # no token of an application


class Invited(Struct, frozen=True):
    invitation: Invitation
    account: Account
    secret: str  # nobody can show it again


class Invite(OneByOne[NewInvitation, Invited | Refusal]):
    """The one before is no good any more."""

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self._draw = draw

    async def answer(self, tx: Transaction, request: NewInvitation) -> Invited | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        if account.id == request.by:  # whoever found a session open would set the password without the old
            return refuse("own_invitation")
        if account.status == UserStatus.SUSPENDED:
            return refuse("user_suspended")
        await tx.admin.drop(await tx.access.load_invitations(account.id))
        secret = MARK + urlsafe_b64encode(self._draw(SECRET_BYTES)).decode().rstrip("=")
        end = tx.now + INVITED_MS
        made = Invitation(tx.next_id(0), account.org, account.id, hash_of(secret), tx.now, end)
        await tx.admin.add([made])
        return Invited(made, account, secret)


class AcceptInvitations(OneByOne[AcceptInvitation, Account | Refusal]):
    """The password is set, and all logins with the one before are over. Second factors stay."""

    async def answer(self, tx: Transaction, request: AcceptInvitation) -> Account | Refusal:
        invitation = await tx.access.find_invitation(request.digest)
        if invitation is None or invitation.expires_at <= tx.now:
            return refuse("bad_invitation")
        account = await account_of(tx, invitation.org, invitation.account, None)
        if isinstance(account, Refusal) or account.status == UserStatus.SUSPENDED:
            return refuse("bad_invitation")
        return await set_account(tx, SetAccount(account.org, account.id, password=request.password))
