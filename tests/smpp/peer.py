"""A peer made of the codec alone: sockets, frames, sequence numbers. It answers nothing by itself."""

import asyncio
import ssl
from collections import deque
from typing import TypeVar

from heliograph.wire.smpp.codec import Frames, Numbered, decode, encode
from heliograph.wire.smpp.numbers import InterfaceVersion
from heliograph.wire.smpp.pdus import (
    Bind,
    BindReceiver,
    BindTransceiver,
    BindTransmitter,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    Pdu,
    Request,
    Response,
)

PATIENCE_SECONDS = 10.0
PASSWORD = "secret"
BINDS: dict[str, type[Bind]] = {"trx": BindTransceiver, "tx": BindTransmitter, "rx": BindReceiver}
PduT = TypeVar("PduT", bound=Pdu)


class Gone(Exception):
    """The other side closed."""


class Peer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._frames = Frames()
        self._kept: deque[Numbered] = deque()
        self._sequence = 0
        self.writes = 0

    @staticmethod
    async def open(
        port: int, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1", name: str = ""
    ) -> "Peer":
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=tls, server_hostname=name or None if tls else None, local_addr=(address, 0)
        )
        return Peer(reader, writer)

    def write(self, octets: bytes) -> None:
        self.writer.write(octets)

    def say(self, *pdus: Pdu) -> list[int]:
        """Requests, in one write."""
        numbers = []
        out = []
        for pdu in pdus:
            self._sequence += 1
            numbers.append(self._sequence)
            out.append(encode(pdu, self._sequence))
        self.write(b"".join(out))
        return numbers

    def answer(self, heard: Numbered, response: Response) -> None:
        self.write(encode(response, heard.sequence))

    async def hear(self) -> Numbered:
        """The next PDU, whichever it is."""
        while not self._kept:
            async with asyncio.timeout(PATIENCE_SECONDS):
                data = await self.reader.read(65_536)
            if not data:
                raise Gone
            self._kept.extend(decode(frame) for frame in self._frames.feed(data))
        return self._kept.popleft()

    async def expect(self, kind: type[PduT]) -> PduT:
        pdu = (await self.hear()).pdu
        assert isinstance(pdu, kind), pdu
        return pdu

    async def ask(self, request: Request) -> Response:
        """The answer to this request; whatever comes before it is kept for later."""
        (sequence,) = self.say(request)
        before: list[Numbered] = []
        while True:
            heard = await self.hear()
            if isinstance(heard.pdu, Response) and heard.sequence == sequence:
                self._kept.extendleft(reversed(before))
                return heard.pdu
            before.append(heard)

    async def bind(
        self,
        system_id: str,
        password: str = PASSWORD,
        kind: str = "trx",
        version: int = InterfaceVersion.V3_4,
    ) -> Response:
        return await self.ask(BINDS[kind](system_id, password, interface_version=version))

    async def delivered(self, status: int = 0) -> DeliverSm:
        """The next deliver_sm, answered; so is what keeps the link alive."""
        heard = await self.hear()
        while isinstance(heard.pdu, EnquireLink):
            self.answer(heard, EnquireLinkResp())
            heard = await self.hear()
        assert isinstance(heard.pdu, DeliverSm), heard.pdu
        self.answer(heard, DeliverSmResp(status))
        return heard.pdu

    async def is_closed(self) -> bool:
        """Whatever it says before."""
        try:
            while True:
                await self.hear()
        except (Gone, ConnectionError):
            return True

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            pass  # it was cut off
