"""Time stamps of TPDUs (3GPP TS 23.040 §9.2.3.11): seven octets to civil time with a zone, and epoch seconds.

A message is worth more than its time stamp: service centres do send zeros and fillers. So any seven octets
decode. Fields outside the calendar are kept, digits above nine give `UNKNOWN_TIME`, and neither is a moment.
Never here: what time it is.
"""

from dataclasses import dataclass

from heliograph.wire.gsm.semi_octets import NUMBERS, UNREADABLE, pack_number

TIMESTAMP_OCTETS = 7
FIRST_YEAR = 2000
LAST_YEAR = 2099
"""Two digits carry no century; every year of this one is a leap year when it divides by four."""

_FIRST_YEAR_EPOCH = 946_684_800
_DAY_SECONDS = 86_400
_ZONE_SECONDS = 900
_DAYS_OF_FOUR_YEARS = 1461
_ZONE_QUARTERS_LIMIT = 79
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE = tuple(sum(_MONTH_DAYS[:month]) for month in range(12))


@dataclass(frozen=True, slots=True)
class Timestamp:
    """The sender's local time, and its distance from UTC in quarters of an hour (negative to the west)."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    zone_quarters: int = 0


UNKNOWN_TIME = Timestamp(FIRST_YEAR, 0, 0)


def encode_timestamp(timestamp: Timestamp) -> bytes:
    """Seven octets; ValueError for a year of another century or a field of more than two digits."""
    quarters = abs(timestamp.zone_quarters)
    if quarters > _ZONE_QUARTERS_LIMIT:
        raise ValueError(f"time zone of {quarters} quarters")
    # Bit 3 of the zone, the top of its tens digit, is the sign.
    zone = pack_number(quarters) | (0x08 if timestamp.zone_quarters < 0 else 0)
    year = pack_number(timestamp.year - FIRST_YEAR)
    month, day = pack_number(timestamp.month), pack_number(timestamp.day)
    hour, minute = pack_number(timestamp.hour), pack_number(timestamp.minute)
    return bytes((year, month, day, hour, minute, pack_number(timestamp.second), zone))


def decode_timestamp(octets: bytes) -> Timestamp:
    """Any seven octets; see the door sign for what is no time."""
    year, month, day, hour, minute, second = fields = octets[:6].translate(NUMBERS)
    quarters = NUMBERS[octets[6] & 0xF7]
    if UNREADABLE in fields or quarters == UNREADABLE:
        return UNKNOWN_TIME
    if octets[6] & 0x08:
        quarters = -quarters
    return Timestamp(FIRST_YEAR + year, month, day, hour, minute, second, quarters)


def epoch_seconds(timestamp: Timestamp) -> int | None:
    """The moment in seconds since 1970 UTC; None when the fields name none."""
    years, month = timestamp.year - FIRST_YEAR, timestamp.month
    if not (0 <= years <= LAST_YEAR - FIRST_YEAR and 1 <= month <= 12):
        return None
    leap_day = years % 4 == 0
    if not 1 <= timestamp.day <= _MONTH_DAYS[month - 1] + (leap_day and month == 2):
        return None
    if not (0 <= timestamp.hour <= 23 and 0 <= timestamp.minute <= 59 and 0 <= timestamp.second <= 59):
        return None
    day_of_year = _DAYS_BEFORE[month - 1] + (leap_day and month > 2) + timestamp.day - 1
    days = years * 365 + (years + 3) // 4 + day_of_year
    of_day = timestamp.hour * 3600 + timestamp.minute * 60 + timestamp.second
    return _FIRST_YEAR_EPOCH + days * _DAY_SECONDS + of_day - timestamp.zone_quarters * _ZONE_SECONDS


def timestamp_at(epoch: int, zone_quarters: int = 0) -> Timestamp:
    """The moment as local time of a zone; ValueError outside 2000 to 2099."""
    days, of_day = divmod(epoch + zone_quarters * _ZONE_SECONDS - _FIRST_YEAR_EPOCH, _DAY_SECONDS)
    fours, day = divmod(days, _DAYS_OF_FOUR_YEARS)
    years = max(day - 1, 0) // 365  # the first of four years is the leap year
    year = FIRST_YEAR + fours * 4 + years
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{epoch} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    if years:
        day -= years * 365 + 1
    month, day = _month_and_day(day, leap_year=years == 0)
    return Timestamp(year, month, day, of_day // 3600, of_day // 60 % 60, of_day % 60, zone_quarters)


def _month_and_day(day_of_year: int, *, leap_year: bool) -> tuple[int, int]:
    for month, days in enumerate(_MONTH_DAYS, start=1):
        length = days + (leap_year and month == 2)
        if day_of_year < length:
            return month, day_of_year + 1
        day_of_year -= length
    raise AssertionError("a year has at most 366 days")
