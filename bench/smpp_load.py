"""The application of `bench smpp`, in a process of its own: binds that keep a window of submits unanswered,
or keep a pace, and answer the receipts that come for them.

In: on standard input one `Orders`, then a `Stretch` a line; an empty line asks for the books and ends it.
Out: a line of JSON for each. A bind that is lost comes back. Run as `python -m bench.smpp_load`.
"""

import asyncio
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sized
from typing import Protocol, cast

import msgspec
import uvloop
from msgspec import Struct

from bench import smpp_wire as wire

TICK_SECONDS = 0.001
RECEIPTS_SECONDS = 30.0  # after the last submit
AGAIN_SECONDS = 0.05
STRIDE = 7_919  # one device after the other, far apart


class Orders(Struct):
    port: int
    system_id: str
    password: str
    binds: int
    window: int
    devices: int
    their_window: int = 100  # receipts that may be unanswered: those of a lost bind may come twice
    until_receipted: bool = False  # the window is of texts without receipt: for a peer whose queue only grows


class Stretch(Struct):
    seconds: float
    per_second: float = 0.0  # of all together; 0: as fast as they are answered


class Figures(Struct):
    accepted: int
    refused: int
    accepted_s: float  # until the last answer
    receipted_s: float  # until the last receipt
    p50_ms: float
    p90_ms: float
    p99_ms: float
    missing: int  # receipts that did not come


class Books(Struct):
    acknowledged: list[int]
    missing: int
    doubled: int
    repeated: int
    strange: int  # receipts of nothing that was acknowledged, or not of a delivery
    lost_binds: int
    unanswered: int  # submits that a lost bind left without an answer
    sent_at: dict[int, float]  # of the last stretch, by the wall clock


class Counted(Protocol):
    """What `figures_of` reads."""

    refused: int
    waits: list[float]
    last_answer: float
    last_receipt: float

    @property
    def acknowledged(self) -> Sized: ...
    @property
    def is_receipted(self) -> bool: ...
    def missing(self) -> int: ...


async def figures_of(load: Counted, before: int, started: float) -> Figures:
    """Of a stretch, once its receipts came or were waited for; before it so many were acknowledged."""
    until = time.perf_counter() + RECEIPTS_SECONDS
    while not load.is_receipted and time.perf_counter() < until:  # noqa: ASYNC110 # plain counters
        await asyncio.sleep(0.002)
    waits = sorted(load.waits)
    return Figures(
        len(load.acknowledged) - before,
        load.refused,
        load.last_answer - started,
        load.last_receipt - started,
        share_ms(waits, 0.5),
        share_ms(waits, 0.9),
        share_ms(waits, 0.99),
        load.missing(),
    )


