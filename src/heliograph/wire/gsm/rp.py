"""RP messages (3GPP TS 24.011 §7.3, §8.2): what carries a TPDU between a mobile and its network.

In: whole RP messages. Out: RP-DATA, RP-ACK, RP-ERROR and RP-SMMA as values, and back. Decoding raises
`Malformed` and nothing else; encoding a value that does not fit is a ValueError.
Never here: the TPDU inside, timers, the CP layer.
"""

from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import DIGITS_LIMIT, Address, decode_type, encode_type
from heliograph.wire.gsm.semi_octets import pack_digits, unpack_digits

RP_USER_DATA_OCTETS_LIMIT = 233
_ADDRESS_OCTETS_LIMIT = 11
RP_OCTETS_LIMIT = 2 + 2 * (1 + _ADDRESS_OCTETS_LIMIT) + 1 + RP_USER_DATA_OCTETS_LIMIT
"""An RP-DATA with both addresses."""
_USER_DATA_IEI = 0x41
_SMMA = 6


class Direction(IntEnum):
    """The lowest bit of the RP message type."""

    MOBILE_TO_NETWORK = 0
    NETWORK_TO_MOBILE = 1


@dataclass(frozen=True, slots=True)
class RpData:
    """The service centre is `destination` from a mobile and `originator` to it; the other one is not sent."""

    direction: Direction
    reference: int
    user_data: bytes
    originator: Address | None = None
    destination: Address | None = None


@dataclass(frozen=True, slots=True)
class RpAck:
    direction: Direction
    reference: int
    user_data: bytes | None = None


@dataclass(frozen=True, slots=True)
class RpError:
    direction: Direction
    reference: int
    cause: int
    diagnostic: int | None = None
    user_data: bytes | None = None


@dataclass(frozen=True, slots=True)
class RpSmma:
    """A mobile has memory again; it has one direction only."""

    reference: int


RpMessage = RpData | RpAck | RpError | RpSmma


def encode_rp(message: RpMessage) -> bytes:
    """The octets of an RP message; ValueError when a field does not fit."""
    match message:
        case RpData():
            addresses = _encode_address(message.originator) + _encode_address(message.destination)
            return _head(0, message) + addresses + _length_value(message.user_data)
        case RpAck():
            return _head(2, message) + _encode_optional(message.user_data)
        case RpError():
            return _head(4, message) + _encode_cause(message) + _encode_optional(message.user_data)
        case RpSmma():
            return bytes((_SMMA, message.reference))


def decode_rp(data: bytes) -> RpMessage:
    """One whole RP message; its type says the direction."""
    if not 2 <= len(data) <= RP_OCTETS_LIMIT:
        raise Malformed(f"RP message of {len(data)} octets")
    # Bits 4 to 8 of the type octet are spare.
    message_type, reference = data[0] & 0x07, data[1]
    direction = Direction(message_type & 1)
    if message_type <= 1:
        return _decode_data(data, direction, reference)
    if message_type <= 3:
        return RpAck(direction, reference, _read_optional(data, 2))
    if message_type <= 5:
        return _decode_error(data, direction, reference)
    if message_type == _SMMA:
        return RpSmma(reference)
    raise Malformed("RP message type 7 is reserved")


def rp_reference(data: bytes) -> int | None:
    """The reference of a message, malformed or not, for answering it with RP-ERROR; None without one."""
    return data[1] if len(data) >= 2 else None


def _head(message_type: int, message: RpData | RpAck | RpError) -> bytes:
    return bytes((message_type | message.direction, message.reference))


def _length_value(value: bytes) -> bytes:
    if len(value) > RP_USER_DATA_OCTETS_LIMIT:
        raise ValueError(f"RP user data of {len(value)} octets, limit {RP_USER_DATA_OCTETS_LIMIT}")
    return bytes((len(value),)) + value


def _encode_address(address: Address | None) -> bytes:
    if address is None:
        return b"\0"
    if len(address.value) > DIGITS_LIMIT:
        raise ValueError(f"number {address.value!r} has more than {DIGITS_LIMIT} digits")
    octets = bytes((encode_type(address),)) + pack_digits(address.value)
    return bytes((len(octets),)) + octets


def _encode_cause(error: RpError) -> bytes:
    if not 0 <= error.cause <= 127:
        raise ValueError(f"RP cause {error.cause}")
    if error.diagnostic is None:
        return bytes((1, error.cause))
    return bytes((2, error.cause, error.diagnostic))


def _encode_optional(user_data: bytes | None) -> bytes:
    return b"" if user_data is None else bytes((_USER_DATA_IEI,)) + _length_value(user_data)


def _decode_data(data: bytes, direction: Direction, reference: int) -> RpData:
    originator, at = _read_length_value(data, 2, _ADDRESS_OCTETS_LIMIT)
    destination, at = _read_length_value(data, at, _ADDRESS_OCTETS_LIMIT)
    user_data, at = _read_length_value(data, at, RP_USER_DATA_OCTETS_LIMIT)
    _read_optional(data, at)
    return RpData(direction, reference, user_data, _decode_address(originator), _decode_address(destination))


def _decode_error(data: bytes, direction: Direction, reference: int) -> RpError:
    cause, at = _read_length_value(data, 2, 2)
    if not cause:
        raise Malformed("RP cause is empty")
    # §8.2.5.4: bit 8 extends nothing that is defined; some set it, some do not.
    diagnostic = cause[1] if len(cause) == 2 else None
    return RpError(direction, reference, cause[0] & 0x7F, diagnostic, _read_optional(data, at))


def _decode_address(octets: bytes) -> Address | None:
    """No digit count here: the filler alone ends an odd number (§8.2.5.1)."""
    if not octets:
        return None
    kind, plan = decode_type(octets[0])
    return Address(unpack_digits(octets[1:], 2 * len(octets)), kind, plan)


def _read_length_value(data: bytes, at: int, limit: int) -> tuple[bytes, int]:
    if at >= len(data):
        raise Malformed("RP message ends early")
    end = at + 1 + data[at]
    if end > len(data) or data[at] > limit:
        raise Malformed(f"RP field of {data[at]} octets, limit {limit}")
    return data[at + 1 : end], end


def _read_optional(data: bytes, at: int) -> bytes | None:
    """User data among the elements up to the end; unknown ones are skipped (§9.3.4, TS 24.007 §11.2.4)."""
    user_data = None
    while at < len(data):
        identifier = data[at]
        if identifier >= 0x80:
            at += 1
            continue
        limit = RP_USER_DATA_OCTETS_LIMIT if identifier == _USER_DATA_IEI else 255
        value, at = _read_length_value(data, at + 1, limit)
        if identifier == _USER_DATA_IEI and user_data is None:
            user_data = value
    return user_data
