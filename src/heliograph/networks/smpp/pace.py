"""The pace of one upstream: the rate that it takes without complaint, found out by its complaints.

In: how many submits it took and how many it throttled, with the time. Out: a rate for the gate. Down by a
factor at once, but not below what was taken in the last second; up by a step each second that is clean.
Never above what is configured; where nothing is, it ends when it has not been needed for long.
"""

from collections import deque
from math import ceil

BACK_OFF = 0.7
FLOOR = 0.1  # of the rate before: one complaint is no reason to stop
STEP = 0.05  # of the rate at the last complaint, a second
SPAN_SECONDS = 1.0
DEAF_SECONDS = 1.0  # what was under way when the rate fell says nothing new
ENOUGH = 4  # times the rate at the last complaint: whoever takes that is not slow any more


class Pace:
    """`rate_per_s` None: as fast as its window allows."""

    def __init__(self, configured: int | None) -> None:
        self.configured = configured
        self.rate_per_s = configured
        self._complained_at_rate = 0.0
        self._lowered_at = self._raised_at = 0.0
        self._taken: deque[tuple[float, int]] = deque()
        self._taken_count = 0

    @property
    def is_lowered(self) -> bool:
        return self.rate_per_s != self.configured

    def configure(self, per_s: int | None) -> None:
        """Another rate is allowed: it starts anew."""
        if per_s != self.configured:
            self.configured = self.rate_per_s = per_s

    def took(self, count: int, now: float) -> None:
        self._taken.append((now, count))
        self._taken_count += count
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0][0] <= now - SPAN_SECONDS:
            self._taken_count -= self._taken.popleft()[1]

    def throttled(self, count: int, now: float) -> bool:
        """True when the rate fell."""
        if self._lowered_at and now < self._lowered_at + DEAF_SECONDS:
            return False
        self._forget(now)
        tried = self._taken_count + count
        before = tried if self.rate_per_s is None else self.rate_per_s
        found = min(before * BACK_OFF, max(float(self._taken_count), before * FLOOR))
        self._complained_at_rate = before if self.configured is None else min(before, self.configured)
        self._lowered_at = self._raised_at = now
        self.rate_per_s = max(1, int(found))
        return True

    def pass_time(self, now: float) -> bool:
        """True when the rate rose."""
        rate = self.rate_per_s
        if rate is None or rate == self.configured or now < self._raised_at + SPAN_SECONDS:
            return False
        self._raised_at = now
        risen = rate + max(1, ceil(self._complained_at_rate * STEP))
        if self.configured is None:
            self.rate_per_s = None if risen >= self._complained_at_rate * ENOUGH else risen
        else:
            self.rate_per_s = min(risen, self.configured)
        return True
