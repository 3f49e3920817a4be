"""PDUs to octets and back, and the frames they travel in (SMPP 3.4 §3.2).

Comes in: one whole PDU, a stream in any pieces, or a value. Goes out: values with their sequence number, or
octets. `MalformedPdu` and `BrokenStream` are all that can go wrong with octets; a value that does not fit is
a ValueError. Never here: answers, windows, states.
"""

import struct
from typing import NamedTuple

from heliograph.wire.smpp.faults import BrokenStream, MalformedPdu
from heliograph.wire.smpp.layout import HEADER, HEADER_OCTETS, make_reader, make_writer
from heliograph.wire.smpp.numbers import Status, command_name
from heliograph.wire.smpp.pdus import PDUS, Pdu

PDU_OCTETS_LIMIT = 70_000
"""A message_payload of 64 KiB, and what is around it."""
SEQUENCE_LIMIT = 0x7FFFFFFF
"""The highest sequence number, SMPP 3.4 §5.1.4; others are taken and answered as they came."""

READERS = {int(pdu.command_id): make_reader(pdu) for pdu in PDUS}
WRITERS = {pdu: make_writer(pdu) for pdu in PDUS}


class Numbered(NamedTuple):
    """A PDU and the number that pairs it with its other half."""

    sequence: int
    pdu: Pdu


def encode(pdu: Pdu, sequence: int, *, with_tlvs: bool = True) -> bytes:
    """The octets of a PDU. Without TLVs for peers older than 3.4; ValueError when something does not fit."""
    try:
        return WRITERS[type(pdu)](pdu, sequence, with_tlvs)
    except (OverflowError, TypeError, struct.error) as wrong:
        raise ValueError(f"{type(pdu).__name__} has a field that cannot travel") from wrong


def decode(data: bytes) -> Numbered:
    """One whole PDU, no octet more. `MalformedPdu` also for a command that has no PDU here."""
    if len(data) < HEADER_OCTETS:
        raise MalformedPdu("a PDU has 16 octets at least", Status.RINVCMDLEN)
    length, command_id, status, sequence = HEADER.unpack_from(data)
    if length != len(data):
        raise MalformedPdu("command_length is not the length", Status.RINVCMDLEN, command_id, sequence)
    reader = READERS.get(command_id)
    if reader is None:
        raise MalformedPdu(f"no PDU for {command_name(command_id)}", Status.RINVCMDID, command_id, sequence)
    try:
        return Numbered(sequence, reader(data, status))
    except MalformedPdu as fault:
        fault.command_id, fault.sequence = command_id, sequence
        raise


class Frames:
    """Cuts a stream into whole PDUs; holds at most the one that is not whole yet."""

    def __init__(self, octets_limit: int = PDU_OCTETS_LIMIT) -> None:
        self._octets_limit = octets_limit
        self._held = bytearray()
        self._wanted = HEADER_OCTETS
        self.broken: BrokenStream | None = None

    @property
    def held_octets(self) -> int:
        """Of the PDU that is not whole yet."""
        return len(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """All PDUs that are whole now. When `broken` is set, the stream ended for us after them."""
        if self.broken is not None:
            return []
        if self._held:
            self._held += data
            if len(self._held) < self._wanted:
                return []
            data = bytes(self._held)
            self._held.clear()
        found: list[bytes] = []
        at, end = 0, len(data)
        limit = self._octets_limit
        unpack = HEADER.unpack_from
        while end - at >= HEADER_OCTETS:
            length, command_id, _, sequence = unpack(data, at)
            if not HEADER_OCTETS <= length <= limit:
                reason = f"command_length {length}, limit {limit}"
                self.broken = BrokenStream(reason, Status.RINVCMDLEN, command_id, sequence)
                return found
            stop = at + length
            if stop > end:
                self._hold(data, at, length)
                return found
            found.append(data[at:stop])
            at = stop
        if at < end:
            self._hold(data, at, HEADER_OCTETS)
        return found

    def _hold(self, data: bytes, at: int, wanted: int) -> None:
        self._held += data[at:]
        self._wanted = wanted
