"""The overview as it is shown: a period in points and in totals, what is the matter now, and where the list
behind each number is.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import urlencode

from msgspec import Struct

from heliograph.core.delivery import DEVICE_RECEIVER
from heliograph.core.lane_state import LEFT, TROUBLE
from heliograph.core.story.reasons import reason
from heliograph.core.waking import AWAY
from heliograph.flow.reads.network_port import Blocked, BlockedFound, LaneGroup, LaneGroups
from heliograph.flow.reads.overview import OUTCOMES, Numbers, Overview
from heliograph.interfaces.rest.translate.events import type_of
from heliograph.interfaces.rest.translate.network import CLOSED, OPEN, RESTING, GateShown
from heliograph.interfaces.rest.translate.shapes import Looked
from heliograph.interfaces.rest.translate.times import shown

# Events that tell of SMS that a rule, a limit or a quota stopped.
BLOCKING = (
    "firewall_blocked",
    "p2p_cap_reached",
    "mt_limit_used_up",
    "mo_limit_used_up",
    "quota_used_up",
    "quota_expired",
    "device_held",
)
MOST_RULES = 100
_MORE = re.compile(r" \((\d+) more since the last event\)$")  # as `flow/guarding` writes it
_OF_FIREWALL = "firewall_blocked"
_FAILING = (CLOSED, RESTING)


class OverviewQuery(Struct, frozen=True):
    period: Literal["hour", "day", "week"] = "day"


class Outcomes(Struct, frozen=True):
    """Messages by what became of them; `waiting` are those that are on their way."""

    delivered: int
    failed: int
    expired: int
    canceled: int
    waiting: int


class Traffic(Struct, frozen=True, kw_only=True):
    messages: int
    mt: Outcomes
    mo: Outcomes
    p2p: Outcomes
    delivery_rate: float | None  # of those that were delivered, failed or expired
    p50_seconds: float | None  # to deliver to an endpoint
    p95_seconds: float | None


class PointShown(Traffic, frozen=True, kw_only=True):
    at: str


class Lists(Struct, frozen=True):
    """Where the list behind each outcome is."""

    delivered: str
    failed: str
    expired: str
    canceled: str
    waiting: str


class TotalShown(Traffic, frozen=True, kw_only=True):
    list: str
    lists: Lists


class NowShown(Struct, frozen=True, kw_only=True):
    """What waits now. `more`: not all was counted."""

    messages: int
    endpoints: int
    lanes: int
    more: bool
    list: str


class TroubleShown(Struct, frozen=True):
    code: str
    text: str
    lanes: int
    messages: int
    list: str


class GatesShown(Struct, frozen=True, kw_only=True):
    total: int
    failing: int
    list: str


class BlockedShown(Struct, frozen=True):
    """SMS that a rule stopped, as far as events tell."""

    event_type: Looked
    rule: str
    count: int
    list: str


class OverviewShown(Struct, frozen=True, kw_only=True):
    period: str
    since: str
    until: str
    step_seconds: int
    sampled: bool  # outcomes and times are of a part of the messages, weighed
    estimated: bool  # the number of messages is, for some points
    total: TotalShown
    series: list[PointShown]
    waiting: NowShown
    trouble: list[TroubleShown]
    callbacks: GatesShown | None  # null: for other scopes
    upstreams: GatesShown | None
    blocked: list[BlockedShown] | None
    blocked_more: bool  # there were more events than were looked at


def shown_overview(
    period: str,
    found: Overview,
    groups: LaneGroups,
    gates: Sequence[GateShown],
    blocked: BlockedFound | None,
    kinds: frozenset[str],
) -> OverviewShown:
    """`kinds` of gates that the caller may see."""
    return OverviewShown(
        period=period,
        since=shown(found.since),
        until=shown(found.until),
        step_seconds=found.step_ms // 1000,
        sampled=found.sampled,
        estimated=found.estimated,
        total=_total(found),
        series=[PointShown(at=shown(point.at), **_traffic(point.numbers)) for point in found.points],
        waiting=_now(groups),
        trouble=_trouble(groups.groups),
        callbacks=_gates(gates, "callback") if "callback" in kinds else None,
        upstreams=_gates(gates, "upstream") if "upstream" in kinds else None,
        blocked=None if blocked is None else _blocked(blocked.rows, found.since),
        blocked_more=blocked is not None and blocked.cut,
    )


def _traffic(numbers: Numbers) -> dict[str, Any]:
    by_direction = {name: Outcomes(**outcomes) for name, outcomes in numbers.outcomes.items()}
    return {
        "messages": numbers.messages,
        **by_direction,
        "delivery_rate": numbers.delivery_rate,
        "p50_seconds": _seconds(numbers.p50_ms),
        "p95_seconds": _seconds(numbers.p95_ms),
    }


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _total(found: Overview) -> TotalShown:
    since = {"since": shown(found.since)}
    states = {outcome: {"state": outcome.upper(), **since} for outcome in OUTCOMES}
    lists = {outcome: _list("/v1/sms", asked) for outcome, asked in states.items()}
    lists["waiting"] = _list("/v1/lane", {})
    return TotalShown(**_traffic(found.total), list=_list("/v1/sms", since), lists=Lists(**lists))


def _list(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _now(found: LaneGroups) -> NowShown:
    return NowShown(
        messages=sum(group.waiting for group in found.groups),
        endpoints=sum(group.lanes for group in found.groups if group.receiver == DEVICE_RECEIVER),
        lanes=sum(group.lanes for group in found.groups),
        more=found.cut,
        list="/v1/lane",
    )


def _trouble(groups: Iterable[LaneGroup]) -> list[TroubleShown]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for group in groups:
        if group.state in (TROUBLE, LEFT):
            key = (AWAY if group.state == LEFT else group.code, group.state)
            lanes, messages = sums.get(key, (0, 0))
            sums[key] = (lanes + group.lanes, messages + group.waiting)
    found = [
        TroubleShown(code, _sentence(reason(code)), lanes, messages, _lanes(code, state))
        for (code, state), (lanes, messages) in sums.items()
    ]
    return sorted(found, key=lambda one: -one.lanes)


def _lanes(code: str, state: str) -> str:
    """A device that has left may have any code on its lane."""
    return _list("/v1/lane", {"state": state} if state == LEFT else {"state": state, "reason": code})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _gates(gates: Sequence[GateShown], kind: str) -> GatesShown:
    own = [gate for gate in gates if gate.kind == kind]
    failing = sum(gate.state in _FAILING or (gate.state == OPEN and gate.failures > 0) for gate in own)
    return GatesShown(total=len(own), failing=failing, list=_list("/v1/network", {"q": f"kind:{kind}"}))


def _blocked(rows: Iterable[Blocked], since: int) -> list[BlockedShown]:
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        more = _MORE.search(row.detail)
        rule = _MORE.sub("", row.detail) if row.type == _OF_FIREWALL else ""
        key = (row.type, rule)
        sums[key] = sums.get(key, 0) + row.count * (1 + (int(more[1]) if more else 0))
    found = [
        BlockedShown(type_of(type), rule, count, _events(type, rule, since))
        for (type, rule), count in sums.items()
    ]
    return sorted(found, key=lambda one: -one.count)[:MOST_RULES]


def _events(type: str, rule: str, since: int) -> str:
    """A rule with a comma cannot be asked for: it would begin another criterion."""
    criteria = [f"type:{type_of(type).id}", f"from:{shown(since)}"]
    if rule and "," not in rule:
        criteria.append(f"description:{rule}")
    return _list("/v1/event", {"q": ",".join(criteria)})
