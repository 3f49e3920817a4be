"""What a submit_sm says, made into a `Content`: data_coding, user data header, message_payload, sar_* (SMPP
3.4 §5.2.19, §5.2.22, §5.3.2.22 to .24, §5.3.2.32).

In: a PDU's coding, header bit, octets and TLVs. Out: a `Said`, as it came, and of one or several of them the
content; or the refusal that says what is wrong. Septets travel unpacked, one in each octet.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.refusal import Refusal, refuse
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import ESCAPE, decode
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.udh import (
    NO_HEADER,
    Concatenation,
    ElementId,
    Header,
    Ports,
    build_header,
    concatenation_element,
    header_length,
    parse_header,
    ports_element,
)
from heliograph.wire.smpp.coding import Charset, coding_of, decode_text
from heliograph.wire.smpp.numbers import Feature
from heliograph.wire.smpp.tlv import (
    DEST_ADDR_SUBUNIT,
    DESTINATION_PORT,
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    SOURCE_PORT,
    Tlvs,
)

UDHI = int(Feature.UDHI)
ONE_SEGMENT = 160
GSM, OCTETS, UCS2 = 0x00, 0x04, 0x08
_FIRST_OF_GSM = 0x10  # data_coding from here on is TS 23.038's
_ALPHABETS = {Charset.GSM7: Alphabet.GSM7, Charset.UCS2: Alphabet.UCS2}
_PLACES = (ElementId.CONCATENATION, ElementId.WIDE_CONCATENATION)
_NARROW = 0xFF
_TLVS_THAT_SAY = frozenset(
    parameter.tag
    for parameter in (
        MESSAGE_PAYLOAD,
        SAR_MSG_REF_NUM,
        SAR_TOTAL_SEGMENTS,
        SAR_SEGMENT_SEQNUM,
        SOURCE_PORT,
        DESTINATION_PORT,
        DEST_ADDR_SUBUNIT,
    )
)


class Said(Struct, gc=False):
    """The user data of one PDU: its octets without the header, and its place in a longer message."""

    coding: int
    pid: int
    body: bytes
    header: Header = NO_HEADER
    place: Concatenation | None = None


def plain_content(body: bytes, pid: int) -> Content | None:
    """The common case: default alphabet, no header, one segment. None where it is not that."""
    if len(body) > ONE_SEGMENT or not body.isascii() or ESCAPE in body:
        return None
    return Content(decode(body).encode(), GSM, pid, b"", 0, 1)


def said_of(coding: int, pid: int, esm_class: int, message: bytes, tlvs: Tlvs) -> Said | Refusal:
    """Everything that a PDU says of its user data, the class of `dest_addr_subunit` within the coding."""
    says = any(tag in _TLVS_THAT_SAY for tag, _ in tlvs)
    payload = MESSAGE_PAYLOAD.of(tlvs) if says else None
    if payload is not None:
        if message:
            return refuse("bad_text", "message_payload", "There is text in short_message as well.")
        message = payload
    header = NO_HEADER
    if esm_class & UDHI:
        try:
            end = header_length(message)
            header = parse_header(message[:end])
        except Malformed as error:
            return refuse("bad_text", "esm_class", f"The user data header is wrong: {error}.")
        message = message[end:]
    said = Said(coding, pid, message, header, header.concatenation)
    return _with_parameters(said, tlvs) if says else said


def _with_parameters(said: Said, tlvs: Tlvs) -> Said | Refusal:
    """What TLVs say beside a header; where both say something, the header counts."""
    reference = SAR_MSG_REF_NUM.of(tlvs)
    total, number = SAR_TOTAL_SEGMENTS.of(tlvs), SAR_SEGMENT_SEQNUM.of(tlvs)
    if said.place is None and reference is not None and total is not None and number is not None:
        if not (1 <= number <= total <= 0xFF and reference <= 0xFFFF):
            return refuse("bad_value", "sar_segment_seqnum", f"There is no segment {number} of {total}.")
        said.place = Concatenation(reference, total, number, reference > _NARROW)
    destination = DESTINATION_PORT.of(tlvs)
    if destination is not None and said.header.ports is None:
        ports = Ports(destination & 0xFFFF, (SOURCE_PORT.of(tlvs) or 0) & 0xFFFF, wide=True)
        # Only the elements are used from here on.
        said.header = Header((*said.header.elements, ports_element(ports)), ports=ports)
    return _with_class(said, DEST_ADDR_SUBUNIT.of(tlvs))


def _with_class(said: Said, subunit: int | None) -> Said:
    """dest_addr_subunit, SMPP 3.4 §5.3.2.1: the display, the equipment, the SIM, an external unit."""
    if subunit in (1, 2, 3, 4) and said.coding in (GSM, OCTETS, UCS2):
        said.coding |= 0x10 | (subunit - 1)  # TS 23.038 §4: the same alphabet, with a class
    return said


def content_of(parts: Sequence[Said]) -> Content | Refusal:
    """The content of the whole. What the first part says of coding and header counts for all; octets are put
    together before they are read, since senders cut through pairs.
    """
    first = parts[0]
    body = first.body if len(parts) == 1 else b"".join(part.body for part in parts)
    keeps_place = len(parts) == 1 and first.place is not None and first.place.total > 1
    try:
        udh = _header_of(first, keeps_place) if first.header.elements or keeps_place else b""
    except ValueError as error:
        return refuse("bad_text", reason=f"The user data header is wrong: {error}.")
    return _content(first, body, udh)


def _header_of(said: Said, keeps_place: bool) -> bytes:
    others = [element for element in said.header.elements if element.id not in _PLACES]
    if keeps_place and said.place is not None:
        return build_header([concatenation_element(said.place), *others])
    return build_header(others)


def _content(said: Said, body: bytes, udh: bytes) -> Content | Refusal:
    """A coding that names a class or a lamp is kept as it is; else the text is coded as it fits best, unless
    the sender chose UCS-2.
    """
    coding = coding_of(said.coding)
    if coding is None:
        return refuse("bad_text", "data_coding", f"Nothing here reads the data_coding {said.coding:#04x}.")
    dcs = coding.dcs if said.coding >= _FIRST_OF_GSM else None
    read = decode_text(coding, body, said.header)
    if isinstance(read, bytes):
        return content_of_octets(read, _wish(None, dcs, said.pid, udh))
    alphabet = _ALPHABETS.get(coding.charset) if dcs is None else None
    return content_of_text(read, _wish(alphabet, dcs, said.pid, udh))


@lru_cache(1_000)
def _wish(alphabet: Alphabet | None, dcs: int | None, pid: int, udh: bytes) -> Wish:
    return Wish(alphabet=alphabet, dcs=dcs, pid=pid, udh=udh)
