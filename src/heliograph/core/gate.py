"""Gates: what carries lanes. A gate is one way to a far end, and reachable or not; a closed gate costs no
attempt.

`Gates` lives in memory and belongs to the thread of the transactions: `rooms(now)` gives what may be taken
now, a transaction spends from that, and `settle(rooms)` makes it true after the commit. Adapters only flip
`reachable`, report `failed`/`worked` and lead a gate elsewhere, each a single assignment.
"""

from heliograph.core.delivery import LaneKey
from heliograph.core.far_end import CIRCUIT_OPEN_MS, DEFAULT_WINDOW, FarEnd


class Gate:
    """Alone at its far end, unless it is led to one that others lead to as well."""

    def __init__(
        self,
        window: int = DEFAULT_WINDOW,
        rate_per_s: int | None = None,
        reachable: bool = False,
        in_flight: int = 0,
        longest_open_ms: int = CIRCUIT_OPEN_MS,
        drain_per_s: int | None = None,
    ) -> None:
        self.reachable = reachable
        self.in_flight = in_flight
        self.draining = False  # it catches up
        self.far = FarEnd(window, rate_per_s, longest_open_ms, drain_per_s, gates=(self,))

    def lead_to(self, far: FarEnd) -> None:
        """What is in flight counts there from now on."""
        before, self.far = self.far, far
        before.gates = tuple(gate for gate in before.gates if gate is not self)
        far.gates = (*far.gates, self)

    def budget(self, now: int) -> int:
        """How many may be taken now, the window aside."""
        return self.far.budget(now) if self.reachable else 0

    def spend(self, taken: int, settled: int) -> None:
        self.in_flight = max(0, self.in_flight + taken - settled)
        self.far.spend(taken)

    def catch_up(self, now: int) -> None:
        """Much may wait: it goes at the far end's own pace."""
        self.far.drains_since = now
        self.draining = self.far.drain_per_s is not None

    def caught_up(self) -> None:
        """None of it waits any more."""
        self.draining = False


class Rooms:
    """What one transaction may take, gate by gate, and what it took and gave back; and which lanes are
    under way.
    """

    def __init__(
        self, gates: dict[str, Gate], lanes: set[LaneKey], now: int, behind: dict[str, int] | None = None
    ) -> None:
        self._gates = gates
        self.behind = {} if behind is None else behind
        self._lanes = lanes
        self._now = now
        self._rooms: dict[str, tuple[list[int], bool]] = {}  # what its far end has, and whether it is open
        self._fars: dict[int, list[int]] = {}  # [free, budget], by the far end's identity
        self.taken: dict[str, int] = {}
        self.settled: dict[str, int] = {}
        self.lanes_taken: set[LaneKey] = set()
        self.lanes_freed: set[LaneKey] = set()

    def _room(self, name: str) -> tuple[list[int], bool]:
        room = self._rooms.get(name)
        if room is None:
            gate = self._gates.get(name)
            room = ([0, 0], False) if gate is None else (self._at(gate.far), gate.reachable)
            self._rooms[name] = room
        return room

    def _at(self, far: FarEnd) -> list[int]:
        """Of all gates that lead there together."""
        found = self._fars.get(id(far))
        if found is None:
            found = self._fars[id(far)] = [far.free(), far.budget(self._now)]
        return found

    def is_reachable(self, name: str) -> bool:
        gate = self._gates.get(name)
        return gate is not None and gate.reachable

    def reachable(self, beginning: str) -> str | None:
        """Any gate whose name begins so, if one is open."""
        names = (name for name, gate in self._gates.items() if gate.reachable and name.startswith(beginning))
        return next(names, None)

    def left(self, name: str) -> int:
        room, is_open = self._room(name)
        return max(0, min(room)) if is_open else 0

    def is_under_way(self, lane: LaneKey) -> bool:
        """Does an attempt of this lane wait for its outcome?"""
        return lane in self.lanes_taken or (lane in self._lanes and lane not in self.lanes_freed)

    def take(self, name: str, lane: LaneKey) -> bool:
        """True when the gate has room; the place is then ours, and the lane is under way."""
        room, is_open = self._room(name)
        if not is_open or room[0] <= 0 or room[1] <= 0:
            return False
        room[0] -= 1
        room[1] -= 1
        self.taken[name] = self.taken.get(name, 0) + 1
        self.lanes_taken.add(lane)
        return True

    def give_back(self, name: str, lane: LaneKey) -> None:
        """An attempt through this gate ended. Its place in the window is free again at once."""
        self._room(name)[0][0] += 1
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
        # Gates that have more to catch up with than they have room for: what a place on a lane is as a time,
        # so that lanes go by the age of their heads.
        self.behind: dict[str, int] = {}

    def add(self, name: str, gate: Gate) -> Gate:
        """Whoever looks at all of them meanwhile, in a transaction, goes on with those of before."""
        self.by_name = {**self.by_name, name: gate}
        return gate

    def beside(self, name: str) -> list[str]:
        """The gates that lead where this one leads, itself among them."""
        far = self.by_name[name].far
        return [other for other, gate in self.by_name.items() if gate.far is far]

    def rooms(self, now: int) -> Rooms:
        return Rooms(self.by_name, self.lanes, now, self.behind)

    def settle(self, rooms: Rooms) -> None:
        """The transaction committed: its takes and settles are true."""
        self.lanes -= rooms.lanes_freed
        self.lanes |= rooms.lanes_taken
        for name in rooms.taken.keys() | rooms.settled.keys():
            gate = self.by_name.get(name)
            if gate is not None:
                gate.spend(rooms.taken.get(name, 0), rooms.settled.get(name, 0))
