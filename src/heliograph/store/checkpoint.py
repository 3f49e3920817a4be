"""Checkpoints: the log's pages are carried into the database file by a thread of its own, beside the
traffic.

The log starts over from its beginning only when all of it is carried and nobody writes meanwhile. Under
load that never happens by itself, so the writer carries the last few pages: when it has nothing else to do,
or when the log has grown to its limit.
"""

import threading
from pathlib import Path

import apsw

BUSY_MS = 1_000
PAGES = 16_000  # of 4 KiB: the thread carries as many at a time
PAGES_AT_MOST = 128_000  # about 500 MB of log: the writer waits until it is carried
PAGES_AT_REST = 1_000  # what an idle writer leaves


class Checkpointer:
    """Told after each commit, and when the writer is idle."""

    def __init__(self, path: Path | str) -> None:
        self._wanted = threading.Event()
        self._stopped = False
        self._path = str(path)
        self._pages = 0  # in the log
        self._asked_at = 0
        self._finish_at = PAGES_AT_MOST
        self._hooked = False
        self._thread = threading.Thread(target=self._work, name="checkpoint", daemon=True)
        self._thread.start()

    def after_commit(self, connection: apsw.Connection) -> None:
        if not self._hooked:
            connection.set_wal_hook(self._count)
            self._hooked = True
        if self._pages < self._asked_at:  # the log started over
            self._asked_at, self._finish_at = 0, PAGES_AT_MOST
        if self._pages > self._finish_at:
            self._finish(connection)
        elif self._pages - self._asked_at > PAGES:
            self._asked_at = self._pages
            self._wanted.set()

    def when_idle(self, connection: apsw.Connection) -> None:
        if self._pages > PAGES_AT_REST:
            self._finish(connection)
            self._pages = 0

    def _finish(self, connection: apsw.Connection) -> None:
        """A reader may keep the log from starting over; then not every commit tries it again."""
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._asked_at, self._finish_at = self._pages, self._pages + PAGES

    def _count(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _work(self) -> None:
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(BUSY_MS)
        while self._wanted.wait() and not self._stopped:
            self._wanted.clear()
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        connection.close()

    def stop(self) -> None:
        self._stopped = True
        self._wanted.set()
        self._thread.join()
