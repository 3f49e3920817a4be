"""The composition root: the only module that knows everyone. It reads as a table of contents.

In: a `Config` and a data folder. Out: a running `App`, which stops cleanly when its context ends. What
anything does is in the modules that are called here.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import apsw

from heliograph.app.settings import dispatcher_flows, traffic_flows
from heliograph.config import Config
from heliograph.core.gate import Gate, Gates
from heliograph.dispatcher import DEFAULT_TIMER_MS, Dispatcher
from heliograph.flow.ports import Outlet
from heliograph.flow.requests import Submission, SubmitAnswer
from heliograph.runtime.clock import WallClock
from heliograph.runtime.lock import FolderLock, take
from heliograph.runtime.tasks import supervise
from heliograph.store.migrate import WrongSchema
from heliograph.store.sqlite_engine import SqliteEngine
from heliograph.store.writer import Writer

STORE_NAME = "heliograph.db"
IN_FLIGHT_SECONDS = 1.0  # a clean stop waits this long for answers, so that fewer attempts are unknown
IN_FLIGHT_POLL_SECONDS = 0.01


class Unavailable(Exception):
    """The store cannot be used. The text says why."""


class App:
    """Everything, put together. Made by `running`."""

    def __init__(
        self, config: Config, folder: Path, engine: SqliteEngine, gates: Gates, clock: WallClock
    ) -> None:
        self.config = config
        self.folder = folder
        self.clock = clock
        self.gates = gates
        self.store = Writer(engine)
        self.traffic = traffic_flows(config)
        self.dispatcher = Dispatcher(self.store, gates, clock, dispatcher_flows(config))
        self.store.on_taken = self.dispatcher.taken
        self._tasks: list[asyncio.Task[None]] = []

    async def submit(self, submissions: Sequence[Submission]) -> list[SubmitAnswer]:
        return await self.store.run(self.traffic.submit, submissions)

    def add_gate(self, name: str, gate: Gate, outlet: Outlet, timer_ms: int = DEFAULT_TIMER_MS) -> None:
        self.gates.add(name, gate)
        self.dispatcher.connect(name, outlet, timer_ms)

    async def start_engine(self) -> None:
        """Deliveries flow from here on."""
        await self.dispatcher.recover()
        self._tasks.append(asyncio.create_task(supervise("dispatcher", self.dispatcher.run)))

    async def stop(self) -> None:
        """Nothing new leaves; what is under way may still be answered; then all that is known is written."""
        for gate in self.gates.by_name.values():
            gate.reachable = False
        await self._wait_for_answers()
        await self.dispatcher.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.stop()

    async def _wait_for_answers(self) -> None:
        try:
            async with asyncio.timeout(IN_FLIGHT_SECONDS):
                while any(gate.in_flight for gate in self.gates.by_name.values()):
                    await asyncio.sleep(IN_FLIGHT_POLL_SECONDS)  # the writer thread counts
        except TimeoutError:
            pass  # the next start finds them and calls them unknown


@asynccontextmanager
async def running(
    config: Config, folder: Path, *, lock: FolderLock | None = None, engine: bool = True
) -> AsyncIterator[App]:
    """An app on a folder of its own. Without `engine` it accepts and reads, and delivers nothing."""
    with lock or _lock(folder):
        gates, clock = Gates(), WallClock()
        database = await asyncio.to_thread(_open, folder / STORE_NAME, gates, clock, config)
        app = App(config, folder, database, gates, clock)
        try:
            if engine:
                await app.start_engine()
            yield app
        finally:
            await app.stop()


def _lock(folder: Path) -> FolderLock:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return take(folder)


def _open(path: Path, gates: Gates, clock: WallClock, config: Config) -> SqliteEngine:
    before = os.umask(0o077)
    try:
        return SqliteEngine(path, gates, clock, config.messages.lane_limit)
    except (WrongSchema, apsw.Error) as error:
        raise Unavailable(f"{path}: {error}") from error
    finally:
        os.umask(before)
