"""A crowd: the same command for many devices, all at once or so many a second.

In: identities and what is done to each. Out: calls, in slices, so that nothing else has to wait.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from heliograph.networks.simulator.fleet import Fleet, Identity
from heliograph.networks.simulator.timers import Timers

SLICE = 500  # commands in one turn of the loop
STEP_MS = 10


class Crowd:
    def __init__(
        self,
        fleet: Fleet,
        timers: Timers,
        devices: Sequence[Identity],
        act: Callable[[Identity], None],
        per_second: float | None,
    ) -> None:
        self._fleet = fleet
        self._timers = timers
        self._left: Iterator[Identity] = iter(devices)
        self._act = act
        self._per_second = per_second
        self._begun_at = fleet.now()
        self._done = 0
        self.total = len(devices)
        self._step()

    def _step(self) -> None:
        now = self._fleet.now()
        for _ in range(self._room(now)):
            identity = next(self._left, None)
            if identity is None:
                return
            self._act(identity)
            self._done += 1
        if self._done < self.total:
            self._timers.at(self._next_at(now), self._step)

    def _room(self, now: int) -> int:
        """How many may go now: the first at once."""
        if self._per_second is None:
            return SLICE
        earned = int((now - self._begun_at) * self._per_second / 1000) + 1
        return max(0, min(SLICE, earned - self._done))

    def _next_at(self, now: int) -> int:
        if self._per_second is None:
            return now
        return max(now + STEP_MS, self._begun_at + math.ceil(self._done * 1000 / self._per_second))
