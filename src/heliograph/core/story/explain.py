"""Explaining: a message's timeline in words, for whoever asks what happened to it.

In: the message with its timeline, and where it stands now. Out: sentences, each with a code for programs.
Pure: the way to show a time comes in, so that an interface can use another zone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from heliograph.core import waking
from heliograph.core.delivery import receiver_of_gate
from heliograph.core.message import Direction, Message, State
from heliograph.core.story.errors import in_words
from heliograph.core.story.reasons import encoding, is_unknown, reason, retry_reason
from heliograph.core.story.standing import Show, Standing, called, prospects
from heliograph.core.story.steps import before_changes, is_to_phone, late_first_attempt, left_by_upstream
from heliograph.core.story.timeline import Step, read, spoken, word

Said = tuple[str, ...]  # the arguments of a step
LATE_MS = 60_000  # an end that was written so long after the validity was missed by whoever should see it
_FROM_PHONE = {
    "MO": "an SMS from a phone outside the fleet",
    "P2P": "an SMS from a phone outside the fleet to a device",
}
_TO_PHONE = {
    "MT": "an SMS to a phone outside the fleet",
    "P2P": "an SMS from a device to a phone outside the fleet",
}
_TIMES = {"not_before": "to go at", "expires_at": "valid until"}
_TO = {"MT": "an SMS to a device", "MO": "an SMS from a device", "P2P": "an SMS from a device to a device"}


class Sentence(Struct, frozen=True):
    code: str
    at: int | None  # None: of now, not of the past
    text: str


class Names(Struct, frozen=True):
    """What ids are called, and the policies that there are: the timeline's names have lost their spaces."""

    policies: Iterable[str] = ()
    devices: Mapping[int, str] = {}
    applications: Mapping[int, str] = {}


NAMELESS = Names()


