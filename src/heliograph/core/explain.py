"""Explaining: a message's timeline in words, for whoever asks what happened to it.

In: the message with its timeline, and where it stands now. Out: sentences, each with a code for programs.
Pure: the way to show a time comes in, so that an interface can use another zone.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from heliograph.core.delivery import Place
from heliograph.core.message import Direction, Message, State
from heliograph.core.outcome import MEANINGS
from heliograph.core.reasons import encoding, reason, retry_reason
from heliograph.core.timeline import Step, read, word

Show = Callable[[int], str]
Said = tuple[str, ...]  # the arguments of a step
_TO = {"MT": "an SMS to a device", "MO": "an SMS from a device", "P2P": "an SMS from a device to a device"}


class Sentence(Struct, frozen=True):
    code: str
    at: int | None  # None: of now, not of the past
    text: str


class Standing(Struct, frozen=True):
    """Where the delivery of a message stands, and its lane. For a message that is not final."""

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


def utc(milliseconds: int) -> str:
    """ISO 8601 with milliseconds, in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def explain(
    message: Message, standing: Standing | None = None, policies: Iterable[str] = (), show: Show = utc
) -> list[Sentence]:
    """The whole story. `policies` are the names that there are: the timeline's have lost their spaces."""
    teller = Teller(message, policies, show)
    story = [Sentence(step.code, step.at, teller.tell(step)) for step in read(message.timeline)]
    if message.final_at is None:
        story += [Sentence(code, None, text) for code, text in teller.now(standing or Standing())]
    return story


