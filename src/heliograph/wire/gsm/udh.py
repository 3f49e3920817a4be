"""The user data header (TS 23.040 §9.2.3.24): information elements before the text of a segment.

Comes in: its octets, length octet first. Goes out: a `Header` that keeps every element as it came and says
what the known ones mean; or octets from elements. Never here: the text, and what is done with parts or ports.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import LOCKING_LANGUAGES, Language
from heliograph.wire.gsm.message_waiting import SpecialIndication, indication_octets, parse_indication

HEADER_OCTETS_LIMIT = 140
"""The whole header, with its length octet: all the user data there is."""


class ElementId(IntEnum):
    """The information elements this module knows. 3GPP TS 23.040 §9.2.3.24."""

    CONCATENATION = 0x00
    SPECIAL_INDICATION = 0x01
    PORTS = 0x04
    WIDE_PORTS = 0x05
    WIDE_CONCATENATION = 0x08
    SINGLE_SHIFT = 0x24
    LOCKING_SHIFT = 0x25


@dataclass(frozen=True, slots=True)
class Element:
    """One information element, as it travels."""

    id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Concatenation:
    """This segment's place in a long message. Wide references have 16 bits."""

    reference: int
    total: int
    sequence: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Ports:
    """Application ports. Wide ones have 16 bits."""

    destination: int
    source: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """All elements in order, and the meaning of the known ones that are in force."""

    elements: tuple[Element, ...] = ()
    concatenation: Concatenation | None = None
    ports: Ports | None = None
    locking: Language | None = None
    single: Language | None = None
    indications: tuple[SpecialIndication, ...] = ()


NO_HEADER = Header()
_PLACES = (ElementId.CONCATENATION, ElementId.WIDE_CONCATENATION)


def without_place(header: Header) -> list[Element]:
    """Its elements, but for the place in a longer message."""
    return [element for element in header.elements if element.id not in _PLACES]


def header_length(octets: bytes) -> int:
    """Octets of the header that begins here, length octet included; `Malformed` when it runs over the end."""
    if not octets or octets[0] >= len(octets):
        raise Malformed("the user data header is longer than the user data")
    return octets[0] + 1


def parse_header(octets: bytes) -> Header:
    """The header that begins here; what follows it is not read. `Malformed` when an element overruns it."""
    return make_header(_elements(octets, header_length(octets)))


def _elements(octets: bytes, end: int) -> tuple[Element, ...]:
    elements: list[Element] = []
    at = 1
    while at < end:
        if at + 2 > end or at + 2 + octets[at + 1] > end:
            raise Malformed(f"information element at {at} runs over the end of the user data header")
        stop = at + 2 + octets[at + 1]
        elements.append(Element(octets[at], octets[at + 2 : stop]))
        at = stop
    return tuple(elements)


def make_header(elements: Iterable[Element]) -> Header:
    """A header of these elements.

    An element that says nothing sensible is kept and ignored. Of elements that exclude each other, the last
    one counts; indications of message waiting may be many (§9.2.3.24).
    """
    kept = tuple(elements)
    concatenation: Concatenation | None = None
    ports: Ports | None = None
    locking: Language | None = None
    single: Language | None = None
    indications: list[SpecialIndication] = []
    for element in kept:
        match element.id:
            case ElementId.CONCATENATION | ElementId.WIDE_CONCATENATION:
                concatenation = _concatenation(element) or concatenation
            case ElementId.PORTS | ElementId.WIDE_PORTS:
                ports = _ports(element) or ports
            case ElementId.LOCKING_SHIFT:
                locking = _LOCKING_BY_DATA.get(element.data, locking)
            case ElementId.SINGLE_SHIFT:
                single = _SINGLE_BY_DATA.get(element.data, single)
            case ElementId.SPECIAL_INDICATION if len(element.data) == 2:
                indications.append(parse_indication(element.data))
    return Header(kept, concatenation, ports, locking, single, tuple(indications))


# 3GPP TS 23.040 §9.2.3.24.15, .16: one octet, the language; one that has no such table is ignored.
_SINGLE_BY_DATA = {bytes((language,)): language for language in Language}
_LOCKING_BY_DATA = {bytes((language,)): language for language in LOCKING_LANGUAGES}


def _concatenation(element: Element) -> Concatenation | None:
    # 3GPP TS 23.040 §9.2.3.24.1, .8: reference (1 or 2 octets), total, sequence. A total of 0 and a sequence
    # of 0 or above the total mean that the element is ignored.
    data = element.data
    wide = element.id == ElementId.WIDE_CONCATENATION
    if len(data) != (4 if wide else 3) or not 1 <= data[-1] <= data[-2]:
        return None
    return Concatenation(int.from_bytes(data[:-2], "big"), data[-2], data[-1], wide)


def _ports(element: Element) -> Ports | None:
    # 3GPP TS 23.040 §9.2.3.24.3, .4: destination, then source.
    wide = element.id == ElementId.WIDE_PORTS
    size = 2 if wide else 1
    data = element.data
    if len(data) != 2 * size:
        return None
    return Ports(int.from_bytes(data[:size], "big"), int.from_bytes(data[size:], "big"), wide)


def concatenation_element(part: Concatenation) -> Element:
    place = bytes((part.total, part.sequence))
    if part.wide:
        return Element(ElementId.WIDE_CONCATENATION, part.reference.to_bytes(2, "big") + place)
    return Element(ElementId.CONCATENATION, part.reference.to_bytes(1, "big") + place)


def ports_element(ports: Ports) -> Element:
    size, id = (2, ElementId.WIDE_PORTS) if ports.wide else (1, ElementId.PORTS)
    return Element(id, ports.destination.to_bytes(size, "big") + ports.source.to_bytes(size, "big"))


def shift_elements(locking: Language | None, single: Language | None) -> tuple[Element, ...]:
    """What tells the receiver which national tables the text uses."""
    shifts = ((ElementId.LOCKING_SHIFT, locking), (ElementId.SINGLE_SHIFT, single))
    return tuple(Element(id, bytes((language,))) for id, language in shifts if language)


def indication_element(indication: SpecialIndication) -> Element:
    return Element(ElementId.SPECIAL_INDICATION, indication_octets(indication))


def build_header(elements: Iterable[Element]) -> bytes:
    """The header's octets, length first; b"" for no elements; ValueError when it fits in no user data."""
    body = b"".join(bytes((element.id, len(element.data))) + element.data for element in elements)
    if len(body) >= HEADER_OCTETS_LIMIT:
        raise ValueError(f"a user data header of {len(body) + 1} octets fits in no segment")
    return bytes((len(body),)) + body if body else b""