def utc(milliseconds: int) -> str:
    """To the second, as lists of people show it."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def explain(
    message: Message, standing: Standing | None = None, names: Names = NAMELESS, show: Show = utc
) -> list[Sentence]:
    """The whole story."""
    steps = read(message.timeline)
    teller = Teller(message, steps, names, show)
    story = [Sentence(step.code, step.at, teller.tell(step)) for step in steps]
    standing = standing or Standing()
    if message.final_at is None or standing.receipt:
        found = prospects(message, standing, show, names.applications)
        story += [Sentence(code, None, text) for code, text in found]
    return story


class Teller:
    """Tells one message's steps."""

    def __init__(self, message: Message, steps: Sequence[Step], names: Names, show: Show) -> None:
        self._message = message
        self._first = before_changes(message, steps)
        self._to_phone = is_to_phone(message)
        self._from_phone = message.origin is None and message.direction != Direction.MT
        self._by_upstream = any(left_by_upstream(step) for step in steps)
        self._late = late_first_attempt(steps)
        self._names = names
        self._policies = {word(name): name for name in names.policies}
        self._show = show

    def tell(self, step: Step) -> str:
        """A step of a later version, or one that lost its arguments, is shown as it stands."""
        tell = TELLS.get(step.code)
        try:
            told = tell(self, step.arguments) if tell else _as_it_stands(step)
            return (
                f"{told} Until then others went first, or the gate had no room."
                if step is self._late
                else told
            )
        except (KeyError, ValueError):
            return _as_it_stands(step)

    def _time(self, milliseconds: str | int) -> str:
        return self._show(int(milliseconds))

    def accepted(self, said: Said) -> str:
        sender, direction, policy, segments, dcs = said
        name, words = self._policies.get(policy, policy), encoding(int(dcs), self._first["languages"] or 0)
        to = (_TO_PHONE if self._to_phone else _FROM_PHONE if self._from_phone else _TO)[direction]
        under = "" if policy == "-" else f", under policy {name}"
        return (
            f"Accepted from {self._sender(sender)}: {to}{under}, in {_segments(segments)} of {words}. "
            f"{self._lane()}"
        )

    def _lane(self) -> str:
        message = self._message
        ends = self._first["expires_at"]
        validity = f", and is valid until {self._time(ends)}" if ends is not None else ""
        if self._to_phone:
            return f"It goes on the lane of phone {message.destination}{validity}."
        if message.direction == Direction.P2P and message.device is None:
            return f"No device of the organisation has the number {message.destination}."
        if message.direction != Direction.MO:
            return f"It goes on the lane of device {self._device(message.device)}{validity}."
        if message.application is None:
            return (
                "No application reads it."
                if self._from_phone
                else "No application reads what this device sends."
            )
        sender = f"phone {message.source}" if self._from_phone else f"device {self._device(message.origin)}"
        application = self._application(message.application)
        return f"It goes on the lane of application {application} for {sender}{validity}."

    def _sender(self, sender: str) -> str:
        """A device by its name and number, an account by its name."""
        kind, _, id = sender.partition(":")
        if kind == "phone":
            return f"phone {id}"
        if kind == "console":
            return f"console link {id}" if id.isdecimal() else "the console of its identifier"
        if kind == "account" and id.isdecimal():
            return self._names.applications.get(int(id), sender)
        if kind != "device" or not id.isdecimal():
            return sender
        number = f" ({self._message.source})" if self._message.source else ""
        return f"device {self._device(int(id))}{number}"

    def _device(self, id: int | None) -> str:
        return self._names.devices.get(id or 0, str(id))

    def _application(self, id: str | int) -> str:
        return self._names.applications.get(int(id), str(id))

    def scheduled(self, said: Said) -> str:
        (at,) = said
        return f"Its sender wants it to go at {self._time(at)}, not before."

    def held(self, said: Said) -> str:
        return "Its batch was paused: it left its lane."

    def released(self, said: Said) -> str:
        (at,) = said
        return f"Its batch was resumed: it enters its lane at {self._time(at)}."

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
        """`what:before:now` for all that differs. Older lines: the segments, and the time to go."""
        sender, *changes = said
        if changes and ":" not in changes[0]:
            segments, not_before = changes
            due = f", to go at {self._time(not_before)}" if int(not_before) else ""
            return f"Changed by {sender}: now {_segments(segments)}{due}."
        told = [self._change(*change.split(":")) for change in changes if change.split(":")[0] != "languages"]
        return f"Changed by {sender}: {'; '.join(told) or 'nothing is different'}."

    def _change(self, what: str, before: str, now: str) -> str:
        if what == "segments":
            return f"new words in {_segments(now)} (before: {before})"
        if what == "priority":
            return f"priority {now} (before: {before})"
        old, new = (self._time(time) if int(time) else "at once" for time in (before, now))
        return f"{_TIMES[what]} {new} (before: {old})"

    def woken(self, said: Said) -> str:
        """`why` and how long the device is left alone, or the gate, or for how long it has been away."""
        why, what = said
        device = self._device(self._message.device)
        if why == waking.GATE_OPENED:
            return f"{self._opened(what)}: its lane is tried."
        if why == waking.ATTACHED:
            delay = f"after the settling delay of {int(what)} s" if int(what) else "at once"
            return f"{device} attached: its lane is tried {delay}."
        if why == waking.AWAY:
            return f"{device} has been away for {what} h, and is tried in case its return went unheard."
        happened = {
            waking.MEMORY_FREE: "freed memory",
            waking.MOVED: f"moved to network {what}",
            waking.NUMBERED: "got a SIM",
            waking.RESET: "was reset",
        }[why]
        return f"{device} {happened}: its lane is tried at once."

    def _opened(self, gate: str) -> str:
        opened = "connected" if receiver_of_gate(gate) else "opened"
        name = called(gate, self._names.applications)
        return f"{name[0].upper()}{name[1:]} {opened}"

    def attempt(self, said: Said) -> str:
        """An application gets all segments as one."""
        number, gate, segment, repeated = said
        again = ", marked as a repeat, since an earlier one may have arrived" if int(repeated) else ""
        carrier = called(gate, self._names.applications)
        if receiver_of_gate(gate):
            return f"Attempt {number} left for {carrier}{again}."
        part = f"segment {segment} of {self._message.segments}"
        return f"Attempt {number} left through {carrier} with {part}{again}."

    def arrived(self, said: Said) -> str:
        segment, *how = said
        if how:
            named = "without an id, or with another SMS's"
            taken = f"The upstream took over segment {segment} {named}"
            return f"{taken}: no receipt can follow, so it counts as delivered."
        if self._message.direction == Direction.MO and self._message.application is not None:
            return f"Application {self._application(self._message.application)} acknowledged it."
        if self._by_upstream:
            return f"Segment {segment} arrived: the upstream acknowledged it."
        return f"Segment {segment} arrived: the device acknowledged it."

    def deferred(self, said: Said) -> str:
        code, at, *why = said
        to_device = self._message.direction != Direction.MO and not self._by_upstream
        answer = _answer(code, "".join(why))
        if not int(at):
            return f"{answer} There is no next try: its validity ended while the attempt was under way."
        return f"{answer} Next try at {self._time(at)}{retry_reason(''.join(why), to_device)}."

    def unknown(self, said: Said) -> str:
        (code,) = said
        return f"{_answer(code, 'unknown')} Its sender asked for at most one attempt."

    def rejected(self, said: Said) -> str:
        (code,) = said
        return f"Answer {code}: {reason(code)}. This is final, so there is no next try."

    def taken_over(self, said: Said) -> str:
        (reference,) = said
        return f"The upstream took it over as {reference} and will report later."

    def reported(self, said: Said) -> str:
        segment, code, *error = said
        what = "delivered" if code == "delivered" else f"not delivered, {code}: {reason(code)}"
        return f"The upstream reports segment {segment} as {what}.{in_words(error)}"

    def rerouted(self, said: Said) -> str:
        code, before, after = said
        return f"Upstream {before} does not carry it, {code}: {reason(code)}. It goes by upstream {after}."

    def kept(self, said: Said) -> str:
        return "No application reads it: it is kept here to be read."

    def forbidden(self, said: Said) -> str:
        rule = spoken(*said)
        kind, _, rest = rule.partition(" ")
        name, _, what = rest.rpartition(": ")
        if kind == "policy" and name:
            return f"Policy {name} does not let it go on, by its rule {what}."
        if kind == "device" and name and what != "status":
            return f"The rules of device {name} do not let it go on, by {what}."
        if kind == "device" and name:
            return f"It may not go on: device {name} is disabled."
        return f"It may not go on, by the rule {rule}." if rule != "-" else "It may not go on."

    def cancel(self, said: Said) -> str:
        (sender,) = said
        return f"Canceled by {sender}."

    def given_back(self, said: Said) -> str:
        (segments,) = said
        were = "was" if int(segments) == 1 else "were"
        return f"Nothing of it was ever sent, so {_segments(segments)} {were} given back to limits and quota."

    def receipt(self, said: Said) -> str:
        (application,) = said
        return f"A receipt for application {self._application(application)} goes on its lane."

    def interim(self, said: Said) -> str:
        (application,) = said
        return f"News of that for application {self._application(application)} goes on its lane."

    def replayed(self, said: Said) -> str:
        application, asked_by = said
        return f"It goes to application {self._application(application)} once more, as {asked_by} asked."

    def news_deferred(self, what: str, said: Said) -> str:
        code, at, *why = said
        if is_unknown(code, "".join(why)):
            tried = f"Whether the {what} arrived is unknown, {code}: {reason(code)}."
        else:
            tried = f"The {what} could not be brought, {code}: {reason(code)}."
        return f"{tried} Next try at {self._time(at)}{retry_reason(''.join(why), to_device=False)}."

    def news_delivered(self, what: str, said: Said) -> str:
        application, *_ = said
        return f"Application {self._application(application)} has {what}."

    def news_lost(self, what: str, said: Said) -> str:
        application, code = said
        name = self._application(application)
        return f"The {what} never reached application {name}, {code}: {reason(code)}."

    def final(self, said: Said) -> str:
        state, code = said
        because = "" if code == "-" else f", {code}: {reason(code)}"
        ended = self._message.expires_at
        if code == "validity" and (self._message.final_at or 0) > ended + LATE_MS:
            because += f". It ended at {self._show(ended)}, when nothing ran to see it"
        return f"Final state {State[state].name}{because}."


