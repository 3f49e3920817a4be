"""What a data_coding says, and text both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language, Unencodable
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs
from heliograph.wire.gsm.message_waiting import Waiting, WaitingKind
from heliograph.wire.gsm.udh import make_header, shift_elements
from heliograph.wire.smpp.coding import (
    Charset,
    Coding,
    best_charset,
    check_octets,
    coding_of,
    data_coding_for,
    data_coding_of,
    decode_text,
    encode_text,
    spell,
)
from tests.wire.gsm.texts import DEFAULT_TEXT

# SMPP 3.4 §5.2.19, and TS 23.038 §4 for what it borrows.
TABLE = {
    0x00: (Charset.GSM7, None, 0x00),
    0x01: (Charset.ASCII, None, None),
    0x02: (Charset.OCTETS, None, 0x04),
    0x03: (Charset.LATIN1, None, None),
    0x04: (Charset.OCTETS, None, 0x04),
    0x05: (Charset.SHIFT_JIS, None, None),
    0x06: (Charset.CYRILLIC, None, None),
    0x07: (Charset.HEBREW, None, None),
    0x08: (Charset.UCS2, None, 0x08),
    0x0A: (Charset.ISO_2022_JP, None, None),
    0x0E: (Charset.KOREAN, None, None),
    0x10: (Charset.GSM7, 0, 0x10),
    0x13: (Charset.GSM7, 3, 0x13),
    0x15: (Charset.OCTETS, 1, 0x15),
    0x18: (Charset.UCS2, 0, 0x18),
    0xF0: (Charset.GSM7, 0, 0xF0),
    0xF6: (Charset.OCTETS, 2, 0xF6),
}
RESERVED = [0x09, 0x0B, 0x0C, 0x0D, 0x0F, 0x1C, 0x1F, 0x20, 0x80, 0xBF]


@pytest.mark.parametrize(("number", "expected"), TABLE.items(), ids=map(hex, TABLE))
def test_what_it_says(number: int, expected: tuple[Charset, int | None, int | None]) -> None:
    coding = coding_of(number)
    assert coding is not None
    assert (coding.charset, coding.message_class, coding.dcs) == expected
    assert coding.is_text is (coding.charset is not Charset.OCTETS)


@pytest.mark.parametrize("number", RESERVED)
def test_what_says_nothing(number: int) -> None:
    assert coding_of(number) is None


def test_message_waiting() -> None:
    lamp = Waiting(WaitingKind.VOICEMAIL, active=True, store=False)
    assert coding_of(0xC8) == Coding(0xC8, Charset.GSM7, waiting=lamp, dcs=0xC8)
    assert coding_of(0xD2) == Coding(0xD2, Charset.GSM7, None, Waiting(WaitingKind.EMAIL, False, True), 0xD2)


@pytest.mark.parametrize("charset", Charset)
@pytest.mark.parametrize("message_class", [None, 0, 1, 2, 3])
def test_saying_it(charset: Charset, message_class: int | None) -> None:
    if message_class is not None and charset not in (Charset.GSM7, Charset.OCTETS, Charset.UCS2):
        with pytest.raises(ValueError, match="no data_coding says"):
            data_coding_of(charset, message_class)
        return
    coding = coding_of(data_coding_of(charset, message_class))
    assert coding is not None
    assert (coding.charset, coding.message_class) == (charset, message_class)


def plain(charset: Charset) -> Coding:
    coding = coding_of(data_coding_of(charset))
    assert coding is not None
    return coding


TEXTS = {
    Charset.GSM7: ("€1 @ Ωmega", bytes.fromhex("1B65 31 20 00 20 15 6D 65 67 61")),
    Charset.UCS2: ("é字😀", bytes.fromhex("00E9 5B57 D83D DE00")),
    Charset.ASCII: ("plain", b"plain"),
    Charset.LATIN1: ("é", b"\xe9"),
    Charset.CYRILLIC: ("Да", b"\xb4\xd0"),
    Charset.HEBREW: ("א", b"\xe0"),
    Charset.SHIFT_JIS: ("ア", b"\x83A"),
    Charset.KOREAN: ("가", b"\xb0\xa1"),
    Charset.ISO_2022_JP: ("ア", b"\x1b$B%\x22\x1b(B"),
}


@pytest.mark.parametrize(("charset", "text", "octets"), [(charset, *pair) for charset, pair in TEXTS.items()])
def test_text(charset: Charset, text: str, octets: bytes) -> None:
    assert encode_text(text, charset) == octets
    assert decode_text(plain(charset), octets) == text


def test_ascii_that_is_more() -> None:
    assert decode_text(plain(Charset.ASCII), b"caf\xe9") == "café"
    with pytest.raises(ValueError, match="ascii"):
        encode_text("é", Charset.ASCII)


def test_ascii_with_controls_that_no_text_has_is_gsm() -> None:
    """As node-smpp sends it. What may stand in a text in ASCII is read as ASCII."""
    assert decode_text(plain(Charset.ASCII), b"a\x11b \x00 \x1be5") == "a_b @ €5"
    assert decode_text(plain(Charset.ASCII), b"a_b\t@\r\n$[5]") == "a_b\t@\r\n$[5]"


def test_octets_are_no_text() -> None:
    assert decode_text(plain(Charset.OCTETS), b"\xff\x00") == b"\xff\x00"
    with pytest.raises(ValueError, match="no text"):
        encode_text("a", Charset.OCTETS)


def test_national_tables_come_in_the_header() -> None:
    header = make_header(shift_elements(Language.TURKISH, None))
    octets = encode_text("ğış", Charset.GSM7, header)
    assert decode_text(plain(Charset.GSM7), octets, header) == "ğış"
    with pytest.raises(Unencodable):
        encode_text("ğış", Charset.GSM7)


@given(DEFAULT_TEXT)
def test_gsm_round_trip(text: str) -> None:
    assert best_charset(text) is Charset.GSM7
    assert decode_text(plain(Charset.GSM7), encode_text(text, Charset.GSM7)) == text


def test_the_best_charset() -> None:
    assert best_charset("字") is Charset.UCS2


@given(st.sampled_from([number for number in range(256) if coding_of(number)]), st.binary(max_size=300))
def test_any_octets_are_read(number: int, octets: bytes) -> None:
    coding = coding_of(number)
    assert coding is not None
    assert isinstance(decode_text(coding, octets), str if coding.is_text else bytes)


def test_half_a_character() -> None:
    check_octets(plain(Charset.UCS2), b"\0a")
    check_octets(plain(Charset.LATIN1), b"a")
    with pytest.raises(Malformed, match="odd number"):
        check_octets(plain(Charset.UCS2), b"\0")


@pytest.mark.parametrize(
    ("dcs", "body", "coding", "alphabet", "octets"),
    [
        (0x00, "a@", 0x00, Alphabet.GSM7, b"a\0"),
        (0x10, "a", 0x10, Alphabet.GSM7, b"a"),
        (0x00, "ş", 0x08, Alphabet.UCS2, b"\x01\x5f"),  # of the Turkish tables, TS 23.038 §A.3.1
        (0x10, "ş", 0x18, Alphabet.UCS2, b"\x01\x5f"),  # shown at once all the same
        (0xF2, "ş", 0x1A, Alphabet.UCS2, b"\x01\x5f"),
        (0x08, "a", 0x08, Alphabet.UCS2, b"\0a"),
        (0x04, b"\xff\0", 0x04, Alphabet.OCTETS, b"\xff\0"),
        (0xF5, b"\xff\0", 0xF5, Alphabet.OCTETS, b"\xff\0"),
        (0x20, b"\xff\0", 0x20, Alphabet.OCTETS, b"\xff\0"),  # compressed: nobody here reads it
    ],
)
def test_a_message_is_spelled_as_its_scheme_says(
    dcs: int, body: str | bytes, coding: int, alphabet: Alphabet, octets: bytes
) -> None:
    kept = body.encode() if isinstance(body, str) else body
    assert spell(dcs, kept) == (coding, alphabet, octets)


def test_another_default_alphabet_may_be_spelled() -> None:
    latin = spell(0x00, "ç".encode(), lambda text: text.encode("latin-1"))
    assert latin == (0x00, Alphabet.GSM7, b"\xe7")
    assert spell(0x00, "ş".encode(), lambda text: text.encode("latin-1")).data_coding == 0x08


@pytest.mark.parametrize("dcs", [0x00, 0x04, 0x08, 0x11, 0x15, 0x19, 0xC8, 0xF1, 0xF5])
def test_the_coding_of_a_scheme_means_the_same(dcs: int) -> None:
    read = coding_of(data_coding_for(parse_dcs(dcs)))
    assert read is not None
    assert (read.dcs, read.message_class) == (dcs, parse_dcs(dcs).message_class)
