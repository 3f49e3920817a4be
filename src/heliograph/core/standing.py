"""Where a message that is not final stands, and in words what it waits for.

In: the message, and what store and memory know of its delivery and lane. Out: pairs of a code for programs
and a sentence. What was, is `explain`'s.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from heliograph.core.delivery import Place
from heliograph.core.message import Direction, Message
from heliograph.core.outcome import meaning
from heliograph.core.reasons import reason, sooner

Show = Callable[[int], str]
Said = Iterator[tuple[str, str]]


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


def prospects(message: Message, standing: Standing, show: Show) -> Said:
    if standing.place is None:
        yield "under_way", f"Attempt {message.attempts} is under way; its answer decides."
    elif standing.place == Place.SCHEDULED:
        yield "waits_for_time", f"It enters its lane at {show(standing.enter_at or 0)}."
    elif standing.place == Place.AWAITING:
        ends = show(standing.expires_at or message.expires_at)
        yield "waits_for_report", f"The upstream has it; its report is waited for until {ends}."
    else:
        yield from _waits(message, standing, show)
    yield "validity", f"Unless it is final before, it expires at {show(message.expires_at)}."


def _waits(message: Message, standing: Standing, show: Show) -> Said:
    if standing.under_way is not None:
        yield "waits_for_others", _behind(standing.under_way, standing.ahead)
    elif standing.ahead:
        yield "waits_for_others", f"It waits behind {standing.ahead} on its lane, which is in order."
    if standing.gate_is_open is False:
        yield "waits_for_gate", f"Gate {standing.gate} is closed; a closed gate costs no attempt."
    if not standing.attached:
        yield "waits_for_attach", _away(standing, show)
    elif standing.due_at is not None:
        yield "waits_for_try", _next_try(message, standing, show)
    elif standing.under_way is None and not standing.ahead and standing.gate_is_open is not False:
        yield "waits_for_gate", f"It goes as soon as gate {standing.gate} has room."


def _behind(under_way: int, ahead: int) -> str:
    more = f", and {ahead} more that {'goes' if ahead == 1 else 'go'} before it" if ahead else ""
    return (
        f"Message {under_way} of its lane is under way, and a lane is in order: this one waits until that "
        f"one is settled{more}."
    )


def _away(standing: Standing, show: Show) -> str:
    latest = f", and if it does not, at {show(standing.due_at)}" if standing.due_at is not None else ""
    return f"The device has left the network; its lane is tried when it attaches{latest}."


def _next_try(message: Message, standing: Standing, show: Show) -> str:
    due, code = show(standing.due_at or 0), standing.lane_code
    if not standing.lane_attempts or not code:
        return f"The lane is tried next at {due}."
    forward = "" if message.direction == Direction.MO else sooner(meaning(code).retry)
    return (
        f"The lane is tried next at {due}{forward}, after {standing.lane_attempts} failed in a row; the last "
        f"one: {reason(code)}."
    )
