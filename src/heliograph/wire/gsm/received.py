"""User data that arrived: its header, and its text or octets (TS 23.040 §9.2.3.24).

Comes in: TP-UD of one segment, or of all segments of a message in their order. Goes out: a `Header` and text
or octets. `Malformed` is the only thing that can go wrong. Never here: waiting for segments, sorting them.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language, decode
from heliograph.wire.gsm.dcs import Alphabet, Dcs
from heliograph.wire.gsm.septets import unpack
from heliograph.wire.gsm.udh import NO_HEADER, Header, header_length, parse_header


class UserData(NamedTuple):
    """One segment as it arrived: TP-DCS, TP-UDHI, TP-UDL, TP-UD."""

    dcs: Dcs
    udhi: bool
    udl: int
    octets: bytes


class _Coding(NamedTuple):
    """How the content of a segment is to be read; neighbours that share it are read as one."""

    alphabet: Alphabet
    locking: Language | None = None
    single: Language | None = None


def read_content(dcs: Dcs, udhi: bool, udl: int, ud: bytes) -> tuple[Header, bytes]:
    """The header, and the content as septets one per byte (GSM 7-bit) or as octets (all else)."""
    header, length = _read_header(ud) if udhi else (NO_HEADER, 0)
    if dcs.counts_septets:
        header_septets = (length * 8 + 6) // 7
        if udl < header_septets:
            raise Malformed("the user data header is longer than TP-UDL says")
        return header, unpack(ud[length:], udl - header_septets, -length * 8 % 7)
    if not length <= udl <= len(ud):
        raise Malformed(f"TP-UDL is {udl}, the header has {length} and the user data {len(ud)} octets")
    return header, ud[length:udl]


def _read_header(ud: bytes) -> tuple[Header, int]:
    length = header_length(ud)
    try:
        return parse_header(ud), length
    except Malformed:
        # 3GPP TS 23.040 §9.2.3.24: with too few or too many octets in the last element, the whole header
        # is ignored; the text behind it is still good.
        return NO_HEADER, length


def decode_user_data(dcs: Dcs, udhi: bool, udl: int, ud: bytes) -> tuple[Header, str | bytes]:
    """The header, and text; or octets for 8-bit data and for compressed text, which nobody reads here."""
    header, content = read_content(dcs, udhi, udl, ud)
    return header, _read(_coding(dcs, header), content)


def join_text(parts: Iterable[UserData]) -> str | bytes:
    """The whole of a message from its segments in order.

    Neighbours are put together before they are read, since some senders cut through an escape pair, a
    surrogate pair or a 16-bit unit. `Malformed` also when text and data are mixed.
    """
    contents = []
    for part in parts:
        header, content = read_content(*part)
        contents.append((_coding(part.dcs, header), content))
    read = [
        _read(coding, b"".join(content for _, content in run))
        for coding, run in groupby(contents, key=lambda pair: pair[0])
    ]
    texts = [piece for piece in read if isinstance(piece, str)]
    if len(texts) == len(read):
        return "".join(texts)
    if texts:
        raise Malformed("the segments of one message mix text and data")
    return b"".join(piece for piece in read if isinstance(piece, bytes))


def _coding(dcs: Dcs, header: Header) -> _Coding:
    if dcs.compressed:
        return _Coding(Alphabet.OCTETS)
    if dcs.alphabet is Alphabet.GSM7:
        return _Coding(Alphabet.GSM7, header.locking, header.single)
    return _Coding(dcs.alphabet)


def _read(coding: _Coding, content: bytes) -> str | bytes:
    match coding.alphabet:
        case Alphabet.GSM7:
            return decode(content, coding.locking, coding.single)
        case Alphabet.UCS2:
            return content.decode("utf-16-be", "replace")
        case Alphabet.OCTETS:
            return content
