"""An ASGI application on a port of loopback, in a thread, until the block ends."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette

from heliograph.runtime.http.server import HttpServer, listen

LONGEST_SECONDS = 30.0


@contextmanager
def serving(application: Starlette) -> Iterator[int]:
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    ready, stop = threading.Event(), threading.Event()

    async def main() -> None:
        server = HttpServer(application, listener)
        await server.start()
        ready.set()
        await asyncio.to_thread(stop.wait)
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        assert ready.wait(LONGEST_SECONDS)
        yield port
    finally:
        stop.set()
        thread.join(LONGEST_SECONDS)
