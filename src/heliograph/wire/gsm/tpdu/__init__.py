"""TPDUs (3GPP TS 23.040 §9.2): octets to one of six values, and back.

Two bits name the type, and mean another one in each direction; whether a report sits in RP-ACK or in
RP-ERROR is known to the layer below only. Decoding raises `Malformed` and nothing else; encoding a value
that no TPDU can carry is a ValueError.
Never here: RP (see `rp`), and what user data says (see `text`).
"""

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.tpdu.command import Command, CommandType, decode_command, encode_command
from heliograph.wire.gsm.tpdu.deliver import Deliver, decode_deliver, encode_deliver
from heliograph.wire.gsm.tpdu.parameters import NO_PARAMETERS, Parameters
from heliograph.wire.gsm.tpdu.reports import (
    DeliverReport,
    SubmitReport,
    decode_deliver_report,
    decode_submit_report,
    encode_deliver_report,
    encode_submit_report,
)
from heliograph.wire.gsm.tpdu.status_report import StatusReport, decode_status_report, encode_status_report
from heliograph.wire.gsm.tpdu.submit import Submit, decode_submit, encode_submit
from heliograph.wire.gsm.tpdu.user_data import TPDU_OCTETS_LIMIT, USER_DATA_OCTETS_LIMIT, octets_of

__all__ = [
    "NO_PARAMETERS",
    "TPDU_OCTETS_LIMIT",
    "USER_DATA_OCTETS_LIMIT",
    "Command",
    "CommandType",
    "Deliver",
    "DeliverReport",
    "MobileOriginated",
    "MobileTerminated",
    "Parameters",
    "StatusReport",
    "Submit",
    "SubmitReport",
    "decode_mobile_originated",
    "decode_mobile_terminated",
    "encode",
    "octets_of",
]

MobileOriginated = Submit | DeliverReport | Command
MobileTerminated = Deliver | SubmitReport | StatusReport

_MTI_MASK = 0x03


def encode(tpdu: MobileOriginated | MobileTerminated) -> bytes:
    """The octets of a TPDU; ValueError when a field does not fit, or all of them together."""
    data = _encode(tpdu)
    if len(data) > TPDU_OCTETS_LIMIT:
        raise ValueError(f"a TPDU of {len(data)} octets, limit {TPDU_OCTETS_LIMIT}")
    return data


def _encode(tpdu: MobileOriginated | MobileTerminated) -> bytes:
    match tpdu:
        case Submit():
            return encode_submit(tpdu)
        case Deliver():
            return encode_deliver(tpdu)
        case StatusReport():
            return encode_status_report(tpdu)
        case SubmitReport():
            return encode_submit_report(tpdu)
        case DeliverReport():
            return encode_deliver_report(tpdu)
        case Command():
            return encode_command(tpdu)


def decode_mobile_originated(data: bytes, *, in_error: bool = False) -> MobileOriginated:
    """A TPDU from a mobile. `in_error`: it came in an RP-ERROR."""
    mti = _message_type(data)
    try:
        if mti == 1:
            return decode_submit(data)
        if mti == 0:
            return decode_deliver_report(data, in_error=in_error)
        if mti == 2:
            return decode_command(data)
    except IndexError:
        raise Malformed("TPDU ends early") from None
    raise Malformed("TP-MTI 3 is reserved")


def decode_mobile_terminated(data: bytes, *, in_error: bool = False) -> MobileTerminated:
    """A TPDU to a mobile. `in_error`: it came in an RP-ERROR."""
    mti = _message_type(data)
    try:
        if mti == 0:
            return decode_deliver(data)
        if mti == 1:
            return decode_submit_report(data, in_error=in_error)
        if mti == 2:
            return decode_status_report(data)
    except IndexError:
        raise Malformed("TPDU ends early") from None
    # §9.2.3.1 has a mobile store such a message as it is; there is nothing to make of it here.
    raise Malformed("TP-MTI 3 is reserved")


def _message_type(data: bytes) -> int:
    # Bounded before anything is read.
    if not 0 < len(data) <= TPDU_OCTETS_LIMIT:
        raise Malformed(f"a TPDU of {len(data)} octets")
    return data[0] & _MTI_MASK
