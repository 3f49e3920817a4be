"""data_coding: which characters, which class, which lamp (SMPP 3.4 §5.2.19), and the text itself.

Comes in: the octet and the octets, or text. Goes out: a `Coding`, text, or octets. The default alphabet is
GSM 7-bit, one septet per octet. Never here: which coding a peer may use, packing, splitting (see `parts`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Unencodable
from heliograph.wire.gsm.alphabet import decode as decode_gsm
from heliograph.wire.gsm.alphabet import encode as encode_gsm
from heliograph.wire.gsm.dcs import Alphabet, Dcs, parse_dcs
from heliograph.wire.gsm.message_waiting import Waiting
from heliograph.wire.gsm.udh import NO_HEADER, Header


class Charset(Enum):
    """How the octets of a text are read; the value names the codec of the ones that are not GSM's."""

    GSM7 = "gsm7"
    OCTETS = "octets"
    UCS2 = "utf-16-be"
    ASCII = "ascii"
    LATIN1 = "latin-1"
    SHIFT_JIS = "shift_jis"
    CYRILLIC = "iso8859_5"
    HEBREW = "iso8859_8"
    ISO_2022_JP = "iso2022_jp"
    KOREAN = "euc_kr"


@dataclass(frozen=True, slots=True)
class Coding:
    """What a data_coding says. `dcs` is the octet of TS 23.038 that says the same, None when none does."""

    data_coding: int
    charset: Charset
    message_class: int | None = None
    waiting: Waiting | None = None
    dcs: int | None = None

    @property
    def is_text(self) -> bool:
        return self.charset is not Charset.OCTETS


class Spelled(NamedTuple):
    """A message as octets: septets unpacked, UTF-16BE, or as they are."""

    data_coding: int
    alphabet: Alphabet
    octets: bytes


_PLAIN = {
    0: (Charset.GSM7, 0x00),
    1: (Charset.ASCII, None),
    2: (Charset.OCTETS, 0x04),
    3: (Charset.LATIN1, None),
    4: (Charset.OCTETS, 0x04),
    5: (Charset.SHIFT_JIS, None),
    6: (Charset.CYRILLIC, None),
    7: (Charset.HEBREW, None),
    8: (Charset.UCS2, 0x08),
    10: (Charset.ISO_2022_JP, None),
    14: (Charset.KOREAN, None),
}
_CHARSETS = {Alphabet.GSM7: Charset.GSM7, Alphabet.OCTETS: Charset.OCTETS, Alphabet.UCS2: Charset.UCS2}
# As in TS 23.038 §4: 0x10-0x1F a class, 0xC0-0xEF message waiting, 0xF0-0xFF a class. 0x1C-0x1F are reserved.
_LIKE_GSM = (*range(0x10, 0x1C), *range(0xC0, 0x100))


def _read(number: int) -> Coding | None:
    if number in _PLAIN:
        charset, plain_dcs = _PLAIN[number]
        return Coding(number, charset, dcs=plain_dcs)
    if number in _LIKE_GSM:
        dcs = parse_dcs(number)
        return Coding(number, _CHARSETS[dcs.alphabet], dcs.message_class, dcs.waiting, number)
    return None


_ALL = tuple(_read(number) for number in range(256))
_PLAIN_NUMBERS = {charset: number for number, (charset, _) in reversed(_PLAIN.items())} | {Charset.OCTETS: 4}
_LETTERS_OF_GSM = frozenset(range(0x20)) - frozenset(b"\t\n\f\r")
_CLASSES_FROM = 0x10  # from here on data_coding and TS 23.038 say the same
_CLASS_GROUPS = {Charset.GSM7: 0xF0, Charset.OCTETS: 0xF4, Charset.UCS2: 0x18}


def coding_of(data_coding: int) -> Coding | None:
    """What this octet says; None for a reserved one, and for the two that nobody can read (9 and 13)."""
    return _ALL[data_coding]


def data_coding_of(charset: Charset, message_class: int | None = None) -> int:
    """The octet that says it; ValueError when none does."""
    if message_class is None:
        return _PLAIN_NUMBERS[charset]
    if charset not in _CLASS_GROUPS or not 0 <= message_class <= 3:
        raise ValueError(f"no data_coding says {charset.name} and class {message_class}")
    return _CLASS_GROUPS[charset] | message_class


def data_coding_for(scheme: Dcs) -> int:
    """The octet that says what one of TS 23.038 says."""
    return scheme.octet if scheme.octet >= _CLASSES_FROM else _PLAIN_NUMBERS[_CHARSETS[scheme.alphabet]]


def spell(dcs: int, body: bytes, default: Callable[[str], bytes] = encode_gsm) -> Spelled:
    """What travels of a text in UTF-8, or of octets, which a data coding scheme of TS 23.038 tells apart.
    `default` writes the default alphabet. What that lacks is said in UCS-2, which everybody reads.
    """
    scheme = parse_dcs(dcs)
    coding = data_coding_for(scheme)
    if scheme.alphabet is Alphabet.OCTETS or scheme.compressed:
        return Spelled(coding, Alphabet.OCTETS, body)
    text = body.decode(errors="replace")
    if scheme.alphabet is Alphabet.GSM7:
        try:
            return Spelled(coding, Alphabet.GSM7, default(text))
        except ValueError:
            coding = data_coding_of(Charset.UCS2, scheme.message_class)
    return Spelled(coding, Alphabet.UCS2, encode_text(text, Charset.UCS2))


def decode_text(coding: Coding, octets: bytes, header: Header = NO_HEADER) -> str | bytes:
    """The text; octets when it is none. What cannot be read becomes U+FFFD; `header` names the tables."""
    match coding.charset:
        case Charset.GSM7:
            return decode_gsm(octets, header.locking, header.single)
        case Charset.OCTETS:
            return octets
        case Charset.ASCII:
            if is_gsm_after_all(octets):
                return decode_gsm(octets, header.locking, header.single)
            # Who says ASCII and sends more means Latin-1.
            return octets.decode("latin-1")
        case charset:
            return octets.decode(charset.value, "replace")


def is_gsm_after_all(octets: bytes) -> bool:
    """Octets that are called ASCII and have what no text in ASCII has: controls, where GSM 7-bit has letters
    (TS 23.038 §6.2.1). node-smpp is one that codes its texts so.
    """
    return octets.isascii() and not _LETTERS_OF_GSM.isdisjoint(octets)


def encode_text(text: str, charset: Charset, header: Header = NO_HEADER) -> bytes:
    """ValueError (`Unencodable` for GSM) when the charset lacks a character."""
    match charset:
        case Charset.GSM7:
            return encode_gsm(text, header.locking, header.single)
        case Charset.OCTETS:
            raise ValueError("octets are no text")
        case Charset.UCS2:
            # A lone surrogate is the sender's business; it travels as it is.
            return text.encode("utf-16-be", "surrogatepass")
        case _:
            return text.encode(charset.value)


def best_charset(text: str) -> Charset:
    """GSM 7-bit if it can be, else UCS-2: what every peer reads."""
    try:
        encode_gsm(text)
    except Unencodable:
        return Charset.UCS2
    return Charset.GSM7


def check_octets(coding: Coding, octets: bytes) -> None:
    """`Malformed` when these octets cannot be a text of this coding: half a UCS-2 character."""
    if coding.charset is Charset.UCS2 and len(octets) % 2:
        raise Malformed("UCS-2 text of an odd number of octets")
