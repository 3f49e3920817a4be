"""Text to GSM septets and back, with the default alphabet or national shift tables (TS 23.038 §6.2).

Comes in: text, or septets one per byte. Goes out: the other one, or a count of septets.
Never here: packing (see `septets`), and the choice of a table for a text (see `text`).
"""

import codecs
import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from heliograph.wire.gsm.tables import LOCKING, SINGLE, Table

if TYPE_CHECKING:
    from _codecs import _EncodingMap

ESCAPE = 0x1B


class Language(IntEnum):
    """National language identifiers. 3GPP TS 23.038 §6.2.1.2.4."""

    TURKISH = 1
    SPANISH = 2
    PORTUGUESE = 3
    BENGALI = 4
    GUJARATI = 5
    HINDI = 6
    KANNADA = 7
    MALAYALAM = 8
    ORIYA = 9
    PUNJABI = 10
    TAMIL = 11
    TELUGU = 12
    URDU = 13


LOCKING_LANGUAGES = tuple(language for language in Language if language in LOCKING)
SINGLE_LANGUAGES = tuple(language for language in Language if language in SINGLE)


class Unencodable(ValueError):
    """A character that the chosen tables do not have."""

    def __init__(self, index: int, character: str) -> None:
        super().__init__(f"U+{ord(character):04X} at {index} is not in the chosen GSM tables")
        self.index = index
        self.character = character


def encode(text: str, locking: Language | None = None, single: Language | None = None) -> bytes:
    """The septets of a text, one per byte, shifted characters after an escape; raises `Unencodable`."""
    marked = _mark(text, locking, single)
    if marked.translate(None, _MAIN_MARKS):
        marked = _SHIFTED_MARK.sub(_escape, marked)
    return marked.translate(_LOW_SEVEN)


def count(text: str, locking: Language | None = None, single: Language | None = None) -> int:
    """How many septets `encode` would give; raises `Unencodable`."""
    return len(text) + len(_mark(text, locking, single).translate(None, _MAIN_MARKS))


def decode(septets: bytes, locking: Language | None = None, single: Language | None = None) -> str:
    """The text of septets, one per byte; what no table has becomes a space. The eighth bit is dropped."""
    if not septets.isascii():
        septets = septets.translate(_LOW_SEVEN)
    if ESCAPE in septets:
        septets = _ESCAPED.sub(_mark_pair, septets)
    main = locking if locking in LOCKING else None
    return codecs.charmap_decode(septets, "strict", _decoding(main or 0, single or 0))[0]


def characters(locking: Language | None, single: Language | None) -> tuple[frozenset[str], frozenset[str]]:
    """What the locking table has for one septet, and the single shift table for two."""
    return _character_set(LOCKING[locking or 0]), _character_set(SINGLE[single or 0])


# Encoding marks every character with one byte, in C: a character of the main table with its code and the
# high bit, a shifted one with its code alone. No shifted character has the code of the escape, so that
# mark stands for the shifted code 0; the mark 0 is U+0000, which no table has: CPython builds its fast
# map only from a table that begins with U+0000.
_ZERO_SHIFTED = ESCAPE
_LOW_SEVEN = bytes(octet & 0x7F for octet in range(256))
_MAIN_MARKS = bytes(range(0x80, 0x100))
_SHIFTED_MARK = re.compile(rb"[\x01-\x7f]")
_ESCAPE_PAIRS = [bytes((ESCAPE, 0 if mark == _ZERO_SHIFTED else mark)) for mark in range(0x80)]
_UNMAPPED = "\ufffe"
_ESCAPED = re.compile(rb"\x1b(.?)", re.DOTALL)


def _mark(text: str, locking: Language | None, single: Language | None) -> bytes:
    try:
        if not locking and not single and text.isascii():
            marked = text.encode().translate(_ASCII_MARKS)
        else:
            marked = codecs.charmap_encode(text, "strict", _encoding(locking or 0, single or 0))[0]
    except UnicodeEncodeError as refused:
        # The map takes U+0000, as explained above; one that stands earlier is the first gap.
        earlier = text.find("\0", 0, refused.start)
        index = refused.start if earlier < 0 else earlier
        raise Unencodable(index, text[index]) from None
    if b"\0" in marked:
        index = marked.index(b"\0")
        raise Unencodable(index, text[index])
    return marked


def _escape(mark: re.Match[bytes]) -> bytes:
    return _ESCAPE_PAIRS[mark[0][0]]


def _mark_pair(pair: re.Match[bytes]) -> bytes:
    """An escape and its septet as one byte above 0x7F; an escape that ends the text is a space."""
    code: bytes = pair[1]
    return bytes((code[0] | 0x80,)) if code else b" "


# These caches hold every pair of tables there is; nothing is ever evicted.
_PAIRS = len(LOCKING) * len(SINGLE)


@lru_cache(maxsize=_PAIRS)
def _encoding(locking: int, single: int) -> "dict[int, int] | _EncodingMap":
    if locking not in LOCKING:
        raise ValueError(f"{Language(locking).name} has no locking shift table")
    return codecs.charmap_build("".join(_marks(LOCKING[locking], SINGLE[single])))


def _marks(main: Table, shifted: Table) -> list[str]:
    """The characters by mark."""
    marks = ["\0"] + [_UNMAPPED] * 0xFF
    # A character of the main table costs one septet, so it wins over the same one in the shift table; a
    # character drawn twice in a table (¡ in the Indic ones) keeps its lower code.
    seen: set[str] = set()
    for table, high in ((main, 0x80), (shifted, 0)):
        for code, character in enumerate(table):
            if character is not None and character not in seen:
                seen.add(character)
                marks[code | high or _ZERO_SHIFTED] = character
    return marks


# Most texts are plain: one table look-up by `bytes.translate` is twice as fast as the map.
_MARK_OF = {character: mark for mark, character in enumerate(_marks(LOCKING[0], SINGLE[0]))}
_ASCII_MARKS = bytes(_MARK_OF.get(chr(code), 0) for code in range(256))


@lru_cache(maxsize=_PAIRS)
def _decoding(locking: int, single: int) -> str:
    # 3GPP TS 23.038 §6.2.1.1: what the shift table lacks is shown as the main table has it, and an
    # escape after an escape (a further table, not defined) as a space.
    plain = [" " if character is None else character for character in LOCKING[locking]]
    upper = [plain[code] if character is None else character for code, character in enumerate(SINGLE[single])]
    return "".join(plain + upper)


@lru_cache(maxsize=len(LOCKING) + len(SINGLE))
def _character_set(table: Table) -> frozenset[str]:
    return frozenset(character for character in table if character is not None)
