"""SUBMIT-REPORT, DELIVER-REPORT and the parameters at the end of reports (TP-PI)."""

import pytest

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.causes import FailureCause
from heliograph.wire.gsm.timestamp import Timestamp
from heliograph.wire.gsm.tpdu import (
    DeliverReport,
    Parameters,
    SubmitReport,
    decode_mobile_originated,
    decode_mobile_terminated,
    encode,
)

NOON = Timestamp(2026, 11, 21, 12, 0, 0, 4)
NOON_OCTETS = "62111221000040"
HELLO = bytes.fromhex("c8329bfd06")

# 3GPP TS 23.040 §9.2.2.1a and §9.2.3.27, by hand.
DELIVER_REPORTS = [
    ("0000", DeliverReport()),
    ("00d300", DeliverReport(FailureCause.MEMORY_EXCEEDED)),
    ("00017f", DeliverReport(parameters=Parameters(pid=0x7F))),
    ("000204", DeliverReport(parameters=Parameters(dcs=4))),
    ("000400", DeliverReport(parameters=Parameters(udl=0))),
    ("000405c8329bfd06", DeliverReport(parameters=Parameters(udl=5, user_data=HELLO))),
    # A SIM's answer to data download: 8-bit data with a header.
    (
        "40077ff6050270000102",
        DeliverReport(parameters=Parameters(0x7F, 0xF6, 5, bytes.fromhex("0270000102")), udhi=True),
    ),
    ("00d507 7ff6 01ff".replace(" ", ""), DeliverReport(0xD5, Parameters(0x7F, 0xF6, 1, b"\xff"))),
]
# §9.2.2.2a, by hand: TP-SCTS stands between TP-PI and the rest.
SUBMIT_REPORTS = [
    ("0100" + NOON_OCTETS, SubmitReport(NOON)),
    ("01c400" + NOON_OCTETS, SubmitReport(NOON, FailureCause.DESTINATION_BARRED)),
    ("0107" + NOON_OCTETS + "000005c8329bfd06", SubmitReport(NOON, parameters=Parameters(0, 0, 5, HELLO))),
    (
        "41c506" + NOON_OCTETS + "0402ffff",
        SubmitReport(NOON, 0xC5, Parameters(None, 4, 2, b"\xff\xff"), udhi=True),
    ),
]


@pytest.mark.parametrize(("octets", "report"), DELIVER_REPORTS)
def test_golden_deliver_report(octets: str, report: DeliverReport) -> None:
    in_error = report.failure_cause is not None
    assert decode_mobile_originated(bytes.fromhex(octets), in_error=in_error) == report
    assert encode(report).hex() == octets


@pytest.mark.parametrize(("octets", "report"), SUBMIT_REPORTS)
def test_golden_submit_report(octets: str, report: SubmitReport) -> None:
    in_error = report.failure_cause is not None
    assert decode_mobile_terminated(bytes.fromhex(octets), in_error=in_error) == report
    assert encode(report).hex() == octets


def test_only_the_layer_below_tells_the_forms_apart() -> None:
    data = bytes.fromhex("000100")
    assert decode_mobile_originated(data) == DeliverReport(parameters=Parameters(pid=0))
    assert decode_mobile_originated(data, in_error=True) == DeliverReport(1)


@pytest.mark.parametrize(
    ("octets", "in_error", "report"),
    [("00", False, DeliverReport()), ("00d3", True, DeliverReport(FailureCause.MEMORY_EXCEEDED))],
)
def test_phones_of_phase_2_send_no_indicator(octets: str, in_error: bool, report: DeliverReport) -> None:
    assert decode_mobile_originated(bytes.fromhex(octets), in_error=in_error) == report


@pytest.mark.parametrize(
    ("octets", "parameters"),
    [
        # §9.2.3.27: a further indicator octet, and then another one.
        ("00810000", Parameters(pid=0)),
        ("0081 8001 00", Parameters(pid=0)),
        # Reserved bits announce fields that we do not know, behind those that we do.
        ("0008 aabbcc", Parameters()),
        ("0009 7f aabbcc", Parameters(pid=0x7F)),
        ("000c 05 c8329bfd06 aabbcc", Parameters(udl=5, user_data=HELLO)),
        ("000e 04 02 ffff aabbcc", Parameters(dcs=4, udl=2, user_data=b"\xff\xff")),
    ],
)
def test_fields_of_later_releases_are_skipped(octets: str, parameters: Parameters) -> None:
    assert decode_mobile_originated(bytes.fromhex(octets)) == DeliverReport(parameters=parameters)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("0001", "ends early"),
        ("0002", "ends early"),
        ("0004", "ends early"),
        ("000404c832", "TP-UDL 4"),
        ("000405c8329bfd0600", "TP-UDL 5"),
        ("0000ff", "does not announce"),
        ("0080", "ends early"),
        ("00" + "80" * 163, "ends early"),
        ("000c05c832", "TP-UDL 5"),
    ],
)
def test_malformed_deliver_report(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decode_mobile_originated(bytes.fromhex(octets))


def test_malformed_in_error() -> None:
    with pytest.raises(Malformed, match="ends early"):
        decode_mobile_originated(b"\x00", in_error=True)


@pytest.mark.parametrize("octets", ["01", "0100", "0100" + NOON_OCTETS[:-2]])
def test_a_submit_report_needs_its_time_stamp(octets: str) -> None:
    with pytest.raises(Malformed, match="ends early"):
        decode_mobile_terminated(bytes.fromhex(octets))


@pytest.mark.parametrize(
    "report",
    [
        DeliverReport(256),
        DeliverReport(parameters=Parameters(user_data=b"\0")),
        DeliverReport(parameters=Parameters(udl=5, user_data=b"\0")),
        DeliverReport(parameters=Parameters(dcs=4, udl=161, user_data=bytes(161))),
        SubmitReport(Timestamp(1999, 1, 1)),
    ],
)
def test_unencodable(report: DeliverReport | SubmitReport) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode(report)
