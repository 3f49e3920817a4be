"""The contract's words for what is called, and what answers mean: the only place where they meet ours (§5).

In: a job with its device's name, or the answer to a call. Out: a request; an outcome.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.json import Encoder

from heliograph.core.announcement import happening_of
from heliograph.core.delivery import Job, Kind
from heliograph.core.message import DEVICE_DELETED, FINAL, STATE_NAMES, Message, State
from heliograph.core.outcome import DELIVERED, Outcome, Temporary, Unknown
from heliograph.core.schedule import LONGEST_RETRY_AFTER_SECONDS
from heliograph.core.story.reasons import reason
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs
from heliograph.wire.gsm.udh import build_header, parse_header, without_place

_ENCODE = Encoder().encode
_DCS = {Alphabet.GSM7: 0, Alphabet.OCTETS: 4, Alphabet.UCS2: 8}
_TOLD = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED})
_SEVERITIES = {0: "Info", 1: "Warn", 2: "Critical"}
Describe = Callable[[str], tuple[int, str]]  # an event's type, in the contract's number and words
TEST = -1  # in the log, beside the kinds of deliveries

GONE = 410
BUSY = (429, 503)
_CLASSES = {3: "receiver_moved", 4: "receiver_refused"}  # of statuses; any other is out of order


class Request(Struct, frozen=True):
    method: str
    id: str  # the same each time that this is told, whenever
    body: bytes


class Named(Struct, frozen=True):
    id: int
    name: str


class Numbered(Struct, frozen=True):
    id: int


class Part(Struct, frozen=True):
    partno: int
    total: int
    identifier: int


class Mo(Struct, frozen=True, omit_defaults=True):
    pid: int
    id: int
    dcs: int
    source_address: str
    dest_address: str
    endpoint: Named | None  # null: a phone outside the fleet sent it
    organisation: Named
    multi_part_info: Part
    submit_date: str
    payload: str
    udh: str = ""  # ours: the header's other elements, when there are some


class Status(Struct, frozen=True):
    status: str
    id: int


class Receipt(Struct, frozen=True):
    status: Status
    endpoint: Named | None
    id: int
    submit_date: str
    organisation: Numbered
    final_date: str


class Described(Struct, frozen=True):
    id: int
    description: str


class Event(Struct, frozen=True):
    """Ours."""

    id: int
    timestamp: str
    type: str  # by which a callback subscribes
    event_type: Described
    description: str
    event_severity: Described
    organisation: Named
    endpoint: Named | None
    sms: Numbered | None
    detail: str


class Trial(Struct, frozen=True):
    """Ours: what the test button sends."""

    id: int
    timestamp: str
    type: str
    description: str
    organisation: Named


def shown(at: int) -> str:
    """As callbacks write dates: UTC, without saying so."""
    return _second(at // 1000)


@lru_cache(1_000)
def _second(at: int) -> str:
    """Many happen in one second, and formatting a date costs more than all else of a body."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def request_of(job: Job, device: str, organisation: str, describe: Describe) -> Request | None:
    """None: of this nothing is told."""
    kind, message = job.delivery.kind, job.message
    if kind == Kind.EVENT:
        return _event(job, device, organisation, describe)
    endpoint = Named(job.delivery.key, device) if job.delivery.key > 0 else None
    if kind == Kind.RECEIPT:
        return _receipt(message, endpoint)
    body = _mo(message, endpoint, Named(message.org, organisation))
    return Request("POST", f"mo_{message.id}", _ENCODE(body))


def _mo(message: Message, endpoint: Named | None, organisation: Named) -> Mo:
    alphabet = parse_dcs(message.dcs).alphabet
    octets = message.body or b""
    part, udh = _part(message) if message.udh else (Part(1, 1, message.id), "")
    return Mo(
        message.pid,
        message.id,
        _DCS[alphabet],
        message.source,
        message.destination,
        endpoint,
        organisation,
        part,
        shown(message.accepted_at),
        octets.hex() if alphabet is Alphabet.OCTETS else octets.decode("utf-8", "replace"),
        udh,
    )


def _part(message: Message) -> tuple[Part, str]:
    """A part that came by itself has its place in its header; of a joined SMS none is left."""
    whole = Part(1, 1, message.id)
    try:
        header = parse_header(message.udh)
    except Malformed:
        return whole, message.udh.hex()
    place = header.concatenation
    others = without_place(header)
    part = whole if place is None else Part(place.sequence, place.total, place.reference)
    return part, build_header(others).hex() if others else ""


def _receipt(message: Message, endpoint: Named | None) -> Request | None:
    """Final states only, and nobody is told of what he took back himself."""
    if message.state not in FINAL or (message.state not in _TOLD and message.reason != DEVICE_DELETED):
        return None
    body = Receipt(
        Status(STATE_NAMES[message.state], message.state),
        endpoint,
        message.id,
        shown(message.accepted_at),
        Numbered(message.org),
        shown(message.final_at or message.accepted_at),
    )
    return Request("PATCH", f"receipt_{message.id}", _ENCODE(body))


def _event(job: Job, device: str, organisation: str, describe: Describe) -> Request | None:
    """None when retention has removed it meanwhile."""
    happening = happening_of(job.message)
    if not happening.type:
        return None
    severity = _SEVERITIES.get(happening.severity, "Warn")
    described = Described(*describe(happening.type))
    body = Event(
        happening.id,
        shown(happening.at),
        happening.type,
        described,
        described.description,
        Described(happening.severity, severity),
        Named(happening.org, organisation),
        None if happening.device is None else Named(happening.device, device),
        None if happening.message is None else Numbered(happening.message),
        happening.detail,
    )
    return Request("POST", f"event_{happening.id}", _ENCODE(body))


def trial(org: int, organisation: str, number: int, now: int) -> Request:
    body = Trial(number, shown(now), "test", "A test of this callback", Named(org, organisation))
    return Request("POST", f"test_{number}", _ENCODE(body))


def outcome_of(status: int, retry_after: str | None, now: int) -> Outcome:
    """What an answer means. 410 is the caller's to act on, too."""
    if 200 <= status < 300:
        return DELIVERED
    if status == GONE:
        return Temporary("callback_disabled")
    if status in BUSY:
        wait_seconds = _seconds(retry_after, now)
        if status == BUSY[0] or wait_seconds is not None:
            return Temporary("receiver_busy", wait_seconds)
    return Temporary(_CLASSES.get(status // 100, "receiver_failing"))


def _seconds(text: str | None, now: int) -> int | None:
    """RFC 9110 §10.2.3: seconds, or a date."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_RETRY_AFTER_SECONDS)
    try:
        wait = parsedate_to_datetime(text).timestamp() - now / 1000
    except (ValueError, OverflowError):
        return None
    return max(0, min(round(wait), LONGEST_RETRY_AFTER_SECONDS))


def code_of(outcome: Outcome) -> str:
    """For the log."""
    return outcome.code if isinstance(outcome, Temporary | Unknown) else "delivered"


def explained(code: str) -> str:
    return "delivered" if code == "delivered" else reason(code)
