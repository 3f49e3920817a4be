"""Times of SMPP 3.4 §7.1.1."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.smpp.times import absolute_time, parse_time, relative_time


def ms(*civil: int) -> int:
    return int(datetime(*civil, tzinfo=UTC).timestamp() * 1000)


NOW = ms(2026, 1, 31, 12)
GOOD = {
    # §7.1.1.2: "020610233429000R" would be interpreted as 2 years, 6 months, 10 days, 23 hours, 34 min, 29 s.
    "020610233429000R": ms(2028, 8, 11, 11, 34, 29),
    "000001000000000R": NOW + 86_400_000,
    "000000000000000R": NOW,
    "000100000000000R": ms(2026, 2, 28, 12),
    "000101000000000R": ms(2026, 3, 1, 12),
    "001200000000000R": ms(2027, 1, 31, 12),
    "261121120000000+": ms(2026, 11, 21, 12),
    "261121120000004+": ms(2026, 11, 21, 11),
    "261121120000022-": ms(2026, 11, 21, 17, 30),
    "261121235959748+": ms(2026, 11, 21, 11, 59, 59) + 700,
    "991231235959000+": ms(2099, 12, 31, 23, 59, 59),
}
BAD = [
    "1",
    "261121120000000",
    "261121120000000X",
    "2611211200000000",
    "261321120000000+",
    "260230120000000+",
    "261121240000000+",
    "261121120000049+",
    "26112112000000a+",
    "26112112000000٣+",
    " 61121120000000+",
    "000000000000000r",
    "0000-1000000000R",
]


@pytest.mark.parametrize(("text", "expected"), GOOD.items())
def test_a_time(text: str, expected: int) -> None:
    assert parse_time(text, NOW) == expected


@pytest.mark.parametrize("text", BAD)
def test_no_time(text: str) -> None:
    with pytest.raises(Malformed):
        parse_time(text, NOW)


def test_no_wish() -> None:
    assert parse_time("", NOW) is None


@given(st.integers(ms(2000, 1, 2), ms(2099, 12, 30)), st.integers(-48, 48))
def test_absolute_round_trip_to_the_tenth(at_ms: int, quarters: int) -> None:
    text = absolute_time(at_ms, zone_quarters=quarters)
    assert len(text) == 16
    assert parse_time(text, 0) == at_ms // 100 * 100


@given(st.integers(0, 99 * 86_400), st.integers(0, ms(2099, 1, 1)))
def test_relative_round_trip(seconds: int, now_ms: int) -> None:
    assert parse_time(relative_time(seconds), now_ms) == now_ms + seconds * 1000


@given(
    st.text(max_size=17) | st.from_regex(r"[0-9]{15}[R+\-]", fullmatch=True), st.integers(0, ms(9999, 1, 1))
)
def test_any_text_is_a_time_or_malformed(text: str, now_ms: int) -> None:
    try:
        parsed = parse_time(text, now_ms)
    except Malformed:
        parsed = 0
    assert (parsed is None) == (text == "")


def test_beyond_the_calendar() -> None:
    with pytest.raises(Malformed, match="beyond the calendar"):
        parse_time("990000000000000R", ms(9950, 1, 1))


@pytest.mark.parametrize("wrong", [-1, 100 * 86_400])
def test_a_span_that_cannot_be_said(wrong: int) -> None:
    with pytest.raises(ValueError, match="no relative time"):
        relative_time(wrong)


@pytest.mark.parametrize(("at_ms", "quarters"), [(0, 0), (ms(2100, 1, 1), 0), (NOW, 49)])
def test_a_moment_that_cannot_be_said(at_ms: int, quarters: int) -> None:
    with pytest.raises(ValueError, match=r"time zone|two digits"):
        absolute_time(at_ms, zone_quarters=quarters)
