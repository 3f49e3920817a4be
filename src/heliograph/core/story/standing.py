"""Where a message, or the receipt of one that is final, stands, and in words what it waits for.

In: the message, and what store and memory know of its delivery and lane. Out: pairs of a code for programs
and a sentence. What was, is `explain`'s.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from heliograph.core.delivery import DEVICE_RECEIVER, Place, receiver_of_gate, upstream_of_gate
from heliograph.core.message import Direction, Message
from heliograph.core.outcome import HEALED, meaning
from heliograph.core.story.reasons import reason, sooner
from heliograph.core.story.timeline import LIMIT, read
from heliograph.core.waking import AWAY, AWAY_RETRY_MS, what_woke

Show = Callable[[int], str]
Said = Iterator[tuple[str, str]]
_RECEIPT_ENDS = {"receipt_delivered", "receipt_lost"}


class Standing(Struct, frozen=True):
    place: int | None = None  # None: an attempt is under way, as far as the store can see
    enter_at: int | None = None
    expires_at: int | None = None
    ahead: int = 0  # deliveries that go before it
    due_at: int | None = None  # when its lane is tried next; None: no clock is set
    lane_attempts: int = 0
    lane_code: str = ""
    attached: bool = True
    gate: str = ""
    gate_is_open: bool | None = None  # None: not known here
    under_way: int | None = None  # another message of its lane
    receipt: bool = False  # of the receipt, not of the message
    server_runs: bool = True
    now: int | None = None  # None: whether a time has passed is not known


def awaits_receipt(message: Message) -> bool:
    """Is its receipt still to be brought, as far as its timeline tells?"""
    codes = {step.code for step in read(message.timeline)}
    return "receipt" in codes and not codes & _RECEIPT_ENDS


def is_told_to_the_end(message: Message) -> bool:
    """A timeline that is full has lost what came last."""
    return len(message.timeline) <= LIMIT


def called(gate: str, applications: Mapping[int, str]) -> str:
    """A gate in words, to stand in a sentence."""
    receiver, upstream = receiver_of_gate(gate), upstream_of_gate(gate)
    if upstream is not None:
        return f"upstream {upstream}"
    return f"application {applications.get(receiver, receiver)}" if receiver else f"gate {gate}"


def prospects(message: Message, standing: Standing, show: Show, applications: Mapping[int, str]) -> Said:
    return _Prospects(message, standing, show, called(standing.gate, applications)).tell()


class _Prospects:
    """Tells of one delivery. `gate` is what carries it, in words."""

    def __init__(self, message: Message, standing: Standing, show: Show, gate: str) -> None:
        self._message = message
        self._standing = standing
        self._show = show
        self._gate = gate
        self._to_application = receiver_of_gate(standing.gate) != DEVICE_RECEIVER

    def tell(self) -> Said:
        if not self._standing.server_runs:
            yield "no_server", "No server runs: nothing is sent until one is started."
        yield from self._receipt() if self._standing.receipt else self._delivery()

    def _receipt(self) -> Said:
        """Of a message that is final."""
        if self._standing.place is None:
            yield "receipt_under_way", self._receipt_under_way()
            return
        yield "receipt_waits", f"The receipt waits on the lane of {self._gate}."
        yield from self._waits()
        ends = self._show(self._standing.expires_at or 0)
        yield "receipt_validity", f"Unless it is brought before, the receipt is given up at {ends}."

    def _receipt_under_way(self) -> str:
        if self._standing.server_runs:
            return f"The receipt is under way to {self._gate}; its answer decides."
        stopped = "when the last server stopped: the next one repeats it"
        return f"The receipt was under way to {self._gate} {stopped}."

    def _delivery(self) -> Said:
        standing, message, show = self._standing, self._message, self._show
        if standing.place is None:
            yield "under_way", self._under_way()
        elif standing.place == Place.SCHEDULED:
            later = "" if standing.server_runs else ", or when a server is started, if that is later"
            yield "waits_for_time", f"It enters its lane at {show(standing.enter_at or 0)}{later}."
        elif standing.place == Place.HELD:
            yield "held", "Its batch is paused: it waits until the batch is resumed or canceled."
        elif standing.place == Place.AWAITING:
            ends = show(standing.expires_at or message.expires_at)
            yield "waits_for_report", f"The upstream has it; its report is waited for until {ends}."
        else:
            yield from self._waits()
        yield "validity", f"Unless it is final before, it expires at {show(message.expires_at)}."

    def _under_way(self) -> str:
        attempt = f"Attempt {self._message.attempts}"
        if self._standing.server_runs:
            return f"{attempt} is under way; its answer decides."
        once = self._message.at_most_once and self._message.direction != Direction.MO
        then = (
            "ends it, as its sender asked for at most one attempt"
            if once
            else "repeats it, marked as a repeat"
        )
        may = "was under way when the last server stopped, so it may have arrived"
        return f"{attempt} {may}: the next one {then}."

    def _waits(self) -> Said:
        standing = self._standing
        first = standing.under_way is None and not standing.ahead
        closed = standing.server_runs and standing.gate_is_open is False
        if standing.under_way is not None:
            yield "waits_for_others", self._behind(standing.under_way)
        elif standing.ahead:
            yield "waits_for_others", f"It waits behind {standing.ahead} on its lane, which is in order."
        if closed:
            yield "waits_for_gate", self._closed()
        if not standing.attached:
            yield "waits_for_attach", self._away()
        elif not standing.server_runs:
            if standing.due_at is not None or first:
                yield "waits_for_server", self._when_started()
        elif closed and self._to_application and standing.lane_code in HEALED:
            return  # it is due when the application is there, whatever its clock says
        elif standing.due_at is not None and not self._is_past(standing.due_at):
            yield "waits_for_try", self._next_try(f"The lane is tried next at {self._show(standing.due_at)}")
        elif first and not closed:
            yield "waits_for_gate", self._room()

    def _is_past(self, at: int) -> bool:
        return self._standing.now is not None and at <= self._standing.now

    def _closed(self) -> str:
        if self._to_application:
            return f"A{self._gate[1:]} is not connected; that costs no attempt."
        if upstream_of_gate(self._standing.gate) is not None:
            return f"It waits for {self._gate}, which is not connected; that costs no attempt."
        return f"G{self._gate[1:]} is closed; a closed gate costs no attempt."

    def _room(self) -> str:
        return f"It goes as soon as {self._gate} {'can take it' if self._to_application else 'has room'}."

    def _behind(self, under_way: int) -> str:
        ahead = self._standing.ahead
        more = f", and {ahead} more that {'goes' if ahead == 1 else 'go'} before it" if ahead else ""
        when = "is under way" if self._standing.server_runs else "was under way when the last server stopped"
        lane = "a lane is in order: this one waits until that one is settled"
        return f"Message {under_way} of its lane {when}, and {lane}{more}."

    def _away(self) -> str:
        """A lane that its own clock makes due while the device is away begins to wait for its return."""
        due_at = self._standing.due_at
        if due_at is not None and self._standing.lane_code != AWAY:
            due_at += AWAY_RETRY_MS
        latest = f", and if it does not, at {self._show(due_at)}" if due_at is not None else ""
        return f"The device has left the network; its lane is tried when it attaches{latest}."

    def _when_started(self) -> str:
        due_at, when = self._standing.due_at, "Its lane is tried when a server is started"
        if due_at is not None and not self._is_past(due_at):
            when = f"{when}, not before {self._show(due_at)}"
        return self._next_try(when)

    def _next_try(self, when: str) -> str:
        code, failed = self._standing.lane_code, self._standing.lane_attempts
        if not failed or not code:
            told = what_woke(code)[0] and self._standing.server_runs
            return f"{when}, since {reason(code)}." if told else f"{when}."
        to_application = self._to_application or self._message.direction == Direction.MO
        to_application = to_application or upstream_of_gate(self._standing.gate) is not None
        forward = "" if to_application or not self._standing.server_runs else sooner(meaning(code).retry)
        return f"{when}{forward}, after {failed} failed in a row; the last one: {reason(code)}."
