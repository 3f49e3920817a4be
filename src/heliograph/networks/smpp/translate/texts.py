"""The words of an SMS as an upstream wants them: its data_coding, its header, its octets, whole or segment by
segment (SMPP 3.4 §5.2.19, §5.2.22, §5.3.2.22 to .24).

In: a message, and the upstream's row. Out: pieces, one for each segment or one for all of them. The same row
always gives the same ones, so any of them can be sent again.
"""

from functools import lru_cache, partial

from msgspec import Struct

from heliograph.core.content import segments_of
from heliograph.core.message import Message
from heliograph.wire.gsm.alphabet import decode, encode
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs
from heliograph.wire.gsm.text import read_content
from heliograph.wire.gsm.udh import build_header, parse_header, without_place
from heliograph.wire.smpp.coding import data_coding_for, spell
from heliograph.wire.smpp.tlv import SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS, Tlvs

_CODECS = {"ascii": "ascii", "latin1": "latin-1"}  # what data_coding 0 is to some
_KEPT = 128  # long messages whose segments are under way
GSM = 0x00  # the default alphabet
SAR_FORMS = {"sar": 0xFFFF, "sar16": 0xFFFF, "sar8": 0xFF}  # and how large a reference may be
SHORT, WIDE = 0xFF, 0xFFFF


class Piece(Struct, frozen=True, gc=False):
    """What one submit_sm carries; `udh` stands before the octets."""

    coding: int
    udh: bytes
    octets: bytes
    tlvs: Tlvs = ()


class Unsayable(ValueError):
    """The upstream's alphabet lacks a character of it."""


def reference_of(message: int, highest: int) -> int:
    """Ids end in the shard, which is the same for all messages of a device."""
    return message // 256 & highest


def plain(body: bytes, codec: str | None) -> bytes:
    """A text in data_coding 0 that needs one segment and no header. `Unsayable` where it cannot be said."""
    text = body.decode(errors="replace")
    return encode(text) if codec is None else _in_codec(text, codec)


def codec_of(coding_0: str) -> str | None:
    """None: GSM 7-bit, unpacked."""
    return _CODECS.get(coding_0)


def whole(message: Message, codec: str | None) -> Piece:
    """All of it at once. What data_coding 0 cannot say here is said in UCS-2, which everybody reads."""
    default = encode if codec is None else partial(_in_codec, codec=codec)
    coding, _, octets = spell(message.dcs, message.body or b"", default)
    return Piece(coding, message.udh, octets)


def pieces(message: Message, long_form: str, codec: str | None) -> tuple[Piece, ...]:
    """One for each segment. `Unsayable` where a segment cannot be said in the upstream's alphabet."""
    udh, body = message.udh, message.body or b""
    return _pieces(message.id, body, message.dcs, udh, message.languages, long_form, codec)


@lru_cache(_KEPT)
def _pieces(
    id: int, body: bytes, dcs: int, udh: bytes, languages: int, long_form: str, codec: str | None
) -> tuple[Piece, ...]:
    scheme = parse_dcs(dcs)
    coding, most = data_coding_for(scheme), SAR_FORMS.get(long_form)
    cut = segments_of(body, dcs, udh, languages, reference_of(id, SHORT))
    made = []
    for number, one in enumerate(cut, 1):
        octets = read_content(scheme, bool(one.udh), one.udl, one.user_data)[1]
        if codec is not None and scheme.alphabet is Alphabet.GSM7:
            octets = _in_codec(_text(octets, languages), codec)
        if most is None or len(cut) == 1:
            made.append(Piece(coding, one.udh, octets))
        else:
            tlvs = _sar(reference_of(id, most), len(cut), number)
            made.append(Piece(coding, _without_place(one.udh), octets, tlvs))
    return tuple(made)


def _text(septets: bytes, languages: int) -> str:
    if languages:
        raise Unsayable("national letters")
    return decode(septets)


def _in_codec(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec)
    except UnicodeEncodeError as lacking:
        raise Unsayable(str(lacking)) from None


def _sar(reference: int, total: int, number: int) -> Tlvs:
    return (SAR_MSG_REF_NUM(reference), SAR_TOTAL_SEGMENTS(total), SAR_SEGMENT_SEQNUM(number))


def _without_place(udh: bytes) -> bytes:
    others = without_place(parse_header(udh))
    return build_header(others) if others else b""
