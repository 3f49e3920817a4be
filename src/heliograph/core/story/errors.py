"""What the far end calls the error for which it did not deliver: its own numbers, kept beside our reason.

In: an upstream's `err` and network_error_code. Out: one word for the timeline; and from a timeline the two
again, for the receipt that the sender gets.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from heliograph.core.story.timeline import read

_ERR = re.compile(r"[0-9A-Za-z]{1,8}")
_WORD = re.compile(r"([0-9A-Za-z]{0,8})(?:/([0-9]{1,3})\.([0-9]{1,5}))?")
CENTRE_SPECIFIC = 8  # SMPP 5.0 §4.8.4.42: the message centre's own
_HIGHEST = 0xFFFF


class FarError(NamedTuple):
    """`err` as a receipt's text has it, then the type of network and the code of network_error_code."""

    err: str
    network: int
    code: int


def written(err: str | None, network: int = 0, code: int = 0) -> str:
    """As one word; empty when neither says anything."""
    said = err if err is not None and _ERR.fullmatch(err) and err.strip("0") else ""
    return f"{said}/{network}.{code}" if code else said


def far_error(timeline: str, reason: str | None) -> FarError | None:
    """Of the report that ended it, if that named one."""
    for step in reversed(read(timeline)):
        if step.code == "rerouted":
            return None
        if step.code == "reported" and len(step.arguments) > 2 and step.arguments[1] == reason:
            return _read(step.arguments[2])
    return None


def _read(said: str) -> FarError | None:
    found = _WORD.fullmatch(said)
    if found is None:
        return None
    err, network, code = found.groups()
    if code is not None:
        return FarError(err or f"{int(code):03d}", int(network), int(code))
    number = int(err) if err.isdigit() and int(err) <= _HIGHEST else None
    return FarError(err.rjust(3, "0"), CENTRE_SPECIFIC, number or 0)


def in_words(said: Sequence[str]) -> str:
    """For people: the rest of a step `reported`."""
    found = _read(said[0]) if said else None
    if found is None:
        return ""
    return f" Its own number for that is {found.err}."
