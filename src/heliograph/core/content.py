"""Content: what a sender wants to say, made into what a message row keeps: body, coding, header, segment
count.

In: a submission's text or octets with its wishes. Out: a `Content`, or the refusal that says which wish
fails.
"""

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language, Unencodable
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs
from heliograph.wire.gsm.text import Fit, SegmentData, TooLong, fits, fits_octets, split, split_octets

LONGEST_BODY = 65_536
LONGEST_PRIORITY = 3
LONGEST_UDH = 139

_DCS_OF = {Alphabet.GSM7: 0x00, Alphabet.OCTETS: 0x04, Alphabet.UCS2: 0x08}
_CLASS_PRESENT = 0x10  # 3GPP TS 23.038 §4: bit 4 says that bits 1..0 hold a class


class Wish(Struct, frozen=True):
    """How the sender wants it coded. The defaults mean: choose for me."""

    alphabet: Alphabet | None = None
    message_class: int | None = None  # 0 is flash
    national: bool = False  # may use national shift tables
    dcs: int | None = None  # the whole octet, for those who know
    pid: int = 0
    udh: bytes = b""


PLAIN = Wish()


class Content(Struct, frozen=True, gc=False):
    body: bytes
    dcs: int
    pid: int
    udh: bytes
    languages: int
    segments: int


def content_of_text(text: str, wish: Wish = PLAIN) -> Content | Refusal:
    """Chooses the encoding and counts the segments."""
    if len(text) > LONGEST_BODY:
        return refuse("too_long")
    if _alphabet(wish) is Alphabet.OCTETS:
        return refuse("bad_text", "dcs", "Text cannot be sent under the coding of 8-bit data.")
    try:
        body = text.encode()
        fit = _fit(text, wish)
    except Unencodable as error:
        return refuse("bad_text", reason=f"{error.character!r} at {error.index} is not in the encoding.")
    except TooLong:
        return refuse("too_long")
    except (Malformed, UnicodeEncodeError) as error:
        return refuse("bad_text", "udh" if wish.udh else None, f"The text cannot be sent: {error}.")
    dcs = wish.dcs if wish.dcs is not None else _dcs(fit.alphabet, wish.message_class)
    return Content(body, dcs, wish.pid, wish.udh, _languages(fit), fit.segments)


def content_of_octets(octets: bytes, wish: Wish = PLAIN) -> Content | Refusal:
    """8-bit data."""
    if len(octets) > LONGEST_BODY or len(wish.udh) > LONGEST_UDH:
        return refuse("too_long")
    if wish.dcs is not None and parse_dcs(wish.dcs).alphabet != Alphabet.OCTETS:
        return refuse("bad_text", "dcs", f"Octets cannot be sent under the text coding {wish.dcs:#04x}.")
    try:
        segments = fits_octets(len(octets), udh=wish.udh)
    except TooLong:
        return refuse("too_long")
    except Malformed as error:
        return refuse("bad_text", "udh", f"The user data header is wrong: {error}.")
    dcs = wish.dcs if wish.dcs is not None else _dcs(Alphabet.OCTETS, wish.message_class)
    return Content(octets, dcs, wish.pid, wish.udh, 0, segments)


def _fit(text: str, wish: Wish) -> Fit:
    if wish == PLAIN:
        return fits(text)
    return fits(text, alphabet=_alphabet(wish), allow_national=wish.national, udh=wish.udh)


def _alphabet(wish: Wish) -> Alphabet | None:
    if wish.alphabet is None and wish.dcs is not None:
        return parse_dcs(wish.dcs).alphabet
    return wish.alphabet


def _dcs(alphabet: Alphabet, message_class: int | None) -> int:
    dcs = _DCS_OF[alphabet]
    return dcs if message_class is None else dcs | _CLASS_PRESENT | message_class


def _languages(fit: Fit) -> int:
    return (fit.locking or 0) * 256 + (fit.single or 0)


def segments_of(body: bytes, dcs: int, udh: bytes, languages: int, reference: int) -> tuple[SegmentData, ...]:
    """The segments on the wire. The same row always gives the same ones, so any of them can be sent again."""
    alphabet = parse_dcs(dcs).alphabet
    if alphabet == Alphabet.OCTETS:
        return split_octets(body, reference=reference, udh=udh)
    locking, single = divmod(languages, 256)
    text = body.decode(errors="replace")
    fit = fits(
        text,
        alphabet=alphabet,
        locking=Language(locking) if locking else None,
        single=Language(single) if single else None,
        udh=udh,
    )
    return split(text, fit, reference=reference, udh=udh)
