"""One bind to an upstream: it connects, binds, and does so again when it is lost, ever more slowly.

In: the upstream's row; submits; events of its session. Out: answers and requests to the station, and what was
under way when it was lost. Ends by leaving, with an unbind.
"""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

import structlog

from heliograph.core.upstream import Upstream
from heliograph.networks.smpp.connect import NotConnected, Permits, connect
from heliograph.networks.smpp.outlet import Ticket
from heliograph.runtime.link import Link
from heliograph.wire.smpp.events import (
    Answered,
    BindRefused,
    Bound,
    Ended,
    Event,
    Limits,
    PeerNacked,
    Rejected,
    Requested,
    Unanswered,
)
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import status_name
from heliograph.wire.smpp.pdus import Bind, BindReceiver, BindTransceiver, BindTransmitter, Response, SubmitSm
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.trace import LONGEST_KEPT, Trace, kept

log = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 60.0
SHORTEST_PAUSE_SECONDS = 0.05
STABLE_SECONDS = 10.0  # a bind that held for so long was a good one
THEIR_WINDOW = 1_000
LONGEST_ERROR = 200
_DOUBLINGS = 10
_BINDS: dict[str, type[Bind]] = {"trx": BindTransceiver, "tx": BindTransmitter, "rx": BindReceiver}
CONNECTING, BINDING, BOUND, WAITING, LEAVING = "connecting", "binding", "bound", "waiting", "leaving"

Answer = tuple[Ticket, Response]


class Station(Protocol):
    """What a bind knows of its upstream."""

    @property
    def upstream(self) -> Upstream: ...
    @property
    def trace(self) -> Trace: ...
    def password(self) -> str | None: ...
    @property
    def permits(self) -> Permits: ...
    def came(self, line: "Line") -> None: ...
    def went(self, line: "Line") -> None: ...
    def failed(self, line: "Line") -> None: ...
    def heard(
        self, line: "Line", answers: Sequence[Answer], requests: Sequence[Requested], time: float
    ) -> None: ...
    def lost(self, tickets: Sequence[Ticket], is_silent: bool) -> None: ...


