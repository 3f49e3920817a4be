"""Invitations, as who holds one uses them: the token of a link becomes a password of their own choice.

In: the token, and a password. Out: whose it is, or the `Problem` that says no more than that it is no good.
"""

from collections.abc import Awaitable, Callable

from heliograph.core.organisation import Account, hash_of
from heliograph.core.refusal import Refusal
from heliograph.core.security.access import UserStatus
from heliograph.core.security.audit import Actor
from heliograph.flow.manage.access_requests import AcceptInvitation
from heliograph.flow.manage.invitations import AcceptInvitations
from heliograph.flow.ports import Clock, Store
from heliograph.flow.ports.access import AccessReader
from heliograph.interfaces.rest.callers.credentials import USER
from heliograph.interfaces.rest.problem import Problem, problem

NO_GOOD = "The invitation was used, took too long, or there is none such"


class Invitations:
    def __init__(
        self,
        reader: AccessReader,
        store: Store,
        flow: AcceptInvitations,
        clock: Clock,
        hashing: Callable[[str], Awaitable[str]],
    ) -> None:
        self._reader = reader
        self._store = store
        self._flow = flow
        self._clock = clock
        self._hash = hashing

    async def whose(self, token: str) -> tuple[Account, int]:
        """And until when it holds."""
        found = await self._reader.invitation(hash_of(token))
        if found is None or found[1].expires_at <= self._clock.now():
            raise _no_good()
        if found[0].status == UserStatus.SUSPENDED:
            raise _no_good()
        return found[0], found[1].expires_at

    async def accept(self, token: str, password: str, address: str) -> Account:
        """Nobody's password is hashed, which takes long, for a token that is no good."""
        account, _ = await self.whose(token)
        request = AcceptInvitation(hash_of(token), await self._hash(password))
        by = Actor(f"{USER}:{account.id}", address)
        (answer,) = await self._store.run(self._flow, [request], by)
        if isinstance(answer, Refusal):
            raise _no_good()
        return answer


def _no_good() -> Problem:
    return problem(401, 1102, NO_GOOD)
