"""Times as SMPP writes them (SMPP 3.4 §7.1.1): `YYMMDDhhmmsstnnp`, sixteen characters.

Comes in: the characters and the time now, or milliseconds since the epoch. Goes out: the other one.
`Malformed` when the characters are no time. Never here: what time it is, and which times are acceptable.
"""

from datetime import UTC, datetime, timedelta, timezone

from heliograph.wire.errors import Malformed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER_MINUTES = 15
_ZONE_QUARTERS_LIMIT = 48
_CENTURY = 2000
"""Two digits carry no century."""


def parse_time(text: str, now_ms: int) -> int | None:
    """Milliseconds since the epoch; None for the empty string, which leaves it to the message centre."""
    if not text:
        return None
    if len(text) != 16 or not (text[:15].isascii() and text[:15].isdigit()):
        raise Malformed(f"{text!r} is no SMPP time")
    match text[15]:
        case "R":
            return _relative(text, now_ms)
        case "+":
            return _absolute(text, 1)
        case "-":
            return _absolute(text, -1)
        case _:
            raise Malformed(f"{text!r} is neither relative nor in a time zone")


def _pairs(text: str) -> list[int]:
    return [int(text[at : at + 2]) for at in range(0, 12, 2)]


def _relative(text: str, now_ms: int) -> int:
    """§7.1.1.2. Years and months are the calendar's; a month after 31 January is the end of February."""
    years, months, days, hours, minutes, seconds = _pairs(text)
    if not years and not months:
        return now_ms + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    start = _EPOCH + timedelta(milliseconds=now_ms)
    month_count = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(month_count, 12)
    try:
        moved = start.replace(year=year, month=month + 1, day=min(start.day, _month_days(year, month + 1)))
        moved += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        raise Malformed(f"{text!r} lies beyond the calendar") from None
    return _milliseconds(moved)


def _month_days(year: int, month: int) -> int:
    first = datetime(year, month, 1, tzinfo=UTC)
    return ((first + timedelta(days=31)).replace(day=1) - first).days


def _absolute(text: str, sign: int) -> int:
    """§7.1.1.1. The local time is `nn` quarters of an hour ahead (+) of UTC or behind it (-)."""
    year, month, day, hour, minute, second = _pairs(text)
    quarters = int(text[13:15])
    if quarters > _ZONE_QUARTERS_LIMIT:
        raise Malformed(f"{text!r} has a time zone of {quarters} quarters of an hour")
    zone = timezone(timedelta(minutes=sign * quarters * _QUARTER_MINUTES))
    try:
        moment = datetime(
            _CENTURY + year, month, day, hour, minute, second, int(text[12]) * 100_000, tzinfo=zone
        )
    except ValueError:
        raise Malformed(f"{text!r} is not in the calendar") from None
    return _milliseconds(moment)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def absolute_time(at_ms: int, *, zone_quarters: int = 0) -> str:
    """§7.1.1.1, to the tenth of a second below; ValueError when it has no two digits for the year."""
    if abs(zone_quarters) > _ZONE_QUARTERS_LIMIT:
        raise ValueError(f"a time zone of {zone_quarters} quarters of an hour")
    zone = timezone(timedelta(minutes=zone_quarters * _QUARTER_MINUTES))
    moment = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone)
    if not _CENTURY <= moment.year < _CENTURY + 100:
        raise ValueError(f"the year {moment.year} has no two digits")
    sign = "-" if zone_quarters < 0 else "+"
    return f"{moment:%y%m%d%H%M%S}{moment.microsecond // 100_000}{abs(zone_quarters):02d}{sign}"


def relative_time(seconds: int) -> str:
    """§7.1.1.2, in days and below, which every peer counts alike; ValueError for more than 99 days."""
    days, rest = divmod(seconds, 86_400)
    if not 0 <= days <= 99:
        raise ValueError(f"{seconds} s are no relative time of up to 99 days")
    hours, rest = divmod(rest, 3600)
    return f"0000{days:02d}{hours:02d}{rest // 60:02d}{rest % 60:02d}000R"
