"""Backup: a consistent, checked copy of the database, made while the server runs.

In: the database file and a folder. Out: a file that appears under its name whole, or not at all. While it
copies, the log of the running server cannot start over, so it grows by what is written meanwhile.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import apsw
from msgspec import Struct

BUSY_MS = 10_000
MINE_ALONE = 0o600  # it holds all that the store holds


class BackupFailed(Exception):
    """No backup was made. The text says why."""


class Backup(Struct, frozen=True):
    path: str
    size_bytes: int


def backup(database: Path, folder: Path, now: int) -> Backup:
    """Blocks for as long as the copy takes: call it from a thread."""
    if not database.is_file():
        raise BackupFailed(f"There is no database at {database}.")
    if not folder.is_dir():
        raise BackupFailed(f"There is no folder at {folder}.")
    moment = datetime.fromtimestamp(now / 1000, UTC)
    target = folder / f"heliograph-{moment:%Y%m%dT%H%M%S}{now % 1000:03}Z.sqlite"
    if target.exists():
        raise BackupFailed(f"{target} exists. A backup is never overwritten.")
    partial = folder / f".{target.name}.partial"
    try:
        # SQLite fills an empty file that is there, so that nobody else can read it, not even for a moment.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MINE_ALONE))
    except OSError as error:
        raise BackupFailed(f"The backup to {folder} failed: {error}") from error
    try:
        _copy(database, partial)
        _sync(partial)
        partial.rename(target)
        _sync(folder)
    except (apsw.Error, OSError) as error:
        raise BackupFailed(f"The backup to {folder} failed: {error}") from error
    finally:
        for left in (partial, Path(f"{partial}-journal")):
            left.unlink(missing_ok=True)
    return Backup(str(target), target.stat().st_size)


def _copy(database: Path, partial: Path) -> None:
    source = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        source.set_busy_timeout(BUSY_MS)
        source.execute("VACUUM INTO ?", (str(partial),)).fetchall()
    finally:
        source.close()
    _check(partial)


def _check(partial: Path) -> None:
    copy = apsw.Connection(str(partial), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = "; ".join(str(row[0]) for row in copy.execute("PRAGMA quick_check(10)").fetchall())
        if found != "ok":
            raise BackupFailed(f"The copy is damaged, and so may be the database: {found}")
        copy.execute("SELECT max(number) FROM migration").fetchall()
    finally:
        copy.close()


def _sync(path: Path) -> None:
    """What was written is on the disk, and so is the name."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
