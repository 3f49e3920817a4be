"""The journal: what became of each call, gathered and written a batch at a time; old lines go.

In: attempts. Out: rows of the log. It is for people to look at: when the store is full, lines are dropped and
counted, and no call waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from heliograph.core.callback import CallbackAttempt
from heliograph.flow.ports import Full

WRITE_SECONDS = 0.2
WRITE_ROWS = 256
MOST_WAITING = 20_000

Write = Callable[[Sequence[CallbackAttempt]], Awaitable[Sequence[int]]]  # the answer: their numbers


class Journal:
    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[CallbackAttempt] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self.written: set[int] = set()  # callbacks whose log grew since somebody looked
        self.dropped = 0

    def note(self, attempt: CallbackAttempt) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(attempt)
        if len(self._waiting) == WRITE_ROWS:
            self._begin()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._begin)

    async def record(self, attempt: CallbackAttempt) -> CallbackAttempt:
        """For somebody who waits for it: with its number, if there is room."""
        self.written.add(attempt.callback)
        try:
            (number,) = await self._write([attempt])
        except Full:
            self.dropped += 1
            return attempt
        return replace(attempt, number=number)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            task = asyncio.get_running_loop().create_task(self._put())
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _put(self) -> None:
        rows, self._waiting = self._waiting, []
        self.written |= {row.callback for row in rows}
        try:
            await self._write(rows)
        except Full:
            self.dropped += len(rows)

    async def flush(self) -> None:
        """At a stop, and for those who want to read what was just done."""
        self._begin()
        while self._writing:
            await asyncio.wait(self._writing)
