"""Lists that people filter and sort: the statement finds what the same wish finds in memory."""

from collections.abc import Iterator
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as some

from heliograph.flow.reads.listing import Condition, Operator, Order, Value, Wanted, select
from heliograph.store.sql.listing import Listing, Source

COLUMNS = ("id", "name", "tags", "at", "owner")
SOURCE = Source(
    "thing t",
    ", ".join(f"t.{name}" for name in COLUMNS),
    {**{name: f"t.{name}" for name in COLUMNS}, "colour": "o.colour"},
    {"o": "LEFT JOIN owner o ON o.id = t.owner"},
    "t.id",
    "t.id",
)
THROUGH = Source(
    SOURCE.table,
    SOURCE.row,
    SOURCE.columns,
    {},
    "t.id",
    "t.id",
    {"o": "t.owner IN (SELECT o.id FROM owner o WHERE :v1 > 0 AND {test})"},
)
COLOURS = {1: "red", 2: "Blue"}
Row = dict[str, Value]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    tags = ["", "a", "a,b", "ab", "b,c"]
    return [
        {
            "id": id,
            "name": f"Thing {id % 7}" if id % 5 else "",
            "tags": tags[id % len(tags)],
            "at": id * 37 % 50,
            "owner": id % 3 or None,
        }
        for id in range(1, 41)
    ]


@pytest.fixture(scope="module")
def connection(rows: list[Row]) -> Iterator[apsw.Connection]:
    opened = apsw.Connection(":memory:")
    opened.execute("CREATE TABLE thing(id INTEGER PRIMARY KEY, org, name, tags, at, owner)").fetchall()
    opened.execute("CREATE TABLE owner(id INTEGER PRIMARY KEY, colour)").fetchall()
    opened.executemany("INSERT INTO thing VALUES(?, 1, ?, ?, ?, ?)", [tuple(row.values()) for row in rows])
    opened.executemany("INSERT INTO owner VALUES(?, ?)", COLOURS.items())
    opened.execute("INSERT INTO thing VALUES(99, 2, 'Thing 1', 'a', 1, 1)").fetchall()
    yield opened
    opened.close()


def read(row: Row, column: str) -> Value:
    return COLOURS.get(int(row["owner"] or 0)) if column == "colour" else row[column]


def ask(
    connection: apsw.Connection, source: Source, wanted: Wanted, limit: int = 100
) -> tuple[list[Any], int]:
    listing = Listing(source, wanted, "t.org = :v1", (1,))
    page, count = listing.page(0, limit), listing.count(1_000)
    ids = [row[0] for row in connection.execute(page.text, page.values)]
    ((total,),) = connection.execute(count.text, count.values).fetchall()
    return ids, int(str(total))


texts = some.sampled_from(["", "thing", "THING 3", "a", "b", "red", "blue", "l", "%", "a,b"])
numbers = some.integers(-1, 51)
conditions = some.one_of(
    some.builds(
        Condition, some.sampled_from(["name", "tags", "colour"]), some.just(Operator.CONTAINS), texts
    ),
    some.builds(
        Condition, some.just("tags"), some.just(Operator.TAGGED), some.sampled_from(["a", "b", "ab"])
    ),
    some.builds(Condition, some.just("name"), some.just(Operator.AMONG), some.just("Thing 1,Thing 2")),
    some.builds(
        Condition,
        some.sampled_from(["at", "id", "owner"]),
        some.sampled_from([Operator.IS, Operator.SINCE, Operator.BEFORE]),
        numbers,
    ),
    some.builds(Condition, some.sampled_from(["owner", "name"]), some.just(Operator.IS), some.none()),
)
orders = some.lists(
    some.builds(Order, some.sampled_from(["id", "name", "at", "owner"]), some.booleans()), max_size=2
)
wishes = some.builds(
    lambda some, order: Wanted(tuple(some), tuple(order)), some.lists(conditions, max_size=12), orders
)


@given(wanted=wishes)
def test_the_store_finds_what_memory_finds(
    connection: apsw.Connection, rows: list[Row], wanted: Wanted
) -> None:
    last = bool(wanted.orders) and wanted.orders[-1].descending
    whole = Wanted(wanted.conditions, (*wanted.orders, Order("id", last)))
    expected = [row["id"] for row in select(rows, whole, read)]
    assert ask(connection, SOURCE, wanted) == (expected, len(expected))
    assert ask(connection, THROUGH, wanted) == (expected, len(expected))


def test_a_count_goes_one_beyond_its_bound(connection: apsw.Connection) -> None:
    count = Listing(SOURCE, Wanted(), "t.org = :v1", (1,)).count(10)
    assert connection.execute(count.text, count.values).fetchall() == [(11,)]


def test_pages_do_not_overlap(connection: apsw.Connection) -> None:
    listing = Listing(SOURCE, Wanted((), (Order("owner"),)), "t.org = :v1", (1,))
    found: list[Any] = []
    for offset in range(0, 40, 7):
        page = listing.page(offset, 7)
        found += [row[0] for row in connection.execute(page.text, page.values)]
    assert sorted(found) == list(range(1, 41))
