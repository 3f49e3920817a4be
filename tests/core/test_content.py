"""Content: the encoding that is chosen or asked for, its segments, and what cannot be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.content import (
    LONGEST_BODY,
    PLAIN,
    Content,
    Wish,
    content_of_octets,
    content_of_text,
    segments_of,
)
from heliograph.core.refusal import Refusal
from heliograph.wire.gsm.dcs import Alphabet

TURKISH = "ş" * 100


@pytest.mark.parametrize(
    ("text", "wish", "dcs", "segments"),
    [
        ("hello", PLAIN, 0x00, 1),
        ("x" * 160, PLAIN, 0x00, 1),
        ("x" * 161, PLAIN, 0x00, 2),
        ("€" * 80, PLAIN, 0x00, 1),  # two septets each
        ("ж", PLAIN, 0x08, 1),
        ("ж" * 70, PLAIN, 0x08, 1),
        ("ж" * 71, PLAIN, 0x08, 2),
        ("", PLAIN, 0x00, 1),
        ("hello", Wish(alphabet=Alphabet.UCS2), 0x08, 1),
        ("hello", Wish(message_class=0), 0x10, 1),
        ("ж", Wish(message_class=2), 0x1A, 1),
        ("hello", Wish(dcs=0x08), 0x08, 1),
        ("hello", Wish(dcs=0xF1), 0xF1, 1),
        ("x" * 150, Wish(udh=bytes.fromhex("06050415820000")), 0x00, 1),
        ("x" * 160, Wish(udh=bytes.fromhex("06050415820000")), 0x00, 2),
        (TURKISH, Wish(national=True), 0x00, 1),
        (TURKISH, PLAIN, 0x08, 2),
    ],
)
def test_the_encoding_and_its_segments(text: str, wish: Wish, dcs: int, segments: int) -> None:
    content = content_of_text(text, wish)
    assert isinstance(content, Content), content
    assert (content.dcs, content.segments, content.body) == (dcs, segments, text.encode())
    made = segments_of(content.body, content.dcs, content.udh, content.languages, 7)
    assert len(made) == segments


def test_national_tables_are_kept_with_the_content() -> None:
    content = content_of_text(TURKISH, Wish(national=True))
    assert isinstance(content, Content)
    assert content.languages
    (segment,) = segments_of(content.body, content.dcs, content.udh, content.languages, 1)
    assert segment.udh


@pytest.mark.parametrize(
    ("text", "wish", "code"),
    [
        ("x" * (LONGEST_BODY + 1), PLAIN, "too_long"),
        ("x" * (153 * 255 + 1), PLAIN, "too_long"),
        ("ж", Wish(alphabet=Alphabet.GSM7), "bad_text"),
        ("ж", Wish(dcs=0x00), "bad_text"),
        ("x", Wish(dcs=0x04), "bad_text"),  # text under an 8-bit coding
        ("x", Wish(alphabet=Alphabet.OCTETS), "bad_text"),
        ("\ud800", PLAIN, "bad_text"),  # half of a pair
        ("x", Wish(udh=b"\x05\x00"), "bad_text"),
        ("x", Wish(udh=bytes([139, 0x70, 137]) + bytes(137)), "too_long"),
    ],
)
def test_what_cannot_be_sent_is_refused(text: str, wish: Wish, code: str) -> None:
    refusal = content_of_text(text, wish)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.code == code


def test_a_refusal_names_the_character() -> None:
    refusal = content_of_text("naïve ж", Wish(alphabet=Alphabet.GSM7))
    assert isinstance(refusal, Refusal)
    assert "'ï' at 2" in refusal.reason


@pytest.mark.parametrize(("length", "segments"), [(0, 1), (140, 1), (141, 2), (134 * 255, 255)])
def test_octets(length: int, segments: int) -> None:
    content = content_of_octets(bytes(length))
    assert isinstance(content, Content)
    assert (content.dcs, content.segments) == (0x04, segments)
    assert len(segments_of(content.body, content.dcs, content.udh, 0, 1)) == segments


@pytest.mark.parametrize(
    ("octets", "wish", "code"),
    [
        (bytes(134 * 255 + 1), PLAIN, "too_long"),
        (bytes(LONGEST_BODY + 1), PLAIN, "too_long"),
        (b"", Wish(udh=bytes(141)), "too_long"),
        (b"x", Wish(udh=b"\x05\x00"), "bad_text"),
        (b"x", Wish(dcs=0x00), "bad_text"),  # octets under a text coding
    ],
)
def test_octets_that_cannot_be_sent_are_refused(octets: bytes, wish: Wish, code: str) -> None:
    refusal = content_of_octets(octets, wish)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.code == code


wishes = st.builds(
    Wish,
    alphabet=st.sampled_from([None, Alphabet.GSM7, Alphabet.UCS2]),
    message_class=st.sampled_from([None, 0, 1, 2, 3]),
    national=st.booleans(),
    udh=st.sampled_from([b"", bytes.fromhex("06050415820000")]),
)


@given(st.text(max_size=400), wishes)
def test_what_is_accepted_can_be_sent_in_as_many_segments_as_it_counts(text: str, wish: Wish) -> None:
    content = content_of_text(text, wish)
    if isinstance(content, Content):
        made = segments_of(content.body, content.dcs, content.udh, content.languages, 255)
        assert len(made) == content.segments
        assert made == segments_of(content.body, content.dcs, content.udh, content.languages, 255)


@given(st.binary(max_size=600), st.integers(0, 255), st.binary(max_size=12))
def test_any_octets_with_any_coding_are_sent_or_refused(octets: bytes, dcs: int, udh: bytes) -> None:
    content = content_of_octets(octets, Wish(dcs=dcs, udh=udh))
    if isinstance(content, Content):
        assert len(segments_of(content.body, content.dcs, content.udh, 0, 1)) == content.segments


@given(st.text(max_size=50), st.integers(0, 255), st.binary(max_size=12))
def test_any_text_with_any_coding_is_sent_or_refused(text: str, dcs: int, udh: bytes) -> None:
    content = content_of_text(text, Wish(dcs=dcs, udh=udh))
    if isinstance(content, Content):
        made = segments_of(content.body, content.dcs, content.udh, content.languages, 1)
        assert len(made) == content.segments
