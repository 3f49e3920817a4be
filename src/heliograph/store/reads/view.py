"""A view: one read-only connection. Each question is answered inside one snapshot, which has a time limit."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import apsw

from heliograph.flow.reads.port import TooSlow
from heliograph.store.reads.people import READS

CACHE_KIB = 8_192
BUSY_MS = 1_000
_STEPS = 4_000  # of SQLite's machine, between two looks at the clock: a fraction of a millisecond

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it
Value = int | str | bytes | None
T = TypeVar("T")


class View:
    """Used by one thread at a time."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        self.connection = apsw.Connection(self.path, flags=apsw.SQLITE_OPEN_READONLY)
        self.connection.set_busy_timeout(BUSY_MS)
        self.connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}; PRAGMA query_only = ON").fetchall()
        self.connection.set_progress_handler(self._is_late, _STEPS)
        self._deadline: float | None = None

    def _is_late(self) -> bool:
        return self._deadline is not None and monotonic() > self._deadline

    def answer(self, question: Callable[["View"], T], longest_seconds: float) -> T:
        self._deadline = monotonic() + longest_seconds
        self.connection.execute("BEGIN").fetchall()
        try:
            return question(self)
        except apsw.InterruptError as error:
            raise TooSlow("The question takes too long. Narrow it.") from error
        finally:
            self._deadline = None
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK").fetchall()

    def rows(self, name: str, *values: Value) -> list[Row]:
        return self.connection.execute(READS[name], values).fetchall()

    def row(self, name: str, *values: Value) -> Row | None:
        rows = self.rows(name, *values)
        return rows[0] if rows else None

    @property
    def page_bytes(self) -> int:
        rows: list[Row] = self.connection.execute("PRAGMA page_size").fetchall()
        return int(rows[0][0])

    def close(self) -> None:
        self.connection.close()
