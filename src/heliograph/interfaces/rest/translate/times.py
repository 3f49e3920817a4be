"""Times: ISO 8601 on the wire, milliseconds inside."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)  # isoformat writes no zone then; strftime costs ten times as much
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS, _MINUTE_MS, _SECOND_MS = 86_400_000, 60_000, 1_000
_LONGEST_DAY = len("2022-08-04")
_SECONDS = re.compile(r"[T ]\d\d:?\d\d:?\d\d")
_LOST_PLUS = re.compile(r"(\d:?\d\d\S*) (\d\d:?\d\d)$")  # a + in a query that nobody escaped


def shown(at: int) -> str:
    """As the contract writes dates: `2022-08-04T01:45:24.000+0000`."""
    return f"{(_NAIVE_EPOCH + timedelta(milliseconds=at)).isoformat(timespec='milliseconds')}+0000"


def maybe_shown(at: int | None) -> str | None:
    return None if at is None else shown(at)


def read(text: str) -> int | None:
    """ISO 8601; without a zone it is UTC. None: this is no date."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None


def span_of(text: str) -> tuple[int, int] | None:
    """From when until when, as exact as it is written: `2022-08-04` is the whole day."""
    text = _LOST_PLUS.sub(r"\1+\2", text.strip())
    at = read(text)
    if at is None:
        return None
    if len(text) <= _LONGEST_DAY:
        return at, at + _DAY_MS
    if _SECONDS.search(text) is None:
        return at, at + _MINUTE_MS
    return at, at + (1 if "." in text else _SECOND_MS)
