"""The callers of `bench rest`, in a process of their own: keep-alive connections that each send, wait for the
answer and send again.

In: one JSON object on standard input. Out: one on standard output: what was acknowledged, and the waits.
Run as `python -m bench.callers`.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from typing import cast

from msgspec import Struct

HEAD_END = b"\r\n\r\n"
CREATED = b"HTTP/1.1 201"


class Orders(Struct):
    """What the callers are to do."""

    name: str
    port: int
    token: str
    devices: list[int]
    connections: int
    seconds: float
    per_second: float = 0.0  # of all together; 0: as fast as they are answered


class Caller(asyncio.Protocol):
    """One connection. Knows as much of HTTP as the answers of one server need."""

    def __init__(self, request: Callable[[], bytes], waits: list[float], done: asyncio.Future[None]) -> None:
        self._request = request
        self._waits = waits
        self._done = done
        self._got = b""
        self._sent_at = 0.0
        self._due_at = 0.0
        self.pause = 0.0
        self.until = 0.0
        self.acknowledged = 0
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._due_at = time.perf_counter() + self.pause * random.random()
        self._next()

    def _next(self) -> None:
        now = time.perf_counter()
        if now >= self.until:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
        elif self.pause and now < self._due_at:
            asyncio.get_running_loop().call_later(self._due_at - now, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._due_at += self.pause
        self._sent_at = time.perf_counter()
        self._transport.write(self._request())

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(HEAD_END)
        if end < 0:
            return
        length = self._got.lower().find(b"content-length: ")
        size = int(self._got[length + 16 : self._got.index(b"\r", length)]) if 0 <= length < end else 0
        if len(self._got) < end + len(HEAD_END) + size:
            return
        self._waits.append(time.perf_counter() - self._sent_at)
        if self._got.startswith(CREATED):
            self.acknowledged += 1
        else:
            self.refused += 1
        self._got = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))


async def call(orders: Orders) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    waits: list[float] = []
    texts: list[str] = []
    chance = random.Random(orders.name)

    def request() -> bytes:
        text = f"{orders.name} {len(texts)}: please answer"
        texts.append(text)
        body = b'{"payload":"%s","source_address":"12345"}' % text.encode()
        return (
            b"POST /api/v1/endpoint/%d/sms HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (chance.choice(orders.devices), orders.port, orders.token.encode(), len(body), body)
        )

    until = time.perf_counter() + orders.seconds
    callers = []
    for _ in range(orders.connections):
        caller = Caller(request, waits, loop.create_future())
        caller.until = until
        caller.pause = orders.connections / orders.per_second if orders.per_second else 0.0
        callers.append(caller)
    started = time.perf_counter()
    waiting = iter(callers)
    for _ in callers:
        await loop.create_connection(lambda: next(waiting), "127.0.0.1", orders.port)
    await asyncio.gather(*(caller._done for caller in callers))
    waits.sort()
    return {
        "wall_s": time.perf_counter() - started,
        "acknowledged": sum(caller.acknowledged for caller in callers),
        "refused": sum(caller.refused for caller in callers),
        "texts": len(texts),
        "p50_ms": _share(waits, 0.5),
        "p99_ms": _share(waits, 0.99),
    }


def _share(waits: list[float], share: float) -> float:
    return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 2) if waits else 0.0


def main() -> None:
    import msgspec
    import uvloop

    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    print(json.dumps(uvloop.run(call(orders))))


if __name__ == "__main__":
    main()
