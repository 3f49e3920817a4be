"""Text and data to segments: which alphabet, how many segments, and their user data; and back.

Comes in: text, and what its sender wants. Goes out: a `Fit` (the preview), or `SegmentData` for the network.
Pure: the same arguments always give the same segments. The way back is `received`, offered here too.
Never here: the TPDU, references, policies.
"""

from collections.abc import Iterator
from typing import NamedTuple

from heliograph.wire.gsm.alphabet import (
    LOCKING_LANGUAGES,
    SINGLE_LANGUAGES,
    Language,
    Unencodable,
    characters,
    count,
    encode,
)
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.received import UserData, decode_user_data, join_text, read_content
from heliograph.wire.gsm.segments import (
    SEGMENTS_LIMIT,
    Envelope,
    SegmentData,
    TooLong,
    cut,
    envelope_of,
    make_segments,
    room,
)

__all__ = [
    "Fit",
    "SegmentData",
    "TooLong",
    "UserData",
    "decode_user_data",
    "fits",
    "fits_octets",
    "join_text",
    "read_content",
    "split",
    "split_octets",
]

_SEPTETS_ALONE = 160
_LONGEST_TEXT = SEGMENTS_LIMIT * _SEPTETS_ALONE


class Fit(NamedTuple):
    """How a text travels.

    `characters` and `characters_left` count what the alphabet counts: septets (an escaped character is two)
    or 16-bit units (an emoji is two); left is what the last segment still has room for. `forced_by` is the
    index and the character that the default alphabet lacks, when that decided the alphabet or the tables.
    """

    alphabet: Alphabet
    locking: Language | None
    single: Language | None
    segments: int
    characters: int
    characters_left: int
    forced_by: tuple[int, str] | None


_ALONE = tuple(
    Fit(Alphabet.GSM7, None, None, 1, used, _SEPTETS_ALONE - used, None) for used in range(_SEPTETS_ALONE + 1)
)


def fits(
    text: str,
    *,
    alphabet: Alphabet | None = None,
    locking: Language | None = None,
    single: Language | None = None,
    allow_national: bool = False,
    udh: bytes = b"",
    wide_reference: bool = False,
) -> Fit:
    """How this text travels.

    Without an alphabet: GSM 7-bit if it can be; else national tables (when allowed, and cheaper in segments
    than UCS-2); else UCS-2. `udh` is the caller's own header, whole and with its length octet. Raises
    `Unencodable` when GSM 7-bit is asked for and impossible, `TooLong`, and `Malformed` for a bad `udh`.
    """
    # The common case: one plain segment, no wishes.
    if len(text) <= _SEPTETS_ALONE and not udh and not locking and not single and alphabet in _PERHAPS_GSM7:
        try:
            used = count(text)
        except Unencodable:
            pass
        else:
            if used <= _SEPTETS_ALONE:
                return _ALONE[used]
    if len(text) > _LONGEST_TEXT:
        raise TooLong(SEGMENTS_LIMIT)
    envelope = envelope_of(udh, wide_reference)
    locking = locking or envelope.header.locking
    single = single or envelope.header.single
    match alphabet:
        case Alphabet.OCTETS:
            raise ValueError("text is not octets; see fits_octets")
        case Alphabet.UCS2:
            return _fit_ucs2(text, envelope, None)
    try:
        return _fit_gsm7(text, locking, single, envelope, None)
    except Unencodable as refused:
        may_search = allow_national and not locking and not single
        return _fit_without_default(text, alphabet, envelope, may_search, refused)


_PERHAPS_GSM7 = (None, Alphabet.GSM7)


def _fit_without_default(
    text: str, alphabet: Alphabet | None, envelope: Envelope, allow_national: bool, refused: Unencodable
) -> Fit:
    forced_by = (refused.index, refused.character)
    national = _cheapest_national(text, envelope, forced_by) if allow_national else None
    if alphabet is Alphabet.GSM7:
        if national is None:
            raise refused
        return national
    try:
        ucs2 = _fit_ucs2(text, envelope, forced_by)
    except TooLong:
        if national is None:
            raise
        return national
    return national if national is not None and national.segments < ucs2.segments else ucs2


