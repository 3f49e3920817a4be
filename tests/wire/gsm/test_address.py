"""Addresses: golden octets of every kind, round trips, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import (
    Address,
    NumberKind,
    NumberPlan,
    encode_address,
    name,
    read_address,
    short_code,
)
from tests.wire.gsm.tpdus import ADDRESSES

# 3GPP TS 23.040 §9.1.2.5, digits as in TS 24.008 table 10.5.118; the first two as gammu 1.42 sent them.
GOLDEN = [
    ("0c 91 946100000020", Address("491600000002")),
    ("05 81 2143f5", short_code("12345")),
    ("0b 91 9461000000f2", Address("49160000002")),
    ("04 a1 2143", Address("1234", NumberKind.NATIONAL)),
    ("03 b9 21f3", Address("123", NumberKind.NETWORK_SPECIFIC, NumberPlan.PRIVATE)),
    ("02 c1 21", Address("12", NumberKind.SUBSCRIBER)),
    ("02 e1 21", Address("12", NumberKind.ABBREVIATED)),
    ("02 f1 21", Address("12", NumberKind.RESERVED)),
    ("06 81 badc0e", short_code("*#abc0")),
    ("00 91", Address("")),
    # The length counts semi-octets in use: 5 letters are 35 bits, 9 of them; 7 are 49, 13; 11 are 77, 20.
    ("09 d0 cd22b52805", name("METER")),
    ("0d d0 c5b63b6dcedf00", name("Emnify7")),
    ("0e d0 41e19058341e91", name("ABCDEFGH")),
    ("14 d0 c8323bfd3ecbc370740c", name("Heliograph1")),
    ("00 d0", name("")),
]
LONGEST = "01234567890123456789"


@pytest.mark.parametrize(("octets", "address"), GOLDEN)
def test_golden(octets: str, address: Address) -> None:
    data = bytes.fromhex(octets)
    assert encode_address(address) == data
    assert read_address(b"\xff" + data + b"\xff", 1) == (address, 1 + len(data))


@given(ADDRESSES)
def test_round_trip(address: Address) -> None:
    data = encode_address(address)
    assert len(data) <= 12
    assert read_address(data, 0) == (address, len(data))


@pytest.mark.parametrize(
    ("octets", "address"),
    [
        # The filler is counted as a digit.
        ("06 91 2143f5", Address("12345")),
        # An odd number without a filler in its last half.
        ("05 91 214305", Address("12345")),
        # Octets in use times two: the seven unused bits would be an eighth letter, @.
        ("0e d0 c5b63b6dcedf00", name("Emnify7")),
    ],
)
def test_careless_senders_are_understood(octets: str, address: Address) -> None:
    assert read_address(bytes.fromhex(octets), 0)[0] == address


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("15 91 0000000000000000000000", "21 semi-octets"),
        ("ff 91" + "00" * 200, "255 semi-octets"),
        ("04 11 2143", "extended"),
        ("04 91 21", "ends early"),
        ("04 91 f143", "filler inside"),
        ("08 d0 414243", "ends early"),
    ],
)
def test_malformed(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_address(bytes.fromhex(octets), 0)


@pytest.mark.parametrize(
    "address",
    [
        Address(LONGEST + "0"),
        Address("+4916"),
        Address("12d"),
        Address("12 34"),
        Address("١٢"),
        name("twelve chars"),
        name("€uro€uro€u"),
        name("Ж"),
        Address("1", plan=16),
    ],
)
def test_unencodable(address: Address) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode_address(address)


def test_longest_number_fits() -> None:
    assert len(encode_address(Address(LONGEST))) == 12


@given(st.binary(max_size=16))
def test_any_octets_decode_or_are_malformed(octets: bytes) -> None:
    try:
        address, end = read_address(octets, 0)
    except (Malformed, IndexError):
        return
    assert 2 <= end <= len(octets)
    assert len(address.value) <= 20
