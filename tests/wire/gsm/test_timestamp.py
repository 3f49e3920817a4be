"""Time stamps: golden octets, the calendar against the standard library's, and octets that are no time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.gsm.timestamp import (
    UNKNOWN_TIME,
    Timestamp,
    decode_timestamp,
    encode_timestamp,
    epoch_seconds,
    timestamp_at,
)
from tests.wire.gsm.tpdus import MOMENTS, TIMESTAMPS

# 3GPP TS 23.040 §9.2.3.11: swapped digits; bit 3 of the zone octet is its sign.
GOLDEN = [
    ("62111290559200", Timestamp(2026, 11, 21, 9, 55, 29, 0)),
    ("62111290559280", Timestamp(2026, 11, 21, 9, 55, 29, 8)),
    ("6211129055928a", Timestamp(2026, 11, 21, 9, 55, 29, -28)),
    ("62111290559269", Timestamp(2026, 11, 21, 9, 55, 29, -16)),
    ("00101000000074", Timestamp(2000, 1, 1, 0, 0, 0, 47)),
    ("99211332959597", Timestamp(2099, 12, 31, 23, 59, 59, 79)),
]


@pytest.mark.parametrize(("octets", "timestamp"), GOLDEN)
def test_golden(octets: str, timestamp: Timestamp) -> None:
    assert decode_timestamp(bytes.fromhex(octets)) == timestamp
    assert encode_timestamp(timestamp) == bytes.fromhex(octets)


@given(TIMESTAMPS)
def test_round_trip(timestamp: Timestamp) -> None:
    assert decode_timestamp(encode_timestamp(timestamp)) == timestamp


@given(MOMENTS, st.integers(-56, 56))
def test_moments_agree_with_the_standard_library(epoch: int, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    civil = datetime.fromtimestamp(epoch, zone)
    timestamp = timestamp_at(epoch, quarters)
    fields = (civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second, quarters)
    assert timestamp == Timestamp(*fields)
    assert epoch_seconds(timestamp) == epoch


def test_every_day_of_the_century() -> None:
    day = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
    for _ in range(36_525):
        civil = datetime.fromtimestamp(day, UTC)
        assert timestamp_at(day) == Timestamp(civil.year, civil.month, civil.day)
        assert epoch_seconds(Timestamp(civil.year, civil.month, civil.day)) == day
        day += 86_400


@pytest.mark.parametrize(
    "timestamp",
    [
        Timestamp(2026, 0, 1),
        Timestamp(2026, 13, 1),
        Timestamp(2026, 2, 29),
        Timestamp(2028, 2, 30),
        Timestamp(2026, 4, 31),
        Timestamp(2026, 1, 0),
        Timestamp(2026, 1, 1, 24),
        Timestamp(2026, 1, 1, 0, 60),
        Timestamp(2026, 1, 1, 0, 0, 60),
        Timestamp(1999, 1, 1),
        Timestamp(2100, 1, 1),
        UNKNOWN_TIME,
    ],
)
def test_fields_outside_the_calendar_are_no_moment(timestamp: Timestamp) -> None:
    assert epoch_seconds(timestamp) is None


def test_zeros_and_fillers_are_kept_as_no_moment() -> None:
    assert decode_timestamp(bytes(7)) == UNKNOWN_TIME
    assert decode_timestamp(b"\xff" * 7) == UNKNOWN_TIME
    assert decode_timestamp(bytes.fromhex("6211129055f200")) == UNKNOWN_TIME
    assert decode_timestamp(bytes.fromhex("621112905592f0")) == UNKNOWN_TIME
    assert decode_timestamp(bytes.fromhex("62314290559200")) == Timestamp(2026, 13, 24, 9, 55, 29)


@given(st.binary(min_size=7, max_size=7))
def test_any_seven_octets_decode_and_encode_again(octets: bytes) -> None:
    timestamp = decode_timestamp(octets)
    assert decode_timestamp(encode_timestamp(timestamp)) == timestamp


@pytest.mark.parametrize(
    "timestamp",
    [
        Timestamp(1999, 12, 31),
        Timestamp(2100, 1, 1),
        Timestamp(2026, 100, 1),
        Timestamp(2026, 1, -1),
        Timestamp(2026, 1, 1, 0, 0, 0, 80),
        Timestamp(2026, 1, 1, 0, 0, 0, -80),
    ],
)
def test_unencodable(timestamp: Timestamp) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        encode_timestamp(timestamp)


@pytest.mark.parametrize("epoch", [946_684_799, 4_102_444_800])
def test_moments_of_other_centuries_have_no_timestamp(epoch: int) -> None:
    with pytest.raises(ValueError, match="outside the years"):
        timestamp_at(epoch)
