"""Windows: so many calls in so long, exactly. In: who calls. Out: how long to wait, or zero.

For what is rare and must not be tried often, such as logging in; `buckets` are for everything else.
"""

from collections import deque
from collections.abc import Callable

MOST_CALLERS = 20_000


class Windows:
    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def wait_seconds(self, who: str) -> float:
        """Takes one; above zero it was not taken, and may be asked for after so long."""
        now = self._clock()
        calls = self._calls.get(who)
        if calls is None:
            if len(self._calls) >= MOST_CALLERS:
                self._forget(now)
            calls = self._calls[who] = deque(maxlen=self._most)
        while calls and calls[0] <= now - self._seconds:
            calls.popleft()
        if len(calls) >= self._most:
            return calls[0] + self._seconds - now
        calls.append(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Those whose last call is long ago; with a flood, all go."""
        old = now - self._seconds
        self._calls = {who: calls for who, calls in self._calls.items() if calls and calls[-1] > old}
        if len(self._calls) >= MOST_CALLERS:
            self._calls.clear()
