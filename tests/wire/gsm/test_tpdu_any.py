"""All TPDUs alike: round trips, every truncation, any octets, and valid ones with a fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.tpdu import (
    DeliverReport,
    MobileOriginated,
    MobileTerminated,
    StatusReport,
    decode_mobile_originated,
    decode_mobile_terminated,
    encode,
)
from tests.wire.gsm.tpdus import in_error, mobile_originated, mobile_terminated

FAULTS = st.lists(st.tuples(st.integers(0, 163), st.integers(0, 255)), min_size=1, max_size=3)


@given(mobile_originated())
def test_round_trip_mobile_originated(tpdu: MobileOriginated) -> None:
    assert decode_mobile_originated(encode(tpdu), in_error=in_error(tpdu)) == tpdu


@given(mobile_terminated())
def test_round_trip_mobile_terminated(tpdu: MobileTerminated) -> None:
    assert decode_mobile_terminated(encode(tpdu), in_error=in_error(tpdu)) == tpdu


@given(mobile_originated())
def test_truncated_at_every_octet_mobile_originated(tpdu: MobileOriginated) -> None:
    data = encode(tpdu)
    for end in range(len(data)):
        # A DELIVER-REPORT may end before TP-PI, as phones of phase 2 send it.
        if isinstance(tpdu, DeliverReport) and end == (2 if in_error(tpdu) else 1):
            continue
        with pytest.raises(Malformed):
            decode_mobile_originated(data[:end], in_error=in_error(tpdu))


@given(mobile_terminated())
def test_truncated_at_every_octet_mobile_terminated(tpdu: MobileTerminated) -> None:
    data = encode(tpdu)
    for end in range(len(data)):
        # A STATUS-REPORT may end before TP-PI.
        if isinstance(tpdu, StatusReport) and end == 2 + 2 + (data[2] + 1) // 2 + 15:
            continue
        with pytest.raises(Malformed):
            decode_mobile_terminated(data[:end], in_error=in_error(tpdu))


def check_decodes_or_is_malformed(data: bytes) -> None:
    """Nothing but `Malformed` comes out, and what decodes can be encoded again to the same value."""
    for decode in (decode_mobile_originated, decode_mobile_terminated):
        for error in (False, True):
            try:
                tpdu = decode(data, in_error=error)
            except Malformed:
                continue
            assert decode(encode(tpdu), in_error=error) == tpdu


@given(st.binary(max_size=170))
def test_any_octets_decode_or_are_malformed(data: bytes) -> None:
    check_decodes_or_is_malformed(data)


@given(mobile_originated() | mobile_terminated(), FAULTS)
def test_faulty_octets_decode_or_are_malformed(
    tpdu: MobileOriginated | MobileTerminated, faults: list[tuple[int, int]]
) -> None:
    data = bytearray(encode(tpdu))
    for place, octet in faults:
        data[place % len(data)] = octet
    check_decodes_or_is_malformed(bytes(data))
