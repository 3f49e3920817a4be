"""Message waiting in the user data header: golden octets, and every pair of octets there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.message_waiting import (
    SpecialIndication,
    WaitingKind,
    indication_octets,
    parse_indication,
)

# 3GPP TS 23.040 §9.2.3.24.2
GOLDEN = [
    ("0003", SpecialIndication(WaitingKind.VOICEMAIL, 3)),
    ("8000", SpecialIndication(WaitingKind.VOICEMAIL, 0, store=True)),
    ("21ff", SpecialIndication(WaitingKind.FAX, 255, profile=2)),
    ("e201", SpecialIndication(WaitingKind.EMAIL, 1, store=True, profile=4)),
    ("0701", SpecialIndication(WaitingKind.OTHER, 1, extended_kind=1)),  # video message waiting
]


@pytest.mark.parametrize(("octets", "indication"), GOLDEN)
def test_golden(octets: str, indication: SpecialIndication) -> None:
    assert parse_indication(bytes.fromhex(octets)) == indication
    assert indication_octets(indication).hex() == octets


@given(st.binary(min_size=2, max_size=2))
def test_round_trip(data: bytes) -> None:
    assert indication_octets(parse_indication(data)) == data


@given(st.binary(max_size=5).filter(lambda data: len(data) != 2))
def test_other_lengths_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_indication(data)


def test_fields_out_of_range() -> None:
    for wrong in (
        SpecialIndication(WaitingKind.FAX, 1, profile=0),
        SpecialIndication(WaitingKind.FAX, 1, profile=5),
        SpecialIndication(WaitingKind.FAX, 1, extended_kind=8),
        SpecialIndication(WaitingKind.FAX, 256),
    ):
        with pytest.raises(ValueError, match=r"only|bytes"):
            indication_octets(wrong)
