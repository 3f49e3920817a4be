"""Cutting encoded text or data into the user data of segments (TS 23.040 §9.2.3.24.1, TS 23.038).

Comes in: septets, UTF-16 or octets, and the header elements that every segment repeats.
Goes out: `SegmentData`.
Never here: choosing an alphabet (see `text`), and the TPDU around the user data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import ESCAPE, Language
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.septets import pack
from heliograph.wire.gsm.udh import (
    NO_HEADER,
    Concatenation,
    Header,
    concatenation_element,
    header_length,
    parse_header,
    shift_elements,
)

USER_DATA_OCTETS_LIMIT = 140
SEGMENTS_LIMIT = 255
"""The total of a concatenated message is one octet. 3GPP TS 23.040 §9.2.3.24.1."""


class TooLong(ValueError):
    """More than the segments there may be; `segments` is how many it would take, None when nobody counted."""

    def __init__(self, limit: int, segments: int | None = None) -> None:
        super().__init__(f"more than {limit} segments")
        self.limit = limit
        self.segments = segments


class SegmentData(NamedTuple):
    """The user data of one segment.

    `user_data` is the whole TP-UD: the header, the fill bits, the text; `udh` is the header in it, with its
    length octet, b"" for none. `udl` is TP-UDL: septets for packed text, else octets, the header counted.
    """

    udh: bytes
    user_data: bytes
    udl: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the header of every segment holds beside the segment's place in the message."""

    header: Header = NO_HEADER  # the caller's
    elements: bytes = b""
    has_length_octet: bool = False
    wide_reference: bool = False

    @property
    def segments_limit(self) -> int:
        """A caller who brings the place of a segment brings one segment."""
        return SEGMENTS_LIMIT if self.header.concatenation is None else 1

    def length(self, is_part: bool) -> int:
        """Octets of the header, of a message in one segment or of a part of a longer one."""
        if is_part:
            return 1 + (6 if self.wide_reference else 5) + len(self.elements)
        return self.has_length_octet + len(self.elements)

    def udh(self, part: Concatenation | None) -> bytes:
        if part is None:
            return bytes((len(self.elements),)) + self.elements if self.has_length_octet else b""
        place = concatenation_element(part)
        body = bytes((place.id, len(place.data))) + place.data + self.elements
        return bytes((len(body),)) + body

    def with_shifts(self, locking: Language | None, single: Language | None) -> "Envelope":
        """Says which national tables are used, unless the caller's header does already.

        Where both say something, ours counts: it is the last one.
        """
        if locking == self.header.locking and single == self.header.single:
            return self
        missing = shift_elements(
            locking if locking != self.header.locking else None,
            single if single != self.header.single else None,
        )
        added = b"".join(bytes((element.id, len(element.data))) + element.data for element in missing)
        return Envelope(self.header, self.elements + added, True, self.wide_reference)


_PLAIN = Envelope()
_WIDE = Envelope(wide_reference=True)


def envelope_of(udh: bytes, wide_reference: bool) -> Envelope:
    """The caller's header, whole and with its length octet, or b"" for none; `Malformed` when it is wrong."""
    if not udh:
        return _WIDE if wide_reference else _PLAIN
    if header_length(udh) != len(udh):
        raise Malformed("octets follow the user data header")
    return Envelope(parse_header(udh), udh[1:], True, wide_reference)


def room(alphabet: Alphabet, header_octets: int) -> int:
    """Septets, 16-bit units or octets that fit beside a header; below zero when not even the header does."""
    octets = USER_DATA_OCTETS_LIMIT - header_octets
    if alphabet is Alphabet.GSM7:
        return octets * 8 // 7
    return octets // 2 if alphabet is Alphabet.UCS2 else octets


def cut(data: bytes, alphabet: Alphabet, envelope: Envelope) -> Sequence[bytes]:
    """The pieces of septets, UTF-16BE or octets that travel in one segment each; raises `TooLong`."""
    unit = 2 if alphabet is Alphabet.UCS2 else 1
    alone = room(alphabet, envelope.length(is_part=False))
    if len(data) <= alone * unit:
        return (data,)
    size = room(alphabet, envelope.length(is_part=True))
    # An escape pair and a surrogate pair need room for two.
    if size < (1 if alphabet is Alphabet.OCTETS else 2):
        raise TooLong(envelope.segments_limit)
    pieces = _pieces(data, alphabet, size * unit)
    if len(pieces) > envelope.segments_limit:
        raise TooLong(envelope.segments_limit, len(pieces))
    return pieces


def _pieces(data: bytes, alphabet: Alphabet, size: int) -> list[bytes]:
    pieces = []
    start = 0
    while start < len(data):
        end = start + size
        if end < len(data):
            if alphabet is Alphabet.GSM7:
                end -= data[end - 1] == ESCAPE
            elif alphabet is Alphabet.UCS2 and data[end] & 0xFC == 0xDC:
                end -= 2  # the second half of a surrogate pair begins no segment
        pieces.append(data[start:end])
        start = end
    return pieces


def make_segments(
    pieces: Sequence[bytes], alphabet: Alphabet, envelope: Envelope, reference: int
) -> tuple[SegmentData, ...]:
    """The user data of every piece; the reference (0 to 255, or 65535 when wide) is used for several only."""
    total = len(pieces)
    if total == 1:
        return (_segment(envelope.udh(None), pieces[0], alphabet),)
    if not 0 <= reference < (0x10000 if envelope.wide_reference else 0x100):
        raise ValueError(f"reference {reference} is out of range")
    return tuple(
        _segment(
            envelope.udh(Concatenation(reference, total, sequence, envelope.wide_reference)), piece, alphabet
        )
        for sequence, piece in enumerate(pieces, 1)
    )


def _segment(udh: bytes, piece: bytes, alphabet: Alphabet) -> SegmentData:
    if alphabet is not Alphabet.GSM7:
        return SegmentData(udh, udh + piece, len(udh) + len(piece))
    # 3GPP TS 23.040 §9.2.3.24: fill bits after the header make the text begin on a septet boundary.
    header_bits = len(udh) * 8
    fill_bits = -header_bits % 7
    header_septets = (header_bits + fill_bits) // 7
    return SegmentData(udh, udh + pack(piece, fill_bits), header_septets + len(piece))
