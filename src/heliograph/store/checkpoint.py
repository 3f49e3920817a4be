"""Checkpoints: the log's pages are carried into the database file by a thread of its own, beside the
traffic.

When the thread is through, the writer carries the few pages that came meanwhile, so that the log starts
over from its beginning and stays small.
"""

import threading
from pathlib import Path

import apsw

BUSY_MS = 1_000
PASSES = 5  # each has less to carry than the one before
REST = 400  # pages that the writer may have to wait for
PAGES = 48_000  # about 190 MB of log: the thread begins


class Checkpointer:
    """Told after each commit."""

    def __init__(self, path: Path | str) -> None:
        self._wanted = threading.Event()
        self._carried = threading.Event()
        self._asked = False
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
        if self._carried.is_set():
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._pages = 0
            self._carried.clear()
            self._asked = False
        elif self._pages > PAGES and not self._asked:
            self._asked = True
            self._wanted.set()

    def _count(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _work(self) -> None:
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(BUSY_MS)
        while self._wanted.wait() and not self._stopped:
            self._wanted.clear()
            for _ in range(PASSES):
                _, carried = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                if self._pages - carried < REST:
                    break
            self._carried.set()
        connection.close()

    def stop(self) -> None:
        self._stopped = True
        self._wanted.set()
        self._thread.join()
