"""The pace of one upstream: the rate that it takes without complaint, found out by its complaints.

In: how many submits it took and how many it throttled, with the time. Out: a rate for the gate. Down at once,
by the share that was throttled; up by a step each second in which all was taken. Never above what is
configured; where nothing is, it ends when it has not been needed for long.
"""

from collections import deque
from math import ceil

BACK_OFF = 1.5  # it falls by so many times the share that was throttled
FLOOR = 0.2  # and at once no further: the first that it throttles of many say little
A_FEW = 0.1  # of all answers: full queues up to this share are the subscribers' own
STEP = 0.05  # of the rate at the last complaint, a second
SPAN_SECONDS = 1.0
SHORTEST_SECONDS = 0.1  # what came in less time tells no rate
DEAF_SECONDS = 1.0  # what was under way when the rate fell says nothing new
ENOUGH = 4  # times the rate at the last complaint: whoever takes that is not slow any more


class Pace:
    """`rate_per_s` None: as fast as its window allows."""

    def __init__(self, configured: int | None) -> None:
        self.configured = configured
        self.rate_per_s = configured
        self._complained_at_rate = 0.0
        self._lowered_at = self._raised_at = 0.0
        self._heard: deque[tuple[float, int, int]] = deque()  # when, how many taken, how many throttled
        self._taken = self._throttled = 0  # of these

    @property
    def is_lowered(self) -> bool:
        return self.rate_per_s != self.configured

    def configure(self, per_s: int | None) -> None:
        """Another rate is allowed: it starts anew."""
        if per_s != self.configured:
            self.configured = self.rate_per_s = per_s

    def took(self, count: int, now: float) -> None:
        self._note(count, 0, now)

    def _note(self, taken: int, throttled: int, now: float) -> None:
        self._heard.append((now, taken, throttled))
        self._taken += taken
        self._throttled += throttled
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._heard and self._heard[0][0] <= now - SPAN_SECONDS:
            _, taken, throttled = self._heard.popleft()
            self._taken -= taken
            self._throttled -= throttled

    def _seconds(self, now: float) -> float:
        """How long it has been heard within the span."""
        return min(SPAN_SECONDS, max(SHORTEST_SECONDS, now - self._heard[0][0]))

    def throttled(self, count: int, now: float, full: bool = False) -> bool:
        """True when the rate fell. `full`: queues were full, each of them perhaps one subscriber's."""
        self._note(0, count, now)
        if self._lowered_at and now < self._lowered_at + DEAF_SECONDS:
            return False
        tried = self._taken + self._throttled
        complained = self._throttled / tried
        if full and complained <= A_FEW:
            return False
        before = tried / self._seconds(now) if self.rate_per_s is None else self.rate_per_s
        share = max(FLOOR, 1 - BACK_OFF * complained)
        self._complained_at_rate = before
        self._lowered_at = self._raised_at = now
        self.rate_per_s = max(1, int(before * share))
        return True

    def pass_time(self, now: float) -> bool:
        """True when the rate rose."""
        rate = self.rate_per_s
        if rate is None or rate == self.configured or now < self._raised_at + SPAN_SECONDS:
            return False
        self._raised_at = now
        self._forget(now)
        if not self._taken:  # nobody asked it
            return False
        risen = rate + max(1, ceil(self._complained_at_rate * STEP))
        if self.configured is None:
            self.rate_per_s = None if risen >= self._complained_at_rate * ENOUGH else risen
        else:
            self.rate_per_s = min(risen, self.configured)
        return True
