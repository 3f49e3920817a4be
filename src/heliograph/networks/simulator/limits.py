"""Limits of what a profile may say: ranges, lengths, counts, addresses, by the name of a field.

In: a parsed profile. Out: where the first limit is broken, and which. Checked here and not by msgspec's own
constraints: in 0.22 a union of a constrained number with a tuple reads wrong memory.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

YEAR_SECONDS = 366 * 24 * 3600
LONGEST_TEXT = 1600
MO_TEXTS = 5  # SMS in one answer
ENTRIES = 32  # of each kind: answers, alerts, reports, readings, known senders

_RANGES: dict[str, tuple[float, float]] = {
    "after_seconds": (0, YEAR_SECONDS),
    "answer_lost_chance": (0, 1),
    "answer_seconds": (0, 3600),
    "awake_seconds": (0.1, YEAR_SECONDS),
    "chance": (0, 1),
    "every_seconds": (1, YEAR_SECONDS),
    "free_after_seconds": (0, YEAR_SECONDS),
    "lose_segment": (0, 255),
    "paging_seconds": (0, 25),
    "readings_every_seconds": (1, YEAR_SECONDS),
    "restart_seconds": (0.1, YEAR_SECONDS),
    "segment_gap_seconds": (0, 3600),
    "slots": (1, 1000),
    "times": (1, 5),
}
_ANY_NUMBER = (-1e12, 1e12)
_LENGTHS = {"pattern": 200, "reply": LONGEST_TEXT, "text": LONGEST_TEXT, "known_senders": 18}
_SHORT = 200  # any other text
_ADDRESSES = frozenset({"to", "home"})
_ADDRESS = re.compile(r"(\+?[0-9*#]{1,17})?")

Found = Iterator[tuple[str, str]]


def broken_limits(value: object, where: str = "", name: str = "") -> Found:
    """Every field that breaks its limit: where, and what is wrong."""
    match value:
        case Struct():
            for field in value.__struct_fields__:
                yield from broken_limits(getattr(value, field), f"{where}.{field}".lstrip("."), field)
        case dict():
            yield from _count(value, where, ENTRIES)
            for key, entry in value.items():
                yield from broken_limits(entry, f"{where}.{key}", key)
        case tuple():
            yield from _tuple(value, where, name)
        case str():
            yield from _text(value, where, name)
        case int() | float() if not isinstance(value, bool):
            low, high = _RANGES.get(name, _ANY_NUMBER)
            if not low <= value <= high:
                yield where, f"{value} is not between {low:g} and {high:g}"


def _tuple(value: tuple[object, ...], where: str, name: str) -> Found:
    numbers = [entry for entry in value if isinstance(entry, int | float)]
    if numbers:
        if len(value) != 2 or numbers != sorted(numbers):
            yield where, "needs one number, or two of which the first is the smaller"
    else:
        yield from _count(value, where, MO_TEXTS if name == "reply" else ENTRIES)
    for index, entry in enumerate(value):
        yield from broken_limits(entry, f"{where}[{index}]", name)


def _count(value: tuple[object, ...] | dict[object, object], where: str, most: int) -> Found:
    if len(value) > most:
        yield where, f"has {len(value)} entries, {most} is the most"


def _text(value: str, where: str, name: str) -> Found:
    most = _LENGTHS.get(name, _SHORT)
    if len(value) > most:
        yield where, f"has {len(value)} characters, {most} is the most"
    if name in _LENGTHS and not value:
        yield where, "is empty"
    if name in _ADDRESSES and not _ADDRESS.fullmatch(value):
        yield where, f"{value!r} is not a number"
