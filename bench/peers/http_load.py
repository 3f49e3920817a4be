"""An application that sends over HTTP, for a peer that has no SMPP server: keep-alive connections that each
send, wait for the answer and send again; and a server of its own for receipts.

In and out as `bench.smpp_load`, with `HttpOrders`. Run as `python -m bench.peers.http_load`.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

import msgspec
import uvloop
from msgspec import Struct

from bench import smpp_wire as wire
from bench.smpp_load import STRIDE, Books, Figures, Stretch, figures_of, tell

TICK_SECONDS = 0.001
HEAD_END = b"\r\n\r\n"
ACCEPTED = b"HTTP/1.1 202"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class HttpOrders(Struct):
    port: int
    username: str
    password: str
    connections: int
    devices: int


class Load:
    def __init__(self, orders: HttpOrders) -> None:
        self.orders = orders
        self.callers: list[Caller] = []
        self.next_mark = 0
        self.is_running = False
        self.is_paced = False
        self.owed = 0
        self.receipts_port = 0
        self.acknowledged: set[int] = set()
        self.receipts: Counter[int] = Counter()
        self.strange = self.refused = 0
        self.waits: list[float] = []
        self.sent_at: dict[int, float] = {}
        self.last_answer = self.last_receipt = 0.0

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(self), "127.0.0.1", 0, backlog=512)
        self.receipts_port = server.sockets[0].getsockname()[1]
        for _ in range(self.orders.connections):
            caller = Caller(self)
            await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", self.orders.port)
            self.callers.append(caller)

    def request(self, mark: int) -> bytes:
        orders = self.orders
        back = quote(f"http://127.0.0.1:{self.receipts_port}/?m={mark}&s=%d", safe="")
        text = quote(wire.TEXT % mark, safe="")
        number = wire.number_of(mark * STRIDE % orders.devices + 1)
        return (
            f"GET /cgi-bin/sendsms?username={orders.username}&password={orders.password}&from={wire.SOURCE}"
            f"&to={number}&text={text}&dlr-mask=3&dlr-url={back} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        ).encode()

    async def run(self, stretch: Stretch) -> Figures:
        self.waits, self.sent_at, self.refused, self.owed = [], {}, 0, 0
        before, started = len(self.acknowledged), time.perf_counter()
        self.is_running, self.is_paced = True, stretch.per_second > 0
        sent = 0
        while (passed := time.perf_counter() - started) < stretch.seconds:
            if self.is_paced:
                due = int(passed * stretch.per_second) - sent
                sent += due
                self.owed += due
            for caller in self.callers:
                caller.go_on()
            await asyncio.sleep(TICK_SECONDS)
        self.is_running = False
        return await figures_of(self, before, started)

    @property
    def is_receipted(self) -> bool:
        return len(self.receipts) >= len(self.acknowledged) and all(one.mark < 0 for one in self.callers)

    def missing(self) -> int:
        return sum(1 for mark in self.acknowledged if mark not in self.receipts)

    def books(self) -> Books:
        extra = sum(count - 1 for count in self.receipts.values())
        unanswered = sum(one.mark >= 0 for one in self.callers)
        acknowledged = list(self.acknowledged)
        return Books(acknowledged, self.missing(), extra, 0, self.strange, 0, unanswered, self.sent_at)


class Caller(asyncio.Protocol):
    def __init__(self, load: Load) -> None:
        self._load = load
        self._got = b""
        self._sent_at = 0.0
        self.mark = -1  # of the text that waits for its answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def go_on(self) -> None:
        load = self._load
        if self.mark >= 0 or not load.is_running or (load.is_paced and not load.owed):
            return
        if load.is_paced:
            load.owed -= 1
            load.sent_at[load.next_mark] = time.time()
        self.mark, self._sent_at = load.next_mark, time.perf_counter()
        load.next_mark += 1
        self._transport.write(load.request(self.mark))

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(HEAD_END)
        length = self._got.find(b"Content-Length: ")
        if end < 0 or len(self._got) < end + 4 + int(self._got[length + 16 : self._got.index(b"\r", length)]):
            return
        load, now = self._load, time.perf_counter()
        if self._got.startswith(ACCEPTED):
            load.acknowledged.add(self.mark)
            load.waits.append(now - self._sent_at)
            load.last_answer = now
        else:
            load.refused += 1
        self.mark, self._got = -1, b""
        if not load.is_paced:
            self.go_on()


class Receiver(asyncio.Protocol):
    """Where receipts come."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(HEAD_END)) >= 0:
            at = self._got.index(b"?m=") + 3
            self._load.receipts[int(self._got[at : self._got.index(b"&", at)])] += 1
            self._load.strange += self._got[self._got.index(b"&s=") + 3 : end][:2] != b"1 "
            self._load.last_receipt = time.perf_counter()
            self._got = self._got[end + 4 :]
            self._transport.write(OK)


async def work(line: Callable[[], bytes]) -> None:
    loop = asyncio.get_running_loop()
    load = Load(msgspec.json.decode(line(), type=HttpOrders))
    await load.connect()
    tell({"bound": len(load.callers)})
    while order := (await loop.run_in_executor(None, line)).strip():
        tell(await load.run(msgspec.json.decode(order, type=Stretch)))
    tell(load.books())


if __name__ == "__main__":
    uvloop.run(work(sys.stdin.buffer.readline))
