"""Checkpoints: the log's pages are carried into the database file by a thread of its own, beside the
traffic.

The log starts over from its beginning only when all of it is carried and nobody writes meanwhile. Under
load that never happens by itself. So once the log is long the thread carries again and again, each time
less, and the writer carries the few pages that are left; or all that is left, when the log has grown to its
limit. An idle writer does the same.
"""

import threading
from pathlib import Path

import apsw
from msgspec import Struct

BUSY_MS = 1_000
PASSES = 4  # of the thread, each about half as long as the one before
AGAIN_PAGES = 16_000  # a reader kept the log from starting over: it is tried again after so many more


class Limits(Struct, frozen=True):
    """In pages of 4 KiB. A page that was written often is carried once, so a long log is cheap to carry."""

    begin: int = 64_000  # the thread begins to carry
    more: int = 64_000  # beyond that: the writer waits until all is carried, at about 500 MB of log
    few: int = 150  # so few the writer carries itself, within 5 ms
    some: int = 1_000  # so few, within 20 ms, when the thread gains nothing on it


class Checkpointer:
    """Told after each commit, and when the writer is idle."""

    def __init__(self, path: Path | str, limits: Limits = Limits()) -> None:  # noqa: B008 # it is frozen
        self._limits = limits
        self._wanted = threading.Event()
        self._stopped = False
        self._path = str(path)
        self._pages = 0  # in the log
        self._carried = 0  # of these
        self._passes = 0
        self._begin_at = limits.begin
        self._hooked = False
        self._carrying = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="checkpoint", daemon=True)
        self._thread.start()

    def after_commit(self, connection: apsw.Connection) -> None:
        if not self._hooked:
            connection.set_wal_hook(self._count)
            self._hooked = True
        if self._pages < self._carried:  # the log started over
            self._carried, self._passes, self._begin_at = 0, 0, self._limits.begin
        if self._pages <= self._begin_at:
            return
        if self._pages > self._begin_at + self._limits.more:
            self._finish(connection)
        elif self._carrying.locked():
            return
        elif self._pages - self._carried > self._most():
            self._wanted.set()
        else:
            self._finish(connection)

    def _most(self) -> int:
        """What the writer carries itself. On a slow disk each pass leaves as much as the last one."""
        return self._limits.few if self._passes < PASSES else self._limits.some

    def when_idle(self, connection: apsw.Connection) -> None:
        if self._pages > self._limits.few:
            self._finish(connection)
            self._pages = 0

    def _finish(self, connection: apsw.Connection) -> None:
        """A reader may keep the log from starting over; then not every commit tries it again."""
        self._carry(connection)
        self._begin_at, self._passes = self._pages + AGAIN_PAGES, 0

    def _carry(self, connection: apsw.Connection) -> None:
        with self._carrying:
            try:
                self._carried = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)[1]
            except (apsw.BusyError, apsw.FullError, apsw.IOError):
                """Another program carries, or the disk is full. The log keeps all; it is tried again."""

    def _count(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _work(self) -> None:
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(BUSY_MS)
        while self._wanted.wait() and not self._stopped:
            self._wanted.clear()
            self._pass(connection)
        connection.close()

    def _pass(self, connection: apsw.Connection) -> None:
        # A connection that has read nothing knows of no log, and carries nothing.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        self._carry(connection)
        self._passes += 1

    def stop(self) -> None:
        self._stopped = True
        self._wanted.set()
        self._thread.join()
