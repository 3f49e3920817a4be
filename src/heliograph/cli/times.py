"""Times as people type them: `90s`, `30m`, `2h`, `1d`, `1w`, `1y`; `+10m` from now; `2026-05-01T08:00`."""

import re
import time
from datetime import UTC, datetime

import click

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
SLACK_MS = 60_000  # between two clocks, and for who types `now`
_DURATION = re.compile(r"([0-9]{1,9})([smhdwy]?)")


def now() -> int:
    return time.time_ns() // 1_000_000


def seconds(text: str) -> int:
    """A duration. A bare number is seconds."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise click.BadParameter(f"{text!r} is no duration; write 90s, 30m, 2h, 1d, 1w or 1y.")
    return int(match[1]) * UNIT_SECONDS[match[2] or "s"]


def at(text: str, now: int) -> int:
    """A moment to come, in milliseconds: `+10m` or an ISO time (local where no zone is given)."""
    if text.startswith("+"):
        return now + seconds(text[1:]) * 1000
    return moment(text)


def due(text: str, now: int) -> int:
    """When to send. A moment that has been is a slip: it would send at once, without a word."""
    wanted = at(text, now)
    if wanted >= now - SLACK_MS:
        return wanted
    from heliograph.core.refusal import refuse
    from heliograph.interfaces.control.client import Refused

    raise Refused(
        refuse("bad_schedule", reason=f"{shown(wanted)} UTC has been. Without --at it goes at once.")
    )


def since(text: str, now: int) -> int:
    """A moment that has been: `1h` ago, or an ISO time."""
    if _DURATION.fullmatch(text.strip().lower()):
        return now - seconds(text) * 1000
    return moment(text)


def moment(text: str) -> int:
    """An ISO time."""
    try:
        moment = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):  # no time, or one that no zone can tell
        raise click.BadParameter(f"{text!r} is no time; write 2026-05-01T08:00, with Z or +02:00.") from None
    return int(moment * 1000)


def shown(milliseconds: int | None) -> str:
    """For people: UTC, to the second."""
    if milliseconds is None:
        return ""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S}"
