"""Handshakes: bounded for each address, and what one stranger leaves half done is nobody else's."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import cast

import pytest

from heliograph.runtime.handshakes import Handshakes
from heliograph.runtime.tls import Tls
from tests.runtime.wire_server import make_certificate

PATIENCE_SECONDS = 5.0


class Greeter(asyncio.Protocol):
    """`there`: those whose connection is not over."""

    def __init__(self, there: set["Greeter"]) -> None:
        self._there = there

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._there.add(self)
        cast(asyncio.Transport, transport).write(b"hello")

    def connection_lost(self, exc: Exception | None) -> None:
        self._there.discard(self)


async def greeted(port: int, trusting: ssl.SSLContext, address: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting, server_hostname="localhost", local_addr=(address, 0)
        )
    except (ConnectionError, ssl.SSLError):
        return False
    heard = await reader.readexactly(5)
    writer.close()
    await writer.wait_closed()
    return heard == b"hello"


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_address_has_so_many_handshakes(tmp_path: Path, loop: str) -> None:
    certificate, key = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)

    async def work() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        port = listener.getsockname()[1]
        there: set[Greeter] = set()
        handshakes = Handshakes(listener, Tls(certificate, key), lambda: Greeter(there), per_address=2)
        handshakes.start()
        for _ in range(5):  # one that is over counts no more
            assert await greeted(port, trusting, "127.0.0.2")
        half_open = [
            await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0)) for _ in range(2)
        ]
        assert not await greeted(port, trusting, "127.0.0.2")
        assert await greeted(port, trusting, "127.0.0.3")
        half_open[0][1].close()
        await half_open[0][1].wait_closed()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await greeted(port, trusting, "127.0.0.2"):
                pass
        handshakes.close()
        assert await half_open[1][0].read() == b""
        half_open[1][1].close()
        await half_open[1][1].wait_closed()
        listener.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while there:  # noqa: ASYNC110  # no transport is left open for a later test to find
                await asyncio.sleep(0.001)

    if loop == "uvloop":
        uvloop = pytest.importorskip("uvloop")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work())
    else:
        asyncio.run(work())
