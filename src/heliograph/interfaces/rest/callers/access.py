"""Access: who calls. In: what stands behind `Bearer`. Out: a caller with an organisation, scopes and a role.

A token is looked up once and remembered for a moment; a change to tokens or users forgets all of it.
"""

from collections.abc import Awaitable, Callable
from time import monotonic

from msgspec import Struct

from heliograph.core.security.access import Network
from heliograph.flow.ports import Clock
from heliograph.interfaces.rest.callers.buckets import Buckets

REMEMBERED = 10_000
REMEMBERED_MS = 10_000  # how long another process's revocation may go unseen
_BEARER = "bearer "  # in any case, RFC 9110 §11.1


def bearer(headers: dict[bytes, bytes]) -> str | None:
    """The credential of a call; None: it has none."""
    text = headers.get(b"authorization", b"").decode("latin-1")
    return text[len(_BEARER) :].strip() if text[: len(_BEARER)].lower() == _BEARER else None


MOST_GUESSES, GUESSES_SECONDS = 2_000, 300  # bad credentials of one address; the contract's rate, §8


class Caller(Struct, frozen=True):
    org: int
    name: str  # for timelines and the audit: `token:7`, `user:3`
    scopes: frozenset[str]
    expires_at: int | None = None
    networks: tuple[Network, ...] = ()  # from which it may call; empty: from everywhere
    user: int | None = None
    token: int | None = None
    creator: int | None = None  # the user, or who made the token
    session: int | None = None  # of a user: the login
    ends_at: int | None = None  # of an application token: when it is over, whatever its session token says

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes


class Wrong(Struct, frozen=True):
    """Why a credential is no good: the contract's code and its words."""

    code: int
    message: str


class Later(Struct, frozen=True):
    """Too many bad credentials came from this address: no more are looked at for so long."""

    seconds: float


Verify = Callable[[str], Awaitable[Caller | Wrong]]


class Access:
    """Asks `verify` about credentials it does not remember."""

    def __init__(self, verify: Verify, clock: Clock) -> None:
        self._verify = verify
        self._clock = clock
        self._known: dict[str, tuple[Caller, int]] = {}
        self._forgotten = 0
        self.on_let_in: Callable[[Caller, str], None] = lambda _caller, _address: None
        self._guesses = Buckets(MOST_GUESSES / GUESSES_SECONDS, MOST_GUESSES, monotonic)

    def forget(self) -> None:
        """Tokens, users or roles changed. What is being looked up meanwhile is not remembered."""
        self._known.clear()
        self._forgotten += 1

    async def caller(self, credential: str, address: str = "") -> Caller | Wrong | Later:
        now = self._clock.now()
        known = self._known.get(credential)
        if known is not None and now < known[1]:
            return known[0]
        wait = self._guesses.wait_to_come(address)
        if wait:
            return Later(wait)
        forgotten = self._forgotten
        found = await self._verify(credential)
        if isinstance(found, Caller) and forgotten == self._forgotten:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            until = now + REMEMBERED_MS
            self._known[credential] = (found, min(until, found.expires_at or until))
        elif isinstance(found, Wrong):
            self._guesses.wait_seconds(address)
        return found
