"""Guesses: how often somebody tried in vain, and how long nobody is heard then. Waits double.

In: who tries, or what is tried. Out: how long to wait, or zero. What is tried counts as wrong from its
beginning, so that many at a time count as many; `right` takes it back. What nobody has is counted as well:
being locked tells nothing. At most so many are remembered.
"""

from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

MOST_REMEMBERED = 20_000
FIRST_SECONDS, LONGEST_SECONDS = 30.0, 3_600.0
FORGOTTEN_SECONDS = 86_400.0  # after the last one
_LOOKED_AT = 100  # of the oldest, for one that is not locked


class _Tried(Struct):
    count: int = 0
    until: float = 0.0
    at: float = 0.0


class Guesses:
    def __init__(self, free: int, clock: Callable[[], float], most: int = MOST_REMEMBERED) -> None:
        self._free = free  # so many in a row are looked at; after the last of them nobody is heard
        self._clock = clock
        self._most = most
        self._tried: OrderedDict[object, _Tried] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tried)

    def wait_seconds(self, who: object) -> float:
        """Above zero: nothing is looked at."""
        tried = self._tried.get(who)
        return max(0.0, tried.until - self._clock()) if tried is not None else 0.0

    def begin(self, who: object) -> float:
        """One more is tried. Its answer says for how long nobody is heard after it, if it is wrong."""
        now = self._clock()
        tried = self._tried.pop(who, None)
        if tried is None or now - tried.at >= FORGOTTEN_SECONDS:
            tried = _Tried()
            self._make_room(now)
        self._tried[who] = tried  # the newest is last
        tried.count, tried.at = tried.count + 1, now
        if tried.count < self._free:
            return 0.0
        seconds = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(32, tried.count - self._free))
        tried.until = now + seconds
        return seconds

    def right(self, who: object) -> None:
        """What was tried is nobody's guess: all of it is forgotten."""
        self._tried.pop(who, None)

    def take_back(self, who: object) -> None:
        """This one was right; those before it still count."""
        tried = self._tried.get(who)
        if tried is not None:
            tried.count, tried.until = max(0, tried.count - 1), 0.0

    def _make_room(self, now: float) -> None:
        """Who is locked stays, as long as there is another among the oldest."""
        if len(self._tried) < self._most:
            return
        oldest = [who for who, _ in zip(self._tried, range(_LOOKED_AT), strict=False)]
        free = next((who for who in oldest if self._tried[who].until <= now), oldest[0])
        del self._tried[free]
