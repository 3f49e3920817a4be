"""The far end of `bench smpp`, in a process of its own: an operator's SMS centre that takes every submit at
once and tells of its delivery a little later.

In: binds on a port that it prints first; a line on standard input ends it. Out: a line when somebody
binds who was not there, and the books. Run as `python -m bench.smpp_upstream`.
"""

import asyncio
import sys
import time
from collections import deque
from typing import cast

import uvloop
from msgspec import Struct

from bench import smpp_wire as wire
from bench.smpp_load import tell

RECEIPT_SECONDS = 0.02  # after the answer, those of a turn together
WINDOW = 900  # receipts of one bind that wait for their answers
FIRST_ID = 1_000_000_001


class Books(Struct):
    arrived_at: dict[int, float]  # by the text's number, by the wall clock
    doubled: int
    repeated: int  # what a bind that was lost had brought last, and another one brought again
    strange: int
    unreceipted: int


class Centre:
    """What all binds share."""

    def __init__(self) -> None:
        self.next_id = FIRST_ID
        self.arrived_at: dict[int, float] = {}
        self.uncertain: set[int] = set()
        self.doubled = self.repeated = self.strange = 0
        self.binds: list[Bind] = []
        self.owed: deque[tuple[int, bytes]] = deque()  # receipts
        self.is_known = False
        self._is_due = False

    def took(self, mark: int, now: float) -> None:
        if mark < 0:
            self.strange += 1
        elif mark not in self.arrived_at:
            self.arrived_at[mark] = now
        elif mark in self.uncertain:
            self.uncertain.discard(mark)
            self.repeated += 1
        else:
            self.doubled += 1

    def tell_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(RECEIPT_SECONDS, self.tell)

    def tell(self) -> None:
        """Receipts, over the binds that receive, in turn."""
        self._is_due = False
        receivers = [bind for bind in self.binds if bind.receives]
        for number, bind in enumerate(receivers):
            bind.tell(-(-len(self.owed) // (len(receivers) - number)))

    def books(self) -> Books:
        untold = len(self.owed) + sum(len(bind.told) for bind in self.binds)
        return Books(self.arrived_at, self.doubled, self.repeated, self.strange, untold)


class Bind(asyncio.Protocol):
    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._rest = b""
        self._sequence = 0
        self._last: deque[int] = deque(maxlen=1_000)
        self.receives = False
        self.told: dict[int, tuple[int, bytes]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._centre.binds.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Receipts that were not answered are told again to whoever comes."""
        centre = self._centre
        centre.binds.remove(self)
        centre.is_known = centre.is_known and bool(centre.binds)
        centre.uncertain.update(self._last)
        centre.owed.extendleft(self.told.values())
        centre.tell_soon()

    def tell(self, most: int) -> None:
        owed, told, sequence, made = self._centre.owed, self.told, self._sequence, []
        for _ in range(min(most, len(owed), WINDOW - len(told))):
            sequence += 1
            id, number = told[sequence] = owed.popleft()
            made.append(wire.receipt(sequence, id, number))
        self._sequence = sequence
        if made:
            self._transport.write(b"".join(made))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        centre, at, end, answers, now = self._centre, 0, len(data), [], time.time()
        header, owed, was_full = wire.HEADER.unpack_from, len(centre.owed), len(self.told) >= WINDOW
        while end - at >= wire.HEADER_OCTETS:
            length, command, _, sequence = header(data, at)
            if at + length > end:
                break
            if command == wire.SUBMIT_SM:
                answers.append(self._submitted(data, at, at + length, sequence, now))
            elif command == wire.DELIVER_SM_RESP:
                self.told.pop(sequence, None)
            else:
                answers.append(self._other(command, sequence))
            at += length
        self._rest = data[at:]
        if answers:
            self._transport.write(b"".join(answers))
        if was_full:
            centre.tell()
        elif len(centre.owed) > owed:
            centre.tell_soon()

    def _submitted(self, data: bytes, start: int, end: int, sequence: int, now: float) -> bytes:
        centre, body = self._centre, start + wire.HEADER_OCTETS
        mark = wire.mark_in(data, body, end)
        centre.took(mark, now)
        self._last.append(mark)
        id = centre.next_id = centre.next_id + 1
        centre.owed.append((id, wire.destination_of(data, body)))
        return wire.HEADER.pack(27, wire.SUBMIT_SM_RESP, 0, sequence) + b"%010d\0" % id

    def _other(self, command: int, sequence: int) -> bytes:
        if command in (wire.BIND_TRANSCEIVER, wire.BIND_RECEIVER, wire.BIND_TRANSMITTER):
            self.receives = command != wire.BIND_TRANSMITTER
            if self.receives and not self._centre.is_known:
                self._centre.is_known = True
                tell({"bound": 1})
            self._centre.tell_soon()
            return wire.pdu(command | wire.ANSWER, sequence, b"operator\0\x02\x10\0\x01\x34")
        if command in (wire.ENQUIRE_LINK, wire.UNBIND):
            return wire.pdu(command | wire.ANSWER, sequence)
        return b""  # answers


async def main(port: int) -> None:
    centre, loop = Centre(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Bind(centre), "127.0.0.1", port, backlog=64)
    tell({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.readline)
    tell(centre.books())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
