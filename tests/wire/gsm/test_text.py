"""What fits: the choice of alphabet and tables, the counts, the cuts; and what is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language, Unencodable
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.septets import unpack
from heliograph.wire.gsm.text import TooLong, fits, fits_octets, join_text, split, split_octets
from heliograph.wire.gsm.udh import (
    Concatenation,
    Element,
    Header,
    Ports,
    build_header,
    concatenation_element,
    parse_header,
    ports_element,
    shift_elements,
)
from tests.wire.gsm.texts import ANY_TEXT, DEFAULT_TEXT, EMOJI_TEXT, arrived, national_texts, summary

GSM7, UCS2 = Alphabet.GSM7, Alphabet.UCS2
TR, ES, PT = Language.TURKISH, Language.SPANISH, Language.PORTUGUESE
PORTS = build_header([ports_element(Ports(0x0B84, 0x23F0, wide=True))])
FIRST_OF_TWO = build_header([concatenation_element(Concatenation(7, 2, 1))])
HEADERS = st.sampled_from([b"", b"\0", PORTS, build_header([Element(0x70, bytes(range(40)))])])


# 3GPP TS 23.040 §9.2.3.24.1: 160/140/70 alone, 153/134/67 and 152/133/66 in parts.
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (GSM7, 1, 0, 160)),
        ("a" * 160, (GSM7, 1, 160, 0)),
        ("a" * 161, (GSM7, 2, 161, 145)),
        ("a" * 153 * 3, (GSM7, 3, 459, 0)),
        ("€" * 80, (GSM7, 1, 160, 0)),
        ("€" * 79 + "aa", (GSM7, 1, 160, 0)),
        ("€" * 81, (GSM7, 2, 162, 143)),  # 76 pairs; the 153rd septet stays empty
        ("ж" * 70, (UCS2, 1, 70, 0)),
        ("ж" * 71, (UCS2, 2, 71, 63)),
        ("😀" * 35, (UCS2, 1, 70, 0)),
        ("😀" * 36, (UCS2, 2, 72, 61)),  # 33 pairs; the 67th unit stays empty
        ("a" * 153 * 255, (GSM7, 255, 39015, 0)),
        ("ж" * 67 * 255, (UCS2, 255, 17085, 0)),
    ],
)
def test_counts(text: str, counts: tuple[Alphabet, int, int, int]) -> None:
    assert summary(fits(text)) == counts
    assert len(split(text, fits(text), reference=1)) == counts[1]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("a" * 161, (GSM7, 2, 161, 143)),
        ("a" * 304, (GSM7, 2, 304, 0)),
        ("ж" * 132, (UCS2, 2, 132, 0)),
        ("a" * 152 * 255, (GSM7, 255, 38760, 0)),
    ],
)
def test_counts_with_wide_references(text: str, counts: tuple[Alphabet, int, int, int]) -> None:
    fit = fits(text, wide_reference=True)
    assert summary(fit) == counts
    assert len(split(text, fit, reference=0xABCD, wide_reference=True)) == counts[1]


@pytest.mark.parametrize(
    ("udh", "text", "counts"),
    [
        (PORTS, "a" * 152, (GSM7, 1, 152, 0)),  # 133 octets beside 7
        (PORTS, "a" * 153, (GSM7, 2, 153, 139)),  # 128 octets beside 12: 146 septets
        (PORTS, "ж" * 66, (UCS2, 1, 66, 0)),
        (PORTS, "ж" * 128, (UCS2, 2, 128, 0)),
        (b"\0", "a" * 158, (GSM7, 1, 158, 0)),
        (FIRST_OF_TWO, "a" * 153, (GSM7, 1, 153, 0)),
    ],
)
def test_counts_beside_a_callers_header(
    udh: bytes, text: str, counts: tuple[Alphabet, int, int, int]
) -> None:
    fit = fits(text, udh=udh)
    assert summary(fit) == counts
    assert len(split(text, fit, reference=1, udh=udh)) == counts[1]


@pytest.mark.parametrize(
    ("text", "forced_by"), [("abc", None), ("aж", (1, "ж")), ("a€`", (2, "`")), ("😀", (0, "😀"))]
)
def test_what_forced_ucs2(text: str, forced_by: tuple[int, str] | None) -> None:
    fit = fits(text)
    assert (fit.alphabet is UCS2, fit.forced_by) == (forced_by is not None, forced_by)


def test_an_alphabet_asked_for_is_taken() -> None:
    assert summary(fits("abc", alphabet=UCS2)) == (UCS2, 1, 3, 67)
    assert fits("abc", alphabet=UCS2).forced_by is None
    assert fits("abc", alphabet=GSM7) == fits("abc")
    assert fits("ş", alphabet=GSM7, single=TR).single is TR
    with pytest.raises(Unencodable) as refused:
        fits("abж", alphabet=GSM7)
    assert (refused.value.index, refused.value.character) == (2, "ж")
    with pytest.raises(ValueError, match="octets"):
        fits("abc", alphabet=Alphabet.OCTETS)


def test_tables_asked_for_are_taken() -> None:
    fit = fits("abc", locking=PT, single=ES)
    assert (fit.alphabet, fit.locking, fit.single) == (GSM7, PT, ES)
    assert summary(fit) == (GSM7, 1, 3, 149)  # a header of 7 octets
    assert fits("ж", single=TR) == fits("ж")
    with pytest.raises(ValueError, match="SPANISH"):
        fits("abc", locking=ES)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("a" * 150, (GSM7, None, None, 1)),  # no table needed
        ("á" * 60, (UCS2, None, None, 1)),  # not cheaper than UCS-2
        ("á" * 3 + "a" * 90, (GSM7, None, ES, 1)),
        ("ş" * 100, (GSM7, TR, None, 1)),  # shifted, it would take two
        ("ğ" + "a" * 153, (GSM7, None, TR, 1)),
        ("ğ" + "a" * 154, (GSM7, TR, None, 1)),
        ("ğ" + "a" * 155, (GSM7, None, TR, 2)),
        ("नमस्ते " * 20, (GSM7, Language.HINDI, None, 1)),
        ("नमस्ते A " * 17, (GSM7, Language.HINDI, Language.HINDI, 2)),  # any Indic shift has capitals
        ("नж" * 60, (UCS2, None, None, 2)),
    ],
)
def test_national_tables_when_allowed(
    text: str, chosen: tuple[Alphabet, Language | None, Language | None, int]
) -> None:
    fit = fits(text, allow_national=True)
    assert (fit.alphabet, fit.locking, fit.single, fit.segments) == chosen
    if fit.locking or fit.single:
        assert fit.segments < fits(text).segments
        assert fit.forced_by == fits(text).forced_by is not None
    assert join_text(arrived(split(text, fit, reference=1), fit.alphabet)) == text


def test_no_others_are_looked_for_when_tables_are_asked_for() -> None:
    text = "á" * 3 + "a" * 90
    assert fits(text, single=TR, allow_national=True) == fits(text)
    assert fits(text, locking=TR, allow_national=True).alphabet is UCS2


def test_national_tables_for_gsm_only() -> None:
    assert fits("á", alphabet=GSM7, allow_national=True).single in (PT, ES)
    assert fits("á", allow_national=True).alphabet is UCS2


def test_a_long_text_that_only_national_tables_bring_below_the_limit() -> None:
    text = "ş" + "a" * 20_000
    assert fits(text, allow_national=True).segments == 135
    with pytest.raises(TooLong):
        fits(text)


def test_tables_named_in_a_callers_header_are_used_and_not_named_twice() -> None:
    udh = build_header(shift_elements(None, TR))
    fit = fits("ş", udh=udh)
    assert (fit.alphabet, fit.single, fit.characters) == (GSM7, TR, 2)
    assert split("ş", fit, reference=1, udh=udh)[0].udh == udh
    udh = build_header(shift_elements(TR, None))
    assert summary(fits("ş", udh=udh)) == (GSM7, 1, 1, 154)


def test_tables_beside_those_of_a_callers_header() -> None:
    spanish = build_header(shift_elements(None, ES))
    (segment,) = split("ş", fits("ş", single=TR, udh=spanish), reference=1, udh=spanish)
    assert segment.udh.hex() == "06240102240101"  # the last one counts
    assert parse_header(segment.udh).single is TR
    (segment,) = split("á", fits("á", locking=TR, udh=spanish), reference=1, udh=spanish)
    assert segment.udh.hex() == "06240102250101"


@pytest.mark.parametrize(
    "text", ["a" * (153 * 255 + 1), "ж" * (67 * 255 + 1), "a" * 100_000, "ж" * 100_000, "😀" * (33 * 255 + 1)]
)
def test_too_long(text: str) -> None:
    with pytest.raises(TooLong):
        fits(text)


def test_too_long_says_how_many_it_would_take() -> None:
    with pytest.raises(TooLong) as refused:
        fits("a" * (153 * 255 + 1))
    assert (refused.value.segments, refused.value.limit) == (256, 255)


def test_a_segment_with_its_place_is_not_split() -> None:
    with pytest.raises(TooLong) as refused:
        fits("a" * 154, udh=FIRST_OF_TWO)
    assert refused.value.limit == 1
    with pytest.raises(TooLong):
        fits_octets(135, udh=FIRST_OF_TWO)
    with pytest.raises(TooLong):
        split_octets(bytes(135), reference=1, udh=FIRST_OF_TWO)


def test_a_header_that_leaves_no_room() -> None:
    full = build_header([Element(0x70, bytes(137))])
    assert summary(fits("", udh=full)) == (GSM7, 1, 0, 0)
    almost = build_header([Element(0x70, bytes(130))])  # room for 8 septets alone, for 2 in parts
    assert fits("a" * 8, udh=almost).segments == 1
    assert fits("a" * 10, udh=almost).segments == 5
    for udh in (full, build_header([Element(0x70, bytes(131))]), build_header([Element(0x70, bytes(136))])):
        with pytest.raises(TooLong):
            fits("€" * 10, udh=udh)


@pytest.mark.parametrize("udh", [b"\x05", b"\x02\x70\x05", PORTS + b"a", b"\xff" * 141])
def test_a_bad_header_is_malformed(udh: bytes) -> None:
    for use in (
        lambda: fits("a", udh=udh),
        lambda: fits_octets(1, udh=udh),
        lambda: split("a", fits("a"), reference=1, udh=udh),
    ):
        with pytest.raises(Malformed):
            use()


def test_golden_segments() -> None:
    # TS 23.040 §9.2.3.24.1: element 0, reference 0x2a, total 2; one fill bit before the text.
    first, second = split("a" * 160 + "b", fits("a" * 160 + "b"), reference=0x2A)
    assert (first.udh.hex(), first.udl, len(first.user_data)) == ("0500032a0201", 160, 140)
    assert first.user_data[:10].hex() == "0500032a0201c2e17038"
    assert (second.udh.hex(), second.udl) == ("0500032a0202", 7 + 8)
    assert unpack(second.user_data[6:], 8, 1) == b"aaaaaaab"
    (only,) = split("ж€", fits("ж€"), reference=1)
    assert (only.udh, only.user_data.hex(), only.udl) == (b"", "043620ac", 4)


def test_ports_and_tables_are_in_every_segment_after_the_place() -> None:
    text = "ş" * 200
    fit = fits(text, single=TR, udh=PORTS, wide_reference=True)
    segments = split(text, fit, reference=0x0102, udh=PORTS, wide_reference=True)
    header = "08040102{:02x}{:02x}05040b8423f0240101"
    assert [segment.udh[1:].hex() for segment in segments] == [
        header.format(len(segments), number) for number in range(1, len(segments) + 1)
    ]


@pytest.mark.parametrize(("reference", "wide"), [(256, False), (-1, False), (65536, True)])
def test_a_reference_out_of_range(reference: int, wide: bool) -> None:
    text = "a" * 200
    with pytest.raises(ValueError, match="reference"):
        split(text, fits(text, wide_reference=wide), reference=reference, wide_reference=wide)


def test_a_fit_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="another"):
        split("a" * 161, fits("a"), reference=1)


@pytest.mark.parametrize(
    ("length", "udh", "wide", "segments"),
    [
        (0, b"", False, 1),
        (140, b"", False, 1),
        (141, b"", False, 2),
        (268, b"", False, 2),
        (269, b"", False, 3),
        (266, b"", True, 2),
        (267, b"", True, 3),
        (133, PORTS, False, 1),
        (134, PORTS, False, 2),
        (134 * 255, b"", False, 255),
    ],
)
def test_octets(length: int, udh: bytes, wide: bool, segments: int) -> None:
    data = bytes(index % 251 for index in range(length))
    made = split_octets(data, reference=9, udh=udh, wide_reference=wide)
    assert fits_octets(length, udh=udh, wide_reference=wide) == len(made) == segments
    assert join_text(arrived(made, Alphabet.OCTETS)) == data
    assert all(segment.udl == len(segment.user_data) <= 140 for segment in made)


def test_octets_too_long() -> None:
    for length in (134 * 255 + 1, 10**9):
        with pytest.raises(TooLong):
            fits_octets(length)


@given(DEFAULT_TEXT | ANY_TEXT | EMOJI_TEXT, HEADERS, st.booleans(), st.booleans())
def test_round_trip(text: str, udh: bytes, wide: bool, allow_national: bool) -> None:
    fit = fits(text, udh=udh, wide_reference=wide, allow_national=allow_national)
    segments = split(text, fit, reference=77, udh=udh, wide_reference=wide)
    assert join_text(arrived(segments, fit.alphabet)) == text
    assert segments == split(text, fit, reference=77, udh=udh, wide_reference=wide)
    assert len(segments) == fit.segments
    assert all(len(segment.user_data) <= 140 for segment in segments)
    last_room = room_of(fit.alphabet, len(segments[-1].udh))
    used = units_of(segments[-1].udl, len(segments[-1].udh), fit.alphabet)
    assert fit.characters_left == last_room - used


def room_of(alphabet: Alphabet, header: int) -> int:
    return (140 - header) * 8 // 7 if alphabet is GSM7 else (140 - header) // 2


def units_of(udl: int, header: int, alphabet: Alphabet) -> int:
    return udl - (header * 8 + 6) // 7 if alphabet is GSM7 else (udl - header) // 2


@given(national_texts(), HEADERS)
def test_round_trip_with_every_pair_of_tables(
    case: tuple[str, Language | None, Language | None], udh: bytes
) -> None:
    text, locking, single = case
    fit = fits(text, alphabet=GSM7, locking=locking, single=single, udh=udh)
    segments = split(text, fit, reference=77, udh=udh)
    assert join_text(arrived(segments, GSM7)) == text
    headers = [parse_header(segment.udh) if segment.udh else Header() for segment in segments]
    assert {(header.locking, header.single) for header in headers} == {(locking, single)}


@given(st.text("a€", min_size=150, max_size=500) | EMOJI_TEXT, HEADERS)
def test_no_pair_is_split(text: str, udh: bytes) -> None:
    fit = fits(text, udh=udh)
    for segment in split(text, fit, reference=1, udh=udh):
        header = len(segment.udh)
        if fit.alphabet is GSM7:
            septets = unpack(segment.user_data[header:], units_of(segment.udl, header, GSM7), -header * 8 % 7)
            assert not septets.endswith(b"\x1b")
        else:
            assert segment.user_data[header:].decode("utf-16-be") in text


@given(st.binary(max_size=400), HEADERS, st.booleans())
def test_octets_round_trip(data: bytes, udh: bytes, wide: bool) -> None:
    segments = split_octets(data, reference=3, udh=udh, wide_reference=wide)
    assert join_text(arrived(segments, Alphabet.OCTETS)) == data
    assert fits_octets(len(data), udh=udh, wide_reference=wide) == len(segments)
