"""One seed: a fleet, a world, a process that dies and starts again, and 2,000 steps; then the world heals.

In: the seed. Out: a `Result` with the violations, the last events and the coverage. The same seed gives the
same run, whatever the machine.
"""

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from msgspec import Struct

from heliograph.core.delivery import gate_of_application, gate_of_upstream
from heliograph.core.outcome import DELIVERED, Permanent
from heliograph.flow.confirm import Report
from heliograph.store.migrate import migrate
from heliograph.store.sqlite.engine import connect
from tests.simulation.books import Books
from tests.simulation.coverage import Coverage
from tests.simulation.faults import Faults
from tests.simulation.fleet import (
    METRO,
    ORGANISATIONS,
    RADIO,
    UPSTREAMS,
    application_of,
    make_fleet,
    write_fleet,
)
from tests.simulation.lane_clocks import LaneClocks
from tests.simulation.phones import Phones
from tests.simulation.process import Process
from tests.simulation.radio import Handset, Radio, Upstream
from tests.simulation.receivers import Receiver
from tests.simulation.reckoning import reckon
from tests.simulation.rules import Rules
from tests.simulation.watch import Watch
from tests.simulation.workload import Workload
from tests.simulation.world import World
from tests.virtual_time import VirtualClock, VirtualLoop, run_virtual

DEVICES = 50
STEPS = 2_000
REPORT_TRIES = 5
HEALING_HOPS = 400
QUIET_MS = 60_000


class Result(Struct):
    seed: int
    violations: list[str]
    trace: list[str]
    counts: dict[str, int]
    messages: int = 0
    sends: int = 0


