"""The world's books: what was really sent, what really arrived, and what was acknowledged.

They outlive every death of the process and never ask its database. Checks at the moment of an event are in
`rules`; checks at the end are in `reckoning`.
"""

from collections import deque
from enum import Enum

from msgspec import Struct

from heliograph.core.delivery import Job, LaneKey
from heliograph.core.outcome import Outcome
from tests.simulation.coverage import Coverage
from tests.virtual_time import VirtualClock

LAST_EVENTS = 60


class Fate(Enum):
    """How an attempt ended, as the world knows it."""

    OPEN = "open"
    ANSWERED = "answered"
    LATE = "late"  # after its timer, which the process may not have looked at yet
    UNKNOWN = "unknown"  # the link broke after sending, or the answer came too late or never
    DIED = "died"  # the process died before it had recorded the answer
    RETURNED = "returned"


class Send(Struct, gc=False):
    """One job that an outlet was given."""

    number: int
    delivery: int
    kind: int
    message: int
    lane: LaneKey
    gate: str
    priority: int
    segment: int
    attempts: int
    repeated: int
    token: str
    sent_at: int
    deadline: int
    boot: int
    expires_at: int
    once: bool
    fate: Fate = Fate.OPEN
    outcome: Outcome | None = None  # what the far end said
    arrived: bool = False
    settled: bool = False
    over: bool = False  # it holds no place in its lane and its gate any more
    alerted: bool = False


class Arrival(Struct, gc=False):
    number: int
    token: str
    segment: int
    send: Send
    late: bool  # its attempt had been given up before


class Acked(Struct, gc=False):
    """A submission that was acknowledged, and what was promised with it."""

    order: int
    message: int
    device: int
    token: str
    segments: int
    priority: int
    accepted_at: int
    expires_at: int
    receipt_to: int | None
    at_most_once: bool
    replace_key: str | None
    plain: bool  # neither scheduled nor a replacement, so that its place in the order is known
    canceled: bool = False
    changed: bool = False


class Heard(Struct, gc=False):
    """A segment of an SMS from a device that the network was told we have."""

    order: int
    device: int
    token: str
    destination: str
    parts: int
    message: int | None
    at: int
    again: bool  # it went out more than once, or its segments did


class Books:
    def __init__(self, clock: VirtualClock, coverage: Coverage) -> None:
        self.clock = clock
        self.coverage = coverage
        self.violations: list[str] = []
        self.trace: deque[str] = deque(maxlen=LAST_EVENTS)
        self.verbose = False
        self.number = 0
        self.sends: list[Send] = []
        self.last_of: dict[int, Send] = {}  # by delivery
        self.of_segment: dict[tuple[int, int], list[Send]] = {}
        self.open: dict[int, Send] = {}  # by delivery
        self.arrivals: list[Arrival] = []
        self.acked: dict[int, Acked] = {}
        self.asked: set[str] = set()  # tokens of all that was ever submitted
        self.heard: list[Heard] = []
        self.cancels_asked: set[int] = set()
        self.changes_asked: set[int] = set()
        self.reports: dict[int, str] = {}  # what the upstream reported of a message, worst first
        self.died: list[Send] = []  # under way when the last process died
        self.deaths = 0
        self.number_of_last_backward_jump = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def tell(self, *words: object) -> None:
        """For the last events of a failing seed."""
        if self.verbose:
            print(self.clock.now(), *words)
        self.trace.append(" ".join(map(str, (self.clock.now(), *words))))

    def elapsed(self) -> int:
        """Milliseconds that really passed."""
        return self.clock.elapsed()

    def violate(self, rule: str, *words: object) -> None:
        text = " ".join(map(str, (rule + ":", *words)))
        self.tell("VIOLATION", text)
        self.violations.append(text)

    def arrive(self, send: Send) -> None:
        """It reached the far end, whether anybody hears of that or not."""
        late = send.fate not in (Fate.OPEN, Fate.ANSWERED) or self.elapsed() >= send.deadline
        send.arrived = True
        self.arrivals.append(Arrival(self.next(), send.token, send.segment, send, late))


def token_of(job: Job) -> str:
    """The unique text at the start of each body."""
    body = job.message.body or b""
    return body.partition(b".")[0].decode()
