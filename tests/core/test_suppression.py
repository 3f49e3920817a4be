"""Stop words: whole messages, in any case, with any spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.firewall.suppression import (
    MOST_WORDS,
    StopWords,
    Wanted,
    bad_number,
    bad_words,
    default_words,
    suppressed,
    wanted,
)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wanted.STOP),
        (" stop \r\n", Wanted.STOP),
        ("Stop.", Wanted.STOP),
        ("stop!", Wanted.STOP),
        ("start", Wanted.START),
        ("S T O P", None),
        ("stop that train", None),
        ("don't stop", None),
        ("", None),
        (" ", None),
        ("...", None),
        ("STOP" + " " * 300, None),
    ],
)
def test_the_whole_message_is_the_word(text: str, wish: Wanted | None) -> None:
    assert wanted(default_words(1), text.encode()) is wish


def test_an_organisation_has_words_of_its_own() -> None:
    words = StopWords(1, 1, "Aufhören\nnicht mehr", "")
    assert wanted(words, "AUFHÖREN".encode()) is Wanted.STOP
    assert wanted(words, b"nicht   mehr") is Wanted.STOP
    assert wanted(words, b"stop") is None
    assert wanted(words, b"start") is None


@given(st.binary(max_size=300))
def test_no_octets_are_too_strange(body: bytes) -> None:
    assert wanted(StopWords(1, 1, "", ""), body) is None


def test_a_number_is_known_however_it_is_written() -> None:
    for number in ("+491701234567", "00491701234567", "491701234567", "01701234567"):
        refusal = suppressed(number, {"491701234567"}, "49")
        assert refusal is not None
        assert (refusal.code, refusal.rule) == ("suppressed", "suppression list 491701234567")
    assert suppressed("+491701234568", {"491701234567"}) is None


@pytest.mark.parametrize(
    "number", ["", "12345", "+491701234567", "0170123456789", "4917012345678901", "name"]
)
def test_only_international_numbers_are_listed(number: str) -> None:
    refusal = bad_number(number)
    assert refusal is not None
    assert refusal.rule == "number"


@pytest.mark.parametrize("words", [("",), (" . ",), ("x" * 41,), ("a\nb",), ("x",) * (MOST_WORDS + 1)])
def test_words_that_cannot_be_meant(words: tuple[str, ...]) -> None:
    refusal = bad_words("stop", words)
    assert refusal is not None
    assert refusal.rule == "stop"