def _cheapest_national(text: str, envelope: Envelope, forced_by: tuple[int, str]) -> Fit | None:
    best: tuple[tuple[int, ...], Fit] | None = None
    for locking, single in _tables_for(text):
        try:
            fit = _fit_gsm7(text, locking, single, envelope, forced_by)
        except TooLong:
            continue
        rank = _national_rank(fit)
        if best is None or rank < best[0]:
            best = (rank, fit)
    return best[1] if best else None


def _national_rank(fit: Fit) -> tuple[int, ...]:
    """Fewer segments come first.

    Then no locking table, since a phone without the tables shows letters for shifted characters but rubbish
    for a locked text; then one language, then the most room left.
    """
    locking, single = fit.locking or 0, fit.single or 0
    mixes_languages = bool(locking and single and locking != single)
    return (fit.segments, bool(locking), mixes_languages, -fit.characters_left, locking, single)


def _tables_for(text: str) -> Iterator[tuple[Language | None, Language | None]]:
    """The pairs of tables that have every character of the text."""
    distinct = frozenset(text)
    for locking in (None, *LOCKING_LANGUAGES):
        for single in (None, *SINGLE_LANGUAGES):
            main, shifted = characters(locking, single)
            missing = distinct - main
            if (locking or single) and missing <= shifted:
                yield locking, single
            if not missing:
                break  # a shift table would only cost its header element


def _fit_gsm7(
    text: str,
    locking: Language | None,
    single: Language | None,
    envelope: Envelope,
    forced_by: tuple[int, str] | None,
) -> Fit:
    septets = encode(text, locking, single)
    envelope = envelope.with_shifts(locking, single)
    segments, left = _measure(septets, Alphabet.GSM7, envelope)
    return Fit(Alphabet.GSM7, locking, single, segments, len(septets), left, forced_by)


def _fit_ucs2(text: str, envelope: Envelope, forced_by: tuple[int, str] | None) -> Fit:
    octets = _utf16(text)
    segments, left = _measure(octets, Alphabet.UCS2, envelope)
    return Fit(Alphabet.UCS2, None, None, segments, len(octets) // 2, left, forced_by)


def _measure(data: bytes, alphabet: Alphabet, envelope: Envelope) -> tuple[int, int]:
    """How many segments, and how many units more the last one would take."""
    pieces = cut(data, alphabet, envelope)
    last = len(pieces[-1]) // (2 if alphabet is Alphabet.UCS2 else 1)
    return len(pieces), room(alphabet, envelope.length(is_part=len(pieces) > 1)) - last


def _utf16(text: str) -> bytes:
    # A lone surrogate is the sender's business; it travels as it is.
    return text.encode("utf-16-be", "surrogatepass")


def fits_octets(length: int, *, udh: bytes = b"", wide_reference: bool = False) -> int:
    """How many segments so much 8-bit data takes; raises `TooLong`, and `Malformed` for a bad `udh`."""
    if length > SEGMENTS_LIMIT * room(Alphabet.OCTETS, 0):
        raise TooLong(SEGMENTS_LIMIT)
    return len(cut(bytes(length), Alphabet.OCTETS, envelope_of(udh, wide_reference)))


def split(
    text: str, fit: Fit, *, reference: int, udh: bytes = b"", wide_reference: bool = False
) -> tuple[SegmentData, ...]:
    """The segments of a text, as `fits` with the same `udh` and `wide_reference` found them."""
    envelope = envelope_of(udh, wide_reference)
    if fit.alphabet is Alphabet.GSM7:
        data = encode(text, fit.locking, fit.single)
        envelope = envelope.with_shifts(fit.locking, fit.single)
    else:
        data = _utf16(text)
    pieces = cut(data, fit.alphabet, envelope)
    if len(pieces) != fit.segments:
        raise ValueError("the fit was made for another text, header or reference")
    return make_segments(pieces, fit.alphabet, envelope, reference)


def split_octets(
    data: bytes, *, reference: int, udh: bytes = b"", wide_reference: bool = False
) -> tuple[SegmentData, ...]:
    """The segments of 8-bit data; raises `TooLong`, and `Malformed` for a bad `udh`."""
    envelope = envelope_of(udh, wide_reference)
    return make_segments(cut(data, Alphabet.OCTETS, envelope), Alphabet.OCTETS, envelope, reference)
