"""Logins of users, ended by them or by who manages them. Ending what is over changes nothing."""

from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.access_requests import CloseSessions
from heliograph.flow.manage.users import account_of
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class CloseLogins(OneByOne[CloseSessions, int | Refusal]):
    """Its answer is how many there were."""

    async def answer(self, tx: Transaction, request: CloseSessions) -> int | Refusal:
        account = await account_of(tx, request.org, request.account, request.ceiling)
        if isinstance(account, Refusal):
            return account
        sessions = await tx.access.load_sessions(account.id)
        if request.session is None:
            ended = [session for session in sessions if session.id != request.keep]
        else:
            ended = [session for session in sessions if session.id == request.session]
            if not ended:
                return refuse("unknown_session")
        await tx.admin.drop(ended)
        return len(ended)
