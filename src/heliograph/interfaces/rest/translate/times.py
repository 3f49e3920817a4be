"""Times: ISO 8601 on the wire, milliseconds inside."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def shown(at: int) -> str:
    """As the contract writes dates: `2022-08-04T01:45:24.000+0000`."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}+0000"


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
