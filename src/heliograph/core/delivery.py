"""The delivery: one thing to bring to one receiver. It waits on a lane, leaves through a gate, and is gone
when done.

A lane is a receiver and an order key: receiver 0 is the device itself, a positive one an application, a
negative one the phones outside the fleet that an organisation sends to. The key is the device, or the phone's
number, so that all an application hears of one device stays in order.
"""

from enum import IntEnum

from msgspec import Struct

from heliograph.core.message import Message

DEVICE_RECEIVER = 0
UPSTREAM = "upstream:"  # begins the name of a gate that leads to an operator


class Kind(IntEnum):
    SMS = 0  # to a device
    MO = 1  # from a device, to an application
    RECEIPT = 2  # news of a final state, to an application
    REPLAY = 3  # an MO once more, to an application that asked for it
    EVENT = 4  # news of what happened, to an application; its `message` is the event
    INTERIM = 5  # news that a message is on its way still, to an application


def is_news(kind: int) -> bool:
    """Told to an application beside the message's own way: its end changes no state."""
    return kind >= Kind.RECEIPT


class Place(IntEnum):
    """Where a delivery is. The first two are in the lane."""

    WAITING = 0
    TAKEN = 1  # an attempt is recorded and under way
    SCHEDULED = 2  # not due: it enters its lane at `enter_at`
    AWAITING = 3  # an upstream has it; the lane is free; its receipt decides
    HELD = 4  # its batch is paused


IN_LANE = (Place.WAITING,)
UNSENT = (Place.WAITING, Place.SCHEDULED, Place.HELD)  # neither under way nor with an upstream


class Delivery(Struct, gc=False):
    """One row of the delivery table, in its column order."""

    id: int
    kind: int
    message: int
    receiver: int
    key: int
    priority: int
    position: int
    place: int
    segment: int  # the next segment to send; those before it have arrived
    attempts: int
    repeated: int  # 1: an earlier attempt may have arrived
    enter_at: int | None
    expires_at: int
    via: str = ""  # upstreams tried, in order; the last is in charge. Empty: its device's own network


class Job(Struct, gc=False):
    """A taken delivery with all that its outlet needs. What memory holds of messages is jobs in flight, no
    more.
    """

    delivery: Delivery
    message: Message
    gate: str
    msisdn: str
    imsi: str
    lane_attempts: int = 0
    alerted: bool = False  # the device showed itself while the attempt was under way
    more: bool = False  # others wait behind it, so the radio channel should stay open (TP-MMS)


class LaneKey(Struct, frozen=True, gc=False, order=True):
    receiver: int
    key: int


class Lane(Struct, gc=False):
    """A lane that rests: nothing of it is in flight and something waits. `due_at` None: its head is in
    flight.
    """

    receiver: int
    key: int
    gate: str
    due_at: int | None
    attempts: int
    code: str


def gate_of_application(application: int) -> str:
    """The gate that carries all lanes of one application."""
    return f"application:{application}"


def receiver_of_gate(gate: str) -> int:
    """The receiver whose lanes this gate carries: an application, or devices and phones."""
    kind, _, number = gate.partition(":")
    return int(number) if kind == "application" else DEVICE_RECEIVER


def gate_of_upstream(name: str) -> str:
    return UPSTREAM + name


def upstream_of_gate(gate: str) -> str | None:
    return gate[len(UPSTREAM) :] if gate.startswith(UPSTREAM) else None


def gate_of_via(via: str) -> str:
    """Of the upstream in charge."""
    return UPSTREAM + via.rpartition(" ")[2]


def phones_of(org: int) -> int:
    """The receiver of what an organisation sends to phones outside the fleet. One organisation's lanes hold
    up no other's.
    """
    return -org


def key_of_phone(number: str) -> int:
    """The key of what an application hears of a phone outside the fleet: no device has it."""
    return -int(number) if number.isdecimal() else 0


def is_phone(receiver: int) -> bool:
    return receiver < 0
