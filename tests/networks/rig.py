"""A whole SMS centre with the simulator as its network, in virtual time: the real engine on a file, the real
dispatcher, one application that writes down what it hears.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from msgspec.structs import astuple

from heliograph.core.content import Content, content_of_text
from heliograph.core.delivery import Job, Kind, gate_of_application
from heliograph.core.device import Device
from heliograph.core.gate import Gate, Gates
from heliograph.core.message import Message, State
from heliograph.core.outcome import DELIVERED, Outcome
from heliograph.core.policy import Policy
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.dispatcher import Dispatcher, Flows
from heliograph.flow.accept import Settings
from heliograph.flow.attach import Attach, Sighting
from heliograph.flow.deliver import Deliver
from heliograph.flow.expire import Expire
from heliograph.flow.inbound import Receive
from heliograph.flow.overdue import Overdue
from heliograph.flow.ports import Clock, Report
from heliograph.flow.recover import Recover
from heliograph.flow.requests import Inbound, ReceiveAnswer, Submission, Submitted
from heliograph.flow.settle import Settle
from heliograph.flow.submit import Submit
from heliograph.flow.wake import Wake
from heliograph.networks.simulator import Simulator
from heliograph.store.sql.catalogue import columns
from heliograph.store.sqlite.engine import SqliteEngine
from heliograph.store.sqlite.writer import Writer
from tests.inline_store import InlineStore
from tests.virtual_time import VirtualClock, VirtualLoop, run_virtual

T = TypeVar("T")

ORG, POLICY, APPLICATION = 1, 1, 7
PATIENCE_SECONDS = 7 * 24 * 3600
LANE_LIMIT = 1000


class Application:
    """Takes everything, and remembers the words of every SMS from a device."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.heard: list[tuple[str, str, str]] = []  # from, dialled, text
        self.witness: Callable[[Sequence[Job]], None] | None = None

    def send(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.delivery.kind == Kind.MO:
                message = job.message
                self.heard.append((message.source, message.destination, (message.body or b"").decode()))
        if self.witness is not None:
            self.witness(jobs)
        outcomes: list[tuple[Job, Outcome]] = [(job, DELIVERED) for job in jobs]
        self._report(outcomes)

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.heard]


class Rig:
    """Everything composed, as `app` does it."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        store: Callable[[SqliteEngine], InlineStore | Writer],
        **simulator: object,
    ) -> None:
        self.clock = clock
        self.reached: list[Job] = []
        self.settings, self.schedule = Settings(), RetrySchedule()
        self.routes = Routes({"simulator": Capability()})
        gates = Gates()
        self.engine = SqliteEngine(path, gates, clock, LANE_LIMIT)
        self.store = store(self.engine)
        known = flows(self.settings, self.routes, self.schedule)
        self.dispatcher = Dispatcher(self.store, gates, clock, known)
        self.store.on_taken = self.dispatcher.taken
        self.submit = Submit(self.settings, self.routes)
        self.receive = Receive(self.settings, self.routes)
        self.attach = Attach(self.schedule)
        self.simulator = Simulator(
            self.dispatcher.report,
            self._receive,
            self._sight,
            self.clock,
            Random(1),
            **simulator,  # type: ignore[arg-type]  # each test names those that it wants
        )
        self.simulator.witness(self.reached.extend)
        self.application = Application(self.dispatcher.report)
        for gate, outlet in (
            ("simulator", self.simulator.outlet),
            (gate_of_application(APPLICATION), self.application),
        ):
            gates.add(gate, Gate())
            self.dispatcher.connect(gate, outlet)
            self.dispatcher.opened(gate)

    async def _receive(self, segments: Sequence[Inbound]) -> Sequence[ReceiveAnswer]:
        return await self.store.run(self.receive, segments)

    async def _sight(self, sightings: Sequence[Sighting]) -> Sequence[bool]:
        devices = await self.store.run(self.attach, sightings)
        self.dispatcher.alerted(devices)
        return [device is not None for device in devices]

    # What tests do.

    def add(self, *devices: Device) -> None:
        add_rows(self.engine, devices)

    async def mt(self, device: Device, text: str, source: str = "2020") -> int:
        content = content_of_text(text)
        assert isinstance(content, Content)
        submission = Submission(ORG, device.id, content, "operator", source, PATIENCE_SECONDS)
        (answer,) = await self.store.run(self.submit, [submission])
        assert isinstance(answer, Submitted)
        return answer.id

    def message(self, id: int) -> Message:
        rows = self.engine.connection.execute(
            f"SELECT {columns(Message)} FROM message WHERE id = ?",  # noqa: S608  # names of a row type
            (id,),
        )
        return Message(*rows.fetchall()[0])

    def state(self, id: int) -> State:
        return State(self.message(id).state)

    async def until(self, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Lets time pass, event by event, until it holds."""
        end = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < end, "it never came to hold"
            await asyncio.sleep(0.05)

    async def final(self, id: int) -> State:
        await self.until(lambda: self.message(id).final_at is not None)
        return self.state(id)

    def texts_reached(self) -> list[str]:
        return [(job.message.body or b"").decode() for job in self.reached]


def flows(settings: Settings, routes: Routes, schedule: RetrySchedule) -> Flows:
    validity = settings.receipt_validity_seconds
    return Flows(
        Settle(schedule, validity),
        Deliver(validity),
        Expire(settings, routes),
        Overdue(settings, routes),
        Recover(schedule, validity),
        Wake(),
    )


def add_rows(engine: SqliteEngine, devices: Sequence[Device]) -> None:
    """Devices, under one policy that allows everything."""
    policy = Policy(POLICY, ORG, "all", application=APPLICATION)
    for table, row in (("policy", policy), *(("device", one) for one in devices)):
        names = columns(type(row))
        marks = ", ".join("?" for _ in names.split(","))
        engine.connection.execute(f"INSERT INTO {table}({names}) VALUES({marks})", astuple(row))


def device(id: int = 257, **fields: object) -> Device:
    made = Device(id, ORG, f"device {id}", f"44770090{id:04}", f"90170000000{id:04}", POLICY, "simulator")
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def play(path: Path, story: Callable[[Rig], Awaitable[T]], **simulator: object) -> T:
    """Runs a story in virtual time, on a fresh SMS centre."""
    loop = VirtualLoop()

    async def main() -> T:
        rig = Rig(path / "heliograph.db", VirtualClock(loop), InlineStore, **simulator)
        running = loop.create_task(rig.dispatcher.run())
        try:
            return await story(rig)
        finally:
            await rig.simulator.stop()
            running.cancel()
            rig.engine.close()

    return run_virtual(main(), loop)
