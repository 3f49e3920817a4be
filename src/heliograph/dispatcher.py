"""The loop: wake, take due lanes, hand jobs to their outlets, settle what they report, expire what is over.

Sending happens outside any transaction, between two records: the attempt, written before, and its outcome,
written after. Memory holds only what is in flight, bounded by the gates' windows. An attempt without an
outcome past its gate's timer becomes Unknown; a later outcome for it is dropped, for the repeat has begun.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from math import ceil

import structlog
from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.far_end import FarEnd
from heliograph.core.gate import Gate, Gates
from heliograph.core.outcome import GATE_CLOSED, GATE_FAULTS, NO_ANSWER, Outcome, Returned, Temporary, Unknown
from heliograph.flow.deliver import Deliver
from heliograph.flow.expire import Expire
from heliograph.flow.overdue import Overdue
from heliograph.flow.ports import Clock, Full, Outlet, Store
from heliograph.flow.recover import Recover
from heliograph.flow.settle import Settle, Settled
from heliograph.flow.wake import Wake, WakeSlice

log = structlog.get_logger()

LONGEST_SLEEP_MS = 60_000  # a clock that jumped is noticed within this time
SHORTEST_PAUSE_MS = 5  # between two passes: lanes fall due one by one, and are taken together
CROWDED_PAUSE_MS = 100  # a rate refills and a circuit closes without a word
STORE_PAUSE_SECONDS = 1.0
DEFAULT_TIMER_MS = 30_000


class Flows(Struct, frozen=True):
    settle: Settle
    deliver: Deliver
    expire: Expire
    overdue: Overdue
    recover: Recover
    wake: Wake


class Port(Struct):
    """What the dispatcher keeps for one gate: where jobs go, how long an answer may take, what is in
    flight.
    """

    outlet: Outlet
    timer_ms: int = DEFAULT_TIMER_MS
    in_flight: dict[
        int, tuple[Job, float]
    ] = {}  # by delivery, oldest first, with its deadline in the loop's time
    outcomes: dict[type[Outcome], int] = {}  # how many of each kind were reported


class Counters(Struct):
    """Plain integers, read by whoever shows them."""

    sent: int = 0
    settled: int = 0
    dropped: int = 0  # outcomes that came too late
    passes: int = 0


class Dispatcher:
    def __init__(self, store: Store, gates: Gates, clock: Clock, flows: Flows) -> None:
        self._store = store
        self._gates = gates
        self._clock = clock
        self._flows = flows
        self._ports: dict[str, Port] = {}
        self._outcomes: list[Settled] = []
        self._settling: set[asyncio.Task[None]] = set()
        self._wake_at = 0
        self._awake = asyncio.Event()
        self._opening: dict[str, int] = {}  # gates whose waiting lanes are being woken, and how far
        self._crowded: set[str] = set()  # gates with more due than room: polled again when room is made
        self.counters = Counters()

    def connect(self, gate: str, outlet: Outlet, timer_ms: int = DEFAULT_TIMER_MS) -> None:
        """Jobs of this gate go to this outlet from now on. What is in flight may still be answered by the
        one before.
        """
        before = self._ports.get(gate)
        if before is None:
            self._ports[gate] = Port(outlet, timer_ms, {}, {})
        else:
            self._ports[gate] = Port(outlet, timer_ms, before.in_flight, before.outcomes)

    def set_timer(self, gate: str, timer_ms: int) -> None:
        """Of what is sent from now on."""
        self._ports[gate].timer_ms = timer_ms

    def opened(self, gate: str) -> None:
        """A link came up, an application bound, a circuit closed: the same event for all of them."""
        self._gates.by_name[gate].reachable = True
        self._wake_all(gate)

    def _wake_all(self, gate: str) -> None:
        now = self._clock.now()
        self._gates.by_name[gate].catch_up(now)
        self._opening[gate] = 0
        self.wake(now)

    def closed(self, gate: str) -> None:
        """What is in flight may still be answered."""
        self._gates.by_name[gate].reachable = False
        self._gates.behind.pop(gate, None)
        self._opening.pop(gate, None)

    def wake(self, at: int | None) -> None:
        """Something will be due then. A sleep that the clock has jumped over ends with it."""
        if at is None:
            return
        if at < self._wake_at or self._wake_at <= self._clock.now():
            self._wake_at = min(at, self._wake_at)
            self._awake.set()

    def taken(self, jobs: Sequence[Job], wake_at: int | None) -> None:
        """Jobs that a transaction took, after its commit."""
        self.wake(wake_at)
        if jobs:
            self._hand_over(jobs)

    def alerted(self, devices: Sequence[int | None]) -> None:
        """These devices showed themselves: an attempt under way that fails yet is tried again soon."""
        seen = set(devices)
        for port in self._ports.values():
            for job, _ in port.in_flight.values():
                job.alerted = job.alerted or (job.delivery.receiver == 0 and job.delivery.key in seen)

    def _hand_over(self, jobs: Sequence[Job]) -> None:
        self.counters.sent += len(jobs)
        now = asyncio.get_running_loop().time()
        for gate, batch in _by_gate(jobs).items():
            port = self._ports.get(gate)
            if port is None:
                self.report([(job, GATE_CLOSED) for job in batch])
                continue
            deadline = now + port.timer_ms / 1000
            self.wake(self._clock.now() + port.timer_ms)
            for job in batch:
                port.in_flight[job.delivery.id] = (job, deadline)
            port.outlet.send(batch)
        self._flush()  # an outlet that answered at once is settled in the round that new submissions form

    def report(self, outcomes: Sequence[tuple[Job, Outcome]]) -> None:
        """From outlets. Settled together with whatever else is reported in this turn of the loop."""
        if not self._outcomes:
            asyncio.get_running_loop().call_soon(self._flush)
        for job, outcome in outcomes:
            port = self._ports.get(job.gate)
            if port is not None and not _take_back(port, job):
                self.counters.dropped += 1
                continue
            if port is not None:
                counted, kind = port.outcomes, type(outcome)
                counted[kind] = counted.get(kind, 0) + 1
            self._outcomes.append(Settled(job, outcome))
            self._note(job.gate, outcome)

    def outcomes(self) -> dict[str, dict[str, int]]:
        """How many of each kind were reported, by gate: for whoever shows them."""
        return {
            name: {kind.__name__.lower(): number for kind, number in port.outcomes.items()}
            for name, port in self._ports.items()
        }

    def _note(self, name: str, outcome: Outcome) -> None:
        """The gate's circuit hears of failures that are the gate's own."""
        gate = self._gates.by_name.get(name)
        if gate is None:
            return
        far = gate.far
        if isinstance(outcome, Returned | Unknown):
            far.failed(self._clock.now())
        elif isinstance(outcome, Temporary) and outcome.code in GATE_FAULTS:
            self._fault(far, outcome)
        elif far.failures and not far.is_held(self._clock.now()) and far.worked():
            self.recovered(name)

    def recovered(self, name: str) -> None:
        """Its far end works again: what waits behind any gate that leads there may go."""
        for other in self._gates.beside(name):
            if self._gates.by_name[other].reachable:
                self._wake_all(other)

    def _fault(self, far: FarEnd, fault: Temporary) -> None:
        now = self._clock.now()
        if fault.retry_after_seconds is not None and not far.circuit_open(now):
            far.hold(now, fault.retry_after_seconds * 1000)
        else:
            far.failed(now)
        self.wake(far.opens_at or None)

    def _flush(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        if outcomes:
            asked = self._ask_to_settle(outcomes)
            task = asyncio.get_running_loop().create_task(self._settle(outcomes, asked))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)

    def _ask_to_settle(self, outcomes: list[Settled]) -> Awaitable[list[None]] | None:
        try:
            return self._store.run(self._flows.settle, outcomes)
        except Full:
            return None

    async def _settle(self, outcomes: list[Settled], asked: Awaitable[list[None]] | None = None) -> None:
        """One that cannot be settled is a bug: it harms no other, and the next start makes it Unknown."""
        while True:
            try:
                await (asked or self._store.run(self._flows.settle, outcomes))
            except Full:
                asked = None
                await asyncio.sleep(STORE_PAUSE_SECONDS)
            except Exception:
                if len(outcomes) == 1:
                    log.exception("not settled", message=outcomes[0].job.message.id)
                    return
                for settled in outcomes:
                    await self._settle([settled])
                return
            else:
                self.counters.settled += len(outcomes)
                if not self._crowded.isdisjoint({settled.job.gate for settled in outcomes}):
                    self.wake(self._clock.now())
                return

    async def recover(self) -> int:
        """Before the gates open: what an earlier boot left under way."""
        recovered = 0
        while (found := (await self._store.run(self._flows.recover, [None]))[0]) > 0:
            recovered += found
        return recovered

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._sleep()
            self.counters.passes += 1
            self._wake_at = self._clock.now() + LONGEST_SLEEP_MS
            self._awake.clear()
            self._sweep()
            try:
                await self._pass()
            except Full:
                self.wake(self._clock.now())
                await asyncio.sleep(STORE_PAUSE_SECONDS)

    async def _sleep(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(SHORTEST_PAUSE_MS / 1000)
        while (wait_ms := self._wake_at - self._clock.now()) > 0:
            self._awake.clear()
            # Not wait_for: in Python 3.11 it may swallow a cancellation, and a stop would wait for ever.
            alarm = loop.call_later(min(wait_ms, LONGEST_SLEEP_MS) / 1000, self._awake.set)
            await self._awake.wait()
            alarm.cancel()
            if loop.time() >= alarm.when():
                return  # whatever the clock says: it may have jumped

    def _sweep(self) -> None:
        """Attempts past their gate's timer. Timers run on the loop's time: a wall clock that jumps must not
        make everything in flight unknown.
        """
        now = asyncio.get_running_loop().time()
        for port in self._ports.values():
            late = []
            for job, deadline in port.in_flight.values():
                if deadline > now:
                    self.wake(self._clock.now() + ceil((deadline - now) * 1000))
                    break
                late.append((job, NO_ANSWER))
            self.report(late)

    async def _wake_lanes(self) -> None:
        """A slice for each gate that opened."""
        if not self._opening:
            return
        opening, self._opening = self._opening, {}  # a gate may open once more meanwhile
        slices = [WakeSlice(gate, after) for gate, after in opening.items()]
        try:
            answers = await self._store.run(self._flows.wake, slices)
        except Full:
            self._opening = opening | self._opening
            raise
        for woken, last in zip(slices, answers, strict=True):
            if last is not None:
                self._opening.setdefault(woken.gate, last)
                self.wake(self._clock.now())

    async def _pass(self) -> None:
        """Timers and polls share a round: what expires makes room for what is polled."""
        await self._wake_lanes()
        now = self._clock.now()
        gates = [name for name in self._ports if self._is_open(self._gates.by_name[name])]
        turn = self.counters.passes % max(1, len(gates))
        gates = gates[turn:] + gates[:turn]  # of those that share a far end, each is first once
        expire, overdue, deliver = self._flows.expire, self._flows.overdue, self._flows.deliver
        run = self._store.run
        timers, incomplete, polled = await asyncio.gather(
            run(expire, [None]), run(overdue, [None]), run(deliver, gates)
        )
        self.wake(self._clock.now() if timers[0].more else timers[0].next_at)
        self.wake(incomplete[0])
        self._crowded = {gate for gate, answer in zip(gates, polled, strict=True) if answer.crowded}
        for gate, answer in zip(gates, polled, strict=True):
            self.wake(self._clock.now() + CROWDED_PAUSE_MS if answer.crowded else answer.next_due_at)
            nothing_due = gate not in self._opening and (answer.next_due_at or now + 1) > now
            if nothing_due:
                self._gates.behind.pop(gate, None)
            if nothing_due and not self._is_behind(gate):
                self._gates.by_name[gate].caught_up()

    def _is_behind(self, gate: str) -> bool:
        """A lane whose head is under way is not due, however much waits behind it."""
        return self._gates.by_name[gate].draining and any(
            job.more for job, _ in self._ports[gate].in_flight.values()
        )

    def _is_open(self, gate: Gate) -> bool:
        """One whose circuit is open is not even asked about, until its rest is over."""
        if gate.reachable and gate.far.circuit_open(self._clock.now()):
            self.wake(gate.far.opens_at)
            return False
        return gate.reachable

    async def drain(self) -> None:
        """At a clean stop: what was reported is settled."""
        self._flush()
        while self._settling:
            await asyncio.wait(self._settling)


def _take_back(port: Port, job: Job) -> bool:
    """False for an answer that comes too late: another attempt of its delivery may be under way."""
    known = port.in_flight.get(job.delivery.id)
    if known is None or known[0] is not job:
        return False
    del port.in_flight[job.delivery.id]
    return True


def _by_gate(jobs: Sequence[Job]) -> Mapping[str, list[Job]]:
    batches: dict[str, list[Job]] = {}
    for job in jobs:
        batches.setdefault(job.gate, []).append(job)
    return batches
