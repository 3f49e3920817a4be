"""Gates and lanes as they are shown, with what holds them up in words."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from heliograph.core.callback import Callback
from heliograph.core.delivery import gate_of_application, gate_of_upstream, is_phone
from heliograph.core.lane_state import AWAITING, HELD, LANE_STATES, LEFT, READY, SCHEDULED, TROUBLE, UNDER_WAY
from heliograph.core.smpp_account import SmppAccount
from heliograph.core.story.reasons import reason
from heliograph.core.story.standing import called
from heliograph.core.upstream import Upstream
from heliograph.core.waking import AWAY
from heliograph.flow.reads.network_port import GateView, LaneFilter, LaneGroups, LaneRow
from heliograph.flow.reads.smpp_port import BindView
from heliograph.flow.reads.upstream_port import UpstreamView
from heliograph.interfaces.rest.problem import Problem, problem
from heliograph.interfaces.rest.translate.times import maybe_shown, shown

GateKind = Literal["simulator", "upstream", "callback", "smpp_account"]
GateState = Literal["open", "closed", "resting", "off"]
Receiver = Literal["endpoint", "phone", "application"]
OPEN: Final = "open"
CLOSED: Final = "closed"
RESTING: Final = "resting"
OFF: Final = "off"
_WORDS = {
    READY: "It goes when it is due and its gate has room.",
    UNDER_WAY: "An attempt is under way.",
    SCHEDULED: "What is on it may only be sent later.",
    AWAITING: "The upstream has it and has not reported yet.",
    HELD: "Its batch is paused.",
}


class Reason(Struct, frozen=True):
    code: str
    text: str


Standing = tuple[GateState, Reason | None, int | None]  # how it stands, why, since when


class WaitingShown(Struct, frozen=True):
    """Of the caller's organisation. `more`: not all was counted."""

    lanes: int
    messages: int
    more: bool


class GateShown(Struct, frozen=True, kw_only=True):
    gate: str
    kind: GateKind
    id: int | None  # of the upstream, the callback or the account
    name: str
    state: GateState
    reason: Reason | None  # why it is not open
    since: str | None  # in this state, where that is known
    until: str | None  # resting: then it is tried again
    failures: int  # in a row
    window: int | None  # how many may be under way at a time; null: others use it too
    in_flight: int | None
    rate_per_s: int | None
    waiting: WaitingShown


class DeviceOf(Struct, frozen=True):
    id: int
    name: str | None


class ApplicationOf(Struct, frozen=True):
    id: int
    name: str | None


class HeadShown(Struct, frozen=True):
    """The message that goes next."""

    id: int
    submit_date: str


class LaneShown(Struct, frozen=True, kw_only=True):
    """`endpoint` receives; or what an application hears of it, in order."""

    receiver: Receiver
    endpoint: DeviceOf | None
    msisdn: str | None  # of a phone outside the fleet
    application: ApplicationOf | None
    gate: str
    state: str
    reason: Reason
    due: str | None
    attempts: int  # that failed in a row
    waiting: int
    scheduled: int
    awaiting: int
    held: int
    more: bool  # more waits than was counted
    head: HeadShown | None


Text = Annotated[str, Meta(max_length=200)]


class LaneQuery(Struct, frozen=True):
    """`state` may name several, separated by commas."""

    state: Text = ""
    gate: Text = ""
    reason: Text = ""
    receiver: Text = ""  # endpoint, phone or application
    per_page: int = 0
    cursor: Text = ""


_RECEIVERS = {"endpoint": "devices", "phone": "phones", "application": "applications"}


def lane_filter(query: LaneQuery) -> LaneFilter:
    states = frozenset(filter(None, query.state.lower().split(",")))
    if unknown := states - set(LANE_STATES):
        raise _invalid("state", f"{min(unknown)[:40]!r} is none of {', '.join(LANE_STATES)}")
    if query.receiver and query.receiver not in _RECEIVERS:
        raise _invalid("receiver", f"is none of {', '.join(_RECEIVERS)}")
    receivers = _RECEIVERS.get(query.receiver)
    return LaneFilter(states, query.gate or None, query.reason or None, receivers)


def _invalid(field: str, why: str) -> Problem:
    return problem(422, 1301, f"Invalid query criteria: {field} {why}")


def shown_lane(row: LaneRow, applications: Mapping[int, str], view: GateView | None) -> LaneShown:
    receiver: Receiver = "phone" if is_phone(row.receiver) else "application" if row.receiver else "endpoint"
    is_device = row.key > 0 and not is_phone(row.receiver)
    return LaneShown(
        receiver=receiver,
        endpoint=DeviceOf(row.key, row.name) if is_device else None,
        msisdn=None if is_device else str(abs(row.key)),
        application=ApplicationOf(row.receiver, applications.get(row.receiver)) if row.receiver > 0 else None,
        gate=row.gate,
        state=row.state,
        reason=_why(row, applications, view),
        due=maybe_shown(row.due_at),
        attempts=row.attempts,
        waiting=row.waiting,
        scheduled=row.scheduled,
        awaiting=row.awaiting,
        held=row.held,
        more=row.cut,
        head=HeadShown(row.head, shown(row.head_at)) if row.head is not None and row.head_at else None,
    )


