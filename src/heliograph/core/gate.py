"""Gates: what carries lanes. A window, a rate, a circuit and a reachable flag; a closed gate costs no
attempt.

`Gates` lives in memory and belongs to the thread of the transactions: `rooms(now)` gives what may be taken
now, a transaction spends from that, and `settle(rooms)` makes it true after the commit. Adapters only flip
`reachable` and report `failed`/`worked`, each a single assignment.
"""

from msgspec import Struct

from heliograph.core.delivery import LaneKey

DEFAULT_WINDOW = 1000
CIRCUIT_FAILURES = 5  # in a row, before a gate is left alone
CIRCUIT_OPEN_MS = 5_000
LONGEST_HOLD_MS = 3_600_000  # how long a gate is left alone because its far end asked for it
_DOUBLINGS = 16


class Gate(Struct):
    window: int = DEFAULT_WINDOW
    rate_per_s: int | None = None
    reachable: bool = False
    in_flight: int = 0
    failures: int = 0
    opens_at: int = 0  # the circuit: closed to traffic until then, then one probe
    tokens: float = 0.0
    counted_at: int = 0
    longest_open_ms: int = CIRCUIT_OPEN_MS  # it opens for twice as long each time, up to this
    rests_ms: int = CIRCUIT_OPEN_MS  # for how long it opened last
    trips: int = 0  # how often it opened in a row
    held: bool = False  # it opened because its far end asked for it
    drain_per_s: int | None = None  # its rate while it catches up
    draining: bool = False

    def free(self) -> int:
        """Places in the window."""
        return self.window - self.in_flight

    def budget(self, now: int) -> int:
        """How many may be taken now, the window aside."""
        if not self.reachable or self.circuit_open(now):
            return 0
        if self.failures >= CIRCUIT_FAILURES:
            return 1 if self.in_flight == 0 else 0  # one probe tells whether it works again
        rate = self._rate()
        return self.window if rate is None else self._tokens(now, rate)

    def _rate(self) -> int | None:
        return self.drain_per_s if self.draining and self.rate_per_s is None else self.rate_per_s

    def _tokens(self, now: int, rate_per_s: int) -> int:
        passed_ms = max(0, now - self.counted_at)
        self.tokens = min(float(rate_per_s), self.tokens + passed_ms * rate_per_s / 1000)
        self.counted_at = now
        return int(self.tokens)

    def circuit_open(self, now: int) -> bool:
        """Left alone for a while. The upper bound heals a clock that jumped back."""
        return 0 < self.opens_at - now <= self.rests_ms

    def spend(self, taken: int, settled: int) -> None:
        self.in_flight = max(0, self.in_flight + taken - settled)
        if self._rate() is not None:
            self.tokens -= taken

    def failed(self, now: int) -> None:
        """The gate itself failed (not the receiver behind it). What was in flight when the circuit opened
        says nothing new.
        """
        self.failures += 1
        if self.failures >= CIRCUIT_FAILURES and not self.circuit_open(now):
            doubled = CIRCUIT_OPEN_MS << min(self.trips, _DOUBLINGS)
            self._rest(now, min(doubled, self.longest_open_ms))

    def hold(self, now: int, wait_ms: int) -> None:
        """The far end asks to be left alone for so long; then one probe."""
        self.failures = max(self.failures, CIRCUIT_FAILURES)
        self._rest(now, min(wait_ms, LONGEST_HOLD_MS))
        self.held = True

    def is_held(self, now: int) -> bool:
        """What was under way when its far end asked for a rest does not end the rest."""
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

    def catch_up(self) -> None:
        """Much may wait: it goes at the gate's own pace until none of it is due."""
        self.draining = self.drain_per_s is not None

    def caught_up(self) -> None:
        self.draining = False


class Rooms:
    """What one transaction may take, gate by gate, and what it took and gave back; and which lanes are
    under way.
    """

    def __init__(self, gates: dict[str, Gate], lanes: set[LaneKey], now: int) -> None:
        self._gates = gates
        self._lanes = lanes
        self._now = now
        self._rooms: dict[str, list[int]] = {}  # [free, budget]
        self.taken: dict[str, int] = {}
        self.settled: dict[str, int] = {}
        self.lanes_taken: set[LaneKey] = set()
        self.lanes_freed: set[LaneKey] = set()

    def _room(self, name: str) -> list[int]:
        room = self._rooms.get(name)
        if room is None:
            gate = self._gates.get(name)
            room = [gate.free(), gate.budget(self._now)] if gate else [0, 0]
            self._rooms[name] = room
        return room

    def is_reachable(self, name: str) -> bool:
        gate = self._gates.get(name)
        return gate is not None and gate.reachable

    def left(self, name: str) -> int:
        return max(0, min(self._room(name)))

    def is_under_way(self, lane: LaneKey) -> bool:
        """Does an attempt of this lane wait for its outcome?"""
        return lane in self.lanes_taken or (lane in self._lanes and lane not in self.lanes_freed)

    def take(self, name: str, lane: LaneKey) -> bool:
        """True when the gate has room; the place is then ours, and the lane is under way."""
        room = self._room(name)
        if room[0] <= 0 or room[1] <= 0:
            return False
        room[0] -= 1
        room[1] -= 1
        self.taken[name] = self.taken.get(name, 0) + 1
        self.lanes_taken.add(lane)
        return True

    def give_back(self, name: str, lane: LaneKey) -> None:
        """An attempt through this gate ended. Its place in the window is free again at once."""
        self._room(name)[0] += 1
        self.settled[name] = self.settled.get(name, 0) + 1
        self.lanes_freed.add(lane)
        self.lanes_taken.discard(lane)


class Gates:
    """All gates by name, and the lanes that are under way. An earlier boot's are recovered before a gate
    opens, so memory knows them all.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Gate] = {}
        self.lanes: set[LaneKey] = set()

    def add(self, name: str, gate: Gate) -> Gate:
        self.by_name[name] = gate
        return gate

    def rooms(self, now: int) -> Rooms:
        return Rooms(self.by_name, self.lanes, now)

    def settle(self, rooms: Rooms) -> None:
        """The transaction committed: its takes and settles are true."""
        self.lanes -= rooms.lanes_freed
        self.lanes |= rooms.lanes_taken
        for name in rooms.taken.keys() | rooms.settled.keys():
            gate = self.by_name.get(name)
            if gate is not None:
                gate.spend(rooms.taken.get(name, 0), rooms.settled.get(name, 0))
