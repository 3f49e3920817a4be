"""SMS that an upstream brings: a deliver_sm or data_sm made into an inbound segment (SMPP 3.4 §4.6.1, 4.7.1).

In: a PDU, and what the upstream's data_coding 0 is. Out: a `FromPhone`, with its place in a longer SMS, which
the engine joins; or the refusal that says what is wrong.
"""

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.from_outside import FromPhone
from heliograph.networks.smpp.translate.addresses import number_of
from heliograph.wire.gsm.udh import ElementId, build_header
from heliograph.wire.smpp.coding import Charset, Coding, coding_of, decode_text
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.parts import Body, read_body
from heliograph.wire.smpp.pdus import DataSm, DeliverSm

_CHARSETS = {"gsm": Charset.GSM7, "ascii": Charset.ASCII, "latin1": Charset.LATIN1}
_ZERO = {
    name: Coding(0, charset, dcs=0 if charset is Charset.GSM7 else None)
    for name, charset in _CHARSETS.items()
}
_NOT_KEPT = (
    ElementId.CONCATENATION,
    ElementId.WIDE_CONCATENATION,
    ElementId.SINGLE_SHIFT,
    ElementId.LOCKING_SHIFT,
)


def from_phone_of(
    upstream: str, pdu: DeliverSm | DataSm, coding_0: str, country_code: str
) -> FromPhone | Refusal:
    try:
        body = read_body(pdu)
    except MalformedPdu as fault:
        return refuse("bad_text", "esm_class", f"The user data cannot be read: {fault}.")
    coding = _ZERO[coding_0] if pdu.data_coding == 0 else coding_of(pdu.data_coding)
    if coding is None:
        return refuse("bad_text", "data_coding", f"Nothing here reads data_coding {pdu.data_coding:#04x}.")
    place = body.part if body.part is not None and body.part.total > 1 else None
    is_raw = place is not None and coding.charset is Charset.UCS2
    pid = 0 if isinstance(pdu, DataSm) else pdu.protocol_id
    content = _part(coding, body, pid, is_raw) if place is not None else _whole(coding, body, pid)
    if isinstance(content, Refusal):
        return content
    source = number_of(pdu.source_addr_ton, pdu.source_addr, country_code)
    destination = number_of(pdu.dest_addr_ton, pdu.destination_addr, country_code)
    made = FromPhone(upstream, source, destination, content, raw_ucs2=is_raw)
    if place is not None:
        made.part_reference, made.part_total, made.part_number = place.reference, place.total, place.sequence
    return made


def _part(coding: Coding, body: Body, pid: int, is_raw: bool) -> Content:
    """One of several: it is measured when all are there."""
    read = body.octets if is_raw else decode_text(coding, body.octets, body.header)
    octets = read.encode("utf-8", "replace") if isinstance(read, str) else read
    return Content(octets, _dcs(coding), pid, _header(body), 0, 1)


def _whole(coding: Coding, body: Body, pid: int) -> Content | Refusal:
    read = decode_text(coding, body.octets, body.header)
    udh = _header(body)
    if isinstance(read, bytes):
        return content_of_octets(read, Wish(message_class=coding.message_class, pid=pid, udh=udh))
    dcs = coding.dcs if coding.message_class is not None or coding.waiting is not None else None
    made = content_of_text(read, Wish(dcs=dcs, pid=pid, udh=udh))
    if isinstance(made, Refusal) and dcs is not None:  # national letters
        made = content_of_text(read, Wish(message_class=coding.message_class, pid=pid, udh=udh))
    return made


def _dcs(coding: Coding) -> int:
    """Texts of other alphabets are kept as text; their coding is chosen when they are whole."""
    if coding.dcs is not None:
        return coding.dcs
    return 0x04 if coding.charset is Charset.OCTETS else 0x00


def _header(body: Body) -> bytes:
    """What stays of it: ports and the like."""
    if not body.header.elements:
        return b""
    kept = [element for element in body.header.elements if element.id not in _NOT_KEPT]
    return build_header(kept) if kept else b""
