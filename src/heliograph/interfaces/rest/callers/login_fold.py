"""Folding: which logins have an entry of their own in the audit trail, so that somebody who guesses does not
fill the disk.

In: what is alike about an attempt, and the time. Out: is it told, and how many like it were not told before.
Of what is alike one is told in a minute. Failures of all kinds have a number of entries a minute; beyond it
they are alike, whatever they are.
"""

from collections.abc import Hashable

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MOST_FAILURES = 10  # kinds of them that are told in a minute: at most some 7 MB a day
MOST_REMEMBERED = 10_000


class Folding:
    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[Hashable, tuple[int, int]] = {}  # until when, and how many are folded
        self._minute = 0
        self._in_minute = 0

    def tell(self, kind: Hashable, now: int, window_ms: int = MINUTE_MS) -> int | None:
        """How many were folded into this one; None: this one is folded."""
        if now // MINUTE_MS != self._minute:
            self._minute, self._in_minute = now // MINUTE_MS, 0
        until, folded = self._told.get(kind, (0, 0))
        if now < until:
            self._told[kind] = (until, folded + 1)
            return None
        if self._in_minute >= self._most:
            return self._tell_others(now)
        self._in_minute += 1
        self._remember(kind, now, window_ms)
        return folded

    def _tell_others(self, now: int) -> int | None:
        """One entry for all that are too many."""
        until, folded = self._told.get(None, (0, 0))
        if now < until:
            self._told[None] = (until, folded + 1)
            return None
        self._told[None] = (now + MINUTE_MS, 0)
        return folded

    def _remember(self, kind: Hashable, now: int, window_ms: int) -> None:
        if len(self._told) >= MOST_REMEMBERED:
            self._told = {one: told for one, told in self._told.items() if told[0] > now or one is None}
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[kind] = (now + window_ms, 0)
