"""RP messages: golden octets of every type and direction, round trips, truncation, and any octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, NumberKind
from heliograph.wire.gsm.causes import RpCause
from heliograph.wire.gsm.rp import (
    Direction,
    RpAck,
    RpData,
    RpError,
    RpMessage,
    RpSmma,
    decode_rp,
    encode_rp,
    rp_reference,
)
from tests.wire.gsm.rps import RP_MESSAGES

UP, DOWN = Direction.MOBILE_TO_NETWORK, Direction.NETWORK_TO_MOBILE
CENTRE = Address("882285000000")
ODD_CENTRE = Address("12345", NumberKind.UNKNOWN)

# 3GPP TS 24.011 §7.3 and §8.2, by hand.
GOLDEN = [
    ("00 2a 00 07 91 882258000000 03 010203", RpData(UP, 42, b"\1\2\3", destination=CENTRE)),
    ("01 2a 07 91 882258000000 00 03 010203", RpData(DOWN, 42, b"\1\2\3", CENTRE)),
    ("00 00 00 04 81 2143f5 00", RpData(UP, 0, b"", destination=ODD_CENTRE)),
    ("00 00 00 00 01 ff", RpData(UP, 0, b"\xff")),
    ("02 2a", RpAck(UP, 42)),
    ("03 2a 41 02 0100", RpAck(DOWN, 42, b"\1\0")),
    ("02 2a 41 00", RpAck(UP, 42, b"")),
    ("04 2a 01 16", RpError(UP, 42, RpCause.MEMORY_EXCEEDED)),
    ("05 2a 02 51 07", RpError(DOWN, 42, RpCause.INVALID_REFERENCE, 7)),
    ("04 2a 01 16 41 03 00d300", RpError(UP, 42, 22, None, b"\x00\xd3\x00")),
    ("06 2a", RpSmma(42)),
]


@pytest.mark.parametrize(("octets", "message"), GOLDEN)
def test_golden(octets: str, message: RpMessage) -> None:
    assert decode_rp(bytes.fromhex(octets)) == message
    assert encode_rp(message) == bytes.fromhex(octets)


@given(RP_MESSAGES)
def test_round_trip(message: RpMessage) -> None:
    assert decode_rp(encode_rp(message)) == message


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        # Spare bits of the type, and the extension bit of the cause, say nothing.
        ("fa 2a", RpAck(UP, 42)),
        ("04 2a 01 96", RpError(UP, 42, 22)),
        # §9.3: unknown elements before and behind the user data, one octet or with a length; a repeated one.
        ("02 2a 91 42 02 ffff 41 01 00 43 00 41 01 ff", RpAck(UP, 42, b"\0")),
        ("00 00 00 00 01 ff 42 01 00", RpData(UP, 0, b"\xff")),
    ],
)
def test_what_is_not_understood_is_skipped(octets: str, message: RpMessage) -> None:
    assert decode_rp(bytes.fromhex(octets)) == message


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("", "0 octets"),
        ("00", "1 octets"),
        ("00" * 261, "261 octets"),
        ("07 00", "type 7"),
        ("00 00", "ends early"),
        ("00 00 00", "ends early"),
        ("00 00 00 03 91 88", "field of 3"),
        ("00 00 00 0c 91 8822580000008822580000 00", "limit 11"),
        ("00 00 00 02 11 88 00", "extended"),
        ("00 00 00 03 91 f8 82 00", "filler inside"),
        ("00 00 00 00 02 ff", "field of 2"),
        ("00 00 00 00 ea" + "00" * 234, "limit 233"),
        ("04 00", "ends early"),
        ("04 00 00", "cause is empty"),
        ("04 00 03 16 00 00", "limit 2"),
        ("02 00 41", "ends early"),
        ("02 00 41 02 00", "field of 2"),
        ("02 00 42 02 00", "field of 2"),
    ],
)
def test_malformed(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decode_rp(bytes.fromhex(octets))


@given(RP_MESSAGES)
def test_truncated_at_every_octet(message: RpMessage) -> None:
    data = encode_rp(message)
    for end in range(len(data)):
        # What is optional may be missing: RP-ACK and RP-ERROR without their user data.
        if isinstance(message, RpAck) and end == 2:
            assert decode_rp(data[:end]) == RpAck(message.direction, message.reference)
        elif isinstance(message, RpError) and end == 3 + data[2]:
            bare = RpError(message.direction, message.reference, message.cause, message.diagnostic)
            assert decode_rp(data[:end]) == bare
        else:
            with pytest.raises(Malformed):
                decode_rp(data[:end])


def check_decodes_or_is_malformed(data: bytes) -> None:
    """Nothing but `Malformed` comes out, and what decodes can be encoded again to the same value."""
    try:
        message = decode_rp(data)
    except Malformed:
        return
    assert decode_rp(encode_rp(message)) == message


@given(st.binary(max_size=265))
def test_any_octets_decode_or_are_malformed(data: bytes) -> None:
    check_decodes_or_is_malformed(data)


@given(RP_MESSAGES, st.lists(st.tuples(st.integers(0, 259), st.integers(0, 255)), min_size=1, max_size=3))
def test_faulty_octets_decode_or_are_malformed(message: RpMessage, faults: list[tuple[int, int]]) -> None:
    data = bytearray(encode_rp(message))
    for place, octet in faults:
        data[place % len(data)] = octet
    check_decodes_or_is_malformed(bytes(data))


def test_reference_of_a_malformed_message() -> None:
    assert rp_reference(bytes.fromhex("002a00")) == 42
    assert rp_reference(b"\0") is None


@pytest.mark.parametrize(
    "message",
    [
        RpSmma(256),
        RpAck(UP, -1),
        RpAck(UP, 0, bytes(234)),
        RpData(UP, 0, bytes(234)),
        RpData(UP, 0, b"", destination=Address("0" * 21)),
        RpData(UP, 0, b"", destination=Address("+49")),
        RpError(UP, 0, 128),
        RpError(UP, 0, 22, 256),
    ],
)
def test_unencodable(message: RpMessage) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode_rp(message)
