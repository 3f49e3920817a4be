"""What a list is asked for: conditions on columns, an order, a page. Values only.

In: what an interface read. Out: for the store, which turns it into a statement; for short lists, `select`.
Columns are names that both sides know: fields of rows.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")
Value = int | str | None
MOST_CONDITIONS = 20
MOST_ORDERS = 8


class Operator(Enum):
    IS = "is"  # a value of None: there is none
    CONTAINS = "contains"  # letters in any case
    TAGGED = "tagged"  # the column is a comma-separated list that has this
    AMONG = "among"  # the value is a comma-separated list that has the column's
    SINCE = "since"  # then or later
    BEFORE = "before"


class Condition(Struct, frozen=True):
    column: str
    operator: Operator
    value: Value


class Order(Struct, frozen=True):
    column: str
    descending: bool = False


class Wanted(Struct, frozen=True):
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()


ANYTHING = Wanted()
Read = Callable[[T, str], Value]  # a column of a row


def select(rows: Sequence[T], wanted: Wanted, read: Read[T]) -> list[T]:
    """Of a list that is in memory: those that meet all conditions, in the order asked for."""
    found = [row for row in rows if all(meets(read(row, one.column), one) for one in wanted.conditions)]
    for order in reversed(wanted.orders):
        found.sort(key=lambda row: _place(read(row, order.column)), reverse=order.descending)
    return found


def meets(value: Value, condition: Condition) -> bool:
    """What is not there meets no condition but that it is not there."""
    asked = condition.value
    if asked is None or value is None:
        return asked is None and value in (None, "")
    match condition.operator:
        case Operator.IS:
            return value == asked
        case Operator.CONTAINS:
            return str(asked).lower() in str(value).lower()
        case Operator.TAGGED:
            return str(asked) in str(value).split(",")
        case Operator.AMONG:
            return str(value) in str(asked).split(",")
    if not isinstance(value, int) or not isinstance(asked, int):
        return False
    return value >= asked if condition.operator is Operator.SINCE else value < asked


def _place(value: Value) -> tuple[int, int, str]:
    """None first, then numbers, then texts: a column may mix them."""
    if value is None:
        return (0, 0, "")
    return (1, value, "") if isinstance(value, int) else (2, 0, value)
