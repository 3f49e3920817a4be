"""Asking: the one way from a command to the core. A running server is asked over its socket; with none,
the folder's lock is taken and the same handlers run in this process.

In: a verb and its arguments. Out: the answer as plain values. Refusals and locked folders are exceptions.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from heliograph.cli.where import Where
from heliograph.interfaces.control.client import Client, Hear, NoServer
from heliograph.interfaces.control.frames import NOTHING, Frame, Reply, Request
from heliograph.runtime.lock import POLL_SECONDS, FolderLock, Locked, holder, try_take
from heliograph.runtime.unavailable import Unavailable

LOCK_WAIT_SECONDS = 5.0
STORE_NAME = "heliograph.db"  # as `app` has it, which a command to a running server need not import

OnItem = Callable[[Any], Reply | None]
OnProgress = Callable[[int, int | None], None]


class NoData(Unavailable):
    """There is no installation in this folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"There is no data in {data}. The first `serve` or `device add` makes it.")


class Backend(Protocol):
    def call(self, request: Request, hear: Hear) -> msgspec.Raw: ...


class Asker:
    """Asks one backend on behalf of one command."""

    def __init__(self, backend: Backend, org: str | None) -> None:
        self._backend = backend
        self._org = org

    def __call__(
        self,
        verb: str,
        on_item: OnItem | None = None,
        on_progress: OnProgress | None = None,
        **arguments: Any,
    ) -> Any:
        def hear(frame: Frame) -> Reply | None:
            if frame.progress is not None and on_progress is not None:
                on_progress(frame.progress.done, frame.progress.total)
            if frame.item != NOTHING and on_item is not None:
                return on_item(msgspec.json.decode(frame.item))
            return None

        given = {name: value for name, value in arguments.items() if value is not None}
        request = Request(verb, self._org, msgspec.Raw(msgspec.json.encode(given)))
        return msgspec.json.decode(self._backend.call(request, hear))

    def items(self, verb: str, **arguments: Any) -> list[Any]:
        found: list[Any] = []
        self(verb, on_item=found.append, **arguments)
        return found


@contextmanager
def asking(where: Where, engine: bool = False, founds: bool = False) -> Iterator[Asker]:
    """`engine`: without a server, deliver too; else what is accepted here waits for one. `founds`: where
    there is no installation, make one; without it a mistyped folder is an error.
    """
    with _backend(where, engine, founds) as backend:
        yield Asker(backend, where.org)


def _backend(where: Where, engine: bool, founds: bool) -> AbstractContextManager[Backend]:
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            return _over_socket(Client(where.data))
        except NoServer:
            if not founds and not _is_founded(where.data):
                raise NoData(where.data) from None
        lock = _lock(where.data)
        if lock is not None:
            return _in_place(where, lock, engine)
        if time.monotonic() >= deadline:
            raise Locked(where.data, holder(where.data))
        time.sleep(POLL_SECONDS)  # another command works there, or a server is starting


def _is_founded(data: Path) -> bool:
    """Also while its first server starts, which holds the lock before there is a store."""
    return (data / STORE_NAME).exists() or holder(data) is not None


def _lock(data: Path) -> FolderLock | None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return try_take(data)


@contextmanager
def _over_socket(client: Client) -> Iterator[Backend]:
    try:
        yield client
    finally:
        client.close()


def _in_place(where: Where, lock: FolderLock, engine: bool) -> AbstractContextManager[Backend]:
    from heliograph.cli.in_place import in_place

    return in_place(where, lock, engine)
