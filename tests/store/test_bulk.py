"""Many rows with few statements do what one statement per row does."""

import apsw
import pytest

from heliograph.store.sql.catalogue import WRITES
from heliograph.store.sqlite.bulk import WIDTHS, Write, widen

INSERT = "INSERT INTO t(id, a, b) VALUES(:id, :a, 0) ON CONFLICT(id) DO UPDATE SET a = excluded.a"
UPDATE = "UPDATE t SET a = t.a || :a WHERE t.id = :id"
DELETE = "DELETE FROM t WHERE id IN (VALUES(:id))"


@pytest.fixture
def connection() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER) STRICT").fetchall()
    return connection


def rows_of(connection: apsw.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT id, a FROM t ORDER BY id").fetchall())


@pytest.mark.parametrize("count", [1, 7, 8, 9, 31, 32, 33, 47, 100])
def test_any_number_of_rows(connection: apsw.Connection, count: int) -> None:
    Write(INSERT).run(connection, [(id, f"a{id}") for id in range(count)])
    assert rows_of(connection) == {id: f"a{id}" for id in range(count)}
    Write(UPDATE).run(connection, [("!", id) for id in range(count)])
    assert rows_of(connection) == {id: f"a{id}!" for id in range(count)}
    Write(DELETE).run(connection, [(id,) for id in range(0, count, 2)])
    assert list(rows_of(connection)) == list(range(1, count, 2))


def test_two_changes_of_one_row_are_both_made_in_order(connection: apsw.Connection) -> None:
    Write(INSERT).run(connection, [(id, "") for id in range(32)])
    Write(UPDATE).run(connection, [*(("1", id) for id in range(32)), ("2", 5)])
    assert rows_of(connection)[5] == "12"


def test_the_later_of_two_inserts_wins(connection: apsw.Connection) -> None:
    Write(INSERT).run(connection, [*((id, "first") for id in range(31)), (5, "second")])
    assert rows_of(connection)[5] == "second"


@pytest.mark.parametrize("name", WRITES)
def test_every_write_of_the_catalogue_can_be_widened(name: str) -> None:
    for width in WIDTHS:
        text = widen(WRITES[name], width)
        assert text is not None
        assert text.count("?") % width == 0
        assert ":" not in text
