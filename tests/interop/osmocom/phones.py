"""Phones behind an MME, as an MSC knows them over SGs (3GPP TS 29.118): attach, take SMS, send SMS.

The TPDUs inside are the phone's business: whoever uses it reads and writes them.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from enum import IntEnum

PATIENCE_SECONDS = 15.0
_HEAD = struct.Struct("!I")  # before each message: its length, as sctp_over_tcp.c carries them
# TS 23.003 §19.4.2.4: code and group of the MME, and the network 001-01. A domain name, label by label.
_MME = ("mmec01", "mmegi0001", "mme", "epc", "mnc001", "mcc001", "3gppnetwork", "org")
_MME_NAME = b"".join(bytes([len(label)]) + label.encode() for label in _MME) + b"\0"
_AREA = bytes.fromhex("00f110") + b"\x00\x01"  # location area 1 of 001-01, TS 24.008 §10.5.1.3


class Kind(IntEnum):
    """Message types, TS 29.118 §9.2."""

    PAGING_REQUEST = 0x01
    SERVICE_REQUEST = 0x06
    DOWNLINK_UNITDATA = 0x07
    UPLINK_UNITDATA = 0x08
    LOCATION_UPDATE_REQUEST = 0x09
    LOCATION_UPDATE_ACCEPT = 0x0A
    LOCATION_UPDATE_REJECT = 0x0B
    TMSI_REALLOCATION_COMPLETE = 0x0C
    RESET_INDICATION = 0x15
    RESET_ACK = 0x16
    UE_UNREACHABLE = 0x1F


class Field(IntEnum):
    """Information elements, TS 29.118 §9.3."""

    IMSI = 0x01
    LAI = 0x04
    SGS_CAUSE = 0x08
    MME_NAME = 0x09
    UPDATE_TYPE = 0x0A
    MOBILE_IDENTITY = 0x0E
    REJECT_CAUSE = 0x0F
    NAS = 0x16
    SERVICE = 0x20
    EMM_MODE = 0x25


class Rp(IntEnum):
    """TS 24.011 §8.2.2: the even ones come from the phone."""

    DATA_UP = 0
    DATA_DOWN = 1
    ACK_UP = 2
    ACK_DOWN = 3
    ERROR_UP = 4
    ERROR_DOWN = 5


CP_DATA, CP_ACK = 0x01, 0x04  # TS 24.011 §8.1.3
SMS = 0x09  # the protocol discriminator, TS 24.007 §11.2.3.1.1
MEMORY_FULL = 22  # RP cause, TS 24.011 §8.2.5.4
UNREACHABLE = 0x0C  # SGs cause, TS 29.118 §9.4.18
CENTRE = bytes.fromhex("069121436587f9")  # an address of an SMS centre, with its length


def _identity(imsi: str) -> bytes:
    """TS 24.008 §10.5.1.4: type 1, an odd number of digits."""
    assert len(imsi) % 2
    digits = f"9{imsi[1:]}"
    first = int(imsi[0]) << 4 | 9
    pairs = (digits[at : at + 2] for at in range(1, len(digits), 2))
    return bytes([first, *(int(pair[1]) << 4 | int(pair[0]) for pair in pairs)])


def _imsi(identity: bytes) -> str:
    nibbles = [identity[0] >> 4]
    for octet in identity[1:]:
        nibbles += (octet & 0xF, octet >> 4)
    return "".join(str(nibble) for nibble in nibbles if nibble < 10)


def _with_length(octets: bytes) -> bytes:
    return bytes([len(octets)]) + octets


def _message(kind: Kind, fields: dict[Field, bytes]) -> bytes:
    return bytes([kind]) + b"".join(bytes([field]) + _with_length(value) for field, value in fields.items())


def _fields(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = 1
    while at < len(octets):
        end = at + 2 + octets[at + 1]
        yield octets[at], octets[at + 2 : end]
        at = end


class Phone:
    """`inbox` holds the TPDUs that it took."""

    def __init__(self, mme: "Mme", imsi: str) -> None:
        self.imsi = imsi
        self.inbox: list[bytes] = []
        self.is_full = False
        self.is_asleep = False
        self._mme = mme
        self._attached: asyncio.Future[None] | None = None
        self._sending: dict[int, asyncio.Future[int]] = {}
        self._reference = 0

    async def attach(self) -> None:
        self._attached = asyncio.get_running_loop().create_future()
        area = {Field.MME_NAME: _MME_NAME, Field.UPDATE_TYPE: b"\x01", Field.LAI: _AREA}
        self._say(Kind.LOCATION_UPDATE_REQUEST, area)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._attached

    async def send(self, tpdu: bytes) -> int:
        """0 when the network took it; else its RP cause."""
        self._reference = self._reference % 255 + 1
        answer = self._sending[self._reference] = asyncio.get_running_loop().create_future()
        rp = bytes([Rp.DATA_UP, self._reference, 0]) + CENTRE + _with_length(tpdu)
        # The phone begins, so the flag of its transaction is 0: TS 24.007 §11.2.3.1.3.
        self._uplink(0, CP_DATA, _with_length(rp))
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await answer

    def hear(self, kind: int, fields: dict[int, bytes]) -> None:
        match kind:
            case Kind.LOCATION_UPDATE_ACCEPT:
                if Field.MOBILE_IDENTITY in fields:
                    self._say(Kind.TMSI_REALLOCATION_COMPLETE, {})
                if self._attached is not None and not self._attached.done():
                    self._attached.set_result(None)
            case Kind.LOCATION_UPDATE_REJECT:
                assert self._attached is not None
                self._attached.set_exception(ConnectionRefusedError(fields[Field.REJECT_CAUSE].hex()))
            case Kind.PAGING_REQUEST if self.is_asleep:
                self._say(Kind.UE_UNREACHABLE, {Field.SGS_CAUSE: bytes([UNREACHABLE])})
            case Kind.PAGING_REQUEST:
                connected = {Field.SERVICE: fields[Field.SERVICE], Field.EMM_MODE: b"\x01"}
                self._say(Kind.SERVICE_REQUEST, connected)
            case Kind.DOWNLINK_UNITDATA:
                self._nas(fields[Field.NAS])

    def _nas(self, octets: bytes) -> None:
        if octets[1] != CP_DATA:
            return
        transaction = octets[0] >> 4 ^ 8
        self._uplink(transaction, CP_ACK, b"")
        rp = octets[3 : 3 + octets[2]]
        kind, reference = rp[0], rp[1]
        if kind == Rp.DATA_DOWN:
            answer = self._take(rp, reference)
            self._uplink(transaction, CP_DATA, _with_length(answer))
        elif kind in (Rp.ACK_DOWN, Rp.ERROR_DOWN):
            self._sending.pop(reference).set_result(rp[3] if kind == Rp.ERROR_DOWN else 0)

    def _take(self, rp: bytes, reference: int) -> bytes:
        if self.is_full:
            return bytes([Rp.ERROR_UP, reference, 1, MEMORY_FULL])
        at = 3 + rp[2]  # behind the originator's address
        at += 1 + rp[at]  # and the destination's
        self.inbox.append(rp[at + 1 : at + 1 + rp[at]])
        return bytes([Rp.ACK_UP, reference])

    def _uplink(self, transaction: int, kind: int, rest: bytes) -> None:
        self._say(Kind.UPLINK_UNITDATA, {Field.NAS: bytes([transaction << 4 | SMS, kind]) + rest})

    def _say(self, kind: Kind, fields: dict[Field, bytes]) -> None:
        self._mme.say(kind, {Field.IMSI: _identity(self.imsi), **fields})


class Mme:
    """One association with an MSC, for all phones."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._phones: dict[str, Phone] = {}

    def phone(self, imsi: str) -> Phone:
        made = self._phones[imsi] = Phone(self, imsi)
        return made

    def say(self, kind: Kind, fields: dict[Field, bytes]) -> None:
        octets = _message(kind, fields)
        self._writer.write(_HEAD.pack(len(octets)) + octets)

    async def listen(self) -> None:
        """Until the association ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (length,) = _HEAD.unpack(await self._reader.readexactly(_HEAD.size))
                self._hear(await self._reader.readexactly(length))

    def _hear(self, octets: bytes) -> None:
        kind, fields = octets[0], dict(_fields(octets))
        if kind == Kind.RESET_INDICATION:
            self.say(Kind.RESET_ACK, {Field.MME_NAME: _MME_NAME})
        elif Field.IMSI in fields and (phone := self._phones.get(_imsi(fields[Field.IMSI]))) is not None:
            phone.hear(kind, fields)


async def with_mme(host: str, port: int, work: Callable[[Mme], Awaitable[None]]) -> None:
    """`work` with an MME that is connected."""
    reader, writer = await asyncio.open_connection(host, port)
    mme = Mme(reader, writer)
    listening = asyncio.create_task(mme.listen())
    try:
        await work(mme)
    finally:
        listening.cancel()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
