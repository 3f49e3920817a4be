"""When logins and tokens were seen last, and from where: noted now and then, not with each call."""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.security.access import TokenUse
from heliograph.flow.ports import Answers, Transaction, Urgency


class Seen(Struct, frozen=True):
    """A login of a user, or an application token."""

    org: int
    at: int
    address: str
    session: int | None = None
    token: int | None = None


class NoteSeen:
    """The flow. A login that is over meanwhile stays so."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[Seen]) -> Answers[None]:
        for seen in requests:
            if seen.session is not None:
                await tx.access.see_session(seen.session, seen.org, seen.at, seen.address)
            if seen.token is not None:
                await tx.access.see_token(TokenUse(seen.token, seen.org, seen.at, seen.address))
        return Answers([None for _ in requests], [])
