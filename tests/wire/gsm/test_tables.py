"""The character tables: each is whole, and holds its own script and digits in order.

The cells were compared with two other transcriptions of TS 23.038 Annex A (releases 16 and 18) and with those
of a phone; misprints of the standard are named in the table files. The digests keep them as they were.
"""

import hashlib
import unicodedata
from itertools import pairwise

import pytest

from heliograph.wire.gsm.alphabet import Language
from heliograph.wire.gsm.tables import LOCKING, SINGLE, Table, read_grid

SCRIPTS = {
    Language.BENGALI: range(0x0980, 0x0A00),
    Language.GUJARATI: range(0x0A80, 0x0B00),
    Language.HINDI: range(0x0900, 0x0980),
    Language.KANNADA: range(0x0C80, 0x0D00),
    Language.MALAYALAM: range(0x0D00, 0x0D80),
    Language.ORIYA: range(0x0B00, 0x0B80),
    Language.PUNJABI: range(0x0A00, 0x0A80),
    Language.TAMIL: range(0x0B80, 0x0C00),
    Language.TELUGU: range(0x0C00, 0x0C80),
    Language.URDU: range(0x0600, 0x0700),
}
DANDAS = {"\u0964", "\u0965"}  # shared by all Indic scripts
LATIN_LANGUAGES = (0, Language.TURKISH, Language.SPANISH, Language.PORTUGUESE)
ALL = [("locking", identifier) for identifier in LOCKING] + [("single", identifier) for identifier in SINGLE]

DIGESTS = {
    ("locking", 0): "08f05c893f36485c",
    ("locking", 1): "cb789aad49acc0c4",
    ("locking", 3): "d5aabd2371528f43",
    ("locking", 4): "d3c605f38cfb3e39",
    ("locking", 5): "4dee946e5c72ff17",
    ("locking", 6): "70402e9666fe2338",
    ("locking", 7): "777ebb5de8c8cc06",
    ("locking", 8): "1e9d3095e0eea33c",
    ("locking", 9): "576ff957ca31fd49",
    ("locking", 10): "34cc6a778c8c9c4f",
    ("locking", 11): "5b58967c4efb4e5c",
    ("locking", 12): "9ab177e7cde25ff8",
    ("locking", 13): "2673e87f0841cdaf",
    ("single", 0): "801615997806f888",
    ("single", 1): "9b629ea6722b8222",
    ("single", 2): "baaa657aed4ee6c2",
    ("single", 3): "6a707b140ed29dbe",
    ("single", 4): "e37e415e92e2b4d3",
    ("single", 5): "bb0b3ac2ee2649a3",
    ("single", 6): "457f2ef92cc6ee8f",
    ("single", 7): "9ed7f6492d033f89",
    ("single", 8): "9ad4bfe69169d71b",
    ("single", 9): "ce942c00c2069413",
    ("single", 10): "e738c2ac23b86d62",
    ("single", 11): "c48c014374bce2f9",
    ("single", 12): "60d62a4553ab5567",
    ("single", 13): "4dc7c9f1713341de",
}


def table(kind: str, identifier: int) -> Table:
    return (LOCKING if kind == "locking" else SINGLE)[identifier]


def in_script(cells: Table, script: range) -> list[int]:
    return [ord(cell) for cell in cells if cell is not None and ord(cell) in script]


@pytest.mark.parametrize(("kind", "identifier"), ALL)
def test_every_cell_is_as_compared(kind: str, identifier: int) -> None:
    cells = ",".join("" if cell is None else f"{ord(cell):04X}" for cell in table(kind, identifier))
    assert hashlib.sha256(cells.encode()).hexdigest()[:16] == DIGESTS[kind, int(identifier)]


@pytest.mark.parametrize(("kind", "identifier"), ALL)
def test_every_character_exists(kind: str, identifier: int) -> None:
    for cell in table(kind, identifier):
        assert cell is None or cell in "\n\f\r" or unicodedata.name(cell)


def test_languages_with_tables() -> None:
    # §6.2.1.2.4; Spanish has no locking shift table (§A.3.2 is void).
    assert set(SINGLE) == {0, *Language}
    assert set(LOCKING) == set(SINGLE) - {Language.SPANISH}


@pytest.mark.parametrize("identifier", LOCKING)
def test_locking_tables_share_what_a_receiver_relies_on(identifier: int) -> None:
    cells = LOCKING[identifier]
    assert (cells[0x0A], cells[0x0D], cells[0x1B], cells[0x20]) == ("\n", "\r", None, " ")
    assert "".join(cell or "" for cell in cells[0x30:0x3A]) == "0123456789"
    assert "".join(cell or "" for cell in cells[0x61:0x7B]) == "abcdefghijklmnopqrstuvwxyz"
    assert [cells[code] for code in (0x21, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F)] == list("!,.:;?")


@pytest.mark.parametrize("identifier", SINGLE)
def test_single_shift_tables_contain_the_default_extension(identifier: int) -> None:
    cells = SINGLE[identifier]
    extension = {code: cell for code, cell in enumerate(SINGLE[0]) if cell is not None}
    assert {code: cells[code] for code in extension} == extension
    # §6.2.1.1: the escape (a further table) and carriage return (a control) hold no characters.
    assert (cells[0x1B], cells[0x0D]) == (None, None)


@pytest.mark.parametrize("language", SCRIPTS)
def test_national_letters_are_of_their_script(language: Language) -> None:
    script = SCRIPTS[language]
    for cells in (LOCKING[language], SINGLE[language]):
        for cell in cells:
            is_own = cell is None or ord(cell) in script or cell in DANDAS
            assert is_own or ord(cell or "") < 0x100 or cell == "€"


@pytest.mark.parametrize("language", set(SCRIPTS) - {Language.URDU})
def test_indic_letters_stand_in_the_order_of_unicode(language: Language) -> None:
    letters = in_script(LOCKING[language], SCRIPTS[language])
    # The last six cells hold additions, after a vowel sign or mark at 0x60.
    ordered = letters[: letters.index(ord(LOCKING[language][0x60] or ""))]
    assert all(left < right for left, right in pairwise(ordered))
    assert len(set(letters)) == len(letters) > 50


@pytest.mark.parametrize("language", SCRIPTS)
def test_national_digits_stand_in_a_row(language: Language) -> None:
    # Bengali begins at 0x19, the others at 0x1C, after two dandas (or other signs).
    codes = [0x19, 0x1A, *range(0x1C, 0x24)] if language is Language.BENGALI else range(0x1C, 0x26)
    assert [unicodedata.digit(SINGLE[language][code] or "?") for code in codes] == list(range(10))


@pytest.mark.parametrize("identifier", set(LOCKING) - set(LATIN_LANGUAGES))
def test_capitals_of_non_latin_languages_are_shifted(identifier: int) -> None:
    assert "".join(cell or "" for cell in SINGLE[identifier][0x41:0x5B]) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_a_grid_has_sixteen_rows_of_eight() -> None:
    with pytest.raises(ValueError, match="16 rows"):
        read_grid("a b c d e f g h\n" * 15)
    with pytest.raises(ValueError, match="16 rows"):
        read_grid("a b c d e f g\n" * 16)
