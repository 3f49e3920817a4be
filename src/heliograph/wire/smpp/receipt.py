"""The text of a delivery receipt (SMPP 3.4 Appendix B): ours, and whatever others make of it.

`id:IIII sub:SSS dlvrd:DDD submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DDDDDDD err:E text:…`

Comes in: a `Receipt`, or octets of a short_message. Goes out: the other one. Reading never fails: what cannot
be found is None. Never here: whose message it is, and the TLVs that say the same better.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from heliograph.wire.smpp.numbers import MessageState

TEXT_LIMIT = 20
"""Appendix B: the first twenty characters of the short message."""
RECEIPT_LIMIT = 4096
"""Octets that are looked at; a receipt is far shorter."""
_MINUTES_KEPT = 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`state` is None when the word for it is unknown; `word` is that word as it came."""

    message_id: str | None = None
    submitted: int | None = None
    delivered: int | None = None
    submitted_at_ms: int | None = None
    done_at_ms: int | None = None
    state: MessageState | None = None
    error: str | None = None
    text: bytes | None = None
    word: str = ""


# Appendix B, Table B-2, and SKIPPED and SCHEDULED of 5.0.
_WORDS = {
    MessageState.SCHEDULED: "SCHEDLD",
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
    MessageState.SKIPPED: "SKIPPED",
}
_STATES = {word: state for state, word in _WORDS.items()} | {
    "DELIVERED": MessageState.DELIVERED,
    "DELIVERD": MessageState.DELIVERED,
    "DELIVR": MessageState.DELIVERED,
    "EXPIRD": MessageState.EXPIRED,
    "UNDELIVERABLE": MessageState.UNDELIVERABLE,
    "UNDELIVERED": MessageState.UNDELIVERABLE,
    "UNDELIVRD": MessageState.UNDELIVERABLE,
    "UNDLVRD": MessageState.UNDELIVERABLE,
    "FAILED": MessageState.UNDELIVERABLE,
    "ACCEPTED": MessageState.ACCEPTED,
    "ACKED": MessageState.ACCEPTED,
    "BUFFERED": MessageState.ENROUTE,
    "BUFFRED": MessageState.ENROUTE,
    "EN_ROUTE": MessageState.ENROUTE,
    "REJECTED": MessageState.REJECTED,
    "REJECT": MessageState.REJECTED,
    "CANCELED": MessageState.DELETED,
    "CANCELLED": MessageState.DELETED,
    "UNKNOWN": MessageState.UNKNOWN,
    "UNKNWN": MessageState.UNKNOWN,
    "SCHEDULED": MessageState.SCHEDULED,
}


def build_receipt(receipt: Receipt) -> bytes:
    """The text that everybody can read. Times are UTC; counts and error are cut to three digits."""
    state = _WORDS[MessageState.UNKNOWN if receipt.state is None else receipt.state]
    return (
        f"id:{receipt.message_id or ''} sub:{_count(receipt.submitted)} dlvrd:{_count(receipt.delivered)}"
        f" submit date:{_date(receipt.submitted_at_ms)} done date:{_date(receipt.done_at_ms)}"
        f" stat:{state} err:{(receipt.error or '000')[:3]} text:"
    ).encode("latin-1", "replace") + (receipt.text or b"")[:TEXT_LIMIT]


def _count(number: int | None) -> str:
    return f"{min(number or 0, 999):03d}"


def _date(at_ms: int | None) -> str:
    return _minute((at_ms or 0) // 60_000)


@lru_cache(_MINUTES_KEPT)
def _minute(since_epoch: int) -> str:
    return f"{_EPOCH + timedelta(minutes=since_epoch):%y%m%d%H%M}"


# What nearly all of them are; the rest is found field by field.
_STANDARD = re.compile(
    rb"id:(\S{1,64}) sub:(\d{3}) dlvrd:(\d{3}) submit date:(\d{10}) done date:(\d{10})"
    rb" stat:([A-Z]{7}) err:([^\s:]{1,8}) [Tt]ext:(.*)",
    re.DOTALL,
)
# A field begins after a separator, whatever its case and however its name is written; a date may hold a space
# or punctuation, a state a space never. `text` takes all the rest.
_FIELD = re.compile(
    rb"(?:^|[\s,;|])(id|sub|dlvrd|submit[ _-]?date|done[ _-]?date|stat(?:us)?|state|err(?:or)?|te?xt)"
    rb"\s{0,3}[:=]\s{0,3}",
    re.IGNORECASE,
)
_FIELDS_LIMIT = 32
_NAMES = {b"status": b"stat", b"state": b"stat", b"error": b"err", b"txt": b"text"}


def parse_receipt(octets: bytes) -> Receipt:
    """What a receipt says, of any vendor. An id stays as it is written: hexadecimal or not is a setting."""
    match = _STANDARD.fullmatch(octets) if len(octets) <= RECEIPT_LIMIT else None
    if match is not None:
        id, sub, dlvrd, submitted, done, stat, error, text = match.groups()
        word = stat.decode()
        moments = _moment(submitted), _moment(done)
        id, error = id.decode("latin-1"), error.decode("latin-1")
        return Receipt(id, int(sub), int(dlvrd), *moments, _STATES.get(word), error, text, word)
    found = _fields(octets[:RECEIPT_LIMIT])
    word = _word(found.get(b"stat"))
    return Receipt(
        message_id=_word(found.get(b"id")) or None,
        submitted=_number(found.get(b"sub")),
        delivered=_number(found.get(b"dlvrd")),
        submitted_at_ms=_moment(_start(found.get(b"submitdate"))),
        done_at_ms=_moment(_start(found.get(b"donedate"))),
        state=_STATES.get(word.upper()),
        error=_word(found.get(b"err")) or None,
        text=found.get(b"text"),
        word=word,
    )


def is_receipt(octets: bytes) -> bool:
    """It has an id and a state: for deliver_sm of centres that forget esm_class 0x04."""
    return {b"id", b"stat"} <= _fields(octets[:RECEIPT_LIMIT]).keys()


def _fields(octets: bytes) -> dict[bytes, bytes]:
    """The first of each name; nothing behind `text` is one."""
    found: dict[bytes, bytes] = {}
    name, start = b"", 0
    for count, match in enumerate(_FIELD.finditer(octets)):
        if name:
            found.setdefault(name, octets[start : match.start()])
        name = re.sub(rb"[ _-]", b"", match[1].lower())
        name = _NAMES.get(name, name)
        start = match.end()
        if name == b"text" or count >= _FIELDS_LIMIT:
            break
    if name:
        found.setdefault(name, octets[start:])
    return found


def _word(value: bytes | None) -> str:
    return (value or b"").strip(b" \t\r\n\0,;|\"'").decode("latin-1")


def _number(value: bytes | None) -> int | None:
    word = _word(value)
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 9 else None


def _start(value: bytes | None) -> bytes | None:
    """Enough for any date; what is remembered stays small."""
    return value[:32] if value else None


@lru_cache(_MINUTES_KEPT)
def _moment(value: bytes | None) -> int | None:
    """Digits with anything between them: ten, twelve with seconds, more with the whole year. In UTC."""
    digits = re.sub(rb"[^0-9]", b"", value or b"").decode()
    at_ms = _calendar(digits) if len(digits) in (10, 12) else None
    if at_ms is None and len(digits) in (12, 14):
        at_ms = _calendar(digits[2:])
    return at_ms


def _calendar(digits: str) -> int | None:
    year, month, day, hour, minute, second = (int(digits[at : at + 2] or 0) for at in range(0, 12, 2))
    try:
        moment = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (moment - _EPOCH) // timedelta(milliseconds=1)
