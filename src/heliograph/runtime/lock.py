"""The folder lock: one process at a time works on a data folder. The kernel frees it when its holder dies.

In: a folder, and how long to wait. Out: a held lock, or `Locked`, which names the process that holds it.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

LOCK_NAME = "lock"
POLL_SECONDS = 0.05


class Locked(Exception):
    """Another process works on the folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        self.folder = folder
        self.pid = pid
        holder = f"process {pid}" if pid else "another process"
        super().__init__(f"The data folder {folder} is in use by {holder}.")


class FolderLock:
    """A held lock. Leaving the context frees it."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor = descriptor

    def release(self) -> None:
        """Once or more often."""
        if self._descriptor >= 0:
            # The file stays: unlinking it would let two processes lock two files of one name.
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def take(folder: Path, wait_seconds: float = 0.0) -> FolderLock:
    """Takes the folder's lock, waiting at most that long."""
    deadline = time.monotonic() + wait_seconds
    while True:
        lock = try_take(folder)
        if lock is not None:
            return lock
        if time.monotonic() >= deadline:
            raise Locked(folder, holder(folder))
        time.sleep(POLL_SECONDS)


def try_take(folder: Path) -> FolderLock | None:
    """The lock, or None when another process has it."""
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return FolderLock(folder, descriptor)


def holder(folder: Path) -> int | None:
    """The process that said it holds the lock. A hint for people: the lock itself is the truth."""
    try:
        text = (folder / LOCK_NAME).read_text()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
