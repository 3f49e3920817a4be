"""An HTTP server inside our own loop: it takes an ASGI application and a listening socket, and stops when
told.

In: bytes of clients. Out: calls of the application. Knows no SMS. Signals and the order of stopping are the
program's, not the server's.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
STOP_SECONDS = 1  # requests under way at a stop have so long
MOST_CONNECTIONS = 10_000
_START_POLL_SECONDS = 0.005


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The program hears them."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; an OSError says why not."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


class HttpServer:
    def __init__(self, application: Callable[..., Awaitable[Any]], listener: socket.socket) -> None:
        self._listener = listener
        config = uvicorn.Config(
            application,
            http="httptools",
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    async def start(self) -> None:
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        self._task = asyncio.create_task(self._server.serve([self._listener]), name="http")
        while not self._server.started and not self._task.done():  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(_START_POLL_SECONDS)
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """No new connections; what is under way is answered, within a second."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
