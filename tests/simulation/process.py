"""The process under test: the real engine, flows, dispatcher and gates. It dies as a process does, and is
started again over the same file.

Only the driver of the store is inline and the loop's time virtual. `DyingStore` also tells the rules what
was committed, since a settled attempt is one whose outcome is on disk.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from heliograph.app.failover import Failover
from heliograph.core.delivery import DEVICE_RECEIVER, Kind, LaneKey, receiver_of_gate, upstream_of_gate
from heliograph.core.gate import Gate, Gates
from heliograph.core.outcome import Accepted, Delivered, Permanent, Returned, Temporary, Unknown
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.dispatcher import Dispatcher, Flows
from heliograph.flow.accept import Settings
from heliograph.flow.attach import Attach, Presence
from heliograph.flow.cancel import Cancel
from heliograph.flow.change import Change
from heliograph.flow.confirm import Confirm
from heliograph.flow.deliver import Deliver
from heliograph.flow.expire import Expire
from heliograph.flow.inbound import Receive
from heliograph.flow.overdue import Overdue
from heliograph.flow.ports import A, Answers, Flow, Full, R, Transaction, Urgency
from heliograph.flow.recover import Recover
from heliograph.flow.settle import Settle, Settled
from heliograph.flow.submit import Submit
from heliograph.flow.wake import Wake
from heliograph.store.sqlite.engine import Call, SqliteEngine
from tests.inline_store import InlineStore
from tests.simulation.books import Books, Fate
from tests.simulation.fleet import NETWORK_WINDOWS, NETWORKS, table
from tests.simulation.lane_clocks import SETTLING_MS, LaneClocks
from tests.simulation.world import TIMER_MS, Outlet, World, fate_of

LANE_LIMIT = 40
SETTINGS = Settings(lane_limit=LANE_LIMIT)


class Death(BaseException):
    """Power off."""


class Bug(Exception):
    """What a bug in one call raises."""


class Buggy:
    """A call that fails beside others, which must not notice."""

    urgency = Urgency.ACCEPT

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[None]:
        raise self._error("planted")


class AllFlows(Struct, frozen=True):
    submit: Submit
    receive: Receive
    attach: Attach
    cancel: Cancel
    change: Change
    confirm: Confirm
    settle: Settle
    recover: Recover


class DyingStore(InlineStore):
    """The inline store, with a plan of how to die in its next round."""

    def __init__(self, engine: SqliteEngine, process: "Process") -> None:
        super().__init__(engine)
        self._process = process
        self.plan = ""

    def run(self, flow: Flow[R, A], requests: Sequence[R]) -> asyncio.Future[list[A]]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[A]] = loop.create_future()
        if self._dead:
            future.cancel()  # whoever calls is part of the dead process
            return future
        if self.full and flow.urgency > Urgency.CONFIRM:
            raise Full("store_full")
        if not self._collected:
            loop.call_soon(self._round)
        self._collected.append((Call(flow, requests), future))
        return future

    def _round(self) -> None:
        collected, self._collected = self._collected, []
        if self._dead or not collected:
            for _, future in collected:
                future.cancel()
            return
        calls = [call for call, _ in collected]
        if self.plan == "before":
            self.engine.connection.set_commit_hook(_die)
        try:
            done = self.engine.round(calls)
        except Death:
            self._process.die("died before a commit")
            return
        self.engine.connection.set_commit_hook(None)  # a round that wrote nothing: the next one dies
        self.rounds += 1
        self._process.new_round()
        self._process.committed(calls, done.results)
        if self.plan == "after":
            self._process.die("died after a commit")
            return
        for (_, future), result in zip(collected, done.results, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        if self.plan == "answered":
            asyncio.get_running_loop().call_soon(self._process.die, "died after the answers")
            self.plan = "dying"
        elif done.jobs or done.wake_at is not None:
            self.on_taken(done.jobs, done.wake_at)


def _die() -> bool:
    raise Death


def _over(settled: Settled, now: int) -> bool:
    """No further attempt will be made, whatever the lane's clock says."""
    job = settled.job
    once = job.message.at_most_once and isinstance(settled.outcome, Unknown) and job.delivery.kind == Kind.SMS
    return bool(once) or now >= job.delivery.expires_at


