"""The world outside: gates that come and go, and the outlets through which the process reaches them.

In: jobs, by an `Outlet` of the process that is alive. Out: outcomes, when and if they come. The world goes
on when the process dies: what is in the air still arrives, and nobody hears of it.
"""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from heliograph.core.delivery import Job
from heliograph.core.outcome import Outcome, Returned, Unknown
from tests.simulation.books import Books, Fate, Send
from tests.simulation.coverage import Coverage
from tests.simulation.rules import Rules
from tests.virtual_time import VirtualLoop

TIMER_MS = 30_000
TICK_MS = 200
Report = Callable[[Sequence[tuple[Job, Outcome]]], None]


class FarEnd(Protocol):
    """Who answers behind a gate."""

    def carry(self, attempt: "Attempt") -> None: ...


class Attempt:
    """A job on its way, and the way back for its outcome."""

    def __init__(self, world: "World", outlet: "Outlet", job: Job, send: Send) -> None:
        self.world = world
        self.outlet = outlet
        self.job = job
        self.send = send
        self.answered = False

    def arrive(self) -> None:
        if not self.send.arrived and not isinstance(self.send.outcome, Returned):
            self.world.books.arrive(self.send)

    def answer(self, outcome: Outcome) -> None:
        """The process hears it, if it is the same one and still listens."""
        if self.answered:
            return
        self.answered = True
        self.outlet.attempts.pop(self.send.number, None)
        if not self.outlet.alive:
            return
        world = self.world
        self.send.outcome = outcome
        if world.books.elapsed() >= self.send.deadline or self.send.fate != Fate.OPEN:
            world.rules.end(self.send, Fate.LATE)
            world.coverage.hit("answer late")
            if self.outlet.under_way.get(self.send.delivery, self.send) is not self.send:
                world.coverage.hit("answer late for a second attempt")
        else:
            self._close(outcome)
        world.books.tell("answer", self.send.token, self.send.segment, outcome)
        self.outlet.report([(self.job, outcome)])

    def _close(self, outcome: Outcome) -> None:
        self.outlet.under_way.pop(self.send.delivery, None)
        self.world.rules.end(self.send, fate_of(outcome))


def fate_of(outcome: Outcome) -> Fate:
    return {Unknown: Fate.UNKNOWN, Returned: Fate.RETURNED}.get(type(outcome), Fate.ANSWERED)


class Outlet:
    """The process's end of a gate. It dies with its process."""

    def __init__(self, world: "World", gate: str, boot: int, report: Report) -> None:
        self.alive = True
        self.report = report
        self.attempts: dict[int, Attempt] = {}
        self.under_way: dict[int, Send] = {}
        self._world = world
        self._gate = gate
        self._boot = boot

    def send(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            send = self._world.rules.begin(job, self._gate, TIMER_MS, self._boot)
            attempt = Attempt(self._world, self, job, send)
            self.attempts[send.number] = attempt
            self.under_way[send.delivery] = send
            self._world.carry(attempt)


class World:
    """All far ends by gate, and whether each gate is up."""

    def __init__(
        self, loop: VirtualLoop, books: Books, rules: Rules, coverage: Coverage, rng: Random
    ) -> None:
        self.loop = loop
        self.books = books
        self.rules = rules
        self.coverage = coverage
        self.rng = rng
        self.far_ends: dict[str, FarEnd] = {}
        self.up: dict[str, bool] = {}
        self.outlets: dict[str, Outlet] = {}

    def add(self, gate: str, far_end: FarEnd) -> None:
        self.far_ends[gate] = far_end
        self.up[gate] = True

    def later(self, low_ms: int, high_ms: int, act: Callable[[], None]) -> None:
        """On a coarse grid, so that several things happen at once, as they do under load."""
        ticks = math.ceil((self.loop.time() * 1000 + self.rng.randint(low_ms, high_ms)) / TICK_MS)
        self.loop.call_at(ticks * TICK_MS / 1000, act)

    def carry(self, attempt: Attempt) -> None:
        if not self.up[attempt.send.gate]:
            self.coverage.hit("gate closed under a job")
            self.later(0, 50, lambda: attempt.answer(Returned("gate_closed")))
            return
        self.far_ends[attempt.send.gate].carry(attempt)

    def cut(self, gate: str) -> None:
        """The link breaks: what is under way never left, or left and may have arrived."""
        self.up[gate] = False
        outlet = self.outlets.get(gate)
        for attempt in list(outlet.attempts.values()) if outlet else ():
            if attempt.send.fate != Fate.OPEN:
                continue
            if not attempt.send.arrived and self.rng.random() < 0.5:
                self.coverage.hit("gate closed under a job")
                attempt.answer(Returned("gate_closed"))
                continue
            self.coverage.hit("link lost after sending")
            if self.rng.random() < 0.5:
                attempt.arrive()
            attempt.answer(Unknown("link_lost"))
