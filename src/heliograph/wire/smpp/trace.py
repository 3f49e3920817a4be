"""The last PDUs of one peer, as octets; decoded when somebody looks.

Comes in: frames as they travel, with the time. Goes out: their fields. A text is hidden unless asked for, a
password always. Bounded in number and in octets. Never here: a clock, sockets, who may look.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import fields
from struct import unpack_from
from typing import NamedTuple

from heliograph.wire.smpp.codec import decode
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.numbers import command_name, status_name
from heliograph.wire.smpp.pdus import Pdu
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, PARAMETERS, NetworkError, Tlvs

HEADER_OCTETS = 16
LONGEST_KEPT = 2_048  # of a longer PDU only the header is kept

Field = str | int | list[str]


Frame = tuple[float, int, bool, bytes]
"""When, on the loop's clock; in which session; is it ours; its octets."""


class TracedPdu(NamedTuple):
    """One PDU for people."""

    at: int
    session: int
    is_ours: bool  # it went to the peer
    command: str
    status: str
    sequence: int
    length: int
    fields: dict[str, Field]


class Trace:
    """`frames` is appended to for every PDU there is, so it is a plain queue of plain tuples."""

    def __init__(self, pdus: int) -> None:
        self.frames: deque[Frame] = deque(maxlen=pdus)

    def take_over(self, other: "Trace") -> None:
        """What a session said before it was known whose it is."""
        self.frames.extend(other.frames)

    def read(self, with_text: bool, limit: int, wall_ms: int, time: float) -> list[TracedPdu]:
        """Oldest first, the last ones. The two clocks as they stand now."""
        began = wall_ms - time * 1000
        return [_read(frame, with_text, began) for frame in list(self.frames)[-limit:]]


def kept(octets: bytes) -> bytes:
    """Of a long PDU only the header."""
    return octets if len(octets) <= LONGEST_KEPT else octets[:HEADER_OCTETS]


def _read(frame: Frame, with_text: bool, began: float) -> TracedPdu:
    at, session, is_ours, octets = frame
    length, command, status, sequence = unpack_from(">IIII", octets)
    shown: dict[str, Field]
    try:
        shown = dict(_fields(decode(octets).pdu, with_text))
    except MalformedPdu as fault:
        shown = {"malformed": str(fault)} if len(octets) == length else {"kept": "the header only"}
    return TracedPdu(
        round(began + at * 1000),
        session,
        is_ours,
        command_name(command),
        status_name(status),
        sequence,
        length,
        shown,
    )


def _fields(pdu: Pdu, with_text: bool) -> Iterator[tuple[str, Field]]:
    for field in fields(pdu):
        value = getattr(pdu, field.name)
        match field.name, value:
            case "status", _:
                continue
            case "password", _:
                yield field.name, "***" if value else ""
            case "short_message", bytes():
                yield field.name, value.hex() if with_text else f"{len(value)} octets"
            case "tlvs", tuple():
                yield from _parameters(value, with_text)
            case _, str() | int():
                yield field.name, value
            case _:
                yield field.name, [str(one) for one in value]


def _parameters(tlvs: Tlvs, with_text: bool) -> Iterator[tuple[str, Field]]:
    for tag, value in tlvs:
        known = PARAMETERS.get(tag)
        name = known.name if known is not None else f"0x{tag:04X}"
        if tag == MESSAGE_PAYLOAD.tag and not with_text:
            yield name, f"{len(value)} octets"
        else:
            yield name, value.hex() if known is None else _read_parameter(known.of(((tag, value),)), value)


def _read_parameter(read: object, value: bytes) -> Field:
    """A number, words, or octets as they are."""
    if isinstance(read, NetworkError):
        return f"{read.network_type}:{read.code}"
    return read if isinstance(read, int | str) else value.hex()
