"""Time zones: a moment on the clock of the wall where a device is.

The zones are data of the system or of the `tzdata` package, read once per zone when a rule set is compiled.
"""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

LONGEST_ZONE = 64
MINUTES_A_DAY = 24 * 60


def is_zone(name: str) -> bool:
    if not 1 <= len(name) <= LONGEST_ZONE:
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a path out of the database, none of these
        return False
    return True


def zone_of(name: str | None) -> tzinfo:
    return UTC if name is None or not is_zone(name) else ZoneInfo(name)


def wall_clock(now: int, zone: tzinfo) -> tuple[int, int]:
    """(weekday, Monday is 0; minute of the day)."""
    local = datetime.fromtimestamp(now / 1000, zone)
    return local.weekday(), local.hour * 60 + local.minute