class Teller:
    """Tells one message's steps."""

    def __init__(self, message: Message, policies: Iterable[str], show: Show) -> None:
        self._message = message
        self._policies = {word(name): name for name in policies}
        self._show = show

    def tell(self, step: Step) -> str:
        """A step of a later version, or one that lost its arguments, is shown as it stands."""
        tell = TELLS.get(step.code)
        try:
            return tell(self, step.arguments) if tell else _as_it_stands(step)
        except (KeyError, ValueError):
            return _as_it_stands(step)

    def _time(self, milliseconds: str | int) -> str:
        return self._show(int(milliseconds))

    def accepted(self, said: Said) -> str:
        sender, direction, policy, segments, dcs = said
        name, words = self._policies.get(policy, policy), encoding(int(dcs), self._message.languages)
        return (
            f"Accepted from {sender}: {_TO[direction]}, under policy {name}, in {_segments(segments)} of "
            f"{words}. {self._lane()}"
        )

    def _lane(self) -> str:
        message = self._message
        ends = self._time(message.expires_at)
        if message.direction == Direction.P2P and message.device is None:
            return f"No device of the organisation has the number {message.destination}."
        if message.direction != Direction.MO:
            return f"It goes on the lane of device {message.device}, and is valid until {ends}."
        if message.application is None:
            return "No application reads what this device sends."
        return (
            f"It goes on the lane of application {message.application} for device {message.origin}, and is "
            f"valid until {ends}."
        )

    def scheduled(self, said: Said) -> str:
        (at,) = said
        return f"Its sender wants it to go at {self._time(at)}, not before."

    def rate(self, said: Said) -> str:
        at, per_minute = said
        return (
            f"The receiver may be sent {per_minute} SMS a minute by other devices: it enters the lane at "
            f"{self._time(at)}."
        )

    def incomplete(self, said: Said) -> str:
        missing, total = said
        return f"Of {total} segments, number {missing.replace(',', ', ')} never came; the rest goes on."

    def replaces(self, said: Said) -> str:
        (message,) = said
        return f"It replaces message {message} and takes its position."

    def replaced(self, said: Said) -> str:
        (message,) = said
        return f"Message {message} replaced it."

    def changed(self, said: Said) -> str:
        sender, segments, not_before = said
        due = f", to go at {self._time(not_before)}" if int(not_before) else ""
        return f"Changed by {sender}: now {_segments(segments)}{due}."

    def attempt(self, said: Said) -> str:
        number, gate, segment, repeated = said
        again = ", marked as a repeat, since an earlier one may have arrived" if int(repeated) else ""
        return (
            f"Attempt {number} left through gate {gate} with segment {segment} of "
            f"{self._message.segments}{again}."
        )

    def arrived(self, said: Said) -> str:
        (segment,) = said
        who = "application" if self._message.direction == Direction.MO else "device"
        return f"Segment {segment} arrived: the {who} acknowledged it."

    def deferred(self, said: Said) -> str:
        code, at, *why = said
        answer = f"Answer {code}: {reason(code)}."
        if not int(at):
            return f"{answer} There is no next try: its validity ended while the attempt was under way."
        return f"{answer} Next try at {self._time(at)}{retry_reason(''.join(why))}."

    def unknown(self, said: Said) -> str:
        (code,) = said
        return (
            f"Answer {code}: {reason(code)}. It may have arrived; its sender asked for at most one attempt."
        )

    def rejected(self, said: Said) -> str:
        (code,) = said
        return f"Answer {code}: {reason(code)}. This is final, so there is no next try."

    def taken_over(self, said: Said) -> str:
        (reference,) = said
        return f"The upstream took it over as {reference} and will report later."

    def reported(self, said: Said) -> str:
        segment, code = said
        what = "delivered" if code == "delivered" else f"not delivered, {code}: {reason(code)}"
        return f"The upstream reports segment {segment} as {what}."

    def kept(self, said: Said) -> str:
        return "No application reads it: it is kept here to be read."

    def forbidden(self, said: Said) -> str:
        (rule,) = said
        return f"It may not go on: {rule.replace('_', ' ')}." if rule != "-" else "It may not go on."

    def cancel(self, said: Said) -> str:
        (sender,) = said
        return f"Canceled by {sender}."

    def given_back(self, said: Said) -> str:
        (segments,) = said
        return f"Nothing of it was ever sent, so {_segments(segments)} were given back to limits and quota."

    def receipt(self, said: Said) -> str:
        (application,) = said
        return f"A receipt for application {application} waits on its lane."

    def receipt_deferred(self, said: Said) -> str:
        code, at, *why = said
        return (
            f"The receipt could not be brought, {code}: {reason(code)}. "
            f"Next try at {self._time(at)}{retry_reason(''.join(why))}."
        )

    def receipt_delivered(self, said: Said) -> str:
        application, *_ = said
        return f"Application {application} has the receipt."

    def receipt_lost(self, said: Said) -> str:
        application, code = said
        return f"The receipt never reached application {application}, {code}: {reason(code)}."

    def final(self, said: Said) -> str:
        state, code = said
        because = "" if code == "-" else f", {code}: {reason(code)}"
        return f"Final state {State[state].name}{because}."

    def now(self, standing: Standing) -> Iterator[tuple[str, str]]:
        """What it waits for."""
        message = self._message
        if standing.place is None:
            yield "under_way", f"Now: attempt {message.attempts} is under way; its answer decides."
        elif standing.place == Place.SCHEDULED:
            yield "waits_for_time", f"Now: it enters its lane at {self._time(standing.enter_at or 0)}."
        elif standing.place == Place.AWAITING:
            ends = self._time(standing.expires_at or message.expires_at)
            yield "waits_for_report", f"Now: the upstream has it; its report is waited for until {ends}."
        else:
            yield from self._waits(standing)
        yield "validity", f"Unless it is final before, it expires at {self._time(message.expires_at)}."

    def _waits(self, standing: Standing) -> Iterator[tuple[str, str]]:
        if standing.ahead:
            yield "waits_for_others", f"Now: it waits behind {standing.ahead} on its lane, which is in order."
        if not standing.attached:
            yield "waits_for_attach", "Now: the device has left the network; it is tried when it attaches."
        if standing.gate_is_open is False:
            yield "waits_for_gate", f"Now: gate {standing.gate} is closed; a closed gate costs no attempt."
        if standing.due_at is not None:
            yield "waits_for_try", self._next_try(standing)
        elif not standing.ahead and standing.attached and standing.gate_is_open is not False:
            yield "waits_for_gate", f"Now: it goes as soon as gate {standing.gate} has room."

    def _next_try(self, standing: Standing) -> str:
        due = self._time(standing.due_at or 0)
        if standing.lane_attempts and standing.lane_code in MEANINGS:
            return (
                f"Now: the lane is tried next at {due}, after {standing.lane_attempts} failed in a row; the "
                f"last one: {reason(standing.lane_code)}. The device attaching brings it forward."
            )
        return f"Now: the lane is tried next at {due}."


TELLS: dict[str, Callable[[Teller, Said], str]] = {
    "accepted": Teller.accepted,
    "scheduled": Teller.scheduled,
    "rate": Teller.rate,
    "incomplete": Teller.incomplete,
    "replaces": Teller.replaces,
    "replaced": Teller.replaced,
    "changed": Teller.changed,
    "attempt": Teller.attempt,
    "arrived": Teller.arrived,
    "deferred": Teller.deferred,
    "unknown": Teller.unknown,
    "rejected": Teller.rejected,
    "taken_over": Teller.taken_over,
    "reported": Teller.reported,
    "kept": Teller.kept,
    "forbidden": Teller.forbidden,
    "cancel": Teller.cancel,
    "given_back": Teller.given_back,
    "receipt": Teller.receipt,
    "receipt_deferred": Teller.receipt_deferred,
    "receipt_delivered": Teller.receipt_delivered,
    "receipt_lost": Teller.receipt_lost,
    "final": Teller.final,
}


def _as_it_stands(step: Step) -> str:
    return f"Step {' '.join((step.code, *step.arguments))}."


def _segments(count: str) -> str:
    return "1 segment" if int(count) == 1 else f"{count} segments"
