"""Septet packing: golden octets, a bit-by-bit definition to compare with, and what is too short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.septets import pack, unpack

SEPTETS = st.binary(max_size=260).map(lambda raw: bytes(octet & 0x7F for octet in raw))
FILL_BITS = st.integers(0, 6)

# 3GPP TS 23.038 §6.1.2.1: one, two, seven and eight characters; the eighth fills the seventh octet.
GOLDEN = [
    (b"", ""),
    (b"1", "31"),
    (b"12", "3119"),
    (b"1234567", "31d98c56b3dd00"),
    (b"12345678", "31d98c56b3dd70"),
    (b"hellohello", "e8329bfd4697d9ec37"),
]


def packed_bit_by_bit(septets: bytes, fill_bits: int) -> bytes:
    """The definition: bit 1 of the first septet is the lowest bit after the fill."""
    bits = "0" * fill_bits + "".join(f"{septet:07b}"[::-1] for septet in septets)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


@pytest.mark.parametrize(("septets", "octets"), GOLDEN)
def test_golden(septets: bytes, octets: str) -> None:
    assert pack(septets).hex() == octets
    assert unpack(bytes.fromhex(octets), len(septets)) == septets


@given(SEPTETS, FILL_BITS)
def test_packs_as_defined(septets: bytes, fill_bits: int) -> None:
    assert pack(septets, fill_bits) == packed_bit_by_bit(septets, fill_bits)


@given(SEPTETS, FILL_BITS, st.binary(max_size=3))
def test_round_trip_whatever_follows(septets: bytes, fill_bits: int, rest: bytes) -> None:
    assert unpack(pack(septets, fill_bits) + rest, len(septets), fill_bits) == septets


@given(st.binary(min_size=1, max_size=200), FILL_BITS)
def test_the_eighth_bit_is_dropped(octets: bytes, fill_bits: int) -> None:
    assert pack(octets, fill_bits) == pack(bytes(octet & 0x7F for octet in octets), fill_bits)


@given(st.binary(max_size=150), st.integers(0, 255), FILL_BITS)
def test_too_few_octets_are_malformed(octets: bytes, count: int, fill_bits: int) -> None:
    if count * 7 + fill_bits <= len(octets) * 8:
        assert len(unpack(octets, count, fill_bits)) == count
    else:
        with pytest.raises(Malformed):
            unpack(octets, count, fill_bits)
