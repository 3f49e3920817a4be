"""Optional parameters: typed, or as they came."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.smpp.codec import decode, encode
from heliograph.wire.smpp.pdus import DeliverSm
from heliograph.wire.smpp.tlv import (
    ADDITIONAL_STATUS_INFO_TEXT,
    ALERT_ON_MESSAGE_DELIVERY,
    DEST_TELEMATICS_ID,
    ITS_SESSION_INFO,
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    PARAMETERS,
    QOS_TIME_TO_LIVE,
    RECEIPTED_MESSAGE_ID,
    SAR_MSG_REF_NUM,
    SAR_TOTAL_SEGMENTS,
    SOURCE_NODE_ID,
    NetworkError,
    Parameter,
    Tlv,
)

# SMPP 3.4 §5.3.2, with the clause of each.
GOLDEN: dict[str, tuple[Tlv, Parameter[object], object]] = {
    "§5.3.2.7": ((0x0008, b"\1\2"), DEST_TELEMATICS_ID, 0x0102),
    "§5.3.2.9": ((0x0017, b"\0\0\x0e\x10"), QOS_TIME_TO_LIVE, 3600),
    "§5.3.2.11": ((0x001D, b"no\0"), ADDITIONAL_STATUS_INFO_TEXT, "no"),
    "§5.3.2.12": ((0x001E, b"42\0"), RECEIPTED_MESSAGE_ID, "42"),
    "§5.3.2.22": ((0x020C, b"\x12\x34"), SAR_MSG_REF_NUM, 0x1234),
    "§5.3.2.31": ((0x0423, b"\3\0\x0a"), NETWORK_ERROR_CODE, NetworkError(3, 10)),
    "§5.3.2.32": ((0x0424, b"\0hi"), MESSAGE_PAYLOAD, b"\0hi"),
    "§5.3.2.35": ((0x0427, b"\2"), MESSAGE_STATE, 2),
    "§5.3.2.41": ((0x130C, b""), ALERT_ON_MESSAGE_DELIVERY, b""),
}


@pytest.mark.parametrize(("tlv", "parameter", "value"), GOLDEN.values(), ids=GOLDEN)
def test_typed(tlv: Tlv, parameter: Parameter[object], value: object) -> None:
    assert parameter(value) == tlv
    assert parameter.of((tlv,)) == value
    assert PARAMETERS[tlv[0]] is parameter


def test_the_first_counts_and_none_is_none() -> None:
    assert MESSAGE_STATE.of((MESSAGE_STATE(2), MESSAGE_STATE(5))) == 2
    assert MESSAGE_STATE.of((RECEIPTED_MESSAGE_ID("1"),)) is None


@given(st.lists(st.tuples(st.integers(0x1400, 0xFFFF), st.binary(max_size=50)), max_size=9).map(tuple))
def test_unknown_ones_stay_as_they_came(tlvs: tuple[Tlv, ...]) -> None:
    assert decode(encode(DeliverSm(tlvs=tlvs), 1)).pdu == DeliverSm(tlvs=tlvs)


def test_what_others_make_of_them() -> None:
    """A state of four octets, an id without its NUL, a network error of four."""
    tlvs = ((0x0427, b"\0\0\0\2"), (0x001E, b"42"), (0x0423, b"\3\0\0\x0a"))
    got = decode(encode(DeliverSm(tlvs=tlvs), 1)).pdu
    assert isinstance(got, DeliverSm)
    assert got.tlvs == tlvs
    assert MESSAGE_STATE.of(got.tlvs) == 2
    assert RECEIPTED_MESSAGE_ID.of(got.tlvs) == "42"
    assert NETWORK_ERROR_CODE.of(got.tlvs) == NetworkError(3, 10)


WRONG: dict[str, Callable[[], Tlv]] = {
    "over an octet": lambda: SAR_TOTAL_SEGMENTS(256),
    "below zero": lambda: SAR_MSG_REF_NUM(-1),
    "a NUL": lambda: RECEIPTED_MESSAGE_ID("4\x002"),
    "no Latin-1": lambda: RECEIPTED_MESSAGE_ID("Ω"),
    "too long": lambda: RECEIPTED_MESSAGE_ID("1" * 65),
    "too few octets": lambda: SOURCE_NODE_ID(b"12345"),
    "too many octets": lambda: ITS_SESSION_INFO(b"123"),
    "too high a code": lambda: NETWORK_ERROR_CODE(NetworkError(3, 65_536)),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_values_that_do_not_fit(make: Callable[[], Tlv]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()