Tell = Callable[[Teller, Said], str]


def _news(code: str, what: str, brought: str) -> dict[str, Tell]:
    """What became of one kind of news."""
    return {
        f"{code}_deferred": lambda teller, said: teller.news_deferred(what, said),
        f"{code}_delivered": lambda teller, said: teller.news_delivered(brought, said),
        f"{code}_lost": lambda teller, said: teller.news_lost(what, said),
    }


TELLS: dict[str, Tell] = {
    "accepted": Teller.accepted,
    "scheduled": Teller.scheduled,
    "held": Teller.held,
    "released": Teller.released,
    "rate": Teller.rate,
    "incomplete": Teller.incomplete,
    "replaces": Teller.replaces,
    "replaced": Teller.replaced,
    "changed": Teller.changed,
    "woken": Teller.woken,
    "attempt": Teller.attempt,
    "arrived": Teller.arrived,
    "deferred": Teller.deferred,
    "unknown": Teller.unknown,
    "rejected": Teller.rejected,
    "taken_over": Teller.taken_over,
    "reported": Teller.reported,
    "rerouted": Teller.rerouted,
    "kept": Teller.kept,
    "forbidden": Teller.forbidden,
    "cancel": Teller.cancel,
    "given_back": Teller.given_back,
    "receipt": Teller.receipt,
    "interim": Teller.interim,
    **_news("receipt", "receipt", "the receipt"),
    **_news("interim", "news of its delay", "the news of its delay"),
    **_news("replay", "replay", "it once more"),
    "replayed": Teller.replayed,
    "final": Teller.final,
}


def _as_it_stands(step: Step) -> str:
    return f"Step {' '.join((step.code, *step.arguments))}."


def _segments(count: str) -> str:
    return "1 segment" if int(count) == 1 else f"{count} segments"


def _answer(code: str, why: str) -> str:
    if is_unknown(code, why):
        return f"Outcome unknown, {code}: {reason(code)}. It may have arrived."
    return f"Answer {code}: {reason(code)}."
