"""An HTTP server inside our own loop: it takes an ASGI application and a listening socket, and stops when
told.

In: bytes of clients, in clear or over TLS. Out: calls of the application. Knows no SMS. Signals and the
order of stopping are the program's, not the server's.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from heliograph.runtime.http.limits import HttpDoor, Limits
from heliograph.runtime.http.protocol import HardProtocol
from heliograph.runtime.tls import Tls

BACKLOG = 2048
SWEEP_SECONDS = 0.5
LAST_TURNS_SECONDS = 0.02  # of the loop, in which the ends of connections are told
KEEPALIVE_SECONDS = 60  # a silent peer is asked by the kernel whether it is there


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; an OSError says why not."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


class HttpServer:
    """`door` has the bounds and the words of refusals. `stopping` is told first of a stop."""

    def __init__(
        self,
        application: Callable[..., Awaitable[Any]],
        listener: socket.socket,
        door: HttpDoor | None = None,
        tls: Tls | None = None,
        stopping: Callable[[], None] | None = None,
    ) -> None:
        self._listener = listener
        self._door = door or HttpDoor(Limits())
        self._tls = tls
        self._renew_at = 0.0
        self._stopping = stopping
        self._config = uvicorn.Config(
            application,
            http=HardProtocol,
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def refused(self) -> dict[int, int]:
        """How often by status, before any application saw the request."""
        return self._door.refused

    async def start(self) -> None:
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        self._config.load()
        loop = asyncio.get_running_loop()
        self._sweep(loop)
        self._server = await loop.create_server(
            lambda: HardProtocol(self._door, self._config, self._state, loop),
            sock=self._listener,
            ssl=None if self._tls is None else self._tls.context,
            ssl_handshake_timeout=None if self._tls is None else self._door.limits.head_seconds,
            backlog=BACKLOG,
        )

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        now = loop.time()
        for connection in self._connections():
            connection.sweep(now)
        if self._tls is not None and now >= self._renew_at:
            self._renew_at = now + self._door.limits.renew_seconds
            self._tls.renew()
        self._sweeping = loop.call_later(SWEEP_SECONDS, self._sweep, loop)

    def _connections(self) -> list[HardProtocol]:
        return list(self._state.connections)  # type: ignore[arg-type]  # all of them are ours

    async def stop(self) -> None:
        """No new connections; what is under way is answered, within a second; then all of it ends."""
        if self._server is None:
            self._listener.close()
            return
        if self._stopping is not None:
            self._stopping()
        self._server.close()
        for connection in self._connections():
            connection.shutdown()
        await self._wait(self._door.limits.stop_seconds)
        for connection in self._connections():
            connection.abandon()
        await self._wait(self._door.limits.cancel_seconds)
        for task in self._state.tasks:
            task.cancel()
        await self._wait(self._door.limits.cancel_seconds)
        for connection in self._connections():
            connection.transport.abort()
        if self._sweeping is not None:
            self._sweeping.cancel()
        await asyncio.sleep(LAST_TURNS_SECONDS)

    async def _wait(self, seconds: float) -> None:
        """For the requests that are under way."""
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=seconds)
