"""TP-UDL and TP-UD (3GPP TS 23.040 §9.2.3.16, §9.2.3.24): how many octets a length means, and reading them.

Never here: headers and text; the octets go to `udh` and `text` as they are.
"""

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import parse_dcs

USER_DATA_OCTETS_LIMIT = 140
"""Of SUBMIT and DELIVER; reports and commands have what a TPDU leaves."""
TPDU_OCTETS_LIMIT = 164
"""A SUBMIT with the longest address, a seven-octet validity and 140 octets of user data."""

_COUNTS_SEPTETS = tuple(parse_dcs(dcs).counts_septets for dcs in range(256))


def octets_of(udl: int, dcs: int) -> int:
    """How many octets of user data follow a TP-UDL."""
    return (udl * 7 + 7) // 8 if _COUNTS_SEPTETS[dcs] else udl


def encode_user_data(udl: int, octets: bytes, dcs: int, limit: int = USER_DATA_OCTETS_LIMIT) -> bytes:
    """TP-UDL and TP-UD; ValueError when they contradict each other or the limit."""
    if octets_of(udl, dcs) != len(octets) or len(octets) > limit:
        raise ValueError(f"TP-UDL {udl} under TP-DCS {dcs:#04x} with {len(octets)} octets, limit {limit}")
    return bytes((udl,)) + octets


def read_user_data(data: bytes, at: int, dcs: int, limit: int = USER_DATA_OCTETS_LIMIT) -> tuple[int, bytes]:
    """TP-UDL at `at` and the octets behind it, which end the TPDU. IndexError when TP-UDL is missing."""
    udl = data[at]
    octets = data[at + 1 :]
    length = (udl * 7 + 7) // 8 if _COUNTS_SEPTETS[dcs] else udl
    if length != len(octets) or length > limit:
        raise Malformed(f"TP-UDL {udl} under TP-DCS {dcs:#04x} with {len(octets)} octets, limit {limit}")
    return udl, octets