def _why(row: LaneRow, applications: Mapping[int, str], view: GateView | None) -> Reason:
    if row.state == LEFT:
        return Reason(AWAY, _sentence(reason(AWAY)))
    if row.state == TROUBLE:
        return Reason(row.code, _sentence(reason(row.code)))
    is_closed = view is None or not view.is_reachable
    if row.state == READY and is_closed:
        return Reason("gate_closed", f"{_capital(called(row.gate, applications))} is not connected.")
    return Reason(row.state, _WORDS[row.state])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return _capital(text) + "."


class Waiting:
    """What waits, gate by gate."""

    def __init__(self, found: LaneGroups) -> None:
        self._cut = found.cut
        self._sums: dict[str, tuple[int, int]] = {}
        for group in found.groups:
            lanes, messages = self._sums.get(group.gate, (0, 0))
            self._sums[group.gate] = (lanes + group.lanes, messages + group.waiting)

    def at(self, gate: str) -> WaitingShown:
        lanes, messages = self._sums.get(gate, (0, 0))
        return WaitingShown(lanes, messages, self._cut)


def simulator_shown(name: str, view: GateView | None, waiting: Waiting, sees_load: bool) -> GateShown:
    """`sees_load`: it is not used by others, or the caller's organisation is the installation's own."""
    is_open = view is not None and view.is_reachable
    standing: Standing = (OPEN, None, None) if is_open else (CLOSED, _not_running("network"), None)
    return _gate(name, "simulator", None, name, standing, view, waiting, sees_load)


def upstream_shown(
    row: Upstream, view: GateView | None, link: UpstreamView | None, waiting: Waiting, sees_load: bool
) -> GateShown:
    standing = _of_upstream(row, view, link)
    gate = gate_of_upstream(row.name)
    return _gate(gate, "upstream", row.id, row.name, standing, view, waiting, sees_load)


def _of_upstream(row: Upstream, view: GateView | None, link: UpstreamView | None) -> Standing:
    if not row.enabled:
        return OFF, Reason("switched_off", "It is switched off."), None
    if link is None:
        return CLOSED, _not_running("upstream"), None
    if not link.is_up:
        error = next((one.error for one in link.links if one.error), "")
        words = f"No bind is there: {error}" if error else "No bind is there."
        return CLOSED, Reason("not_bound", words), link.since
    return _resting(view) or (OPEN, None, link.since)


def callback_shown(row: Callback, view: GateView | None, waiting: Waiting) -> GateShown:
    if row.disabled:
        standing: Standing = (OFF, Reason("callback_disabled", f"It is off: {row.disabled}."), None)
    elif view is None or not view.is_reachable:
        standing = (CLOSED, _not_running("callback"), None)
    else:
        standing = _resting(view) or (OPEN, None, None)
    name = row.purpose or row.url
    return _gate(gate_of_application(row.id), "callback", row.id, name, standing, view, waiting, True)


def account_shown(
    row: SmppAccount, view: GateView | None, binds: Sequence[BindView], waiting: Waiting
) -> GateShown:
    receivers = [bind for bind in binds if bind.bind != "tx"]
    standing: Standing
    if not row.enabled:
        standing = (OFF, Reason("switched_off", "It is switched off."), None)
    elif not receivers:
        standing = (CLOSED, Reason("not_bound", "Nobody is bound who receives."), None)
    else:
        standing = _resting(view) or (OPEN, None, min(bind.since for bind in receivers))
    gate = gate_of_application(row.id)
    return _gate(gate, "smpp_account", row.id, row.system_id, standing, view, waiting, True)


def _not_running(what: str) -> Reason:
    return Reason("not_running", f"The {what} does not run.")


def _resting(view: GateView | None) -> Standing | None:
    if view is None or view.rests_until is None:
        return None
    words = "It failed so often that it is left alone for a while; then one attempt tells whether it works."
    return RESTING, Reason("circuit_open", words), view.rests_since


def _gate(
    gate: str,
    kind: GateKind,
    id: int | None,
    name: str,
    standing: Standing,
    view: GateView | None,
    waiting: Waiting,
    sees_load: bool,
) -> GateShown:
    state, why, since = standing
    load = view if sees_load else None
    return GateShown(
        gate=gate,
        kind=kind,
        id=id,
        name=name,
        state=state,
        reason=why,
        since=maybe_shown(since),
        until=maybe_shown(view.rests_until if view is not None and state == RESTING else None),
        failures=view.failures if view is not None else 0,
        window=load.window if load is not None else None,
        in_flight=load.in_flight if load is not None else None,
        rate_per_s=view.rate_per_s if view is not None else None,
        waiting=waiting.at(gate),
    )
