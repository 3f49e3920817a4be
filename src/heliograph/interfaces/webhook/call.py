"""One call: a request to a URL, and what came of it, in the words of outcomes.

In: a method, a target, a body, headers. Out: an answer with its first bytes, or why there is none. How it
travels is the client's: it never follows a redirect and never goes where the guard forbids.
"""

from collections.abc import Mapping
from math import ceil
from time import perf_counter

from msgspec import Struct

from heliograph.core.outcome import LINK_LOST, Temporary, Unknown
from heliograph.runtime.guard import MARK, Guard
from heliograph.runtime.http.answer import FIRST_BYTES, BadAnswer, CallFailed, TimedOut
from heliograph.runtime.http.client import (
    NAMES_SECONDS,
    HttpClient,
    Limits,
    NotConnected,
    NotPermitted,
    NotResolved,
    NotTrusted,
    Resolve,
    Target,
)

AGENT = "Heliograph"
_RETRY_AFTER = b"retry-after"


class Answered(Struct, frozen=True):
    status: int
    retry_after: str | None
    first: bytes
    latency_ms: int


class Failed(Struct, frozen=True):
    """There is no answer."""

    outcome: Temporary | Unknown
    why: str
    latency_ms: int


class Client:
    """Made on the running loop."""

    def __init__(
        self,
        guard: Guard,
        limits: Limits,
        resolve: Resolve | None = None,
        names_seconds: float = NAMES_SECONDS,
    ) -> None:
        self._client = HttpClient(guard.permits, limits, resolve, names_seconds)

    async def call(
        self, method: str, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> Answered | Failed:
        started = perf_counter()
        try:
            answer = await self._client.call(method, target, body, headers)
        except CallFailed as failure:
            return Failed(*_meant(failure), _ms(started))
        asked = answer.headers.get(_RETRY_AFTER)
        retry_after = None if asked is None else asked.decode("latin-1")
        return Answered(answer.status, retry_after, answer.first, _ms(started))

    async def close(self) -> None:
        await self._client.close()


def target_of(url: str) -> Target:
    return Target(url, AGENT)


def _ms(started: float) -> int:
    """Begun milliseconds: a call that was made took some."""
    return ceil((perf_counter() - started) * 1000)


def _meant(failure: CallFailed) -> tuple[Temporary | Unknown, str]:
    """Was anything sent? What was not connected was not; what broke later may have arrived."""
    why = str(failure)[:FIRST_BYTES]
    match failure:
        case NotPermitted():
            return Temporary("address_refused"), MARK  # which address it was is not the caller's to learn
        case NotResolved():
            return Temporary("receiver_unresolved"), why
        case NotTrusted():
            return Temporary("receiver_untrusted"), why
        case NotConnected():
            return Temporary("receiver_down"), why
        case TimedOut():
            return Temporary("receiver_timeout"), why
        case BadAnswer():
            return Temporary("receiver_failing"), why
    return LINK_LOST, why
