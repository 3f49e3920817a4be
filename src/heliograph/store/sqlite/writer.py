"""The writer: one thread that runs rounds. What arrives while a round is being written forms the next one.

In: calls from the loop, by `run`. Out: answers to the callers and jobs to the dispatcher, on the loop,
after the commit. The queue has a limit; beyond it callers hear `Full` and nothing was accepted.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.news import News
from heliograph.core.security.audit import Actor
from heliograph.flow.ports import A, Flow, Full, R, Urgency
from heliograph.store.sqlite.checkpoint import Checkpointer
from heliograph.store.sqlite.engine import Call, Done, SqliteEngine

ROUND_UNITS = 512
BULK_UNITS = 128  # of a round, while nobody else hands in anything
BULK_UNITS_BESIDE = 32  # while others do: a single send waits for two rounds at the most
BESIDE_SECONDS = 0.02  # who handed in something so lately does it again
QUEUE_UNITS = 65_536
IDLE_SECONDS = 1.0


def _nobody(jobs: Sequence[Job], wake_at: int | None) -> None:
    """Until the dispatcher starts, nothing is taken: all gates are closed."""


def _unheard(news: Sequence[News]) -> None:
    """Until somebody follows."""


class _Waiting(Struct, gc=False):
    call: Call
    future: asyncio.Future[Any]


class Writer:
    """The Store port over a SQLite engine and a thread."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine
        self.country_of = engine.country_of
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._collected: list[_Waiting] = []
        self._units = 0
        self._stopping = False
        self._accepted_at = 0.0  # by the monotonic clock: of anybody but a bulk
        self._checkpointer = Checkpointer(engine.path)
        self.on_news: Callable[[Sequence[News]], None] = _unheard
        self.on_taken: Callable[[Sequence[Job], int | None], None] = _nobody
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def run(
        self, flow: Flow[R, A], requests: Sequence[R], by: Actor | None = None
    ) -> asyncio.Future[list[A]]:
        over = self._units + len(requests) > QUEUE_UNITS and flow.urgency > Urgency.CONFIRM
        if self._stopping or over:
            raise Full("stopping" if self._stopping else "store_full")
        future: asyncio.Future[list[A]] = self._loop.create_future()
        if not self._collected:
            self._loop.call_soon(self._hand_over)
        self._collected.append(_Waiting(Call(flow, requests, by), future))
        self._units += len(requests)
        return future

    def _hand_over(self) -> None:
        self._queue.put(self._collected)
        self._collected = []

    def watch(self, organisations: frozenset[int]) -> None:
        """News of these are told, from the next round on."""
        self._engine.watched = organisations

    @property
    def waiting(self) -> int:
        """Requests that were handed in and have no answer yet."""
        return self._units

    async def stop(self) -> None:
        """What was handed in is finished; then the file is closed."""
        self._stopping = True
        if self._collected:
            self._hand_over()
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    def _work(self) -> None:
        lines: dict[Urgency, deque[_Waiting]] = {urgency: deque() for urgency in Urgency}
        stopping = False
        while not (stopping and not any(lines.values())):
            if not any(lines.values()):
                stopping |= self._sort(self._next(), lines)
            while not self._queue.empty():
                stopping |= self._sort(self._queue.get(), lines)
            picked = _pick(lines, self._bulk_units(lines))
            if picked:
                done = self._engine.round([waiting.call for waiting in picked])
                self._loop.call_soon_threadsafe(self._resolve, picked, done)
                self._checkpointer.after_commit(self._engine.connection)
        self._checkpointer.stop()
        self._engine.close()

    def _next(self) -> list[_Waiting] | None:
        """What comes next, however long that takes."""
        try:
            return self._queue.get(timeout=IDLE_SECONDS)
        except Empty:
            self._checkpointer.when_idle(self._engine.connection)
            return self._queue.get()

    def _sort(self, arrived: list[_Waiting] | None, lines: dict[Urgency, deque[_Waiting]]) -> bool:
        for waiting in arrived or ():
            lines[waiting.call.flow.urgency].append(waiting)
        return arrived is None

    def _bulk_units(self, lines: dict[Urgency, deque[_Waiting]]) -> int:
        """A bulk that is alone has long rounds, which cost less. What it settles is its own."""
        now = time.monotonic()
        if lines[Urgency.ACCEPT]:
            self._accepted_at = now
        return BULK_UNITS if now - self._accepted_at > BESIDE_SECONDS else BULK_UNITS_BESIDE

    def _resolve(self, picked: Sequence[_Waiting], done: Done) -> None:
        for waiting, result in zip(picked, done.results, strict=True):
            self._units -= len(waiting.call.requests)
            if waiting.future.cancelled():
                continue
            if isinstance(result, BaseException):
                waiting.future.set_exception(result)
            else:
                waiting.future.set_result(result)
        if done.jobs or done.wake_at is not None:
            self.on_taken(done.jobs, done.wake_at)
        if done.news:
            self.on_news(done.news)


def _pick(lines: dict[Urgency, deque[_Waiting]], bulk_units: int) -> list[_Waiting]:
    """The most urgent calls, as many as a round holds; a call that is larger alone has a round to itself. Of
    bulks so much as is given, but one call wherever there is room, so that they come to an end.
    """
    picked: list[_Waiting] = []
    units = 0
    for urgency, line in lines.items():
        most, of_bulks = ROUND_UNITS, min(ROUND_UNITS, units + bulk_units)
        while line and (not picked or units + len(line[0].call.requests) <= most):
            waiting = line.popleft()
            picked.append(waiting)
            units += len(waiting.call.requests)
            most = of_bulks if urgency == Urgency.BULK else ROUND_UNITS
    return picked
