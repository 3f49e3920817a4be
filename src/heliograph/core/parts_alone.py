"""Parts by themselves: where a policy wants each segment of a long SMS told as it comes, and where somebody
brings one segment with its header.

In: a part, or a header. Out: its body as text or octets, a header with its place in the whole, or its place.
"""

from heliograph.core.reassembly import Part
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.udh import (
    Concatenation,
    ElementId,
    build_header,
    concatenation_element,
    parse_header,
)

_NARROW = 0xFF  # references up to here fit in the short element: 3GPP TS 23.040 §9.2.3.24.1
_PLACES = (ElementId.CONCATENATION, ElementId.WIDE_CONCATENATION)
_SHIFTS = (ElementId.SINGLE_SHIFT, ElementId.LOCKING_SHIFT)


def body_of_part(part: Part) -> bytes:
    """As `Message.body` has it. A pair of UCS-2 that the device cut in two cannot be read from one half."""
    return part.body.decode("utf-16-be", "replace").encode() if part.raw_ucs2 else part.body


def header_of_part(part: Part) -> bytes:
    """Its place first, then what else its header held, as far as that fits."""
    place = concatenation_element(
        Concatenation(part.reference, part.total, part.number, part.reference > _NARROW)
    )
    try:
        others = [one for one in parse_header(part.udh).elements if one.id not in _PLACES] if part.udh else []
        return build_header([place, *others])
    except (Malformed, ValueError):
        return build_header([place])


def place_in(udh: bytes) -> tuple[Concatenation, bytes] | None:
    """Which segment of a longer SMS this header is of, and what else the whole keeps of it: not the tables,
    which are chosen anew.
    """
    header = parse_header(udh) if udh else None
    place = None if header is None else header.concatenation
    if header is None or place is None or place.total == 1:
        return None
    return place, build_header([one for one in header.elements if one.id not in (*_PLACES, *_SHIFTS)])
