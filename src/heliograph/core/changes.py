"""Changes: what a decision wants written, as values. The store writes all of it in one transaction, or
nothing.

One list per kind of row. Decisions append; nobody reads back.
"""

from msgspec import Struct

from heliograph.core.batch import Batch, BatchProgress, BatchRefusal
from heliograph.core.delivery import Delivery, Lane, LaneKey, Place
from heliograph.core.device import MonthUsage, Quota, Tally
from heliograph.core.firewall.watch import Watch
from heliograph.core.idempotency import KeptAnswer
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.reassembly import Part


class Mark(Struct, gc=False):
    """A message moves on. Its timeline grows by `timeline`."""

    state: int
    reason: str | None
    final_at: int | None
    attempts: int
    timeline: str
    id: int


class Note(Struct, gc=False):
    """A message's timeline grows and nothing else changes."""

    timeline: str
    id: int


class Edit(Struct, gc=False):
    """A message that was never tried says something else, or at another time."""

    body: bytes | None
    dcs: int
    pid: int
    udh: bytes
    languages: int
    segments: int
    priority: int
    receipt: int
    price: int
    not_before: int | None
    expires_at: int
    timeline: str
    id: int


class Move(Struct, gc=False):
    """A delivery moves on."""

    place: int
    segment: int
    attempts: int
    repeated: int
    priority: int
    position: int
    enter_at: int | None
    expires_at: int
    id: int


class Via(Struct, gc=False):
    """A delivery goes by another upstream from now on."""

    via: str
    id: int


class Park(Struct, gc=False):
    """A lane has something to send and no clock of its own yet: the poll finds it at `due_at`."""

    receiver: int
    key: int
    gate: str
    due_at: int


INFO, WARN, CRITICAL = range(3)  # how much a happening matters


class Happening(Struct, gc=False):
    """An event for people: a limit reached, a quota used up, a cap hit."""

    id: int
    org: int
    at: int
    type: str
    severity: int
    device: int | None
    message: int | None
    detail: str
    sim: int | None = None


class Reference(Struct, gc=False):
    """An upstream's name for a segment that it accepted."""

    gate: str
    reference: str
    message: int
    delivery: int
    segment: int
    code: str | None = None  # None: not reported yet; empty: delivered; else why not


class Confirmation(Struct, gc=False):
    """An upstream's report of one reference."""

    code: str
    gate: str
    reference: str


class Changes:
    """Everything one batch writes."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.deliveries: list[Delivery] = []
        self.marks: list[Mark] = []
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.moves: list[Move] = []
        self.vias: list[Via] = []
        self.dones: list[int] = []  # deliveries that are over
        self.lanes: list[Lane] = []  # the lane's clock, as it now stands
        self.parks: list[Park] = []
        self.turns: list[Park] = []  # a lane goes on through another gate, by the clock that it has
        self.lanes_dropped: list[LaneKey] = []
        self.tallies: list[Tally] = []
        self.history: list[MonthUsage] = []  # months that closed
        self.quotas: list[Quota] = []
        self.happenings: list[Happening] = []
        self.parts: list[Part] = []
        self.parts_done: list[int] = []
        self.references: list[Reference] = []
        self.confirmations: list[Confirmation] = []
        self.references_done: list[int] = []  # by message
        self.labels: list[MessageLabel] = []
        self.kept_answers: list[KeptAnswer] = []
        self.batches: list[Batch] = []
        self.batch_refusals: list[BatchRefusal] = []
        self.batch_progress: list[BatchProgress] = []
        self.batch_states: list[tuple[int, int]] = []  # the state, and whose
        self.watches: list[Watch] = []  # of devices whose rules count


def earliest(changes: Changes) -> int | None:
    """When something written here will first want attention. The dispatcher sleeps until then."""
    times = [park.due_at for park in changes.parks]
    times += [park.due_at for park in changes.turns]
    times += [lane.due_at for lane in changes.lanes if lane.due_at is not None]
    for moved in (changes.deliveries, changes.moves):
        for delivery in moved:
            if delivery.place != Place.TAKEN:
                times.append(delivery.expires_at if delivery.enter_at is None else delivery.enter_at)
    return min(times) if times else None
