"""A timeline read back: the steps that it tells, replayed against the table of states.

In: a message with its timeline. Out: what happened, or `ValueError` for a story that cannot be true.
"""

from msgspec import Struct, field

from heliograph.core.message import FINAL, TRANSITIONS, Direction, Event, Message, State
from heliograph.core.story.timeline import Step, read

_ENDS = {
    State.DELIVERED: Event.DELIVER,
    State.FAILED: Event.REJECT,
    State.EXPIRED: Event.EXPIRE,
    State.CANCELED: Event.CANCEL,
}


class Told(Struct, frozen=True):
    number: int
    segment: int
    repeated: int


class Story(Struct):
    state: State = State.PENDING
    transitions: list[tuple[State, Event]] = field(default_factory=list)
    attempts: list[Told] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    given_back: int = 0
    receipts: int = 0
    receipt_lost: str = ""
    delayed: bool = False  # an attempt was made, and others have to follow
    interims: int = 0
    away: bool = False  # it was told of before any attempt: its receiver was away
    interim_lost: str = ""
    kept: bool = False
    finals: int = 0
    forbidden: bool = False
    turns: int = 0
    since: int = 0  # which attempt the upstream in charge made first
    enter_at: int | None = None  # when a P2P SMS may enter, if it had to wait

    def move(self, event: Event) -> None:
        after = TRANSITIONS.get((self.state, event))
        if after is None:
            raise ValueError(f"{event.name} in {self.state.name}")
        self.transitions.append((self.state, event))
        self.state = after

    def take(self, step: Step, segments: int) -> None:
        self.move_on(step.code, step.arguments, segments)
        self.note(step.code, step.arguments)

    def move_on(self, code: str, arguments: tuple[str, ...], segments: int) -> None:
        """The steps that change the state."""
        match code:
            case "attempt":
                self.attempts.append(Told(int(arguments[0]), int(arguments[2]), int(arguments[3])))
                self.move(Event.ATTEMPT)
            case "deferred" if arguments[1] != "0":
                self.move(Event.DEFER)
            case "arrived" if int(arguments[0]) < segments and self.state == State.IN_PROGRESS:
                self.arrived.append(int(arguments[0]))
                self.move(Event.DEFER)
            case "arrived":
                self.arrived.append(int(arguments[0]))
            case "rerouted" if self.state == State.IN_PROGRESS:
                self.rerouted()
                self.move(Event.DEFER)
            case "rerouted":
                self.rerouted()
            case "taken_over":
                self.move(Event.DEFER if len(set(self._segments())) < segments else Event.ACCEPT)
            case "final":
                self.finals += 1
                self.move(_ENDS[State[arguments[0]]])

    def note(self, code: str, arguments: tuple[str, ...]) -> None:
        """What is remembered beside it."""
        match code:
            case "given_back":
                self.given_back += int(arguments[0])
            case "receipt":
                self.receipts += 1
            case "deferred" if arguments[1] != "0" and arguments[2] != "returned":
                self.delayed = True
            case "interim":
                self.interims += 1
                self.away = not self.attempts
            case "interim_lost":
                self.interim_lost = arguments[1]
            case "receipt_lost":
                self.receipt_lost = arguments[1]
            case "forbidden":
                self.forbidden = True
            case "rate":
                self.enter_at = int(arguments[0])
            case "kept":
                self.kept = True

    def rerouted(self) -> None:
        """Another upstream begins with the first segment."""
        self.turns += 1
        self.since = len(self.attempts)

    def _segments(self) -> list[int]:
        """By the upstream in charge."""
        return [told.segment for told in self.attempts[self.since :]]


def replay(message: Message) -> Story:
    steps = read(message.timeline)
    if not steps or steps[0].code != "accepted":
        raise ValueError("it does not begin with its acceptance")
    story, segments = Story(), message.segments if message.direction != Direction.MO else 1
    for step in steps:
        story.take(step, segments)
    if story.finals > 1:
        raise ValueError("it ends more than once")
    if message.state in FINAL and not story.finals:
        raise ValueError("it ends without its end")
    return story
