"""Reads of what waits and what passed on SQLite: the seam `NetworkReader`, over the reader's connections.

How many messages a span of the past has never changes, so that is counted once and kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from time import thread_time

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.delivery import DEVICE_RECEIVER, LaneKey, gate_of_application, is_phone, phones_of
from heliograph.core.lane_state import LaneClock, state_of
from heliograph.flow.reads.fleet_port import Spans
from heliograph.flow.reads.network_port import (
    Blocked,
    BlockedFound,
    LaneFilter,
    LaneGroup,
    LaneGroups,
    LaneRow,
    Passed,
    SpanTraffic,
)
from heliograph.flow.reads.port import LONGEST_LIST, Slice
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value, View
from heliograph.store.sql.network import SQL

SCAN_GROUPED = 20_000  # deliveries that the sums look at
SCAN = 5_000  # deliveries that one slice of the list looks at
FEW_DEVICES = 5_000  # of an organisation: all of them are asked what waits
SCAN_EVENTS = 10_000
COUNTING_SECONDS = 0.03  # of work for one question; what is left is counted by the next one
MOST_COUNTED = 200_000  # messages of one span
LONGEST_KEPT = 20_000  # counts
SETTLED_MS = 10_000  # a span that ended so long ago gets no more messages
NEWEST_SPANS = 4  # of them, no one can say whether they have ended
FIRST, NEVER = -(2**62), 2**62
OF_DEVICES, OF_PHONES, OF_APPLICATIONS = "devices", "phones", "applications"


def _rows(view: View, name: str, *values: Value) -> list[Row]:
    return view.connection.execute(SQL[name], values).fetchall()


class SqliteNetworkReader:
    def __init__(self, reader: Reader) -> None:
        self._ask = reader.ask
        self._counts: dict[
            tuple[int, int, int], int
        ] = {}  # by organisation, and where a span begins and ends

    async def lane_groups(self, org: int) -> LaneGroups:
        return await self._ask(lambda view: _groups(view, org))

    async def lanes(
        self, org: int, wanted: LaneFilter, after: LaneKey, limit: int
    ) -> Slice[LaneRow, LaneKey]:
        return await self._ask(lambda view: _lanes(view, org, wanted, after, limit))

    async def traffic(self, org: int, spans: Spans, most: int) -> list[SpanTraffic]:
        return await self._ask(lambda view: self._traffic(view, org, spans, most))

    async def blocked(self, org: int, since: int, types: Sequence[str]) -> BlockedFound:
        return await self._ask(lambda view: _blocked(view, org, since, types))

    def _traffic(self, view: View, org: int, spans: Spans, most: int) -> list[SpanTraffic]:
        starts = [spans.since + spans.width_ms * place for place in range(spans.count)]
        counts = self._count(view, org, starts, spans)
        share = _share([most if count is None else count for count in counts], most)
        found = []
        for start, count in zip(starts, counts, strict=True):
            rows = _rows(view, "passed", org, start, start + spans.width_ms, share) if count != 0 else []
            known = count if count is not None else _estimate(rows, start, spans.width_ms, share)
            found.append(SpanTraffic(known, [_passed(row) for row in rows], count is None))
        return found

    def _count(self, view: View, org: int, starts: Sequence[int], spans: Spans) -> list[int | None]:
        """The newest first. None: there was no time left for it, or there are too many."""
        deadline = thread_time() + COUNTING_SECONDS
        found: dict[int, int | None] = {}
        for start in reversed(starts):
            key = (org, start, start + spans.width_ms)
            count = self._counts.get(key)
            if count is None and thread_time() < deadline:
                count = int(_rows(view, "count", *key, MOST_COUNTED)[0][0])
                if count < MOST_COUNTED and key[2] < spans.end - NEWEST_SPANS * spans.width_ms - SETTLED_MS:
                    self._keep(key, count)
            found[start] = None if count == MOST_COUNTED else count
        return [found[start] for start in starts]

    def _keep(self, key: tuple[int, int, int], count: int) -> None:
        """Two threads may count: each step here is one of the interpreter's own."""
        if len(self._counts) >= LONGEST_KEPT:
            self._counts = {}
        self._counts[key] = count