class Line:
    """The `Transmitter` of the outlet while it is bound and not a receiver alone."""

    def __init__(
        self, station: Station, number: int, bind: str, now: Callable[[], int], chance: Random
    ) -> None:
        self._station = station
        self._upstream = station.upstream
        self._now = now
        self._chance = chance
        self._loop = asyncio.get_running_loop()
        self._link: Link[Event] | None = None
        self._ended = asyncio.Event()
        self._sent: dict[int, Ticket] = {}
        self._bound_at: float | None = None
        self._rested = asyncio.Event()
        self._is_leaving = False
        self._is_restarting = False
        self.session: SmppSession | None = None
        self.number = number
        self.bind = bind
        self.state = CONNECTING
        self.since = now()
        self.error = ""
        self.error_at: int | None = None
        self.failures = 0
        self.next_try_at: int | None = None
        self.heard_at: float | None = None
        self.said_at: float | None = None

    # For the outlet.

    @property
    def is_bound(self) -> bool:
        return self.state == BOUND

    @property
    def submits(self) -> bool:
        return self.bind != "rx"

    @property
    def window(self) -> int:
        return self._upstream.window

    @property
    def unanswered(self) -> int:
        return len(self._sent)

    @property
    def room(self) -> int:
        return 0 if self.session is None else self.session.room

    @property
    def with_tlvs(self) -> bool:
        return self.session is not None and self.session.with_tlvs

    def submit(self, pdu: SubmitSm, ticket: Ticket, now: float) -> None:
        """ValueError when it does not fit. There must be room."""
        assert self.session is not None
        sequence = self.session.send(pdu, now)
        assert sequence is not None
        self._sent[sequence] = ticket

    def flush_soon(self) -> None:
        if self._link is not None:
            self._link.flush_soon()

    # Its life.

    async def run(self) -> None:
        """Until it has left."""
        while True:
            await self._once()
            if not self._is_leaving:
                await self._rest()
            if self._is_leaving:
                return

    async def _once(self) -> None:
        self._is_restarting = False
        self._enter(CONNECTING)
        self._ended.clear()
        try:
            await connect(self._upstream, self._make, self._station.permits)
        except NotConnected as why:
            self._fail(str(why))
        else:
            try:
                await self._ended.wait()
            finally:
                if self._link is not None:
                    self._link.abort()
        self.session = self._link = None

    def _make(self) -> Link[Event]:
        upstream = self._upstream
        limits = Limits(
            session_init_seconds=upstream.response_seconds,
            enquire_link_seconds=upstream.enquire_link_seconds or None,
            response_seconds=upstream.response_seconds,
            our_window=upstream.window,
            their_window=THEIR_WINDOW,
            silent_version=upstream.interface_version,
        )
        self.session = SmppSession(Side.ESME, self._loop.time(), limits, self._watch)
        self._link = Link(self.session, self._heard, self._lost, made=self._made)
        return self._link

    def _watch(self, is_ours: bool, octets: bytes) -> None:
        """Of every PDU: what costs more than a note is done when somebody looks."""
        at = self._loop.time()
        if is_ours:
            self.said_at = at
        else:
            self.heard_at = at
        if len(octets) > LONGEST_KEPT:
            octets = kept(octets)
        self._station.trace.frames.append((at, self.number, is_ours, octets))

    def _made(self) -> None:
        assert self.session is not None
        assert self._link is not None
        upstream, password = self._upstream, self._station.password()
        if self._is_leaving:
            self._link.close()
            return
        if password is None:
            self._fail("its password cannot be opened with the keys of this installation")
            self._link.close()
            return
        version = upstream.interface_version
        self._enter(BINDING)
        try:
            bind = _BINDS[self.bind](upstream.system_id, password, upstream.system_type, version)
            self.session.bind(bind, self._loop.time())
        except ValueError as error:
            self._fail(f"the bind cannot be said: {error}")
            self._link.close()

    def _heard(self, events: Sequence[Event]) -> None:
        answers: list[Answer] = []
        requests: list[Requested] = []
        sent = self._sent
        for event in events:
            if isinstance(event, Answered):
                ticket = sent.pop(event.sequence, None)
                if ticket is not None:
                    answers.append((ticket, event.response))
            elif isinstance(event, Requested):
                requests.append(event)
            else:
                self._other(event)
        if answers or requests:
            self._station.heard(self, answers, requests, self._loop.time())

    def _other(self, event: Event) -> None:
        match event:
            case Bound():
                self._bound_at = self._loop.time()
                self.next_try_at = None
                self._enter(BOUND)
                self._station.came(self)
            case BindRefused(_, response):
                self._fail(f"bind refused: {status_name(response.status)}")
                self._close()
            case Unanswered(requests):
                is_over = self.session is None or self.session.is_over
                found = [self._sent.pop(one.sequence, None) for one in requests]
                self._station.lost([ticket for ticket in found if ticket is not None], not is_over)
            case Rejected(_, _, status, reason):
                self._note(f"we answered {status_name(status)}: {reason}")
            case PeerNacked(_, status):
                self._note(f"generic_nack: {status_name(status)}")
            case Ended(reason):
                if self.state in (BINDING, BOUND):
                    self._note(f"the session ended: {reason.value}")
                self._close()

    def _lost(self) -> None:
        if self._sent:
            tickets, self._sent = list(self._sent.values()), {}
            self._station.lost(tickets, False)
        if self._bound_at is not None:
            if self._loop.time() - self._bound_at >= STABLE_SECONDS:
                self.failures = 0
            self.failures += 1
            self._bound_at = None
        before = self.state
        self._enter(WAITING)
        if before == BOUND:
            self._station.went(self)
        elif before == BINDING:
            self.failures += 1
            self._station.failed(self)
        self._ended.set()

    def _close(self) -> None:
        if self._link is not None:
            self._link.close()

    def _fail(self, why: str) -> None:
        """It could not be bound."""
        self.failures += 1
        self._note(why)
        self._enter(WAITING)
        self._station.failed(self)

    def _note(self, why: str) -> None:
        self.error, self.error_at = why[:LONGEST_ERROR], self._now()

    def _enter(self, state: str) -> None:
        if self._is_leaving and state != WAITING:
            state = LEAVING
        if state != self.state:
            self.state, self.since = state, self._now()

    async def _rest(self) -> None:
        """With jitter, so that binds that were lost together do not come back together."""
        doubled = max(self._upstream.reconnect_seconds, SHORTEST_PAUSE_SECONDS) * 2 ** min(
            max(0, self.failures - 1), _DOUBLINGS
        )
        pause = min(doubled, LONGEST_PAUSE_SECONDS) * self._chance.uniform(0.5, 1.0)
        self._enter(WAITING)
        self.next_try_at = self._now() + round(pause * 1000)
        self._rested.clear()
        alarm = self._loop.call_later(pause, self._rested.set)
        await self._rested.wait()
        alarm.cancel()

    def restart(self, why: str) -> None:
        """The far end says that it is not bound: it is bound anew. It may say so of many submits."""
        if self._is_restarting:
            return
        self._is_restarting = True
        self._note(why)
        if self.session is not None and self.session.unbind(self._loop.time()):
            self.flush_soon()
        else:
            self._close()

    def leave(self) -> None:
        """What the upstream answers until it lets us go is still heard."""
        was_bound = self.is_bound
        self._is_leaving = True
        self._enter(LEAVING)
        self._rested.set()
        if was_bound:
            self._station.went(self)
        if self.session is not None and self.session.unbind(self._loop.time()):
            self.flush_soon()
        else:
            self._close()
