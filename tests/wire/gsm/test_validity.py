"""Validity periods: the table of the clause, every format, and seconds to codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.timestamp import UNKNOWN_TIME, Timestamp
from heliograph.wire.gsm.validity import (
    AbsoluteValidity,
    EnhancedForm,
    EnhancedValidity,
    RelativeValidity,
    Validity,
    encode_validity,
    read_validity,
    relative_for,
    relative_seconds,
    validity_seconds,
)
from tests.wire.gsm.tpdus import VALIDITIES

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
LAST_CODE_SECONDS = 63 * WEEK


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        # 3GPP TS 23.040 §9.2.3.12.1, both ends of every row.
        (0, 5 * MINUTE),
        (143, 12 * HOUR),
        (144, 12 * HOUR + 30 * MINUTE),
        (167, 24 * HOUR),
        (168, 2 * DAY),
        (196, 30 * DAY),
        (197, 5 * WEEK),
        (255, 63 * WEEK),
    ],
)
def test_relative_table(code: int, seconds: int) -> None:
    assert relative_seconds(code) == seconds
    assert relative_for(seconds) == RelativeValidity(code)


@given(st.integers(1, LAST_CODE_SECONDS))
def test_relative_for_is_the_shortest_that_is_not_shorter(seconds: int) -> None:
    code = relative_for(seconds).code
    assert relative_seconds(code) >= seconds
    assert code == 0 or relative_seconds(code - 1) < seconds


def test_relative_for_ends_at_the_last_code() -> None:
    assert relative_for(LAST_CODE_SECONDS + 1) == RelativeValidity(255)
    assert relative_for(0) == relative_for(-5) == RelativeValidity(0)


GOLDEN = [
    # 3GPP TS 23.040 §9.2.3.3 for TP-VPF, §9.2.3.12 for TP-VP.
    (0, "", None),
    (2, "a7", RelativeValidity(167)),
    (3, "62111290559280", AbsoluteValidity(Timestamp(2026, 11, 21, 9, 55, 29, 8))),
    (1, "00000000000000", EnhancedValidity(EnhancedForm.UNSPECIFIED)),
    (1, "40000000000000", EnhancedValidity(EnhancedForm.UNSPECIFIED, single_shot=True)),
    (1, "01a70000000000", EnhancedValidity(EnhancedForm.RELATIVE, 167)),
    (1, "421e0000000000", EnhancedValidity(EnhancedForm.SECONDS, 30, single_shot=True)),
    (1, "03109054000000", EnhancedValidity(EnhancedForm.CLOCK, 1 * HOUR + 9 * MINUTE + 45)),
    (1, "03999595000000", EnhancedValidity(EnhancedForm.CLOCK, 99 * HOUR + 59 * MINUTE + 59)),
]


@pytest.mark.parametrize(("vpf", "octets", "validity"), GOLDEN)
def test_golden(vpf: int, octets: str, validity: Validity) -> None:
    data = bytes.fromhex(octets)
    assert encode_validity(validity) == (vpf, data)
    assert read_validity(vpf, b"\xff" + data + b"\xff", 1) == (validity, 1 + len(data))


@given(VALIDITIES)
def test_round_trip(validity: Validity) -> None:
    vpf, data = encode_validity(validity)
    assert read_validity(vpf, data, 0) == (validity, len(data))


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("80000000000000", "reserved"),
        ("04000000000000", "reserved"),
        ("07000000000000", "reserved"),
        ("02000000000000", "0 seconds"),
        ("03000600000000", "not hours"),
        ("03000006000000", "not hours"),
        ("03a00000000000", "not hours"),
        ("010000000000", "ends early"),
    ],
)
def test_malformed_enhanced(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_validity(1, bytes.fromhex(octets), 0)


def test_unused_bits_and_octets_are_not_looked_at() -> None:
    assert read_validity(1, bytes.fromhex("3aff0102030405"), 0)[0] == EnhancedValidity(
        EnhancedForm.SECONDS, 255
    )


@pytest.mark.parametrize(
    "validity",
    [
        RelativeValidity(256),
        RelativeValidity(-1),
        AbsoluteValidity(Timestamp(1999, 1, 1)),
        EnhancedValidity(EnhancedForm.SECONDS, 0),
        EnhancedValidity(EnhancedForm.SECONDS, 256),
        EnhancedValidity(EnhancedForm.RELATIVE, 256),
        EnhancedValidity(EnhancedForm.CLOCK, 100 * HOUR),
        EnhancedValidity(EnhancedForm.CLOCK, -1),
    ],
)
def test_unencodable(validity: Validity) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode_validity(validity)


@pytest.mark.parametrize(
    ("validity", "seconds"),
    [
        (None, None),
        (RelativeValidity(0), 300),
        # 2026-11-21 09:55:29 in UTC+2 is 1795247729.
        (AbsoluteValidity(Timestamp(2026, 11, 21, 9, 55, 29, 8)), 129),
        (AbsoluteValidity(Timestamp(2026, 11, 21, 9, 50, 29, 8)), -171),
        (AbsoluteValidity(UNKNOWN_TIME), None),
        (EnhancedValidity(EnhancedForm.UNSPECIFIED), None),
        (EnhancedValidity(EnhancedForm.RELATIVE, 1), 600),
        (EnhancedValidity(EnhancedForm.SECONDS, 9), 9),
        (EnhancedValidity(EnhancedForm.CLOCK, 3661), 3661),
    ],
)
def test_seconds_from_the_moment_of_the_submit(validity: Validity, seconds: int | None) -> None:
    assert validity_seconds(validity, 1_795_247_600) == seconds
