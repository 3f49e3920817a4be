"""What a submit says, made into a `Content`: data_coding, user data header, message_payload, sar_* TLVs (SMPP
3.4 §5.2.19, §5.2.22, §5.3.2.22 to .24, §5.3.2.32).

In: a PDU. Out: a `Said`, as it came, and of one or several of them the content; or the refusal that says what
is wrong. Octets are read by `wire/smpp/parts` and `coding`.
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
    Concatenation,
    Element,
    build_header,
    concatenation_element,
    ports_element,
    without_place,
)
from heliograph.wire.smpp.coding import Charset, coding_of
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.numbers import Feature, Status
from heliograph.wire.smpp.parts import Body, Carrier, read_body, read_text
from heliograph.wire.smpp.tlv import DEST_ADDR_SUBUNIT

UDHI = int(Feature.UDHI)
ONE_SEGMENT = 160
GSM, OCTETS, UCS2 = 0x00, 0x04, 0x08
_FIRST_OF_GSM = 0x10  # data_coding from here on is TS 23.038's
_ALPHABETS = {Charset.GSM7: Alphabet.GSM7, Charset.UCS2: Alphabet.UCS2}
_NARROW = 0xFF


class Said(Struct, gc=False):
    """The user data of one PDU."""

    coding: int
    pid: int
    body: Body

    @property
    def place(self) -> Concatenation | None:
        """In a message that travels as several PDUs; None when it is all of it."""
        part = self.body.part
        return part if part is not None and part.total > 1 else None


def plain_content(body: bytes, pid: int) -> Content | None:
    """The common case: default alphabet, no header, one segment. None where it is not that."""
    if len(body) > ONE_SEGMENT or not body.isascii() or ESCAPE in body:
        return None
    return Content(decode(body).encode(), GSM, pid, b"", 0, 1)


def said_of(pdu: Carrier, pid: int) -> Said | Refusal:
    """Everything that a PDU says of its user data, the class of `dest_addr_subunit` within the coding."""
    try:
        body = read_body(pdu)
    except MalformedPdu as fault:
        field = "message_payload" if fault.status == Status.ROPTPARNOTALLWD else "esm_class"
        return refuse("bad_text", field, f"The user data is wrong: {fault}.")
    coding = pdu.data_coding
    subunit = DEST_ADDR_SUBUNIT.of(pdu.tlvs) if pdu.tlvs else None
    # SMPP 3.4 §5.3.2.1: the display, the equipment, the SIM, an external unit; TS 23.038 §4: the classes.
    if subunit in (1, 2, 3, 4) and coding in (GSM, OCTETS, UCS2):
        coding |= 0x10 | (subunit - 1)
    return Said(coding, pid, body)


def content_of(parts: Sequence[Said]) -> Content | Refusal:
    """The content of the whole. What the first part says of coding and header counts for all; octets are put
    together before they are read, since senders cut through pairs. Coding and class are kept where the sender
    named a class, a lamp, UCS-2 or GSM 7-bit; other characters are coded as they fit best.
    """
    first = parts[0]
    coding = coding_of(first.coding)
    if coding is None:
        return refuse("bad_text", "data_coding", f"Nothing here reads the data_coding {first.coding:#04x}.")
    try:
        udh = build_header(_elements(first, len(parts) == 1))
        read = read_text([(coding, part.body) for part in parts])
    except (Malformed, ValueError) as error:
        return refuse("bad_text", reason=f"The user data is wrong: {error}.")
    dcs = coding.dcs if first.coding >= _FIRST_OF_GSM else None
    if isinstance(read, bytes):
        return content_of_octets(read, _wish(None, dcs, first.pid, udh))
    alphabet = _ALPHABETS.get(coding.charset) if dcs is None else None
    return content_of_text(read, _wish(alphabet, dcs, first.pid, udh))


def _elements(said: Said, alone: bool) -> list[Element]:
    """The header without its place in the whole, unless it goes on as the part that it is."""
    body = said.body
    elements = without_place(body.header)
    if body.ports is not None and body.header.ports is None:
        elements.append(ports_element(body.ports))
    place = said.place if alone else None
    if place is not None and body.header.concatenation is None:
        # Who cuts for sar_* leaves room for the short element alone.
        place = Concatenation(place.reference & _NARROW, place.total, place.sequence)
    return elements if place is None else [concatenation_element(place), *elements]


@lru_cache(1_000)
def _wish(alphabet: Alphabet | None, dcs: int | None, pid: int, udh: bytes) -> Wish:
    return Wish(alphabet=alphabet, dcs=dcs, pid=pid, udh=udh)
