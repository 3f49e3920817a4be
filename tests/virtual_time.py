"""Virtual time: an asyncio loop whose clock jumps to its next timer, and a wall clock that follows it.

In: the same coroutines as on any loop. Out: the same order of events, with no waiting, in the same way
every time. What never works here: threads that the loop waits for, since no time passes for them.
"""

import asyncio
import selectors
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

RESOLUTION_SECONDS = 1e-6  # coarser than what adding up a year of floats loses


class Stuck(Exception):
    """Nothing is ready and no timer is set: whoever waits would wait for ever."""


class _JumpingSelector(selectors.BaseSelector):
    """Where the loop would wait, the time moves on instead."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = self._real.select(0)
        if not events:
            if timeout is None:
                raise Stuck
            self.seconds += max(0.0, timeout)
        return events

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Any:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is virtual; everything else is asyncio's own."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._clock_resolution = RESOLUTION_SECONDS

    def time(self) -> float:
        return self._jumping.seconds


class VirtualClock:
    """The wall clock of a virtual loop. It may jump, as wall clocks do; the loop's own time never does."""

    def __init__(self, loop: VirtualLoop, start_ms: int = 1_700_000_000_000) -> None:
        self._loop = loop
        self._start_ms = start_ms

    def now(self) -> int:
        return self._start_ms + round(self._loop.time() * 1000)

    def elapsed(self) -> int:
        """Milliseconds that really passed, whatever the clock says."""
        return round(self._loop.time() * 1000)

    def jump(self, ms: int) -> None:
        """Forwards or, with a negative number, backwards."""
        self._start_ms += ms


def run_virtual(main: Coroutine[Any, Any, T], loop: VirtualLoop | None = None) -> T:
    """Like `asyncio.run`, in virtual time. Tasks left over are cancelled."""
    loop = loop or VirtualLoop()
    try:
        return loop.run_until_complete(main)
    finally:
        _cancel(loop, sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()))
        loop.close()


def _cancel(loop: VirtualLoop, tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
