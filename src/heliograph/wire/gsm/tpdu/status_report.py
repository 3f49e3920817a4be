"""SMS-STATUS-REPORT (3GPP TS 23.040 §9.2.2.3): what became of a SUBMIT, or the answer to a COMMAND.

Never here: what TP-ST means, see `causes`.
"""

from dataclasses import dataclass

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, encode_address, read_address
from heliograph.wire.gsm.timestamp import TIMESTAMP_OCTETS, Timestamp, decode_timestamp, encode_timestamp
from heliograph.wire.gsm.tpdu.parameters import (
    NO_PARAMETERS,
    Parameters,
    encode_parameters,
    indicator_of,
    read_indicator,
    read_parameters,
)

_MTI = 0x02
_MMS, _LP, _SRQ, _UDHI = 0x04, 0x08, 0x20, 0x40


@dataclass(frozen=True, slots=True)
class StatusReport:
    """`submitted` is TP-SCTS of the SUBMIT, `discharged` (TP-DT) when `status` (TP-ST) came true."""

    reference: int
    recipient: Address
    submitted: Timestamp
    discharged: Timestamp
    status: int
    parameters: Parameters = NO_PARAMETERS
    udhi: bool = False
    more_messages: bool = False
    loop_prevention: bool = False
    of_command: bool = False


def encode_status_report(report: StatusReport) -> bytes:
    first = (
        _MTI
        # §9.2.3.2: the bit says that there are no more.
        | (0 if report.more_messages else _MMS)
        | (_LP if report.loop_prevention else 0)
        | (_SRQ if report.of_command else 0)
        | (_UDHI if report.udhi else 0)
    )
    times = encode_timestamp(report.submitted) + encode_timestamp(report.discharged)
    head = bytes((first, report.reference)) + encode_address(report.recipient) + times
    indicator = indicator_of(report.parameters)
    # TP-PI may stay away when it announces nothing; phones of phase 2 know none.
    tail = bytes((indicator,)) if indicator else b""
    return head + bytes((report.status,)) + tail + encode_parameters(report.parameters)


def decode_status_report(data: bytes) -> StatusReport:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    first = data[0]
    recipient, at = read_address(data, 2)
    stamps = data[at : at + 2 * TIMESTAMP_OCTETS]
    if len(stamps) < 2 * TIMESTAMP_OCTETS:
        raise Malformed("time stamps end early")
    at += 2 * TIMESTAMP_OCTETS
    return StatusReport(
        reference=data[1],
        recipient=recipient,
        submitted=decode_timestamp(stamps[:TIMESTAMP_OCTETS]),
        discharged=decode_timestamp(stamps[TIMESTAMP_OCTETS:]),
        status=data[at],
        parameters=_read_end(data, at + 1),
        udhi=bool(first & _UDHI),
        more_messages=not first & _MMS,
        loop_prevention=bool(first & _LP),
        of_command=bool(first & _SRQ),
    )


def _read_end(data: bytes, at: int) -> Parameters:
    if at == len(data):
        return NO_PARAMETERS
    indicator, at = read_indicator(data, at)
    return read_parameters(data, at, indicator)