def _share(counts: Sequence[int], most: int) -> int:
    """How many rows each span may have, so that all have `most`: small ones leave theirs to others."""
    left, share = most, most
    for place, count in enumerate(sorted(counts)):
        share = left // (len(counts) - place)
        if count > share:
            return max(1, share)
        left -= count
    return max(1, share, *counts)


def _estimate(rows: Sequence[Row], start: int, width_ms: int, limit: int) -> int:
    """As if the whole span were as busy as its beginning."""
    if len(rows) < limit:
        return len(rows)
    seen_ms: int = rows[-1][0] - start
    return len(rows) * width_ms // max(1, seen_ms)


def _passed(row: Row) -> Passed:
    accepted_at, direction, state, not_before, final_at = row
    took = None if final_at is None else max(0, final_at - max(accepted_at, not_before or 0))
    return Passed(direction, state, took)


def _receivers(view: View, org: int) -> list[int]:
    applications = [row[0] for row in _rows(view, "applications", org, LONGEST_LIST)]
    return sorted([phones_of(org), DEVICE_RECEIVER, *applications])


class _Looked(Struct):
    """What one look along the lanes of a receiver gave."""

    rows: list[Row]  # of the organisation
    deliveries: int  # that were looked at, of all organisations
    end: int | None  # where to look on
    is_longer: bool  # more waits on the only lane than was looked at


def _look(view: View, org: int, receiver: int, after: int, scan: int) -> _Looked:
    """A lane whose end was not seen is left to the next look, unless it is the only one."""
    rows = sorted(_of_receiver(view, "lanes", org, receiver, after, scan), key=itemgetter(0))
    looked_at = sum([row[1] for row in rows])
    is_cut = looked_at >= scan
    is_longer = is_cut and len(rows) == 1
    if is_cut and not is_longer:
        rows = rows[:-1]
    own = [row for row in rows if row[6] == org] if receiver == DEVICE_RECEIVER else rows
    end = rows[-1][0] if is_cut else None
    if end is not None and receiver == DEVICE_RECEIVER:
        end = _before_next(view, org, end)
    return _Looked(own, looked_at, end, is_longer)


def _of_receiver(view: View, what: str, org: int, receiver: int, after: int, scan: int) -> list[Row]:
    """The lanes of devices are those of all organisations. One that has few devices looks at its own alone,
    so that no neighbour's come before them.
    """
    if receiver != DEVICE_RECEIVER:
        return _rows(view, what, receiver, after, scan)
    if _rows(view, "devices", org, FEW_DEVICES + 1)[0][0] > FEW_DEVICES:
        return _rows(view, f"{what}_of_devices", receiver, after, scan)
    return _rows(view, f"{what}_of_own_devices", org, after, receiver, scan)


def _before_next(view: View, org: int, after: int) -> int | None:
    """Past the lanes of others, whose devices nobody here is told of. None: it has no further device."""
    found: int | None = _rows(view, "next_device", org, after)[0][0]
    return None if found is None else found - 1


def _lane(row: Row, receiver: int, is_cut: bool) -> LaneRow:
    key, _, waiting, scheduled, awaiting, held = row[:6]
    gate, due_at, attempts, code = row[10:]
    return LaneRow(
        receiver=receiver,
        key=key,
        gate=gate or _gate_of(row[9], receiver),
        state=_state(row),
        code=code,
        attempts=attempts,
        due_at=due_at,
        waiting=waiting,
        scheduled=scheduled,
        awaiting=awaiting,
        held=held,
        cut=is_cut,
        name=row[7],
    )


def _state(row: Row) -> str:
    gate, due_at, attempts, code = row[10:]
    clock = None if gate is None else LaneClock(due_at, attempts, code)
    return state_of(clock, row[2], row[3], row[4], bool(row[8]))