class Simulation:
    def __init__(
        self, seed: int, path: Path, loop: VirtualLoop, devices: int, steps: int, verbose: bool
    ) -> None:
        self.rng = Random(f"{seed} chaos")
        self.path = path
        self.loop = loop
        self.steps = steps
        self.clock = VirtualClock(loop)
        self.coverage = Coverage()
        self.books = Books(self.clock, self.coverage)
        self.books.verbose = verbose
        self.fleet = make_fleet(Random(f"{seed} fleet"), devices)
        self.clocks = LaneClocks()
        self.rules = Rules(self.books, self.fleet, self.clocks)
        self.world = World(loop, self.books, self.rules, self.coverage, Random(f"{seed} world"))
        self.process: Process | None = None
        self.boots = 0
        self.down_until = 0.0
        self.jumped_back = False
        self._populate(seed)
        self.watch = Watch(self.books, self.world, self.fleet)

    def _populate(self, seed: int) -> None:
        self.handsets = {id: Handset(device) for id, device in self.fleet.devices.items()}
        radios = [Radio(self.world, self.handsets), Radio(self.world, self.handsets)]
        upstreams = {gate_of_upstream(name): Upstream(self.world, self.handsets) for name in UPSTREAMS}
        self.receivers = {
            gate_of_application(application_of(org)): Receiver(self.world) for org in ORGANISATIONS
        }
        for gate, radio in ((RADIO, radios[0]), (METRO, radios[1])):
            self.world.add(gate, radio)
        for gate, upstream in upstreams.items():
            upstream.reporter = self._upstream_reports
            self.world.add(gate, upstream)
        for gate, receiver in self.receivers.items():
            self.world.add(gate, receiver)
        self.faults = Faults(
            self.world, self.fleet, Random(f"{seed} faults"), self.handsets, radios, self.receivers
        )
        self.phones = Phones(
            self.loop, self.books, self.fleet, Random(f"{seed} phones"), lambda: self.process
        )
        self.workload = Workload(self.books, self.fleet, Random(f"{seed} work"), self.phones)
        connection = connect(self.path)
        connection.execute("PRAGMA synchronous = OFF").fetchall()
        migrate(connection, self.path, self.clock.now())
        write_fleet(connection, self.fleet)
        connection.close()

    # The upstream's reports are repeated until the process knows the reference.

    def _upstream_reports(self, gate: str, reference: str, failed: str, times: int) -> None:
        for _ in range(times):
            self.world.later(1_000, 120_000, partial(self._report, gate, reference, failed, REPORT_TRIES))

    def _report(self, gate: str, reference: str, failed: str, tries: int) -> None:
        process = self.process
        if process is None or not process.ready:
            self.world.later(10_000, 20_000, partial(self._report, gate, reference, failed, tries))
            return
        again = partial(self._report, gate, reference, failed, tries - 1)
        outcome = Permanent(failed) if failed else DELIVERED

        def hear(answers: list[bool]) -> None:
            if not answers[0] and tries > 0:
                self.world.later(1_000, 5_000, again)

        process.ask(process.flows.confirm, [Report(gate, reference, outcome)], hear)

    # The process.

    async def start(self) -> None:
        self.boots += 1
        self.books.tell("+++ start", self.boots)
        process = Process(self.path, self.world, self.books, self.clocks, self.boots)
        self.process = self.faults.process = process
        self.watch.started(process)
        if self.rng.random() < 0.15:
            process.store.plan = self.rng.choice(("before", "after"))
            self.coverage.hit("died while starting")
        starting = self.loop.create_task(process.start())
        while not starting.done():
            await asyncio.sleep(0.01)
            if not process.alive:
                starting.cancel()
                return
        starting.result()

    def kill(self) -> None:
        assert self.process is not None
        plan = self.rng.choice(("before", "after", "answered", "now"))
        if plan == "now":
            self.process.die("died between two rounds")
        else:
            self.process.store.plan = plan

    def bury(self) -> None:
        """The process is dead: nobody is there for a while, of which the loop sees little."""
        if self.process is not None and not self.process.alive:
            self.process = self.faults.process = None
            self.down_until = self.loop.time() + self.rng.choice((1, 5, 20, 45))
            if self.rng.random() < 0.4:
                self.clock.jump(self.rng.choice((60, 900, 3 * 3600)) * 1000)

    def jump(self) -> None:
        if self.rng.random() < 0.5:
            self.coverage.hit("clock forward")
            ms = self.rng.choice((2, 10, 60, 200)) * 60_000
        else:
            self.coverage.hit("clock backward")
            ms = -self.rng.choice((2, 20, 120, 600)) * 1000
            self.books.number_of_last_backward_jump = self.books.next()
            self.clocks.forget_due(self.clock.now())
        self.books.tell("### clock jumps by", ms)
        self.clock.jump(ms)

    # The run.

    def step(self, process: Process) -> None:
        draw = self.rng.random()
        for limit, act in self._acts():
            if draw < limit:
                act(process)
                return

    def _acts(self) -> tuple[tuple[float, Callable[[Process], None]], ...]:
        return (
            (0.50, self.workload.submit),
            (0.58, lambda _: self.workload.mo()),
            (0.64, lambda _: self.workload.p2p()),
            (0.69, self.workload.cancel),
            (0.73, self.workload.change),
            (0.86, self.faults.device),
            (0.92, self.faults.attach_one_away),
            (0.935, self.faults.policy),
            (0.95, self.faults.link),
            (0.965, self.faults.application),
            (0.975, self.faults.congestion),
            (0.985, self.faults.store),
            (0.993, lambda _: self.jump()),
            (1.0, lambda _: self.kill()),
        )

    async def _pause(self) -> None:
        """Until a tick of the world, so that its answers and our steps meet in one turn of the loop."""
        done = asyncio.Event()
        ms = round(self._pause_seconds() * 1000)
        self.world.later(ms, ms, done.set)
        await done.wait()

    def _pause_seconds(self) -> float:
        draw = self.rng.random()
        if draw < 0.6:
            return self.rng.randrange(1, 300) / 1000
        if draw < 0.88:
            return self.rng.randrange(300, 6_000) / 1000
        return self.rng.randrange(6_000, 90_000) / 1000

    async def run(self) -> None:
        done = 0
        while done < self.steps and not self.books.violations:
            await self.keep_alive()
            process = self.process
            for _ in range(self.rng.choice((1, 1, 2, 4, 8))):
                done += 1
                if process is not None and process.alive and process.ready:
                    self.step(process)
            await self._pause()
            self.look()
        await self.end()

    async def keep_alive(self) -> None:
        self.bury()
        if self.process is None and self.loop.time() >= self.down_until:
            await self.start()
            self.bury()

    def look(self) -> None:
        if self.process is not None and self.process.alive and self.process.ready:
            self.watch.look(self.process)

    async def end(self) -> None:
        """The world heals, and time runs until nothing waits. Long quiet times are jumped over."""
        healed = 0
        for _ in range(HEALING_HOPS):
            if self.books.violations:
                return
            while self.process is None or not self.process.ready:
                await asyncio.sleep(1)
                await self.keep_alive()
            self.process.store.plan = ""
            if self.boots != healed:
                healed = self.boots
                self.faults.heal()
            await asyncio.sleep(40)
            self.look()
            if self.process is None or not self.process.alive:
                continue
            due_at = self.watch.next_due(self.process)
            if due_at is None:
                break
            if due_at > self.clock.now() + QUIET_MS and not self.books.open:
                self.clock.jump(due_at - self.clock.now() - 1_000)
        else:
            self.books.violate("in the end nothing waits", self.watch.waiting(self.process))
        if self.process is not None:
            reckon(self.books, self.fleet, self.process.engine.connection)
            self.process.die("died between two rounds")


def run_seed(seed: int, devices: int = DEVICES, steps: int = STEPS, verbose: bool = False) -> Result:
    loop = VirtualLoop()
    with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
        simulation = Simulation(seed, Path(folder) / "store.db", loop, devices, steps, verbose)
        loop.set_exception_handler(partial(_unexpected, simulation.books))
        run_virtual(simulation.run(), loop)
    books = simulation.books
    return Result(
        seed,
        books.violations,
        list(books.trace),
        simulation.coverage.counts,
        len(books.acked),
        len(books.sends),
    )


def _unexpected(books: Books, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    books.violate("nothing fails unseen", context.get("message"), repr(context.get("exception")))
