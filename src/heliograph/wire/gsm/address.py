"""Addresses of TPDUs (3GPP TS 23.040 §9.1.2.5): bytes to `Address` and back.

Never here: normalising, comparing or routing. A phone may send a long number as "unknown"; that is kept.
"""

from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm import alphabet, septets
from heliograph.wire.gsm.semi_octets import pack_digits, unpack_digits

DIGITS_LIMIT = 20
"""Twelve octets with length and type leave ten for digits."""
NAME_SEPTETS_LIMIT = 11


class NumberKind(IntEnum):
    """Type of number."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK_SPECIFIC = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6
    RESERVED = 7


class NumberPlan(IntEnum):
    """The numbering plans that have a name; the rest of the sixteen stay numbers."""

    UNKNOWN = 0
    TELEPHONE = 1
    DATA = 3
    TELEX = 4
    NATIONAL = 8
    PRIVATE = 9
    ERMES = 10


_KINDS = tuple(NumberKind)


@dataclass(frozen=True, slots=True)
class Address:
    """A number (digits over `0-9 * # a b c`, no `+`) or, when alphanumeric, a name in the GSM alphabet."""

    value: str
    kind: NumberKind = NumberKind.INTERNATIONAL
    plan: int = NumberPlan.TELEPHONE


def short_code(digits: str) -> Address:
    """A number as dialled, of unknown type: what a phone sends for a short code (0x81)."""
    return Address(digits, NumberKind.UNKNOWN)


def name(text: str) -> Address:
    """An alphanumeric sender (0xD0)."""
    return Address(text, NumberKind.ALPHANUMERIC, NumberPlan.UNKNOWN)


def encode_type(address: Address) -> int:
    if not 0 <= address.plan <= 15:
        raise ValueError(f"numbering plan {address.plan}")
    return 0x80 | address.kind << 4 | address.plan


def decode_type(octet: int) -> tuple[NumberKind, int]:
    # Bit 7 is always 1; a 0 would announce a second type octet, and what follows would not be digits.
    if octet < 0x80:
        raise Malformed(f"type of address {octet:#04x} is extended")
    return _KINDS[octet >> 4 & 7], octet & 0x0F


def encode_address(address: Address) -> bytes:
    """Length, type, value; ValueError for what no address field can hold."""
    type_octet = encode_type(address)
    if address.kind is NumberKind.ALPHANUMERIC:
        letters = alphabet.encode(address.value)
        if len(letters) > NAME_SEPTETS_LIMIT:
            raise ValueError(f"name {address.value!r} has more than {NAME_SEPTETS_LIMIT} septets")
        # The length counts the semi-octets in use, for names too: 7 letters are 49 bits, 13 halves.
        return bytes(((len(letters) * 7 + 3) // 4, type_octet)) + septets.pack(letters)
    if len(address.value) > DIGITS_LIMIT:
        raise ValueError(f"number {address.value!r} has more than {DIGITS_LIMIT} digits")
    return bytes((len(address.value), type_octet)) + pack_digits(address.value)


def read_address(data: bytes, at: int) -> tuple[Address, int]:
    """The address that begins at `at`, and where it ends. IndexError when not even its type is there."""
    length = data[at]
    if length > DIGITS_LIMIT:
        raise Malformed(f"address of {length} semi-octets")
    kind, plan = decode_type(data[at + 1])
    end = at + 2 + (length + 1) // 2
    octets = data[at + 2 : end]
    if end > len(data):
        raise Malformed("address ends early")
    if kind is NumberKind.ALPHANUMERIC:
        return Address(_read_name(octets, length), kind, plan), end
    return Address(unpack_digits(octets, length), kind, plan), end


def _read_name(octets: bytes, length: int) -> str:
    letters = septets.unpack(octets, length * 4 // 7)
    # Senders that round the length up to octets make an eighth letter, @, out of the seven unused bits.
    if len(letters) == 8 and letters[7] == 0:
        letters = letters[:7]
    return alphabet.decode(letters)
