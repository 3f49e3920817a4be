"""A lean HTTP/1.1 client for many small requests to few places: connections are kept and used again.

In: a method, a target, a body, headers. Out: an answer with its first bytes, or `CallFailed` with the reason.
Every connection is opened to an address that was looked at. Never follows a redirect, keeps a cookie, uses a
proxy or decompresses; what must never be sent twice is never sent twice.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine, Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection
from msgspec import Struct

from heliograph.runtime.http.answer import FIRST_BYTES, Answer, CallFailed, Connection

IDLE_SECONDS = 4.0  # a connection is not used again after so long: servers close theirs after five
NAMES_SECONDS = 10.0  # how long a resolved name is believed
MOST_NAMES = 1_000
NEXT_ADDRESS_SECONDS = 0.25  # RFC 8305 §5
_IPV4 = 4
_PORTS = {"http": 80, "https": 443}

Info = tuple[int, int, int, str, Any]  # as `getaddrinfo` has it
Resolve = Callable[[str, int], Coroutine[Any, Any, Sequence[Info]]]


class NotConnected(CallFailed):
    """Nothing was sent."""


class NotResolved(NotConnected):
    """The host's name has no address."""


class NotPermitted(NotConnected):
    """None of its addresses may be called."""


class NotTrusted(NotConnected):
    """No TLS, or a certificate that does not hold."""


class Limits(Struct, frozen=True):
    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    connections: int = 1_000  # to all places together


class Place(Struct, frozen=True):
    """What a connection leads to."""

    is_tls: bool
    host: str
    port: int


class Target:
    """A well-formed URL, with what is the same in each request to it."""

    def __init__(self, url: str, agent: str, media: str = "application/json") -> None:
        parts = urlsplit(url)
        self.place = Place(parts.scheme == "https", parts.hostname or "", parts.port or _PORTS[parts.scheme])
        rest = url[len(parts.scheme) + len("://") + len(parts.netloc) :]
        path = rest if rest.startswith("/") else f"/{rest}"
        self.head = (
            f" {path} HTTP/1.1\r\nhost: {parts.netloc}\r\nuser-agent: {agent}\r\naccept: */*\r\n"
            f"accept-encoding: identity\r\ncontent-type: {media}\r\n"
        )

    def request(self, method: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        named = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        return f"{method}{self.head}{named}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body


def _written_out(host: str, port: int) -> Info | None:
    """Of an address there is nothing to look up."""
    try:
        version = ip_address(host).version
    except ValueError:
        return None
    if version == _IPV4:
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))
    return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0))


class HttpClient:
    """Made on the running loop. `permits` decides on each address, as text."""

    def __init__(
        self,
        permits: Callable[[str], bool],
        limits: Limits,
        resolve: Resolve | None = None,
        names_seconds: float = NAMES_SECONDS,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._permits = permits
        self._limits = limits
        self._resolve: Resolve = resolve or self._look_up
        self._names_seconds = names_seconds
        self._names: dict[tuple[str, int], tuple[float, asyncio.Task[Sequence[Info]]]] = {}
        self._idle: dict[Place, list[Connection]] = {}  # the one that rested longest first
        self._sweeper: asyncio.TimerHandle | None = None
        self._room = asyncio.Semaphore(limits.connections)
        self._open: set[Connection] = set()
        self._tls: ssl.SSLContext | None = None

    async def call(
        self, method: str, target: Target, body: bytes, headers: Mapping[str, str], kept: int = FIRST_BYTES
    ) -> Answer:
        """`kept`: as many octets of the answer's body."""
        deadline = self._loop.time() + self._limits.total_seconds
        connection = self._rested(target.place) or await self._connect(target.place)
        timer = self._loop.call_at(deadline, connection.give_up)
        try:
            answer = await connection.ask(target.request(method, body, headers), kept)
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            timer.cancel()
        if connection.usable:
            self._rest(target.place, connection)
        return answer

    # Connections with nothing to do.

    def _rested(self, place: Place) -> Connection | None:
        idle, now = self._idle.get(place), self._loop.time()
        while idle:
            connection = idle.pop()
            if connection.usable and now < connection.idle_until:
                return connection
            connection.close()
        return None

    def _rest(self, place: Place, connection: Connection) -> None:
        connection.idle_until = self._loop.time() + IDLE_SECONDS
        self._idle.setdefault(place, []).append(connection)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(IDLE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """The sooner a connection that nobody needs is closed, the seldomer its far end does it first."""
        now = self._loop.time()
        for place, idle in list(self._idle.items()):
            kept = []
            for connection in idle:
                if connection.usable and connection.idle_until > now:
                    kept.append(connection)
                else:
                    connection.close()
            if kept:
                self._idle[place] = kept
            else:
                del self._idle[place]
        self._sweeper = self._loop.call_later(IDLE_SECONDS / 4, self._sweep) if self._idle else None

    def _close_one_idle(self) -> None:
        for idle in self._idle.values():
            if idle:
                idle.pop(0).close()
                return

    # New connections.

    async def _connect(self, place: Place) -> Connection:
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                if self._room.locked():
                    self._close_one_idle()
                await self._room.acquire()
                try:
                    connection = await self._opened(place)
                except BaseException:
                    self._room.release()
                    raise
        except ssl.SSLError as bad:
            raise NotTrusted(str(bad)) from bad
        except TimeoutError as late:
            raise NotConnected("no connection in time") from late
        except OSError as bad:
            raise NotConnected(str(bad)) from bad
        if not connection.usable:
            self._room.release()
            raise NotConnected("the connection was closed at once")
        self._open.add(connection)
        connection.lost.add_done_callback(lambda _: self._closed(connection))
        return connection

    def _closed(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._room.release()

    async def _opened(self, place: Place) -> Connection:
        try:
            found = await self._addresses(place.host, place.port)
        except socket.gaierror as unknown:
            raise NotResolved(f"{place.host}: {unknown.strerror}") from unknown
        except UnicodeError as bad:  # a label that no name can have
            raise NotResolved(f"{place.host}: {bad}") from bad
        permitted = [info for info in found if self._permits(str(info[4][0]))]
        if not permitted:
            raise NotPermitted(place.host)
        taken = await start_connection(
            permitted, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, loop=self._loop
        )
        try:
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, connection = await self._loop.create_connection(
                lambda: Connection(self._loop),
                sock=taken,
                ssl=self._context() if place.is_tls else None,
                server_hostname=place.host if place.is_tls else None,
            )
        except BaseException:
            taken.close()
            raise
        return connection

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _addresses(self, host: str, port: int) -> Sequence[Info]:
        """Many ask for one name at once: it is looked up once."""
        known = _written_out(host, port)
        if known is not None:
            return [known]
        key, now = (host, port), self._loop.time()
        until, task = self._names.get(key, (0.0, None))
        if task is None or until <= now:
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            task = self._loop.create_task(self._resolve(host, port))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # told to who waits
            self._names[key] = (now + self._names_seconds, task)
        try:
            return await asyncio.shield(task)
        except OSError:
            self._names.pop(key, None)
            raise

    async def _look_up(self, host: str, port: int) -> Sequence[Info]:
        return await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in tuple(self._open):
            connection.close()
        for _, task in self._names.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._names.values()), return_exceptions=True)
