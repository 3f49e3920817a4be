"""The seam for what runs towards operators: the binds of each upstream, what came of its submits, its last
PDUs. The links stand behind it. All times are milliseconds since the epoch; all counts are since the start.
"""

from typing import Protocol

from msgspec import Struct

from heliograph.core.upstream import Upstream
from heliograph.flow.reads.smpp_port import TraceLine


class LinkView(Struct, frozen=True):
    """One bind as it now stands."""

    number: int  # among the upstream's, from 1
    bind: str  # trx, tx or rx
    state: str  # connecting, binding, bound, waiting (for its next try) or leaving
    since: int  # in this state
    unanswered: int  # submit_sm that the upstream has not answered
    window: int  # how many it may have
    failures: int  # in a row
    error: str = ""  # the last
    error_at: int | None = None
    next_try_at: int | None = None
    received_at: int | None = None  # the last PDU from the upstream
    sent_at: int | None = None  # our last


class UpstreamView(Struct, frozen=True):
    """One upstream as it now stands."""

    id: int
    name: str
    org: int
    is_up: bool  # SMS may go there
    since: int | None  # it is up or down; None: it never was up
    links: list[LinkView]
    window: int  # of all binds that are there
    in_flight: int  # attempts without an outcome
    waiting: int  # of them, those that wait for room in a window
    rate_per_s: int | None  # what it is given now; None: as fast as its window allows
    configured_rate_per_s: int | None
    throttled_at: int | None  # when it last complained
    submitted: int  # submit_sm
    accepted: int  # answered by ESME_ROK
    refused: dict[str, int]  # the other answers, by status
    unanswered: int  # no answer in time, or the link was lost
    receipts: dict[str, int]  # by state
    duplicate_receipts: int
    unknown_references: int  # receipts of messages that nobody knows
    held_receipts: int  # that are ahead of their messages, now
    received: int  # SMS that it brought
    received_refused: int


class UpstreamLinks(Protocol):
    """The upstreams at work: told at once when people change them."""

    def put(self, upstream: Upstream) -> None:
        """It is new, or it changed; a password that changed makes it bind anew."""
        ...

    def remove(self, id: int) -> None: ...
    def view(self, id: int) -> UpstreamView | None:
        """None: it is not at work, since it is not enabled, or nothing is sent here."""
        ...

    def views(self) -> list[UpstreamView]:
        """Of all that are at work, by name."""
        ...

    def trace(self, id: int, with_text: bool, limit: int) -> list[TraceLine]:
        """The last ones, oldest first."""
        ...


class BindTried(Struct, frozen=True):
    """What came of one bind that was tried beside those at work, and was left at once."""

    ok: bool
    stage: str  # connect, tls, bind or bound: how far it came
    took_ms: int
    status: str = ""  # what the far end answered to the bind
    error: str = ""  # why there was no answer
    system_id: str = ""  # how it names itself
    interface_version: int | None = None  # that it says


class UpstreamProbe(Protocol):
    async def test(self, upstream: Upstream) -> BindTried: ...
