"""Migrating: brings a database to this program's schema, after a backup copy; refuses one that is newer or
changed.
"""

from collections.abc import Sequence
from pathlib import Path

import apsw

from heliograph.store.schema import MIGRATIONS, Migration


class WrongSchema(Exception):
    """The database cannot be used by this program. The text says why and what to do."""


def migrate(
    connection: apsw.Connection, path: Path | str, now: int, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Each migration in its own transaction, so that a crash leaves a whole number of them."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration(number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
    ).fetchall()
    rows = connection.execute("SELECT number, checksum FROM migration").fetchall()
    applied: dict[int, str] = dict(rows)  # type: ignore[arg-type] # two STRICT columns
    _check(applied, migrations)
    waiting = [migration for migration in migrations if migration.number not in applied]
    if applied and waiting:
        _back_up(connection, Path(str(path)), max(applied))
    for migration in waiting:
        _apply(connection, migration, now)


def unfit(path: Path) -> str | None:
    """Why this program would refuse the database, looked at without changing it."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        rows = connection.execute("SELECT number, checksum FROM migration").fetchall()
        _check(dict(rows), MIGRATIONS)  # type: ignore[arg-type] # two STRICT columns
    except WrongSchema as wrong:
        return str(wrong)
    finally:
        connection.close()
    return None


def _check(applied: dict[int, str], migrations: Sequence[Migration]) -> None:
    known = {migration.number: migration for migration in migrations}
    newer = applied.keys() - known.keys()
    if newer:
        raise WrongSchema(
            f"The database has schema {max(newer)}, this program knows {max(known)}. "
            "Install a newer Heliograph."
        )
    for number, checksum in applied.items():
        if known[number].checksum != checksum:
            raise WrongSchema(f"Migration {number} ({known[number].name}) was changed after it was applied.")


def _back_up(connection: apsw.Connection, path: Path, number: int) -> None:
    copy = path.with_name(f"{path.name}.before-schema-{number + 1}")
    copy.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(copy),)).fetchall()


def _apply(connection: apsw.Connection, migration: Migration, now: int) -> None:
    with connection:
        for statement in migration.statements("sqlite"):
            connection.execute(statement).fetchall()
        connection.execute(
            "INSERT INTO migration VALUES(?, ?, ?, ?)",
            (migration.number, migration.name, migration.checksum, now),
        ).fetchall()
