"""Backup: a consistent, checked copy of the database, made while the server runs.

In: the database file and a folder. Out: a file that appears under its name whole or not at all.
"""

from pathlib import Path

from msgspec import Struct


class BackupFailed(Exception):
    """No backup was made. The text says why."""


class Backup(Struct, frozen=True):
    path: str
    size_bytes: int


def backup(database: Path, folder: Path, now: int) -> Backup:
    """Blocks for as long as the copy takes: call it from a thread."""
    raise BackupFailed(f"{database} to {folder} at {now}")