class Process:
    """One life."""

    def __init__(self, path: Path, world: World, books: Books, clocks: LaneClocks, boot: int) -> None:
        self.alive = True
        self.ready = False
        self.boot = boot
        self._world = world
        self._books = books
        self._clocks = clocks
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._asked = 0
        schedule, validity = RetrySchedule(), SETTINGS.receipt_validity_seconds
        routes = Routes({network: Capability() for network in NETWORKS}, table())
        self.flows = AllFlows(
            Submit(SETTINGS, routes),
            Receive(SETTINGS, routes),
            Attach(schedule),
            Cancel(SETTINGS, routes),
            Change(SETTINGS, routes),
            Confirm(validity, routes),
            Settle(schedule, validity, routes),
            Recover(schedule, validity),
        )
        gates = self.gates = Gates()
        self.engine = SqliteEngine(path, gates, books.clock, LANE_LIMIT)
        self.engine.connection.execute("PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE").fetchall()
        self.store = DyingStore(self.engine, self)
        self.dispatcher = Dispatcher(
            self.store,
            gates,
            books.clock,
            Flows(
                self.flows.settle,
                Deliver(validity),
                Expire(SETTINGS, routes),
                Overdue(SETTINGS, routes),
                self.flows.recover,
                Wake(),
            ),
        )
        self.store.on_taken = self.dispatcher.taken
        self.failover = Failover(self.store, gates, books.clock, routes, SETTINGS)
        self.failover_task: asyncio.Task[None] | None = None
        self.loop_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        for gate in self._world.far_ends:
            self.gates.add(gate, Gate(window=NETWORK_WINDOWS.get(gate, 4)))
            outlet = Outlet(self._world, gate, self.boot, self.dispatcher.report)
            self._world.outlets[gate] = outlet
            self.dispatcher.connect(gate, outlet, TIMER_MS)
        await self.dispatcher.recover()
        for gate, up in self._world.up.items():
            if up:
                self.dispatcher.opened(gate)
        self.loop_task = self._world.loop.create_task(self.dispatcher.run())
        self.failover_task = self._world.loop.create_task(self.failover.run())
        self.ready = True

    def ask(
        self, flow: Flow[Any, Any], requests: Sequence[Any], hear: Callable[[list[Any]], None] | None = None
    ) -> None:
        """A caller outside. It hears the answers, or never."""
        if not self.alive:
            return
        self._asked += 1
        task = self._world.loop.create_task(self._ask(self._asked, flow, requests, hear))
        self._tasks[self._asked] = task

    async def _ask(
        self,
        number: int,
        flow: Flow[Any, Any],
        requests: Sequence[Any],
        hear: Callable[[list[Any]], None] | None,
    ) -> None:
        try:
            answers = await self.store.run(flow, requests)
        except Full:
            self._world.coverage.hit("store full")
        except Bug:
            self._world.coverage.hit("a bug beside others")
        else:
            if hear is not None and self.alive:
                hear(answers)
        finally:
            self._tasks.pop(number, None)

    def new_round(self) -> None:
        self._world.rules.round += 1

    def committed(self, calls: Sequence[Call], results: Sequence[Any]) -> None:
        """The rules learn what is on disk."""
        pairs = sorted(zip(calls, results, strict=True), key=lambda pair: pair[0].flow.urgency)
        for call, result in pairs:
            if isinstance(result, BaseException):
                if not isinstance(result, Bug | Full):
                    self._books.violate("no call fails", type(call.flow).__name__, repr(result))
            elif call.flow is self.flows.settle:
                for settled in call.requests:
                    self._settled(settled)
            elif call.flow is self.flows.recover:
                self._recovered()
            elif isinstance(call.flow, Wake):
                for woken in call.requests:
                    self._clocks.gate_opened(receiver_of_gate(woken.gate), self._books.clock.now())
            elif call.flow is self.flows.attach:
                for sighting, device in zip(call.requests, result, strict=True):
                    self._sighted(sighting.presence, device)

    def _settled(self, settled: Settled) -> None:
        delivery, now = settled.job.delivery, self._books.clock.now()
        lane = LaneKey(delivery.receiver, delivery.key)
        send = self._books.open.get(delivery.id)
        if send is None:
            return
        timed_out = settled.outcome == Unknown("no_answer")
        if not timed_out and send.outcome is not settled.outcome:
            self._books.violate(
                "an outcome belongs to its attempt", send.token, settled.outcome, send.outcome
            )
        elif timed_out and self._books.elapsed() < send.deadline:
            self._books.violate("an attempt has its time", send.token, send.deadline)
        self._world.rules.end(send, Fate.OPEN)
        send.fate, send.settled = fate_of(settled.outcome), True
        self._books.open.pop(delivery.id, None)
        match settled.outcome:
            case Temporary() | Unknown() if _over(settled, now):
                self._clocks.freed(lane)
            case Temporary() if upstream_of_gate(settled.job.gate) is not None:
                self._clocks.freed(lane)  # another upstream may carry it, or what is first now
            case Temporary(code, asked):
                self._clocks.failed(lane, delivery.id, code, asked, send.alerted, now)
            case Unknown("link_lost") if (
                delivery.kind != Kind.SMS and not delivery.repeated
            ):  # to another one
                self._clocks.failed(lane, delivery.id, "link_lost", 0, send.alerted, now)
            case Unknown(code):
                self._clocks.failed(lane, delivery.id, code, None, send.alerted, now)
            case Returned():
                self._clocks.returned(lane, now)
            case Delivered() | Permanent() | Accepted():
                self._clocks.freed(lane)

    def _recovered(self) -> None:
        now = self._books.clock.now()
        for send in self._books.died:
            if now < send.expires_at and not (send.once and send.kind == Kind.SMS):
                self._clocks.failed(send.lane, send.delivery, "restart", None, False, now)
            else:
                self._clocks.freed(send.lane)
        self._books.died.clear()

    def _sighted(self, presence: Presence, device: int | None) -> None:
        now, lane = self._books.clock.now(), LaneKey(DEVICE_RECEIVER, device or 0)
        if device is None:
            self._books.violate("a device of the fleet is known", presence)
        elif presence == Presence.DETACHED:
            self._world.rules.said_goodbye.setdefault(
                device, (now, self._world.rules.round, self._books.next())
            )
        else:
            self._world.rules.said_goodbye.pop(device, None)
            self._clocks.alerted(lane, now + (SETTLING_MS if presence == Presence.ATTACHED else 0))
            self._world.rules.seen_in_round[lane] = self._world.rules.round
            for send in self._books.open.values():
                if send.lane == lane:
                    send.alerted = True
                    self._world.coverage.hit("attached during an attempt")

    def die(self, how: str) -> None:
        """Nothing of it is heard any more. What it had sent is in the air."""
        if not self.alive:
            return
        self.alive = self.ready = False
        self._books.deaths += 1
        self._world.coverage.hit(how)
        self._books.tell("---", how)
        for outlet in self._world.outlets.values():
            outlet.alive = False
        for send in self._books.open.values():
            self._world.rules.end(send, Fate.DIED)
            if send.fate != Fate.RETURNED:
                send.fate = Fate.DIED  # an answer, if there was one, was not recorded
        self._books.died = list(self._books.open.values())
        self._books.open.clear()
        for endless in (self.loop_task, self.failover_task):
            if endless is not None:
                endless.cancel()
        for task in [*self._tasks.values(), *self.dispatcher._settling]:
            task.cancel()
        self.engine.connection.set_commit_hook(None)
        self.store.die()

    def crashed(self) -> str | None:
        """What ended the loop, if something did."""
        for endless in (self.loop_task, self.failover_task):
            if self.alive and endless is not None and endless.done():
                return repr(endless.exception())
        return None


DISK_FULL = apsw.FullError