class Load:
    """What all binds share."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.binds: list[Bind] = []
        self.next_mark = 0
        self.is_running = False
        self.is_paced = False
        self.is_over = False
        self.acknowledged: dict[bytes, int] = {}
        self.receipts: Counter[bytes] = Counter()
        self.uncertain: set[bytes] = set()
        self.repeated = self.strange = self.lost_binds = self.unanswered = self.refused = 0
        self.waits: list[float] = []
        self.sent_at: dict[int, float] = {}
        self.last_answer = self.last_receipt = 0.0

    @property
    def is_receipted(self) -> bool:
        return len(self.receipts) >= len(self.acknowledged) and all(not bind.sent for bind in self.binds)

    @property
    def room(self) -> int:
        orders = self.orders
        return orders.window * orders.binds - (self.next_mark - len(self.receipts))

    def missing(self) -> int:
        return sum(1 for id in self.acknowledged if id not in self.receipts)

    async def connect(self) -> None:
        for _ in range(self.orders.binds):
            bind = Bind(self)
            self.binds.append(bind)
            await bind.connect()

    async def run(self, stretch: Stretch) -> Figures:
        self.waits, self.sent_at, self.refused = [], {}, 0
        before, started = len(self.acknowledged), time.perf_counter()
        self.is_running, self.is_paced = True, stretch.per_second > 0
        if self.is_paced:
            await self._keep_pace(stretch, started)
        else:
            for bind in self.binds:
                bind.fill()
            await asyncio.sleep(stretch.seconds)
        self.is_running = False
        return await figures_of(self, before, started)

    async def _keep_pace(self, stretch: Stretch, started: float) -> None:
        sent, turn = 0, 0
        while (passed := time.perf_counter() - started) < stretch.seconds:
            due = int(passed * stretch.per_second) - sent
            sent += due
            share, more = divmod(due, len(self.binds))
            for number, bind in enumerate(self.binds):
                bind.owed += share + ((number + turn) % len(self.binds) < more)
                bind.fill()
            turn += 1
            await asyncio.sleep(TICK_SECONDS)

    def books(self) -> Books:
        more = [id for id, count in self.receipts.items() if count > 1]
        extra = sum(self.receipts[id] - 1 for id in more)
        return Books(
            list(self.acknowledged.values()),
            self.missing(),
            extra,
            self.repeated,
            self.strange + sum(1 for id in self.receipts if id not in self.acknowledged),
            self.lost_binds,
            self.unanswered,
            self.sent_at,
        )


class Bind(asyncio.Protocol):
    """One connection, bound as a transceiver."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._sequence = 1
        self._told: deque[bytes] = deque(maxlen=load.orders.their_window)  # receipts answered last
        self._bound = asyncio.Event()
        self.sent: dict[int, tuple[int, float]] = {}
        self.owed = 0  # by the pace

    async def connect(self) -> None:
        loop, orders = asyncio.get_running_loop(), self._load.orders
        while not self._load.is_over:
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", orders.port)
                await self._bound.wait()
                return
            except OSError:
                await asyncio.sleep(AGAIN_SECONDS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._rest = b""
        orders = self._load.orders
        self._transport.write(wire.bind(wire.BIND_TRANSCEIVER, 1, orders.system_id, orders.password))

    def connection_lost(self, exc: Exception | None) -> None:
        load = self._load
        self._transport = None
        was_bound = self._bound.is_set()
        self._bound.set()  # who waits for a first bind tries again below
        if load.is_over:
            return
        load.lost_binds += was_bound
        load.unanswered += len(self.sent)
        load.uncertain.update(self._told)
        self.sent.clear()
        self._told.clear()
        self._bound = asyncio.Event()
        load_again = asyncio.get_running_loop().create_task(self._come_back())
        load_again.add_done_callback(lambda done: done.result())

    async def _come_back(self) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        await self.connect()

    def fill(self) -> None:
        """As many submits as there is room for, in one write."""
        load = self._load
        if not load.is_running or self._transport is None or not self._bound.is_set():
            return
        count = load.orders.window - len(self.sent)
        if load.orders.until_receipted:
            count = min(count, load.room)
        if load.is_paced:
            count = min(count, self.owed)
            self.owed -= count
        if count > 0:
            self._transport.write(b"".join(self._submits(count)))

    def _submits(self, count: int) -> list[bytes]:
        load, sent, sequence = self._load, self.sent, self._sequence
        devices, now, made = load.orders.devices, time.perf_counter(), []
        for mark in range(load.next_mark, load.next_mark + count):
            sequence += 1
            sent[sequence] = mark, now
            made.append(wire.submit(sequence, mark, mark * STRIDE % devices + 1))
        load.next_mark, self._sequence = load.next_mark + count, sequence
        if load.is_paced:
            wall = time.time()
            load.sent_at.update(dict.fromkeys(range(load.next_mark - count, load.next_mark), wall))
        return made

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        load, sent, at, end, answers = self._load, self.sent, 0, len(data), []
        header, waits, now = wire.HEADER.unpack_from, load.waits, time.perf_counter()
        while end - at >= wire.HEADER_OCTETS:
            length, command, status, sequence = header(data, at)
            if at + length > end:
                break
            if command == wire.SUBMIT_SM_RESP:
                mark, sent_at = sent.pop(sequence)
                if status:
                    load.refused += 1
                else:
                    waits.append(now - sent_at)
                    load.acknowledged[data[at + 16 : at + length - 1]] = mark
                load.last_answer = now
            elif command == wire.DELIVER_SM:
                self._receipt(data, at, at + length)
                answers.append(wire.HEADER.pack(17, wire.DELIVER_SM_RESP, 0, sequence) + b"\0")
                load.last_receipt = now
            else:
                self._other(command, status, sequence)
            at += length
        self._rest = data[at:]
        if answers and self._transport is not None:
            self._transport.write(b"".join(answers))
        if not load.is_paced:
            self.fill()

    def _receipt(self, data: bytes, start: int, end: int) -> None:
        load = self._load
        at = data.index(b"id:", start + 16) + 3
        id = data[at : data.index(b" ", at)]
        if data.find(b"stat:DELIVRD", at, end) < 0:
            load.strange += 1
        if id in load.uncertain and load.receipts[id]:
            load.repeated += 1
            load.uncertain.discard(id)
        else:
            load.receipts[id] += 1
        self._told.append(id)

    def _other(self, command: int, status: int, sequence: int) -> None:
        if command == wire.BIND_TRANSCEIVER | wire.ANSWER:
            if status:
                raise ConnectionError(f"the bind was refused: {status:#x}")
            self._bound.set()
            self.fill()
        elif command == wire.ENQUIRE_LINK and self._transport is not None:
            self._transport.write(wire.pdu(wire.ENQUIRE_LINK | wire.ANSWER, sequence))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def share_ms(waits: list[float], share: float) -> float:
    return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 2) if waits else 0.0


async def work(line: Callable[[], bytes]) -> None:
    loop = asyncio.get_running_loop()
    load = Load(msgspec.json.decode(line(), type=Orders))
    await load.connect()
    tell({"bound": len(load.binds)})
    while order := (await loop.run_in_executor(None, line)).strip():
        tell(await load.run(msgspec.json.decode(order, type=Stretch)))
    load.is_over = True
    for bind in load.binds:
        bind.close()
    tell(load.books())


def tell(what: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(work(sys.stdin.buffer.readline))
