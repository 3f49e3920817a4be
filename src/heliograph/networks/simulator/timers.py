"""The one place where the simulator meets time: a heap of all its timers, driven by one `call_later`.

In: actions with a time. Out: their calls, on the loop, in order. Time is the loop's own, told as milliseconds
since the epoch; it never jumps, whatever the wall clock does. An idle heap costs nothing.
"""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

_Timer = tuple[int, int, Callable[..., None], tuple[Any, ...]]

SLICE = 1000  # timers in one turn of the loop


class Timers:
    def __init__(self, start_ms: int) -> None:
        """`start_ms` is what the wall clock says now. Needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._start_ms = start_ms - round(self._loop.time() * 1000)
        self._heap: list[_Timer] = []
        self._order = 0
        self._handle: asyncio.TimerHandle | None = None
        self._armed_at = 0
        self.fired = 0

    def now(self) -> int:
        return self._start_ms + round(self._loop.time() * 1000)

    def at(self, when: int, action: Callable[..., None], *arguments: Any) -> None:
        """There is no cancelling: an action looks whether it is still wanted."""
        self._order += 1
        heappush(self._heap, (when, self._order, action, arguments))
        if self._handle is None or when < self._armed_at:
            self._arm()

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._heap:
            self._armed_at = self._heap[0][0]
            self._handle = self._loop.call_later(max(0, self._armed_at - self.now()) / 1000, self._fire)

    def _fire(self) -> None:
        now = self.now()
        self._handle = None
        due: list[_Timer] = []
        while self._heap and self._heap[0][0] <= now and len(due) < SLICE:
            due.append(heappop(self._heap))
        self.fired += len(due)
        for _, _, action, arguments in due:
            action(*arguments)
        self._arm()

    def stop(self) -> None:
        self._heap.clear()
        self._arm()
