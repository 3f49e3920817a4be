"""Rates of callers: a token bucket each, in memory. In: who calls. Out: how long to wait, or zero."""

from collections.abc import Callable

from msgspec import Struct

MOST_CALLERS = 100_000


class _Bucket(Struct):
    left: float
    at: float


class Buckets:
    """So many a second, with so many at once after a pause."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait_seconds(self, who: str) -> float:
        """Takes one; above zero it was not taken, and may be asked for after so long."""
        now = self._clock()
        bucket = self._buckets.get(who)
        if bucket is None:
            if len(self._buckets) >= MOST_CALLERS:
                self._forget(now)
            bucket = self._buckets[who] = _Bucket(self._burst, now)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._per_second
        bucket.left -= 1
        return 0.0

    def wait_to_come(self, who: str) -> float:
        """What `wait_seconds` would say; nothing is taken."""
        bucket = self._buckets.get(who)
        if bucket is None:
            return 0.0
        left = bucket.left + (self._clock() - bucket.at) * self._per_second
        return 0.0 if left >= 1 else (1 - left) / self._per_second

    def _forget(self, now: float) -> None:
        """Those that are full again say nothing that a new one would not; with a flood, all go."""
        full_after = self._burst / self._per_second
        self._buckets = {who: one for who, one in self._buckets.items() if now - one.at < full_after}
        if len(self._buckets) >= MOST_CALLERS:
            self._buckets.clear()
