"""Retention: what of a message is old enough to go. Counted from its final state; never before it.

A walk goes through an organisation's messages in the order of their acceptance, once. What it passes and
may not touch yet is kept on a list with the time to look again, so that no message is looked at
more than once a day.
"""

from collections.abc import Sequence
from enum import IntEnum

from msgspec import Struct

from heliograph.core.message import DAY_MS, HOUR_MS
from heliograph.core.organisation import Organisation
from heliograph.core.story.timeline import read


class What(IntEnum):
    BODY = 0
    MESSAGE = 1


class Walk(Struct, frozen=True):
    org: int
    what: What


class Retention(Struct, frozen=True):
    """How long things stay, in days. None is for ever (bodies: as long as their messages)."""

    message_days: int | None = 90
    body_days: int | None = None
    event_days: int | None = 90


class Candidate(Struct, frozen=True, gc=False):
    id: int
    accepted_at: int
    final_at: int | None
    expires_at: int
    timeline: str


class Kept(Struct, frozen=True, gc=False):
    look_at: int  # without the days: a setting that changes changes what is kept, too
    message: int


class Sorted(Struct, frozen=True):
    old: list[int]
    kept: list[Kept]


def walks(retention: Retention, organisation: Organisation) -> list[tuple[Walk, int]]:
    """What has to be walked for an organisation, with the days to keep."""
    body_days = organisation.body_days if organisation.body_days is not None else retention.body_days
    message_days = retention.message_days
    found = []
    if body_days is not None and (message_days is None or body_days < message_days):
        found.append((Walk(organisation.id, What.BODY), body_days))
    if message_days is not None:
        found.append((Walk(organisation.id, What.MESSAGE), message_days))
    return found


def until(now: int, days: int) -> int:
    return now - days * DAY_MS


def sort(candidates: Sequence[Candidate], cutoff: int) -> Sorted:
    """Which of them may go, and when to look at the others again."""
    old = [row.id for row in candidates if _is_old(row, cutoff)]
    kept = [Kept(_look_at(row, cutoff), row.id) for row in candidates if not _is_old(row, cutoff)]
    return Sorted(old, kept)


def _is_old(row: Candidate, cutoff: int) -> bool:
    return row.final_at is not None and row.final_at <= cutoff and not awaits_receipt(row.timeline)


def awaits_receipt(timeline: str) -> bool:
    """News of its end is still on the way. The timeline knows, wherever the delivery may be."""
    codes = [step.code for step in read(timeline)]
    return sum(code in _SENT for code in codes) > sum(code in _OVER for code in codes)


_SENT = frozenset({"receipt", "interim", "replayed"})
_OVER = frozenset(
    f"{what}_{end}" for what in ("receipt", "interim", "replay") for end in ("delivered", "lost")
)


def _look_at(row: Candidate, cutoff: int) -> int:
    """When it will be old, if its end is known. Else within a day, for it may end at any time."""
    if row.final_at is not None:
        return max(row.final_at, cutoff + HOUR_MS)
    return max(cutoff + HOUR_MS, min(row.expires_at, cutoff + DAY_MS))
