"""Times as people type them: `90s`, `30m`, `2h`, `1d`, `1w`; `+10m` from now; `2026-05-01T08:00`."""

import re
from datetime import UTC, datetime

import click

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([0-9]{1,9})([smhdw]?)")


def seconds(text: str) -> int:
    """A duration. A bare number is seconds."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise click.BadParameter(f"{text!r} is no duration; write 90s, 30m, 2h, 1d or 1w.")
    return int(match[1]) * UNIT_SECONDS[match[2] or "s"]


def at(text: str, now: int) -> int:
    """A moment to come, in milliseconds: `+10m` or an ISO time (local where no zone is given)."""
    if text.startswith("+"):
        return now + seconds(text[1:]) * 1000
    return moment(text)


def since(text: str, now: int) -> int:
    """A moment that has been: `1h` ago, or an ISO time."""
    if _DURATION.fullmatch(text.strip().lower()):
        return now - seconds(text) * 1000
    return moment(text)


def moment(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time; write 2026-05-01T08:00, with Z or +02:00.") from None
    return int(time.timestamp() * 1000)


def shown(milliseconds: int | None) -> str:
    """For people: UTC, to the second."""
    if milliseconds is None:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
