"""Long answers: they end when their client is gone, when the server stops, and when they fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest

from heliograph.interfaces.rest.callers.access import Access, Wrong
from heliograph.interfaces.rest.callers.buckets import Buckets
from heliograph.interfaces.rest.inlet import application
from heliograph.interfaces.rest.route import Route, Stream
from heliograph.runtime.clock import WallClock
from heliograph.runtime.http.limits import Limits
from tests.runtime.wire_server import QUICK, eventually, rest, serving, until


class Streams:
    """Routes that stream; they note when they end."""

    def __init__(self) -> None:
        self.open = 0
        self.ended = 0

    async def _held(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self.open += 1
        try:
            async for piece in pieces:
                yield piece
        finally:
            self.open -= 1
            self.ended += 1

    async def quiet(self, _: Any, __: Any) -> Stream:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.Event().wait()

        return Stream(200, self._held(pieces()))

    async def flood(self, _: Any, __: Any) -> Stream:
        async def pieces() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 65_536

        return Stream(200, self._held(pieces()))

    async def broken(self, _: Any, __: Any) -> Stream:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("in the middle")

        return Stream(200, self._held(pieces()))

    def application(self) -> Any:
        async def nobody(_: str) -> Wrong:
            return Wrong(1102, "nobody")

        routes = [
            Route("GET", f"/{handler.__name__}", handler, "", {})
            for handler in (self.quiet, self.flood, self.broken)
        ]
        return application(routes, None, Access(nobody, WallClock()), Buckets(1e6, 1e6, lambda: 0.0))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("path", ["quiet", "flood"])
def test_a_stream_ends_when_its_client_is_gone(loop: str, path: str) -> None:
    streams = Streams()
    with serving(Limits(), loop, served=streams.application()) as wire:
        with closing(wire.connect(4_096)) as client:
            client.sendall(f"GET /api/{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            until(client, b"\r\n\r\n")
            eventually(lambda: streams.open, "the stream")
        eventually(lambda: streams.ended, "its end")
    assert streams.open == 0


def test_a_stream_that_nobody_reads_ends() -> None:
    streams = Streams()
    with serving(QUICK, served=streams.application()) as wire, closing(wire.connect(4_096)) as client:
        client.sendall(b"GET /api/flood HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: streams.open, "the stream")
        eventually(lambda: streams.ended, "its end")
    assert streams.open == 0


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_stop_ends_all_streams(loop: str) -> None:
    streams = Streams()
    clients = []
    with serving(Limits(), loop, served=streams.application()) as wire:
        for path in (b"quiet", b"quiet", b"flood"):
            clients.append(wire.connect(4_096))
            clients[-1].sendall(b"GET /api/" + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        eventually(lambda: streams.open == 3, "all of them")
    for client in clients:
        client.close()
    assert wire.stop_seconds < 2
    assert (streams.open, streams.ended) == (0, 3)


def test_a_stream_that_fails_is_cut_and_never_looks_whole() -> None:
    streams = Streams()
    with serving(Limits(), served=streams.application()) as wire, closing(wire.connect()) as client:
        client.sendall(b"GET /api/broken HTTP/1.1\r\nHost: a\r\n\r\n")
        heard = rest(client)
        assert b"first" in heard
        assert not heard.endswith(b"0\r\n\r\n")
        assert wire.say(b"GET /api/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 404"
        )
