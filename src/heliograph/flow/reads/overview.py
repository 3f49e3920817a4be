"""The overview: traffic over a period in points, with outcomes and how long it took; in totals the same.

In: a `NetworkReader`. Out: numbers. Where there are too many messages to look at all, a part of each span
stands for the others, and that is said.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from heliograph.core.delivery import LaneKey
from heliograph.core.message import DAY_MS, HOUR_MS, MINUTE_MS, Direction, State
from heliograph.flow.reads.fleet_port import Spans
from heliograph.flow.reads.network_port import FIRST_LANE, LaneFilter, LaneRow, NetworkReader, SpanTraffic
from heliograph.flow.reads.port import Slice

PERIODS = {"hour": (HOUR_MS, MINUTE_MS), "day": (DAY_MS, 10 * MINUTE_MS), "week": (7 * DAY_MS, HOUR_MS)}
PARTS = 2  # spans of a point: a part of each is looked at
MOST_LOOKED_AT = 8_000  # messages, of all spans
SLICES = 50  # that one page of lanes looks at
_DIRECTIONS = (Direction.MT, Direction.MO, Direction.P2P)
_OUTCOMES = {
    State.DELIVERED: "delivered",
    State.FAILED: "failed",
    State.EXPIRED: "expired",
    State.CANCELED: "canceled",
}
WAITING = "waiting"
OUTCOMES = (*_OUTCOMES.values(), WAITING)
_OUTCOME_OF = {int(state): _OUTCOMES.get(state, WAITING) for state in State}


class Sum(Struct):
    """Of a span, or of several. What was not looked at counts as that which was."""

    messages: float = 0.0
    outcomes: dict[tuple[int, str], float] = {}
    times: list[tuple[int, float]] = []  # how long SMS to devices took, and for how many each stands


class Numbers(Struct, frozen=True):
    messages: int
    outcomes: dict[str, dict[str, int]]  # by direction
    delivery_rate: float | None  # of those that reached an end other than canceled
    p50_ms: int | None
    p95_ms: int | None


class Point(Struct, frozen=True):
    at: int
    numbers: Numbers


class Overview(Struct, frozen=True):
    since: int
    until: int
    step_ms: int
    points: list[Point]
    total: Numbers
    sampled: bool  # not each message was looked at
    estimated: bool  # not all were even counted


async def overview(reader: NetworkReader, org: int, period: str, now: int) -> Overview:
    length_ms, step_ms = PERIODS[period]
    until = (now // step_ms + 1) * step_ms
    spans = Spans(until - length_ms, step_ms // PARTS, length_ms // step_ms * PARTS)
    found = await reader.traffic(org, spans, MOST_LOOKED_AT)
    points, total = [], Sum()
    for place in range(0, len(found), PARTS):
        point = Sum()
        for part in found[place : place + PARTS]:
            _add(point, part)
        _join(total, point)
        points.append(Point(spans.since + place * spans.width_ms, _numbers(point)))
    return Overview(
        since=spans.since,
        until=until,
        step_ms=step_ms,
        points=points,
        total=_numbers(total),
        sampled=any(part.count > len(part.rows) for part in found),
        estimated=any(part.estimated for part in found),
    )


def _add(point: Sum, part: SpanTraffic) -> None:
    if not part.rows:
        return
    weight = max(part.count, len(part.rows)) / len(part.rows)
    point.messages += weight * len(part.rows)
    for row in part.rows:
        key = (row.direction, _OUTCOME_OF[row.state])
        point.outcomes[key] = point.outcomes.get(key, 0.0) + weight
        if row.state == State.DELIVERED and row.direction != Direction.MO and row.took_ms is not None:
            point.times.append((row.took_ms, weight))


def _join(total: Sum, point: Sum) -> None:
    total.messages += point.messages
    total.times += point.times
    for key, many in point.outcomes.items():
        total.outcomes[key] = total.outcomes.get(key, 0.0) + many


def _numbers(found: Sum) -> Numbers:
    outcomes = {
        direction.name.lower(): {
            outcome: round(found.outcomes.get((direction, outcome), 0.0)) for outcome in OUTCOMES
        }
        for direction in _DIRECTIONS
    }
    delivered = sum(one["delivered"] for one in outcomes.values())
    lost = sum(one["failed"] + one["expired"] for one in outcomes.values())
    times = sorted(found.times)
    return Numbers(
        messages=round(found.messages),
        outcomes=outcomes,
        delivery_rate=round(delivered / (delivered + lost), 4) if delivered + lost else None,
        p50_ms=_percentile(times, 0.5),
        p95_ms=_percentile(times, 0.95),
    )


def _percentile(times: Sequence[tuple[int, float]], share: float) -> int | None:
    """The time within which so many of them were delivered."""
    wanted = share * _weight(times)
    passed = 0.0
    for took_ms, weight in times:
        passed += weight
        if passed >= wanted - 1e-6:  # sums of floats
            return took_ms
    return None


def _weight(times: Iterable[tuple[int, float]]) -> float:
    return sum(weight for _, weight in times)


async def lane_page(
    reader: NetworkReader, org: int, wanted: LaneFilter, after: LaneKey | None, limit: int
) -> Slice[LaneRow, LaneKey]:
    """A page out of slices; it may be short, and its end says where to go on."""
    found: list[LaneRow] = []
    mark: LaneKey | None = after or FIRST_LANE
    for _ in range(SLICES):
        if mark is None or len(found) == limit:
            break
        part = await reader.lanes(org, wanted, mark, limit - len(found))
        found += part.rows
        mark = part.end
    return Slice(found, mark)
