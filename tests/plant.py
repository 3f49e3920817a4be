"""A dispatcher at work under virtual time: a real engine, one network, an outlet that answers by a script."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from heliograph.core.delivery import Job
from heliograph.core.gate import Gate
from heliograph.core.message import State
from heliograph.core.outcome import DELIVERED, Outcome
from heliograph.dispatcher import Dispatcher, Flows
from heliograph.flow.requests import Submitted
from tests.engine import RADIO, START_MS, Lab
from tests.inline_store import InlineStore
from tests.virtual_time import VirtualClock, VirtualLoop, run_virtual

TIMER_MS = 30_000


class Outlet:
    """Answers the jobs it is given by its script, after its delay; None: no answer ever comes."""

    def __init__(self, plant: "Plant") -> None:
        self._plant = plant
        self.script: list[Outcome | None] = [DELIVERED]  # the last one goes on for ever
        self.delay_seconds = 0.0
        self.sent: list[tuple[int, Job]] = []

    def send(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            outcome = self.script[min(len(self.sent), len(self.script) - 1)]
            self.sent.append((self._plant.clock.now() - START_MS, job))
            if outcome is not None:
                asyncio.get_running_loop().call_later(self.delay_seconds, self.answer, job, outcome)

    def answer(self, job: Job, outcome: Outcome) -> None:
        self._plant.dispatcher.report([(job, outcome)])

    @property
    def times(self) -> list[int]:
        return [at for at, _ in self.sent]

    @property
    def messages(self) -> list[int]:
        return [job.message.id for _, job in self.sent]


class Plant:
    """A dispatcher at work on a real engine, with one network."""

    def __init__(self, path: Path | str = ":memory:", **gate: Any) -> None:
        self.loop = VirtualLoop()
        self.clock = VirtualClock(self.loop, START_MS)
        self.lab = Lab(path, clock=self.clock)
        if not self.lab.count("device"):
            self.lab.policy()
            for device in range(1, 10):
                self.lab.device(device)
        self.lab.gates.add(RADIO, Gate(**gate))
        self.store = InlineStore(self.lab.engine)
        flows = self.lab.flows
        own = Flows(flows.settle, flows.deliver, flows.expire, flows.overdue, flows.recover, flows.wake)
        self.dispatcher = Dispatcher(self.store, self.lab.gates, self.clock, own)
        self.store.on_taken = self.dispatcher.taken
        self.outlet = Outlet(self)
        self.dispatcher.connect(RADIO, self.outlet, TIMER_MS)

    def run(self, work: Callable[["Plant"], Awaitable[Any]], opened: bool = True) -> Any:
        async def main() -> Any:
            await self.dispatcher.recover()
            if opened:
                self.dispatcher.opened(RADIO)
            task = asyncio.get_running_loop().create_task(self.dispatcher.run())
            try:
                return await work(self)
            finally:
                assert not task.done()
                task.cancel()

        return run_virtual(main(), self.loop)

    async def submit(self, *devices: int, **fields: Any) -> list[int]:
        submissions = [self.lab.submission(device, **fields) for device in devices]
        answers = await self.store.run(self.lab.flows.submit, submissions)
        return [answer.id for answer in answers if isinstance(answer, Submitted)]

    def states(self, ids: Sequence[int]) -> set[State]:
        return {self.lab.state(id)[0] for id in ids}
