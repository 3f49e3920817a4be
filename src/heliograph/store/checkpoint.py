"""Checkpoints: the log's pages are carried into the database file by a thread of its own, beside the
traffic.

The writer only helps when the log grew past a second mark, so that it can start over from its beginning.
"""

import threading
from pathlib import Path

import apsw

PAGES = 4_000  # about 16 MB: the thread begins
PAGES_AT_MOST = 40_000  # about 160 MB: the writer waits for the rest


class Checkpointer:
    """Told after each commit."""

    def __init__(self, path: Path | str) -> None:
        self._wanted = threading.Event()
        self._stopped = False
        self._path = str(path)
        self._pages = 0
        self._hooked = False
        self._thread = threading.Thread(target=self._work, name="checkpoint", daemon=True)
        self._thread.start()

    def after_commit(self, connection: apsw.Connection) -> None:
        if not self._hooked:
            connection.set_wal_hook(self._count)
            self._hooked = True
        if self._pages > PAGES_AT_MOST:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._pages = 0
        elif self._pages > PAGES and not self._wanted.is_set():
            self._wanted.set()

    def _count(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _work(self) -> None:
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(1000)
        while self._wanted.wait() and not self._stopped:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._wanted.clear()
        connection.close()

    def stop(self) -> None:
        self._stopped = True
        self._wanted.set()
        self._thread.join()
