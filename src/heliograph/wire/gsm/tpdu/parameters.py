"""The optional end of reports: TP-PI and what it announces, TP-PID, TP-DCS, TP-UDL with TP-UD
(3GPP TS 23.040 §9.2.3.27).

Never here: the fields before TP-PI, or between it and TP-PID.
"""

from dataclasses import dataclass

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.tpdu.user_data import TPDU_OCTETS_LIMIT, encode_user_data, octets_of, read_user_data

_PID, _DCS, _UDL = 0x01, 0x02, 0x04
_RESERVED = 0x78
_EXTENSION = 0x80
_DEFAULT_DCS = 0


@dataclass(frozen=True, slots=True)
class Parameters:
    """None means that the parameter is not there. Without TP-DCS, TP-UDL counts septets."""

    pid: int | None = None
    dcs: int | None = None
    udl: int | None = None
    user_data: bytes = b""


NO_PARAMETERS = Parameters()


def indicator_of(parameters: Parameters) -> int:
    """TP-PI, one octet."""
    present = ((parameters.pid, _PID), (parameters.dcs, _DCS), (parameters.udl, _UDL))
    return sum(bit for value, bit in present if value is not None)


def encode_parameters(parameters: Parameters) -> bytes:
    """What follows TP-PI, in its order; ValueError for user data without its length, or against it."""
    octets = bytes(value for value in (parameters.pid, parameters.dcs) if value is not None)
    if parameters.udl is None:
        if parameters.user_data:
            raise ValueError("user data without TP-UDL")
        return octets
    dcs = _DEFAULT_DCS if parameters.dcs is None else parameters.dcs
    return octets + encode_user_data(parameters.udl, parameters.user_data, dcs, TPDU_OCTETS_LIMIT)


def read_indicator(data: bytes, at: int) -> tuple[int, int]:
    """TP-PI and where it ends, over any octets that a later release adds. IndexError when it ends early."""
    indicator = octet = data[at]
    at += 1
    while octet & _EXTENSION:
        octet = data[at]
        at += 1
    return indicator, at


def read_parameters(data: bytes, at: int, indicator: int) -> Parameters:
    """What TP-PI announces, up to the end of the TPDU. IndexError when it ends early."""
    pid = dcs = udl = None
    octets = b""
    if indicator & _PID:
        pid, at = data[at], at + 1
    if indicator & _DCS:
        dcs, at = data[at], at + 1
    length_dcs = _DEFAULT_DCS if dcs is None else dcs
    # Reserved bits announce fields of a later release, which follow those that we know and are skipped.
    if indicator & (_RESERVED | _EXTENSION):
        end = at + (1 + octets_of(data[at], length_dcs) if indicator & _UDL else 0)
        data = data[:end]
    if indicator & _UDL:
        udl, octets = read_user_data(data, at, length_dcs, TPDU_OCTETS_LIMIT)
    elif at != len(data):
        raise Malformed(f"{len(data) - at} octets that TP-PI {indicator:#04x} does not announce")
    if not indicator & (_PID | _DCS | _UDL):
        return NO_PARAMETERS
    return Parameters(pid, dcs, udl, octets)
