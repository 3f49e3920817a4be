"""Criteria: the contract's `q` and `sort` (§3), read once for all lists.

In: their texts and the fields that a list knows. Out: what is wanted, in columns. Written to forgive what
known clients send (§1.6): a missing comma before `field:null`, values with colons, spaces and commas, whole
numbers as floats, an enum's repr as a sort, and a bare value.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from heliograph.flow.reads.listing import (
    MOST_CONDITIONS,
    MOST_ORDERS,
    Condition,
    Operator,
    Order,
    Value,
    Wanted,
)
from heliograph.interfaces.rest.problem import Problem, problem
from heliograph.interfaces.rest.translate.times import span_of

LONGEST = 2_048
LARGEST = 2**63 - 1
_FIELD = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*:(.*)", re.DOTALL)
_REPR = re.compile(r"-?[A-Za-z]\w*\.\w+")  # `DeviceSort.LAST_UPDATED`
_NUMBER = re.compile(r"-?\d{1,19}(?:\.0+)?")
_EDGES = (">", "<")


class Field(Struct, frozen=True):
    """One that a list can be filtered and sorted by."""

    column: str
    # `number`, `text` (a part of it will do), `exact`, `tag`, `time`, `since`, `until`, or `search`: each
    # word is part of something; one of digits alone is looked for in the column `…_digits`
    kind: str
    words: Mapping[str, int] = {}  # numbers that may be written as words, in lower case
    sorts: bool = True


Fields = Mapping[str, Field]


def wanted(q: str, sort: str, fields: Fields, bare: str = "name") -> Wanted:
    """`bare` is the field of a value without one."""
    return Wanted(conditions(q, fields, bare), orders(sort, fields))


def conditions(q: str, fields: Fields, bare: str = "name") -> tuple[Condition, ...]:
    if len(q) > LONGEST:
        raise _invalid_query(f"q is longer than {LONGEST} characters")
    pairs = _pairs(q, fields, bare)
    found = tuple(condition for name, text in pairs for condition in _conditions(name, text, fields))
    if len(found) > MOST_CONDITIONS:
        raise _invalid_query(f"q has more than {MOST_CONDITIONS} criteria")
    return found


def _pairs(q: str, fields: Fields, bare: str) -> list[tuple[str, str]]:
    """Pieces between commas; one that names no field goes on with the value before it."""
    pairs: list[tuple[str, str]] = []
    for piece in filter(str.strip, q.split(",")):
        named = _FIELD.fullmatch(piece)
        if named is not None:
            pairs += _parted(named[1].lower(), named[2].strip(), fields)
        elif pairs:
            name, text = pairs[-1]
            pairs[-1] = (name, f"{text},{piece}")
        else:
            pairs.append((bare, piece.strip()))
    return pairs


def _parted(name: str, text: str, fields: Fields) -> list[tuple[str, str]]:
    """`iccid:123endpoint:null`: the SDK forgets a comma here."""
    for other in fields:
        rest = text.removesuffix(f"{other}:null")
        if rest != text and rest:
            return [(name, rest.strip()), (other, "null")]
    return [(name, text)]


def _conditions(name: str, text: str, fields: Fields) -> list[Condition]:
    field = fields.get(name)
    if field is None:
        raise _invalid_query(f"Cannot filter by {name}; fields are {', '.join(fields)}")
    if text == "null":
        return [Condition(field.column, Operator.IS, None)]
    if field.kind in ("time", "since", "until"):
        return _times(name, text, field)
    if field.kind == "tag":
        return [Condition(field.column, Operator.TAGGED, tag.strip()) for tag in text.split(",")]
    if field.kind == "search":
        return [_searched(field, word) for word in text.split()]
    if field.kind == "number":
        return [Condition(field.column, Operator.IS, _number(name, text, field))]
    operator = Operator.CONTAINS if field.kind == "text" else Operator.IS
    return [Condition(field.column, operator, text)]


def _searched(field: Field, word: str) -> Condition:
    digits = word.removeprefix("+")
    if digits.isascii() and digits.isdecimal():
        return Condition(f"{field.column}_digits", Operator.CONTAINS, digits)
    return Condition(field.column, Operator.CONTAINS, word)


def _number(name: str, text: str, field: Field) -> Value:
    word = field.words.get(text.strip().lower())
    if word is not None:
        return word
    if not _NUMBER.fullmatch(text.strip()):
        raise _invalid_query(f"{name}: {text[:100]!r} is no number")
    return max(-LARGEST, min(int(text.partition(".")[0]), LARGEST))


def _times(name: str, text: str, field: Field) -> list[Condition]:
    """As exact as it is written: a day means the whole day. `>` and `<` mean after and before it."""
    edge = text[0] if text[:1] in _EDGES else ""
    span = span_of(text.removeprefix(edge))
    if span is None:
        raise _invalid_query(f"{name}: {text[:100]!r} is no ISO 8601 date")
    since = Condition(field.column, Operator.SINCE, span[1] if edge == ">" else span[0])
    before = Condition(field.column, Operator.BEFORE, span[0] if edge == "<" else span[1])
    if edge:
        return [since] if edge == ">" else [before]
    return {"since": [since], "until": [before]}.get(field.kind, [since, before])


def orders(sort: str, fields: Fields) -> tuple[Order, ...]:
    """An unknown one in the shape of an enum's repr is passed over: the SDK sends such."""
    found: dict[str, Order] = {}
    for text in filter(None, map(str.strip, sort[:LONGEST].split(","))):
        field = fields.get(text.removeprefix("-").strip().lower())
        if field is not None and field.sorts:
            found.setdefault(field.column, Order(field.column, text.startswith("-")))
        elif not _REPR.fullmatch(text):
            names = ", ".join(name for name, field in fields.items() if field.sorts)
            raise problem(422, 1302, f"Cannot sort by {text[:100]}; fields are {names}")
    if len(found) > MOST_ORDERS:
        raise problem(422, 1302, f"Cannot sort by more than {MOST_ORDERS} fields")
    return tuple(found.values())


def sort_shown(orders: tuple[Order, ...], fields: Fields) -> str:
    """What was sorted by, as `sort` writes it."""
    names = {field.column: name for name, field in reversed(list(fields.items()))}
    return ",".join(f"{'-' * order.descending}{names.get(order.column, order.column)}" for order in orders)


def _invalid_query(why: str) -> Problem:
    return problem(422, 1301, f"Invalid query criteria: {why}")
