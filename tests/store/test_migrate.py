"""Migrating: step by step after a copy; what was changed or is newer is refused."""

from pathlib import Path

import apsw
import pytest

from heliograph.store.migrate import WrongSchema, migrate
from heliograph.store.schema import MIGRATIONS, Migration

SECOND = Migration(2, "colours", "CREATE TABLE colour(name TEXT)@STRICT@; INSERT INTO colour VALUES('red')")
THIRD = Migration(3, "broken", "CREATE TABLE shade(name TEXT)@STRICT@; INSERT INTO nowhere VALUES(1)")
FIRST = MIGRATIONS[:1]
BOTH = (*FIRST, SECOND)


def open_at(path: Path) -> apsw.Connection:
    return apsw.Connection(str(path))


def tables(connection: apsw.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def applied(connection: apsw.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT number, name, checksum, applied_at FROM migration").fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heliograph.db"


def test_a_new_database_gets_all_and_needs_no_copy(path: Path) -> None:
    connection = open_at(path)
    migrate(connection, path, 5, BOTH)
    assert {"message", "delivery", "colour"} <= tables(connection)
    assert applied(connection) == [(step.number, step.name, step.checksum, 5) for step in BOTH]
    assert [file.name for file in path.parent.glob("*before*")] == []


def test_a_second_start_changes_nothing(path: Path) -> None:
    migrate(open_at(path), path, 5, FIRST)
    connection = open_at(path)
    before = connection.execute("SELECT * FROM sqlite_schema").fetchall()
    migrate(connection, path, 6, FIRST)
    assert connection.execute("SELECT * FROM sqlite_schema").fetchall() == before
    assert [row[3] for row in applied(connection)] == [5]


def test_an_older_database_is_migrated_after_a_copy(path: Path) -> None:
    connection = open_at(path)
    migrate(connection, path, 5, FIRST)
    connection.execute("INSERT INTO organisation(id, name, created_at) VALUES(1, 'acme', 0)").fetchall()
    migrate(connection, path, 6, BOTH)
    assert connection.execute("SELECT name FROM colour").fetchall() == [("red",)]
    copy = open_at(path.with_name("heliograph.db.before-schema-2"))
    assert copy.execute("SELECT name FROM organisation").fetchall() == [("acme",)]
    assert "colour" not in tables(copy)
    assert len(applied(copy)) == 1


def test_an_old_copy_is_replaced(path: Path) -> None:
    connection = open_at(path)
    migrate(connection, path, 5, FIRST)
    copy = path.with_name("heliograph.db.before-schema-2")
    copy.write_bytes(b"rubbish")
    migrate(connection, path, 6, BOTH)
    assert "message" in tables(open_at(copy))


def test_a_changed_migration_is_refused(path: Path) -> None:
    connection = open_at(path)
    migrate(connection, path, 5, BOTH)
    changed = Migration(2, "colours", SECOND.text + " ")
    with pytest.raises(WrongSchema, match=r"Migration 2 \(colours\) was changed"):
        migrate(connection, path, 6, (*FIRST, changed))


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    connection = open_at(path)
    migrate(connection, path, 5, BOTH)
    before = path.read_bytes()
    with pytest.raises(WrongSchema, match="has schema 2, this program knows 1"):
        migrate(connection, path, 6, FIRST)
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_a_whole_number_of_them(path: Path) -> None:
    connection = open_at(path)
    with pytest.raises(apsw.SQLError):
        migrate(connection, path, 5, (*BOTH, THIRD))
    assert "colour" in tables(connection)
    assert "shade" not in tables(connection)
    assert len(applied(connection)) == 2
    migrate(connection, path, 6, BOTH)


def test_the_text_of_released_migrations_never_changes() -> None:
    """Both engines get every statement, with no token left."""
    for step in MIGRATIONS:
        for engine in ("sqlite", "pg"):
            statements = step.statements(engine)
            assert statements
            assert not [text for text in statements if "@" in text]
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
