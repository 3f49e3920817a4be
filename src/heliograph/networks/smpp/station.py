"""One upstream at work: its row as it now stands, its binds, its gate, its pace, its counts, its trace.

In: binds that come and go, what they hear, changes of the row. Out: the gate `upstream:<name>`, open while a
bind submits; outcomes of what was submitted; and its health, as values.
"""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from heliograph.core.delivery import gate_of_upstream
from heliograph.core.gate import Gate
from heliograph.core.outcome import LINK_LOST, NO_ANSWER, Accepted, Delivered
from heliograph.core.upstream import Upstream
from heliograph.flow.ports import Clock, Report
from heliograph.flow.ports.doors import TIMER_MARGIN_MS, Doors
from heliograph.flow.reads.smpp_port import TraceLine
from heliograph.flow.reads.upstream_port import LinkView, UpstreamView
from heliograph.networks.smpp.connect import Permits
from heliograph.networks.smpp.inlet import Inlet
from heliograph.networks.smpp.inlet import Tools as InletTools
from heliograph.networks.smpp.link import Answer, Line
from heliograph.networks.smpp.outlet import Outcomes, Ticket, UpstreamOutlet
from heliograph.networks.smpp.pace import Pace
from heliograph.networks.smpp.translate.ids import Ids
from heliograph.networks.smpp.translate.statuses import NOT_BOUND
from heliograph.networks.smpp.translate.submits import Words
from heliograph.runtime.tasks import supervise
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.numbers import Status, status_name
from heliograph.wire.smpp.trace import Trace

TICK_SECONDS = 0.25
BURST_MS, LOWERED_BURST_MS = 1_000, 200
STOP_SECONDS = 1.0  # for an unbind that is not answered
MOST_STATUSES, OTHER = 64, -1  # counted by name; whoever invents more has them counted together
NEWS_SECONDS = 600.0  # so often what goes on is an event
CHANGED = "bound anew, since its settings changed"
UP, DOWN, THROTTLED = "upstream_up", "upstream_down", "upstream_throttled"
UNNAMED = "upstream_unnamed"
# What a bind is made of: when one of these changes, all are made anew.
_OF_LINKS = (
    "host", "port", "tls", "tls_verify", "tls_ca", "tls_server_name", "tls_certificate", "tls_key",
    "system_id", "password", "system_type", "bind_mode", "binds", "window", "interface_version",
    "enquire_link_seconds", "response_seconds", "reconnect_seconds",
)  # fmt: skip


class Tools(Struct, frozen=True):
    """What all upstreams share."""

    doors: Doors
    report: Report
    clock: Clock
    time: Callable[[], float]  # of the loop
    chance: Random
    inlet: InletTools
    password: Callable[[Upstream], str | None]  # None: it cannot be opened
    permits: Permits
    tell: Callable[[Upstream, str, str], None]  # an event: its type, and why
    trace_pdus: int


