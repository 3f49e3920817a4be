"""The engines that the conformance suite runs on. A new engine is one line in `ENGINES`.

In: how to open an engine at a place. Out: `Bench`, which runs a piece of code inside one transaction.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from heliograph.core.gate import Gates
from heliograph.flow.ports import Answers, Clock, Transaction, Urgency
from heliograph.store.sqlite.engine import Call, Done, SqliteEngine

T = TypeVar("T")
LANE_LIMIT = 5


class Engine(Protocol):
    def round(self, calls: Sequence[Call]) -> Done: ...
    def close(self) -> None: ...


Open = Callable[[Path, Gates, Clock], Engine]
ENGINES: dict[str, Open] = {
    "sqlite": lambda folder, gates, clock: SqliteEngine(folder / "db", gates, clock, LANE_LIMIT)
}


class _Work:
    """A flow that does what a test says."""

    urgency = Urgency.ACCEPT

    def __init__(self, work: Callable[[Transaction], Awaitable[Any]]) -> None:
        self._work = work

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[Any]:
        return Answers([await self._work(tx)], [])


class Bench:
    """One engine at work."""

    def __init__(self, open_engine: Callable[[Gates], Engine]) -> None:
        self._open = open_engine
        self.gates = Gates()
        self.engine = open_engine(self.gates)
        self.wake_at: int | None = None

    def again(self) -> "Bench":
        """The same database, as another process opens it."""
        return Bench(self._open)

    def do(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Runs it in one transaction, commits, gives its result."""
        done = self.engine.round([Call(_Work(work), [None])])
        self.wake_at = done.wake_at
        result = done.results[0]
        if isinstance(result, BaseException):
            raise result
        found: T = result[0]
        return found
