"""Wishing: a row with the fields that somebody named; the others stay as they are."""

from typing import TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

S = TypeVar("S", bound=Struct)


def as_wished(row: S, wish: Struct, **instead: object) -> S:
    """Every field of the wish is one of the row's. `instead`: values that take the place of those."""
    given = {name: value for name, value in asdict(wish).items() if value is not UNSET}
    return replace(row, **{**given, **instead})