def _gate_of(network: str | None, receiver: int) -> str:
    """Of a lane without a clock."""
    return gate_of_application(receiver) if receiver > 0 else network or ""


def _groups(view: View, org: int) -> LaneGroups:
    """The last lane that is looked at may be counted in part. The lanes of devices have a budget of their
    own, which those of other organisations use up, too.
    """
    left = {True: SCAN_GROUPED, False: SCAN_GROUPED}
    found: dict[tuple[int, str, str, str], list[int]] = {}
    for receiver in _receivers(view, org):
        shared = receiver == DEVICE_RECEIVER
        if left[shared] <= 0:
            continue
        for row in _of_receiver(view, "groups", org, receiver, FIRST, left[shared]):
            whose, _, network, gate, _, _, code, *_, lanes, waiting, due_at = row
            left[shared] -= waiting
            if whose in (0, org):
                why = code.partition(":")[0]  # some have an argument
                key = (receiver, gate or _gate_of(network, receiver), why, _state_of_group(row))
                group = found.setdefault(key, [0, 0, NEVER])
                group[0] += lanes
                group[1] += waiting
                group[2] = min(group[2], due_at or NEVER)
    groups = [
        LaneGroup(*key, lanes, waiting, None if due_at == NEVER else due_at)
        for key, (lanes, waiting, due_at) in found.items()
    ]
    return LaneGroups(groups, min(left.values()) <= 0)


def _state_of_group(row: Row) -> str:
    _, attached, _, gate, no_time, failed, code, waiting, scheduled, awaiting = row[:10]
    clock = None if gate is None else LaneClock(None if no_time else 0, failed, code)
    return state_of(clock, waiting, scheduled, awaiting, bool(attached))


def _lanes(view: View, org: int, wanted: LaneFilter, after: LaneKey, limit: int) -> Slice[LaneRow, LaneKey]:
    left = SCAN
    found: list[LaneRow] = []
    for receiver in _receivers(view, org):
        if receiver < after.receiver or not _is_kind(receiver, wanted):
            continue
        place: int | None = after.key if receiver == after.receiver else FIRST
        while place is not None:
            if left <= 0:
                return Slice(found, LaneKey(receiver, place))
            look = _look(view, org, receiver, place, left)
            if look.is_longer and left < SCAN:  # the next slice begins with it, and sees more of it
                return Slice(found, LaneKey(receiver, place))
            left -= look.deliveries
            lanes = (_lane(row, receiver, look.is_longer) for row in look.rows)
            for lane in _wanted(lanes, wanted):
                found.append(_with_head(view, lane))
                if len(found) == limit:
                    return Slice(found, LaneKey(receiver, lane.key))
            place = look.end
    return Slice(found, None)


def _is_kind(receiver: int, wanted: LaneFilter) -> bool:
    kind = OF_PHONES if is_phone(receiver) else OF_APPLICATIONS if receiver else OF_DEVICES
    return wanted.receivers in (None, kind)


def _wanted(lanes: Iterable[LaneRow], wanted: LaneFilter) -> Iterator[LaneRow]:
    for lane in lanes:
        is_right = not wanted.states or lane.state in wanted.states
        if is_right and wanted.gate in (None, lane.gate) and wanted.code in (None, lane.code):
            yield lane


def _with_head(view: View, lane: LaneRow) -> LaneRow:
    rows = _rows(view, "heads", lane.receiver, lane.key)
    if not rows or rows[0][1] is None:
        return lane
    return replace(lane, head=rows[0][0], head_at=rows[0][1])


def _blocked(view: View, org: int, since: int, types: Sequence[str]) -> BlockedFound:
    rows = [Blocked(*row) for row in _rows(view, "blocked", org, since, SCAN_EVENTS)]
    is_cut = _rows(view, "events", org, since, SCAN_EVENTS)[0][0] >= SCAN_EVENTS
    return BlockedFound([row for row in rows if row.type in types], is_cut)
