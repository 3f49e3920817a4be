"""Timelines: what is written is read back, step by step, whatever the arguments say."""

from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.story.timeline import Step, line, read, word

codes = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
arguments = st.lists(st.one_of(st.text().map(word), st.integers()), max_size=6)
steps = st.lists(st.tuples(codes, st.integers(0, 2**53), arguments), max_size=6)


@given(steps)
def test_a_round_trip(written: list[tuple[str, int, list[str | int]]]) -> None:
    text = "".join(line(code, at, *values) for code, at, values in written)
    assert read(text) == [Step(code, at, tuple(map(str, values))) for code, at, values in written]


@given(st.text())
def test_an_argument_is_one_word_and_never_empty(text: str) -> None:
    made = word(text)
    assert 1 <= len(made) <= 200
    assert len(made.split()) == 1
    assert made.splitlines() == [made]


def test_words() -> None:
    assert (word("two  words\n"), word(""), word(" \t"), word("x" * 300)) == (
        "two_words",
        "-",
        "-",
        "x" * 200,
    )


def test_nothing_reads_as_nothing() -> None:
    assert read("") == []
