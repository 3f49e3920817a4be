"""Idempotency: the same key and the same request get the first one's answer for a day.

In: the key and the fingerprint of a request, and what is kept under the key. Out: is this a new request, a
repeat, or another one under a used key.
"""

from enum import Enum

from msgspec import Struct

from heliograph.core.message import DAY_MS
from heliograph.core.refusal import Refusal

LONGEST_KEY = 255
KEPT_MS = DAY_MS
# These say "again later", so the same key may then succeed. Every other answer is kept.
PASSING = frozenset(
    {
        "queue_full",
        "store_full",
        "stopping",
        "rate_reached",
        "pending_limit_reached",
        "bad_template",
        "batch_state",
        "console_rate_reached",
    }
)


class KeptAnswer(Struct, gc=False):
    """One row of the kept_answer table, in its column order."""

    org: int
    key: str
    at: int
    fingerprint: bytes
    refused: int
    answer: bytes


class Standing(Enum):
    NEW = "new"
    REPEAT = "repeat"
    OTHER = "other"


def is_key(text: str) -> bool:
    """Visible ASCII. Quotes are part of it, wherever they come from."""
    return 1 <= len(text) <= LONGEST_KEY and text.isascii() and text.isprintable()


def standing(kept: KeptAnswer | None, fingerprint: bytes, now: int) -> Standing:
    if kept is None or now - kept.at >= KEPT_MS:
        return Standing.NEW
    return Standing.REPEAT if kept.fingerprint == fingerprint else Standing.OTHER


def is_kept(answer: object) -> bool:
    return not (isinstance(answer, Refusal) and answer.code in PASSING)