class Station:
    def __init__(self, upstream: Upstream, tools: Tools) -> None:
        self.upstream = upstream
        self._tools = tools
        self._name = gate_of_upstream(upstream.name)
        self._words = Words(upstream)
        self._ids = Ids(upstream.id_format)
        self._pace = Pace(upstream.rate_per_s)
        self._gate = Gate(upstream.window, upstream.rate_per_s)
        self._outlet = UpstreamOutlet(self._words, tools.report, tools.clock.now, tools.time)
        self._inlet = Inlet(
            upstream.name, tools.inlet, self._ids, upstream.coding_0, lambda: self._gate.in_flight > 0
        )
        self.trace = Trace(tools.trace_pdus)
        self._lines: list[Line] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._tick: asyncio.TimerHandle | None = None
        self._is_open = False
        self._since: int | None = None
        self._told = ""
        self._is_leaving = False
        self._throttled_at: int | None = None
        self._told_of_pace_at = self._told_of_name_at = -NEWS_SECONDS
        self._accepted = self._unanswered = 0
        self._refused: dict[int, int] = {}
        tools.doors.add(self._name, self._gate, self._outlet, self._timer_ms)

    @property
    def _timer_ms(self) -> int:
        return self.upstream.response_seconds * 2_000 + TIMER_MARGIN_MS

    # Its life.

    def start(self) -> None:
        """Also once more, after it left."""
        self._is_leaving = False
        self._connect()
        self._arm()

    def _connect(self) -> None:
        upstream = self.upstream
        kinds = [kind for _ in range(max(1, upstream.binds)) for kind in upstream.bind_mode.split("+")]
        for number, kind in enumerate(kinds, 1):
            line = Line(self, number, kind, self._tools.clock.now, self._tools.chance)
            self._lines.append(line)
            name = f"{self._name} {number}"
            task = asyncio.get_running_loop().create_task(supervise(name, line.run), name=name)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def change(self, upstream: Upstream) -> None:
        """Its binds stay, unless they would be others now."""
        before, self.upstream = self.upstream, upstream
        self._words = self._outlet.words = Words(upstream)
        self._inlet.coding_0 = upstream.coding_0
        if upstream.id_format != before.id_format:
            self._ids = self._inlet.ids = Ids(upstream.id_format)
        self._pace.configure(upstream.rate_per_s)
        self._set_pace()
        self._tools.doors.set_timer(self._name, self._timer_ms)
        if any(getattr(before, name) != getattr(upstream, name) for name in _OF_LINKS):
            leaving, self._lines = self._lines, []
            for line in leaving:
                line.leave()
            if not self._is_leaving:
                self._connect()

    def leave(self) -> None:
        """It is taken away, or all stops. What it has under way may still be answered."""
        self._is_leaving = True
        lines, self._lines = self._lines, []
        for line in lines:
            line.leave()
        self._share()
        if self._tick is not None:
            self._tick.cancel()

    async def gone(self) -> None:
        """After it was told to leave: until nothing of it is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._inlet.stop()

    async def stop(self) -> None:
        self.leave()
        await self._inlet.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _arm(self) -> None:
        self._tick = asyncio.get_running_loop().call_later(TICK_SECONDS, self._pass_time)

    def _pass_time(self) -> None:
        now = self._tools.time()
        if self._pace.pass_time(now):
            self._set_pace()
        self._inlet.pass_time(now)
        self._arm()

    def _set_pace(self) -> None:
        """One that complains gets no bursts."""
        far, pace = self._gate.far, self._pace
        far.burst_ms = LOWERED_BURST_MS if pace.is_lowered else BURST_MS
        far.rate_per_s = pace.rate_per_s

    # What binds tell.

    def password(self) -> str | None:
        return self._tools.password(self.upstream)

    @property
    def permits(self) -> Permits:
        return self._tools.permits

    def came(self, line: Line) -> None:
        if line.submits:
            self._share()

    def went(self, line: Line) -> None:
        """Once, after what it had under way was reported."""
        if line.submits:
            self._share()
            if self._is_open and self._gate.far.worked():  # the others work
                self._tools.doors.opened(self._name)

    def failed(self, line: Line) -> None:
        """It could not be bound: told once, where nothing was up before."""
        if not self._is_open and not self._told:
            self._tell(DOWN, line.error)

    def _share(self) -> None:
        """The gate stands as its binds stand."""
        bound = [line for line in self._lines if line.is_bound and line.submits]
        if bound:
            self._gate.far.window = sum(line.window for line in bound)
        if bound and not self._is_open:
            self._is_open, self._since = True, self._tools.clock.now()
            self._gate.far.worked()
            self._outlet.change(bound)
            self._tools.doors.opened(self._name)
            self._tell(UP, f"{len(bound)} bound")
        elif not bound and self._is_open:
            self._is_open, self._since = False, self._tools.clock.now()
            self._tools.doors.closed(self._name)
            self._outlet.change(bound)
            if not self._is_leaving:
                why = next((line.error for line in self._lines if line.error), "")
                self._tell(DOWN, why if self._lines else CHANGED)
        else:
            self._outlet.change(bound)

    def _tell(self, type: str, why: str) -> None:
        if type == self._told:
            return
        self._told = type
        self._tools.tell(self.upstream, type, why)

    def heard(
        self, line: Line, answers: Sequence[Answer], requests: Sequence[Requested], time: float
    ) -> None:
        """Of one read: outcomes go before receipts, since these may be about those."""
        if answers:
            self._answered(line, answers, time)
        if requests and line.session is not None:
            self._inlet.take(line.session, line, requests, time)

    def _answered(self, line: Line, answers: Sequence[Answer], time: float) -> None:
        outcomes: Outcomes = []
        references: list[str] = []
        taken = throttled = full = 0
        words, ids = self._words, self._ids
        for (job, is_whole), response in answers:
            status = response.status
            id: str = ""
            reference = ""
            if not status:
                taken += 1
                id = getattr(response, "message_id", "")
                reference = ids.of_response(id) if id else ""
            outcome = words.outcome(response, reference, getattr(response, "tlvs", ()), is_whole)
            if isinstance(outcome, Accepted):
                if reference and self._inlet.names(reference, job.message.id):
                    references.append(reference)
                else:  # no receipt can be about it
                    outcome = Delivered(is_whole, unnamed=True)
                    self._tell_of_name(id, time)
            elif status:
                self._count_refused(line, status)
                throttled += status == Status.RTHROTTLED
                full += status == Status.RMSGQFUL
            outcomes.append((job, outcome))
        self._accepted += taken
        self._tools.report(outcomes)
        if references:
            self._inlet.expect(references)
        if taken:
            self._pace.took(taken, time)
        if throttled or full:
            self._slow_down(throttled, full, time)
        self._outlet.drain()

    def _count_refused(self, line: Line, status: int) -> None:
        counted = status if status in self._refused or len(self._refused) < MOST_STATUSES else OTHER
        self._refused[counted] = self._refused.get(counted, 0) + 1
        if status in NOT_BOUND:
            line.restart(f"a submit was answered by {status_name(status)}")

    def _tell_of_name(self, id: str, time: float) -> None:
        if time >= self._told_of_name_at + NEWS_SECONDS:
            self._told_of_name_at = time
            words = (
                f"it took an SMS under the id {id} of another one" if id else "it took an SMS without an id"
            )
            self._tools.tell(
                self.upstream, UNNAMED, f"{words}: it counts as delivered, since no receipt can tell"
            )

    def _slow_down(self, throttled: int, full: int, time: float) -> None:
        was_lowered = self._pace.is_lowered
        self._throttled_at = self._tools.clock.now()
        if self._pace.throttled(throttled + full, time, full=not throttled):
            self._set_pace()
            if not was_lowered and time >= self._told_of_pace_at + NEWS_SECONDS:
                self._told_of_pace_at = time
                words = f"{self._pace.rate_per_s} a second from now on"
                self._tools.tell(self.upstream, THROTTLED, words)

    def lost(self, tickets: Sequence[Ticket], is_silent: bool) -> None:
        """No answer came, and none will."""
        self._unanswered += len(tickets)
        outcome = NO_ANSWER if is_silent else LINK_LOST
        if tickets:
            self._tools.report([(ticket.job, outcome) for ticket in tickets])
        if is_silent:
            self._outlet.drain()

    # For people.

    def view(self) -> UpstreamView:
        upstream, counted, pace = self.upstream, self._inlet.counters, self._pace
        return UpstreamView(
            id=upstream.id,
            name=upstream.name,
            org=upstream.org,
            is_up=self._is_open,
            since=self._since,
            links=[self._link_view(line) for line in self._lines],
            window=self._gate.far.window if self._is_open else 0,
            in_flight=self._gate.in_flight,
            waiting=self._outlet.waiting,
            rate_per_s=pace.rate_per_s,
            configured_rate_per_s=pace.configured,
            throttled_at=self._throttled_at,
            submitted=self._outlet.submitted,
            accepted=self._accepted,
            refused={
                "other" if status == OTHER else status_name(status): count
                for status, count in self._refused.items()
            },
            unanswered=self._unanswered,
            receipts=dict(counted.receipts),
            duplicate_receipts=counted.duplicates,
            unknown_references=counted.unknown_references,
            held_receipts=self._inlet.held,
            received=counted.received,
            received_refused=counted.refused,
        )

    def _link_view(self, line: Line) -> LinkView:
        return LinkView(
            line.number,
            line.bind,
            line.state,
            line.since,
            line.unanswered,
            line.window,
            0 if line.is_bound else line.failures,
            line.error,
            line.error_at,
            line.next_try_at,
            self._wall(line.heard_at),
            self._wall(line.said_at),
        )

    def _wall(self, at: float | None) -> int | None:
        """A moment on the loop's clock, for people."""
        if at is None:
            return None
        return self._tools.clock.now() - round((self._tools.time() - at) * 1000)

    def traced(self, with_text: bool, limit: int) -> list[TraceLine]:
        now, time = self._tools.clock.now(), self._tools.time()
        return [TraceLine(*line) for line in self.trace.read(with_text, limit, now, time)]
