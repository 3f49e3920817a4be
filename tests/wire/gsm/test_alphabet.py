"""Characters to septets and back: golden words, what a receiver shows for codes it lacks, round trips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.gsm.alphabet import (
    ESCAPE,
    LOCKING_LANGUAGES,
    Language,
    Unencodable,
    characters,
    count,
    decode,
    encode,
)
from heliograph.wire.gsm.tables import LOCKING, SINGLE
from tests.wire.gsm.texts import ANY_TEXT, PAIRS, alphabet_of, national_texts

TR, ES, PT, HI = Language.TURKISH, Language.SPANISH, Language.PORTUGUESE, Language.HINDI

# TS 23.038 §6.2.1, §6.2.1.1, §A.2, §A.3, read off the tables by hand.
GOLDEN: list[tuple[str, Language | None, Language | None, str]] = [
    ("", None, None, ""),
    ("A@£$", None, None, "41 00 01 02"),
    ("àÇØÅΔΩΞ§¿", None, None, "7f 09 0b 0e 10 15 1a 5f 60"),
    ("\n\r ", None, None, "0a 0d 20"),
    ("{[~^\\|€\f", None, None, "1b28 1b3c 1b3d 1b14 1b2f 1b40 1b65 1b0a"),
    ("ışİğçŞĞ", None, TR, "1b69 1b73 1b49 1b67 1b63 1b53 1b47"),
    ("ışİğçŞĞ€", TR, None, "07 1d 40 0c 60 1c 0b 04"),
    ("mañana ç Áé", None, ES, "6d 61 7d 61 6e 61 20 1b09 20 1b41 05"),
    ("ãõê", None, PT, "1b7b 1b7c 1b05"),
    ("ãõê", PT, None, "7b 7c 04"),
    ("नमस्ते", HI, None, "2f 42 4c 5f 27 59"),
    ("अA", HI, HI, "03 1b41"),
    ("১৯", None, Language.BENGALI, "1b1a 1b23"),
    ("ಡ", Language.KANNADA, None, "24"),
    ("اردو؟", Language.URDU, Language.URDU, "00 25 1a 53 1b33"),
    ("¡@", None, HI, "40 00"),
    ("¡@", HI, HI, "1b13 1b00"),
]


@pytest.mark.parametrize(("text", "locking", "single", "septets"), GOLDEN)
def test_golden(text: str, locking: Language | None, single: Language | None, septets: str) -> None:
    assert encode(text, locking, single) == bytes.fromhex(septets)
    assert decode(bytes.fromhex(septets), locking, single) == text
    assert count(text, locking, single) == len(bytes.fromhex(septets))


@pytest.mark.parametrize(
    ("septets", "single", "shown"),
    [
        ("1b", None, " "),  # §6.2.1: a receiver that does not know what follows shows a space
        ("411b", None, "A "),
        ("1b1b41", None, " A"),  # §6.2.1.1: a further table, not defined
        ("1b41", None, "A"),  # §6.2.1.1: not in the extension table: as in the main table
        ("1b00", None, "@"),
        ("1b0d", None, "\r"),
        ("1b41", ES, "Á"),
        ("1b42", ES, "B"),
        ("bc", None, "<"),  # eight bits are not a septet: the highest is dropped
    ],
)
def test_what_the_tables_lack(septets: str, single: Language | None, shown: str) -> None:
    assert decode(bytes.fromhex(septets), None, single) == shown


def test_an_unknown_shifted_code_is_shown_from_the_locking_table() -> None:
    # §6.2.1.2.3: with a locking shift, from that table; a hole in it is a space.
    assert decode(b"\x1b\x41", TR, None) == "A"
    assert decode(b"\x1b\x40", TR, None) == "|"
    assert decode(b"\x1b\x60", TR, None) == "ç"
    assert decode(b"\x01\x11", Language.BENGALI, None) == "\u0982 "


def test_spanish_has_no_locking_table() -> None:
    with pytest.raises(ValueError, match="SPANISH"):
        encode("Δ", ES)
    assert decode(b"\x10", ES) == "Δ"  # a receiver falls back to the default alphabet


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("ab`", 2),
        ("\0", 0),
        ("Ab\x1b", 2),
        ("Δ\0", 1),
        ("a\0bЖ", 1),
        ("aç", 1),
        ("ΔЖ", 1),
        ("😀", 0),
        ("a\ud800", 1),
        ("\ufffe", 0),
    ],
)
def test_unencodable_names_the_first_character(text: str, index: int) -> None:
    for refuse in (encode, count):
        with pytest.raises(Unencodable) as refused:
            refuse(text)
        assert (refused.value.index, refused.value.character) == (index, text[index])


@pytest.mark.parametrize(("locking", "single"), PAIRS)
def test_every_character_of_every_pair(locking: Language | None, single: Language | None) -> None:
    main, shifted = characters(locking, single)
    for character in main | shifted:
        septets = encode(character, locking, single)
        assert len(septets) == (1 if character in main else 2)
        assert decode(septets, locking, single) == character
        if character in main:
            assert LOCKING[locking or 0][septets[0]] == character
        else:
            assert (septets[0], SINGLE[single or 0][septets[1]]) == (ESCAPE, character)


@given(national_texts())
def test_round_trip(case: tuple[str, Language | None, Language | None]) -> None:
    text, locking, single = case
    septets = encode(text, locking, single)
    assert decode(septets, locking, single) == text
    assert count(text, locking, single) == len(septets)
    assert septets.isascii()


@given(ANY_TEXT, st.sampled_from(PAIRS))
def test_either_all_is_encoded_or_the_first_gap_is_named(
    text: str, pair: tuple[Language | None, Language | None]
) -> None:
    gap = next((index for index, character in enumerate(text) if character not in alphabet_of(*pair)), None)
    if gap is None:
        assert decode(encode(text, *pair), *pair) == text
    else:
        with pytest.raises(Unencodable) as refused:
            encode(text, *pair)
        assert (refused.value.index, refused.value.character) == (gap, text[gap])


@given(st.binary(max_size=200), st.sampled_from(PAIRS))
def test_decode_takes_any_octets(septets: bytes, pair: tuple[Language | None, Language | None]) -> None:
    text = decode(septets, *pair)
    assert len(septets) / 2 <= len(text) <= len(septets)
    assert set(text) <= set(alphabet_of(*pair)) | {" "}


def test_table_pairs_are_all_pairs() -> None:
    assert len(PAIRS) == (len(LOCKING_LANGUAGES) + 1) * (len(Language) + 1) == 13 * 14
