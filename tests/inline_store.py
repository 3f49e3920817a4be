"""A Store without a thread: the real SQLite engine, its rounds run on the loop, so that virtual time works.

In: calls of one turn of the loop. Out: their answers and the taken jobs, in the next turn, after the commit.
`die` is a crash as the store sees it: what was not committed is lost, and nobody gets an answer any more.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from heliograph.core.delivery import Job
from heliograph.core.security.audit import Actor
from heliograph.flow.ports import A, Flow, Full, R
from heliograph.store.sqlite.engine import Call, SqliteEngine


def _nobody(jobs: Sequence[Job], wake_at: int | None) -> None:
    """Until a dispatcher listens."""


class InlineStore:
    """The Store port. `full` makes it refuse, as a store does whose queue is full."""

    def __init__(self, engine: SqliteEngine) -> None:
        self.engine = engine
        self.on_taken: Callable[[Sequence[Job], int | None], None] = _nobody
        self.full = False
        self.rounds = 0
        self._dead = False
        self._collected: list[tuple[Call, asyncio.Future[Any]]] = []

    async def run(self, flow: Flow[R, A], requests: Sequence[R], by: Actor | None = None) -> list[A]:
        if self.full:
            raise Full("store_full")
        loop = asyncio.get_running_loop()
        if not self._collected:
            loop.call_soon(self._round)
        future: asyncio.Future[list[A]] = loop.create_future()
        self._collected.append((Call(flow, requests, by), future))
        return await future

    def _round(self) -> None:
        collected, self._collected = self._collected, []
        if self._dead:
            return
        done = self.engine.round([call for call, _ in collected])
        self.rounds += 1
        for (_, future), result in zip(collected, done.results, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        if done.jobs or done.wake_at is not None:
            self.on_taken(done.jobs, done.wake_at)

    def die(self) -> None:
        """The process is gone: the file stays as the last commit left it."""
        if not self._dead:
            self._dead = True
            self.engine.close()
