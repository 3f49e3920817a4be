"""Semi-octets: two digits in an octet, the low half first (3GPP TS 23.040 §9.1.2.3).

In and out: digit strings over `0-9 * # a b c`, and numbers below 100. Never here: what the digits mean.
"""

import re

from heliograph.wire.errors import Malformed

# 3GPP TS 24.008 table 10.5.118: 1010 is *, 1011 is #, 1100 to 1110 are a, b, c; 1111 ends an odd number.
_FILLER = "f"
_TO_DIGIT = str.maketrans("abcde", "*#abc")
_FROM_DIGIT = str.maketrans("*#abc", "abcde")
_DIGITS = re.compile(r"[0-9*#abc]*")
_SWAPPED = bytes((octet & 0x0F) << 4 | octet >> 4 for octet in range(256))

UNREADABLE = 255
"""What `NUMBERS` says of an octet whose halves are not both decimal digits."""

NUMBERS = bytes(
    (octet & 0x0F) * 10 + (octet >> 4) if octet & 0x0F < 10 and octet >> 4 < 10 else UNREADABLE
    for octet in range(256)
)
"""For `bytes.translate`: octet to number below 100."""


def pack_digits(digits: str) -> bytes:
    """Digits to octets, an odd number of them ended by the filler; ValueError for any other character."""
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"not a number in semi-octets: {digits!r}")
    halves = digits.translate(_FROM_DIGIT)
    if len(halves) % 2:
        halves += _FILLER
    return bytes.fromhex(halves).translate(_SWAPPED)


def unpack_digits(octets: bytes, count: int) -> str:
    """The first `count` digits of octets; the filler is accepted at the end only, else `Malformed`."""
    halves = octets.translate(_SWAPPED).hex()[:count]
    if halves.isdecimal():
        return halves
    # Some senders count the filler as a digit; it is the end mark all the same.
    digits = halves.removesuffix(_FILLER)
    if _FILLER in digits:
        raise Malformed("filler inside a number")
    return digits.translate(_TO_DIGIT)


def pack_number(number: int) -> int:
    """A number below 100 as one octet; ValueError beyond."""
    if not 0 <= number <= 99:
        raise ValueError(f"{number} does not fit two digits")
    return number % 10 << 4 | number // 10
