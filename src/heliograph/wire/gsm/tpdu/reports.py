"""SMS-SUBMIT-REPORT and SMS-DELIVER-REPORT (3GPP TS 23.040 §9.2.2.2a, §9.2.2.1a): the answers inside RP.

Each has a form for RP-ACK and one for RP-ERROR, which begins with TP-FCS; the octets do not tell which.
Never here: what TP-FCS means, see `causes`.
"""

from dataclasses import dataclass

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.timestamp import TIMESTAMP_OCTETS, Timestamp, decode_timestamp, encode_timestamp
from heliograph.wire.gsm.tpdu.parameters import (
    NO_PARAMETERS,
    Parameters,
    encode_parameters,
    indicator_of,
    read_indicator,
    read_parameters,
)

_MTI_DELIVER_REPORT = 0x00
_MTI_SUBMIT_REPORT = 0x01
_UDHI = 0x40


@dataclass(frozen=True, slots=True)
class SubmitReport:
    """The centre's answer to a SUBMIT or COMMAND; `failure_cause` (TP-FCS) makes it the RP-ERROR form."""

    submitted: Timestamp
    failure_cause: int | None = None
    parameters: Parameters = NO_PARAMETERS
    udhi: bool = False


@dataclass(frozen=True, slots=True)
class DeliverReport:
    """A mobile's answer to a DELIVER or STATUS-REPORT; `failure_cause` (TP-FCS) makes it the RP-ERROR form"""

    failure_cause: int | None = None
    parameters: Parameters = NO_PARAMETERS
    udhi: bool = False


def encode_submit_report(report: SubmitReport) -> bytes:
    head = _encode_head(_MTI_SUBMIT_REPORT, report)
    return head + encode_timestamp(report.submitted) + encode_parameters(report.parameters)


def encode_deliver_report(report: DeliverReport) -> bytes:
    return _encode_head(_MTI_DELIVER_REPORT, report) + encode_parameters(report.parameters)


def decode_submit_report(data: bytes, *, in_error: bool) -> SubmitReport:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    indicator, at = read_indicator(data, 2 if in_error else 1)
    stamp = data[at : at + TIMESTAMP_OCTETS]
    if len(stamp) < TIMESTAMP_OCTETS:
        raise Malformed("time stamp ends early")
    return SubmitReport(
        submitted=decode_timestamp(stamp),
        failure_cause=data[1] if in_error else None,
        parameters=read_parameters(data, at + TIMESTAMP_OCTETS, indicator),
        udhi=bool(data[0] & _UDHI),
    )


def decode_deliver_report(data: bytes, *, in_error: bool) -> DeliverReport:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    at = 2 if in_error else 1
    failure_cause = data[1] if in_error else None
    # Phones of phase 2 send no TP-PI (GSM 03.40 version 4).
    if at == len(data):
        return DeliverReport(failure_cause, udhi=bool(data[0] & _UDHI))
    indicator, at = read_indicator(data, at)
    return DeliverReport(failure_cause, read_parameters(data, at, indicator), bool(data[0] & _UDHI))


def _encode_head(mti: int, report: SubmitReport | DeliverReport) -> bytes:
    first = mti | (_UDHI if report.udhi else 0)
    indicator = indicator_of(report.parameters)
    if report.failure_cause is None:
        return bytes((first, indicator))
    return bytes((first, report.failure_cause, indicator))
