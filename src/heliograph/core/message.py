"""The message: an SMS as its sender sees it, and the life it may lead.

In: an event. Out: the next state, or `Impossible`. The table below is the whole truth: it validates, it is
drawn into the docs, and it is tested state × event. How a message travels (lanes, attempts) is `delivery`
and `lane`.
"""

from enum import IntEnum

from msgspec import Struct

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class Direction(IntEnum):
    """MT towards a device, MO from a device to an application, P2P from device to device."""

    MT = 1
    MO = 2
    P2P = 3


class State(IntEnum):
    PENDING = 1
    IN_PROGRESS = 2
    BUFFERED = 3
    DELIVERED = 4
    FAILED = 5
    EXPIRED = 6
    CANCELED = 7


class Event(IntEnum):
    ATTEMPT = 1  # an attempt is recorded and leaves
    DELIVER = 2  # the receiver has all of it
    ACCEPT = 3  # an upstream took it over; its receipt will follow
    DEFER = 4  # not now, or nobody knows: it waits for another attempt
    REJECT = 5  # never: the far end or our own policy says so
    EXPIRE = 6  # its validity ended
    CANCEL = 7  # its sender took it back


FINAL = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELED})

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.PENDING, Event.ATTEMPT): State.IN_PROGRESS,
    (State.PENDING, Event.DELIVER): State.DELIVERED,  # an MO that no application reads
    (State.PENDING, Event.REJECT): State.FAILED,
    (State.PENDING, Event.EXPIRE): State.EXPIRED,
    (State.PENDING, Event.CANCEL): State.CANCELED,
    (State.IN_PROGRESS, Event.DELIVER): State.DELIVERED,
    (State.IN_PROGRESS, Event.ACCEPT): State.IN_PROGRESS,
    (State.IN_PROGRESS, Event.DEFER): State.BUFFERED,  # also between two segments
    (State.IN_PROGRESS, Event.REJECT): State.FAILED,
    (State.IN_PROGRESS, Event.EXPIRE): State.EXPIRED,
    (State.BUFFERED, Event.ATTEMPT): State.IN_PROGRESS,
    (State.BUFFERED, Event.REJECT): State.FAILED,
    (State.BUFFERED, Event.EXPIRE): State.EXPIRED,
    (State.BUFFERED, Event.CANCEL): State.CANCELED,
}


# The same by number, since an enum's hash is slow: every message passes here twice.
_NEXT = {state * 16 + event: after for (state, event), after in TRANSITIONS.items()}
STATE_NAMES = {int(state): state.name for state in State}
DIRECTION_NAMES = {int(direction): direction.name for direction in Direction}


DEVICE_DELETED = "device_deleted"  # why an SMS is CANCELED that nobody took back

# What its sender wants to hear (`Message.receipt`): of the end, and with INTERIM also that it takes a while.
NOTHING, ANY_END, FAILURE, SUCCESS = 0, 1, 2, 3
INTERIM = 4


def wants_receipt(receipt: int, state: int) -> bool:
    """Does the sender want to hear of this end?"""
    wanted = receipt & 3
    return wanted == ANY_END or (wanted == SUCCESS if state == State.DELIVERED else wanted == FAILURE)


class Impossible(Exception):
    """A bug: an event reached a message in a state that does not know it."""


def advance(state: int, event: Event) -> State:
    """The next state, by the table."""
    after = _NEXT.get(state * 16 + event)
    if after is None:
        raise Impossible(f"{event.name} in {STATE_NAMES.get(state, state)}")
    return after


class Message(Struct, gc=False):
    """One row of the message table, in its column order."""

    id: int
    org: int
    direction: int
    device: int | None  # who receives, when a device does
    origin: int | None  # who sent, when a device did
    application: int | None  # who receives an MO, and who is told of the end of an MT
    sender: str  # "accepted by whom", for the timeline: `token 3`, `device 7`, `operator`
    source: str
    destination: str
    body: bytes | None  # text as UTF-8 or octets; None once retention removed it
    dcs: int
    pid: int
    udh: bytes
    languages: int  # national shift tables: locking × 256 + single
    segments: int
    priority: int
    receipt: int  # what its sender wants to hear: ANY_END, FAILURE or SUCCESS, and INTERIM
    at_most_once: int
    replace_key: str | None
    price: int  # for all segments, in millionths of the organisation's currency
    state: int
    reason: str | None
    accepted_at: int
    not_before: int | None
    expires_at: int
    final_at: int | None
    attempts: int
    timeline: str
    service_type: str = ""  # as its sender's network names the kind of service; nothing here reads it
