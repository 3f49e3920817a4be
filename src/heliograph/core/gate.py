"""Gates: what carries lanes. A window, a rate, a circuit and a reachable flag; a closed gate costs no
attempt.

`Gates` lives in memory and belongs to the thread of the transactions: `rooms(now)` gives what may be taken
now, a transaction spends from that, and `settle(rooms)` makes it true after the commit. Adapters only flip
`reachable` and report `failed`/`worked`, each a single assignment.
"""

from msgspec import Struct

DEFAULT_WINDOW = 1000
CIRCUIT_FAILURES = 5  # in a row, before a gate is left alone
CIRCUIT_OPEN_MS = 5_000


class Gate(Struct):
    window: int = DEFAULT_WINDOW
    rate_per_s: int | None = None
    reachable: bool = False
    in_flight: int = 0
    failures: int = 0
    opens_at: int = 0  # the circuit: closed to traffic until then, then one probe
    tokens: float = 0.0
    counted_at: int = 0

    def room(self, now: int) -> int:
        """How many deliveries may be taken now."""
        if not self.reachable or self.circuit_open(now):
            return 0
        if self.failures >= CIRCUIT_FAILURES:
            return 1 if self.in_flight == 0 else 0  # one probe tells whether it works again
        free = self.window - self.in_flight
        return max(0, free if self.rate_per_s is None else min(free, self._tokens(now, self.rate_per_s)))

    def _tokens(self, now: int, rate_per_s: int) -> int:
        passed_ms = max(0, now - self.counted_at)
        self.tokens = min(float(rate_per_s), self.tokens + passed_ms * rate_per_s / 1000)
        self.counted_at = now
        return int(self.tokens)

    def circuit_open(self, now: int) -> bool:
        """Left alone for a while. The upper bound heals a clock that jumped back."""
        return 0 < self.opens_at - now <= CIRCUIT_OPEN_MS

    def spend(self, taken: int, settled: int) -> None:
        self.in_flight = max(0, self.in_flight + taken - settled)
        if self.rate_per_s is not None:
            self.tokens -= taken

    def failed(self, now: int) -> None:
        """The gate itself failed (not the receiver behind it)."""
        self.failures += 1
        if self.failures >= CIRCUIT_FAILURES:
            self.opens_at = now + CIRCUIT_OPEN_MS

    def worked(self) -> None:
        self.failures = 0
        self.opens_at = 0


class Rooms:
    """What one transaction may take, gate by gate, and what it took and gave back."""

    def __init__(self, gates: dict[str, Gate], now: int) -> None:
        self._gates = gates
        self._now = now
        self._left: dict[str, int] = {}
        self.taken: dict[str, int] = {}
        self.settled: dict[str, int] = {}

    def left(self, name: str) -> int:
        known = self._left.get(name)
        if known is None:
            gate = self._gates.get(name)
            known = self._left[name] = gate.room(self._now) if gate else 0
        return known

    def take(self, name: str) -> bool:
        """True when the gate has room; the place is then ours."""
        left = self.left(name)
        if left <= 0:
            return False
        self._left[name] = left - 1
        self.taken[name] = self.taken.get(name, 0) + 1
        return True

    def give_back(self, name: str) -> None:
        """An attempt through this gate ended. Its place is free again at once."""
        self._left[name] = self.left(name) + 1 if self._is_open(name) else 0
        self.settled[name] = self.settled.get(name, 0) + 1

    def _is_open(self, name: str) -> bool:
        gate = self._gates.get(name)
        if gate is None or not gate.reachable or gate.circuit_open(self._now):
            return False
        return gate.rate_per_s is None and gate.failures < CIRCUIT_FAILURES


class Gates:
    """All gates by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Gate] = {}

    def add(self, name: str, gate: Gate) -> Gate:
        self.by_name[name] = gate
        return gate

    def rooms(self, now: int) -> Rooms:
        return Rooms(self.by_name, now)

    def settle(self, rooms: Rooms) -> None:
        """The transaction committed: its takes and settles are true."""
        for name in rooms.taken.keys() | rooms.settled.keys():
            gate = self.by_name.get(name)
            if gate is not None:
                gate.spend(rooms.taken.get(name, 0), rooms.settled.get(name, 0))
