"""What a message PDU carries: its octets, the header before them, and its place in a longer message.

Long messages come in three forms: a user data header with 8 or 16 bits of reference (esm_class 0x40), `sar_*`
TLVs, and whole in `message_payload`. Comes in: a PDU, or octets to carry. Goes out: a `Body`, or what to put
into a PDU. Never here: waiting for parts, and what the octets mean (see `coding`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.segments import cut, envelope_of
from heliograph.wire.gsm.udh import NO_HEADER, Concatenation, Header, Ports, header_length, parse_header
from heliograph.wire.smpp.coding import Coding, decode_text
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.kinds import SHORT_MESSAGE_LIMIT
from heliograph.wire.smpp.numbers import Feature, Status
from heliograph.wire.smpp.pdus import DataSm, DeliverSm, SubmitMulti, SubmitSm
from heliograph.wire.smpp.tlv import (
    DESTINATION_PORT,
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    SOURCE_PORT,
    Tlvs,
)

Carrier = SubmitSm | DeliverSm | SubmitMulti | DataSm


@dataclass(frozen=True, slots=True)
class Body:
    """`octets` are the text or data alone; `udh` is the header before them, its length octet included."""

    octets: bytes
    udh: bytes = b""
    header: Header = NO_HEADER
    part: Concatenation | None = None
    ports: Ports | None = None


class Form(Enum):
    """How parts of a long message say their place."""

    UDH = "udh"
    WIDE_UDH = "wide_udh"
    SAR = "sar"


class Written(NamedTuple):
    """What to put into a PDU; `esm_class` is to be added to the other bits."""

    esm_class: int
    short_message: bytes
    tlvs: Tlvs = ()


def read_body(pdu: Carrier) -> Body:
    """`MalformedPdu` when there are two texts, or the header that esm_class announces is none."""
    tlvs = pdu.tlvs
    octets = b"" if isinstance(pdu, DataSm) else pdu.short_message
    if tlvs:
        payload = MESSAGE_PAYLOAD.of(tlvs)
        if payload is not None:
            if octets:
                raise MalformedPdu("short_message and message_payload", Status.ROPTPARNOTALLWD)
            octets = payload
    if pdu.esm_class & Feature.UDHI:
        return _with_header(octets, tlvs)
    if not tlvs:
        return Body(octets)
    return Body(octets, part=_sar(tlvs), ports=_ports(tlvs))


def _with_header(octets: bytes, tlvs: Tlvs) -> Body:
    try:
        length = header_length(octets)
        header = parse_header(octets)
    except Malformed as wrong:
        raise MalformedPdu(str(wrong), Status.RINVESMCLASS) from None
    part = header.concatenation or _sar(tlvs)
    return Body(octets[length:], octets[:length], header, part, header.ports or _ports(tlvs))


def _sar(tlvs: Tlvs) -> Concatenation | None:
    """SMPP 3.4 §5.3.2.22: one of the three without the others, or out of its range, means nothing."""
    total, sequence = SAR_TOTAL_SEGMENTS.of(tlvs), SAR_SEGMENT_SEQNUM.of(tlvs)
    reference = SAR_MSG_REF_NUM.of(tlvs)
    if total is None or sequence is None or reference is None or not 1 <= sequence <= total <= 255:
        return None
    return Concatenation(reference & 0xFFFF, total, sequence, wide=True)


def _ports(tlvs: Tlvs) -> Ports | None:
    """SMPP 3.4 §5.3.2.20."""
    destination = DESTINATION_PORT.of(tlvs)
    if destination is None:
        return None
    return Ports(destination & 0xFFFF, (SOURCE_PORT.of(tlvs) or 0) & 0xFFFF, wide=True)


def read_text(parts: Iterable[tuple[Coding, Body]]) -> str | bytes:
    """The whole of a message from its parts in order; `Malformed` when they mix text and data.

    Neighbours are put together before they are read, since some senders cut through a character.
    """
    read = [
        decode_text(coding, b"".join(body.octets for _, body in run), header)
        for (coding, header), run in groupby(
            parts,
            key=lambda pair: (pair[0], Header(locking=pair[1].header.locking, single=pair[1].header.single)),
        )
    ]
    texts = [piece for piece in read if isinstance(piece, str)]
    if len(texts) == len(read):
        return "".join(texts)
    if texts:
        raise Malformed("the parts of one message mix text and data")
    return b"".join(piece for piece in read if isinstance(piece, bytes))


def write_whole(octets: bytes, udh: bytes = b"") -> Written:
    """One PDU for all of it, by `message_payload` when it is longer than a short message."""
    esm_class = Feature.UDHI if udh else 0
    if len(udh) + len(octets) <= SHORT_MESSAGE_LIMIT:
        return Written(esm_class, udh + octets)
    return Written(esm_class, b"", (MESSAGE_PAYLOAD(udh + octets),))


def write_parts(
    octets: bytes, alphabet: Alphabet, *, reference: int, form: Form = Form.UDH, udh: bytes = b""
) -> tuple[Written, ...]:
    """One PDU per segment: septets one per octet, UTF-16BE, or octets; `udh` is the caller's, in every part.

    Raises `TooLong`, and `Malformed` for a bad `udh`. A reference of more bits than the form has is cut.
    """
    envelope = envelope_of(udh, wide_reference=form is not Form.UDH)
    pieces = cut(octets, alphabet, envelope)
    total = len(pieces)
    if total == 1:
        return (Written(Feature.UDHI if udh else 0, udh + pieces[0]),)
    reference &= 0xFF if form is Form.UDH else 0xFFFF
    if form is Form.SAR:
        return tuple(
            Written(Feature.UDHI if udh else 0, udh + piece, _sar_tlvs(reference, total, sequence))
            for sequence, piece in enumerate(pieces, 1)
        )
    return tuple(
        Written(
            Feature.UDHI,
            envelope.udh(Concatenation(reference, total, sequence, form is Form.WIDE_UDH)) + piece,
        )
        for sequence, piece in enumerate(pieces, 1)
    )


def _sar_tlvs(reference: int, total: int, sequence: int) -> Tlvs:
    return (SAR_MSG_REF_NUM(reference), SAR_TOTAL_SEGMENTS(total), SAR_SEGMENT_SEQNUM(sequence))
