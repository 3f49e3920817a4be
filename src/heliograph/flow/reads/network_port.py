"""The seam for reads of what waits and of what passed, of an organisation: lanes, their sums, traffic over
time, what rules blocked. Each is one short snapshot of bounded size, which says when it did not see all.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.delivery import LaneKey
from heliograph.flow.reads.fleet_port import Spans
from heliograph.flow.reads.port import Slice

FIRST_LANE = LaneKey(-(2**62), -(2**62))  # before all others


class GateView(Struct, frozen=True):
    """A gate as it now stands."""

    name: str
    is_reachable: bool
    rests_since: int | None  # its circuit opened: it failed so often that it is left alone for a while
    rests_until: int | None
    failures: int  # in a row
    window: int
    in_flight: int
    rate_per_s: int | None


class GateDesk(Protocol):
    """The gates that there are, in memory."""

    def view(self, name: str) -> GateView | None:
        """None: nothing was ever opened there."""
        ...


class LaneGroup(Struct, frozen=True):
    """Lanes with the same gate, state and code: of devices, of phones outside, or of one application."""

    receiver: int  # 0: devices; below: phones outside the fleet; else an application
    gate: str
    code: str
    state: str
    lanes: int
    waiting: int  # deliveries
    due_at: int | None  # when the first of them is tried


class LaneGroups(Struct, frozen=True):
    groups: list[LaneGroup]
    cut: bool  # there is more than was looked at


class LaneRow(Struct, frozen=True):
    """A lane on which something waits."""

    receiver: int
    key: int
    gate: str
    state: str
    code: str
    attempts: int
    due_at: int | None
    waiting: int
    scheduled: int
    awaiting: int
    held: int
    cut: bool  # more waits than was counted
    name: str | None  # of its device
    head: int | None = None  # the message that goes next
    head_at: int | None = None  # when that was accepted


class LaneFilter(Struct, frozen=True):
    states: frozenset[str] = frozenset()
    gate: str | None = None
    code: str | None = None
    receivers: str | None = None  # devices, phones or applications


class Passed(Struct, frozen=True, gc=False):
    """One message of the traffic."""

    direction: int
    state: int
    took_ms: int | None  # from when it could be sent to its end


class SpanTraffic(Struct, frozen=True):
    """How many messages there were in a span of time, and some of them, or all."""

    count: int
    rows: list[Passed]
    estimated: bool  # the count


class Blocked(Struct, frozen=True):
    """Of one type of event, with one detail."""

    type: str
    detail: str
    count: int


class BlockedFound(Struct, frozen=True):
    rows: list[Blocked]
    cut: bool


class NetworkReader(Protocol):
    async def lane_groups(self, org: int) -> LaneGroups: ...
    async def lanes(
        self, org: int, wanted: LaneFilter, after: LaneKey, limit: int
    ) -> Slice[LaneRow, LaneKey]:
        """By receiver, then by key."""
        ...

    async def traffic(self, org: int, spans: Spans, most: int) -> list[SpanTraffic]:
        """One for each span; together at most so many rows, shared out among those that have many."""
        ...

    async def blocked(self, org: int, since: int, types: Sequence[str]) -> BlockedFound: ...
