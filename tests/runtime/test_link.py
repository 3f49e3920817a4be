"""The driver of sessions, over real sockets, with a session that does as it is told."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from heliograph.runtime.link import Bounds, Link
from heliograph.wire.errors import Broken

PATIENCE_SECONDS = 5.0


class Echo:
    """Says back what it hears; `!` breaks it, `?` is a bug of the adapter."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.due: float | None = None
        self.rang: list[float] = []
        self.octets_in = 0

    def receive_data(self, data: bytes, now: float) -> Sequence[str]:
        self.out += data
        self.octets_in += len(data)
        if b"!" in data:
            raise Broken("told to break")
        return [data.decode()]

    def receive_eof(self, now: float) -> Sequence[str]:
        return ["eof"]

    def data_to_send(self) -> bytes:
        data = bytes(self.out)
        self.out.clear()
        return data

    def next_timeout(self) -> float | None:
        return self.due

    def handle_timeout(self, now: float) -> Sequence[str]:
        if self.due is None or now < self.due:
            return []
        self.rang.append(now)
        self.due = None
        self.out += b"rang"
        return ["rang"]


class Side:
    """One accepted connection, and what its adapter heard."""

    def __init__(self, bounds: Bounds) -> None:
        self.session = Echo()
        self.heard: list[str] = []
        self.lost = asyncio.Event()
        self.made = asyncio.Event()
        self.link: Link[str] = Link(self.session, self._hear, self.lost.set, bounds, self.made.set)

    def _hear(self, events: Sequence[str]) -> None:
        self.heard += events
        if "?" in events:
            raise RuntimeError("a bug")


@asynccontextmanager
async def pair(bounds: Bounds = Bounds()) -> Any:  # noqa: B008  # it is frozen
    loop = asyncio.get_running_loop()
    side = Side(bounds)
    server = await loop.create_server(lambda: side.link, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    await side.made.wait()
    try:
        yield side, reader, writer
    finally:
        writer.close()
        server.close()
        try:
            await writer.wait_closed()
        except ConnectionError:
            pass  # it was cut off


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await work()

    asyncio.run(bounded())


def test_events_go_in_and_octets_come_out_in_one_write() -> None:
    async def work() -> None:
        async with pair() as (side, reader, writer):
            connection = side.link.about("socket")
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            side.session.out += b"a"
            side.link.flush_soon()
            side.session.out += b"b"
            side.link.flush_soon()
            assert await reader.read(10) == b"ab"
            assert side.heard == ["hello"]

    run(work)


def test_timers_ring_when_the_session_says() -> None:
    async def work() -> None:
        async with pair() as (side, reader, _):
            now = asyncio.get_running_loop().time()
            side.session.due = now + 60
            side.link.flush()
            side.session.due = now + 0.05  # sooner than the alarm that is set
            side.link.flush()
            assert await reader.readexactly(4) == b"rang"
            assert side.session.rang[0] >= now + 0.05
            assert side.heard == ["rang"]

    run(work)


def test_a_broken_stream_says_what_it_has_to_and_closes() -> None:
    async def work() -> None:
        async with pair() as (side, reader, writer):
            writer.write(b"why!")
            assert await reader.read() == b"why!"
            await side.lost.wait()
            assert side.heard == ["eof"]
            assert side.link.is_closing

    run(work)


def test_a_bug_of_the_adapter_ends_its_connection_alone() -> None:
    async def work() -> None:
        async with pair() as (side, reader, writer):
            writer.write(b"?")
            await side.lost.wait()
            assert await reader.read() == b""

    run(work)


def test_the_end_of_the_peer_is_heard_once() -> None:
    async def work() -> None:
        async with pair() as (side, reader, writer):
            side.session.out += b"last words"
            writer.write_eof()
            assert await reader.read() == b"last words"
            await side.lost.wait()
            assert side.heard == ["eof"]
            side.link.flush()
            side.link.close()
            side.link.abort()
            assert side.link.unread_octets == 0

    run(work)


def test_close_lets_out_what_is_queued() -> None:
    async def work() -> None:
        async with pair() as (side, reader, _):
            side.session.out += b"x" * 100_000
            side.link.close()
            assert len(await reader.read()) >= 1
            await side.lost.wait()

    run(work)


def test_a_peer_that_does_not_read_is_not_read_from_and_then_cut_off() -> None:
    async def work() -> None:
        bounds = Bounds(unread_octets=1 << 14, most_octets=1 << 26, stalled_seconds=0.2)
        async with pair(bounds) as (side, _, writer):
            writer.write(b"x" * (32 << 20))
            await side.lost.wait()
            assert side.session.octets_in < 32 << 20

    run(work)


def test_a_peer_that_owes_too_much_is_cut_off_at_once() -> None:
    async def work() -> None:
        async with pair(Bounds(most_octets=1 << 20)) as (side, _, _writer):
            side.session.out += b"x" * (16 << 20)
            side.link.flush()
            await side.lost.wait()
            assert side.heard == ["eof"]

    run(work)


def test_one_that_never_reads_the_end_is_cut_off() -> None:
    async def work() -> None:
        bounds = Bounds(most_octets=1 << 26, closing_seconds=0.1)
        async with pair(bounds) as (side, _, _writer):
            side.session.out += b"x" * (16 << 20)
            side.link.close()
            await side.lost.wait()
            assert side.heard == ["eof"]

    run(work)


def test_an_adapter_may_hold_the_peer() -> None:
    async def work() -> None:
        async with pair() as (side, reader, writer):
            side.link.hold()
            writer.write(b"held")
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
            assert side.heard == []
            side.link.release()
            assert await reader.readexactly(4) == b"held"

    run(work)
