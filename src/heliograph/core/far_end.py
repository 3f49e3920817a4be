"""The far end: where one gate leads, or several. Its window, its rate and its circuit are theirs together.

In: what came of attempts, the time. Out: how many may be taken now. Settings come from whoever made the gate.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

DEFAULT_WINDOW = 1000
CIRCUIT_FAILURES = 5  # in a row, before it is left alone
CIRCUIT_OPEN_MS = 5_000
PACE_DOUBLES_MS = 30_000  # of what catches up
LONGEST_HOLD_MS = 3_600_000  # how long it is left alone because it asked for it
_DOUBLINGS = 16


class Way(Protocol):
    """A gate, seen from its far end."""

    in_flight: int
    draining: bool


class FarEnd(Struct, eq=False):
    window: int = DEFAULT_WINDOW
    rate_per_s: int | None = None
    longest_open_ms: int = CIRCUIT_OPEN_MS  # it opens for twice as long each time, up to this
    drain_per_s: int | None = None  # the rate while a gate catches up, at first
    drains_since: int = 0
    failures: int = 0
    opens_at: int = 0  # the circuit: closed to traffic until then, then one probe
    tokens: float = 0.0
    counted_at: int = 0
    rests_ms: int = CIRCUIT_OPEN_MS  # for how long it opened last
    trips: int = 0  # how often it opened in a row
    held: bool = False  # it opened because it asked for it
    gates: Sequence[Way] = ()
    burst_ms: int = 1_000  # for so long the rate may be saved up

    @property
    def in_flight(self) -> int:
        return sum(gate.in_flight for gate in self.gates)

    def free(self) -> int:
        """Places in the window."""
        return self.window - self.in_flight

    def budget(self, now: int) -> int:
        if self.circuit_open(now):
            return 0
        if self.failures >= CIRCUIT_FAILURES:
            return 1 if self.in_flight == 0 else 0  # one probe tells whether it works again
        rate = self._rate(now)
        return self.window if rate is None else self._tokens(now, rate)

    def _rate(self, now: int) -> int | None:
        """It goes faster the longer it catches up: else, where more comes than goes, it never would."""
        if self.rate_per_s is None and self.drain_per_s is not None and self._drains():
            doublings = max(0, now - self.drains_since) // PACE_DOUBLES_MS
            return self.drain_per_s << min(doublings, _DOUBLINGS)
        return self.rate_per_s

    def _drains(self) -> bool:
        return any(gate.draining for gate in self.gates)

    def _tokens(self, now: int, rate_per_s: int) -> int:
        passed_ms = max(0, now - self.counted_at)
        most = max(1.0, rate_per_s * self.burst_ms / 1000)
        self.tokens = min(most, self.tokens + passed_ms * rate_per_s / 1000)
        self.counted_at = now
        return int(self.tokens)

    def spend(self, taken: int) -> None:
        if self.rate_per_s is not None or self._drains():
            self.tokens -= taken

    def circuit_open(self, now: int) -> bool:
        """Left alone for a while. The upper bound heals a clock that jumped back."""
        return 0 < self.opens_at - now <= self.rests_ms

    def failed(self, now: int) -> None:
        """The far end itself failed (not the receiver behind it). What was in flight when the circuit opened
        says nothing new.
        """
        self.failures += 1
        if self.failures >= CIRCUIT_FAILURES and not self.circuit_open(now):
            doubled = CIRCUIT_OPEN_MS << min(self.trips, _DOUBLINGS)
            self._rest(now, min(doubled, self.longest_open_ms))

    def hold(self, now: int, wait_ms: int) -> None:
        """It asks to be left alone for so long; then one probe."""
        self.failures = max(self.failures, CIRCUIT_FAILURES)
        self._rest(now, min(wait_ms, LONGEST_HOLD_MS))
        self.held = True

    def is_held(self, now: int) -> bool:
        """What was under way when it asked for a rest does not end the rest."""
        return self.held and self.circuit_open(now)

    def _rest(self, now: int, rests_ms: int) -> None:
        self.held = False
        self.rests_ms = rests_ms
        self.opens_at = now + rests_ms
        self.trips += 1

    def worked(self) -> bool:
        """True when its circuit had opened: what waited behind it may go."""
        recovered = self.trips > 0
        self.failures = 0
        self.opens_at = 0
        self.trips = 0
        self.held = False
        return recovered
