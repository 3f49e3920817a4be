"""TPDUs inside RP messages against tshark: one run over many of them, and each field as it shows it."""

import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from heliograph.wire.gsm.address import Address
from heliograph.wire.gsm.rp import Direction, RpAck, RpData, RpError, RpMessage, RpSmma, encode_rp
from heliograph.wire.gsm.timestamp import Timestamp
from heliograph.wire.gsm.tpdu import (
    Command,
    Deliver,
    DeliverReport,
    Parameters,
    StatusReport,
    Submit,
    SubmitReport,
    encode,
)
from heliograph.wire.gsm.validity import (
    AbsoluteValidity,
    EnhancedForm,
    EnhancedValidity,
    RelativeValidity,
    Validity,
)
from tests.wire.gsm.pycrate_view import ORACLE_DCS, Tpdu
from tests.wire.gsm.tpdus import NUMBERS, OCTET, mobile_originated, mobile_terminated

MESSAGES = 500
# A private link type that tshark is told to take for RP.
LINK_TYPE = 147
AS_RP = f'uat:user_dlts:"User 0 (DLT={LINK_TYPE})","gsm_a_rp","0","","0",""'
COMPLAINTS = (
    "_ws.malformed",
    "gsm_a.rp.extraneous_data",
    "gsm_a.rp.missing_mandatory_element",
    "gsm_sms.unexpected_data_length",
    "gsm_sms.short_data",
)
FLAGS = ("mms", "lp", "sri", "srr", "udhi", "rp", "rd", "srq")
TIME = ("year", "month", "day", "hour", "minutes", "seconds", "timezone")
NUMBERED = {name: f"gsm_sms.tp-{name}" for name in ("mti", "mr", "pid", "dcs", "fcs", "vpf", *FLAGS)}
NUMBERED |= {name: f"gsm_sms.scts.{name}" for name in TIME}
NUMBERED |= {
    "msg_type": "gsm_a.rp.msg_type",
    "reference": "gsm_a.rp.rp_message_reference",
    "cause": "gsm_a.rp.cause",
    "number_kind": "gsm_sms.dis_field_addr.num_type",
    "number_plan": "gsm_sms.dis_field_addr.num_plan",
    "single_shot": "gsm_sms.vp.single_shot_sm",
    "form": "gsm_sms.vp.validity_period_format",
    "period": "gsm_sms.vp.validity_period",
    "period_hours": "gsm_sms.vp.validity_period.hour",
    "period_minutes": "gsm_sms.vp.validity_period.minutes",
    "period_seconds": "gsm_sms.vp.validity_period.seconds",
    "pi": "gsm_sms.tp.parameter_indicator",
    "udl": "gsm_sms.tp.user_data_length",
    "ct": "gsm_sms.tp.command_type",
    "mn": "gsm_sms.tp.message_number",
    "cdl": "gsm_sms.tp.command_data_length",
}
WORDED = {
    "centre": "gsm_a.dtap.cld_party_bcd_num",
    "diagnostic": "gsm_a.rp.diagnostic_field",
    "tpdu": "gsm_a.rp.tpdu",
    "da": "gsm_sms.tp-da",
    "oa": "gsm_sms.tp-oa",
    "ra": "gsm_sms.tp-ra",
}
Fields = dict[str, list[Any]]


def is_fair(tpdu: Tpdu) -> bool:
    """Without what tshark 4.0 reads otherwise than the specification."""
    match tpdu:
        case Submit(validity=EnhancedValidity(EnhancedForm.RELATIVE)):
            # It takes the octet of this validity for TP-UDL too.
            return False
        case SubmitReport(failure_cause=int(cause)) | DeliverReport(failure_cause=int(cause)):
            # It tells the two forms of a report apart by a TP-FCS that is not reserved.
            return cause >= 0x80 and not tpdu.udhi
    # It would put the text of several messages together by their headers.
    return not tpdu.udhi


@st.composite
def rp_messages(draw: st.DrawFn) -> tuple[RpMessage, Tpdu | None]:
    """A TPDU in the RP message that carries such a one."""
    direction = draw(st.sampled_from(Direction))
    is_up = direction is Direction.MOBILE_TO_NETWORK
    tpdus = mobile_originated(ORACLE_DCS) if is_up else mobile_terminated(ORACLE_DCS)
    tpdu: Tpdu = draw(tpdus.filter(is_fair))
    reference, data = draw(OCTET), encode(tpdu)
    match tpdu:
        case SubmitReport(failure_cause=None) | DeliverReport(failure_cause=None):
            return RpAck(direction, reference, data), tpdu
        case SubmitReport() | DeliverReport():
            cause, diagnostic = draw(st.integers(0, 127)), draw(st.none() | OCTET)
            return RpError(direction, reference, cause, diagnostic, data), tpdu
    centre = draw(NUMBERS.filter(lambda address: address.value))
    ends = (None, centre) if is_up else (centre, None)
    return RpData(direction, reference, data, *ends), tpdu


def sample() -> list[tuple[RpMessage, Tpdu | None]]:
    """The same messages every time."""
    drawn: list[tuple[RpMessage, Tpdu | None]] = [(RpSmma(77), None)]

    @seed(24_011)
    @settings(
        max_examples=MESSAGES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(rp_messages())
    def draw(message: tuple[RpMessage, Tpdu | None]) -> None:
        drawn.append(message)

    draw()
    return drawn


def capture_of(messages: list[bytes]) -> bytes:
    """A pcap file, version 2.4."""
    records = [struct.pack("<IIII", 0, 0, len(data), len(data)) + data for data in messages]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, LINK_TYPE) + b"".join(records)


def dissect(capture: Path) -> list[dict[str, list[str]]]:
    """Every message with the values that tshark shows for each field."""
    names = [*NUMBERED.values(), *WORDED.values(), *COMPLAINTS]
    layout = ["-T", "fields", "-E", "separator=;", "-E", "occurrence=a", "-E", "aggregator=|"]
    columns = [word for name in names for word in ("-e", name)]
    done = subprocess.run(
        ["tshark", "-r", str(capture), "-o", AS_RP, *layout, *columns],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    rows = (line.split(";") for line in done.stdout.splitlines())
    return [{name: cell.split("|") for name, cell in zip(names, row, strict=True) if cell} for row in rows]


def shown(row: dict[str, list[str]]) -> Fields:
    fields: Fields = {name: [int(v, 0) for v in row[key]] for name, key in NUMBERED.items() if key in row}
    return fields | {name: [*row[key]] for name, key in WORDED.items() if key in row}


def of_message(message: RpMessage) -> Fields:
    if isinstance(message, RpSmma):
        return {"msg_type": [6], "reference": [message.reference]}
    kind = {RpData: 0, RpAck: 2, RpError: 4}[type(message)]
    fields: Fields = {"msg_type": [kind | message.direction], "reference": [message.reference]}
    if isinstance(message, RpData):
        centre = message.originator or message.destination
        assert centre is not None
        fields["centre"] = [centre.value]
    if isinstance(message, RpError):
        fields["cause"] = [message.cause]
        if message.diagnostic is not None:
            fields["diagnostic"] = [f"{message.diagnostic:02x}"]
    assert message.user_data is not None
    return fields | {"tpdu": [message.user_data.hex()]}


def of_times(*stamps: Timestamp) -> Fields:
    """tshark has the sign of the zone in words only."""
    rows = [(t.year - 2000, t.month, t.day, t.hour, t.minute, t.second, abs(t.zone_quarters)) for t in stamps]
    return {name: list(column) for name, column in zip(TIME, zip(*rows, strict=True), strict=True)}


def of_address(field: str, address: Address) -> Fields:
    fields: Fields = {"number_kind": [int(address.kind)], "number_plan": [address.plan]}
    return fields | ({field: [address.value]} if address.value else {})


def of_validity(validity: Validity) -> Fields:
    match validity:
        case RelativeValidity(code):
            return {"vpf": [2], "period": [code]}
        case AbsoluteValidity(until):
            return {"vpf": [3], **of_times(until)}
        case EnhancedValidity(form, amount, single_shot):
            fields: Fields = {"vpf": [1], "single_shot": [int(single_shot)], "form": [int(form)]}
            if form is EnhancedForm.CLOCK:
                fields |= {"period_hours": [amount // 3600], "period_minutes": [amount // 60 % 60]}
                fields |= {"period_seconds": [amount % 60]}
            elif form is not EnhancedForm.UNSPECIFIED:
                fields |= {"period": [amount]}
            return fields
    return {"vpf": [0]}


def of_parameters(parameters: Parameters, *, always: bool) -> Fields:
    present = {"pid": parameters.pid, "dcs": parameters.dcs, "udl": parameters.udl}
    fields: Fields = {name: [value] for name, value in present.items() if value is not None}
    indicator = sum(bit for bit, name in ((1, "pid"), (2, "dcs"), (4, "udl")) if name in fields)
    return fields | ({"pi": [indicator]} if indicator or always else {})


def of_tpdu(tpdu: Tpdu) -> Fields:
    flags = {"udhi": tpdu.udhi}
    fields: Fields
    match tpdu:
        case Submit():
            flags |= {
                "srr": tpdu.status_report_requested,
                "rd": tpdu.reject_duplicates,
                "rp": tpdu.reply_path,
            }
            fields = {"mti": [1], "mr": [tpdu.reference], "pid": [tpdu.pid], "dcs": [tpdu.dcs]}
            fields |= {"udl": [tpdu.udl], **of_address("da", tpdu.destination), **of_validity(tpdu.validity)}
        case Deliver():
            flags |= {"mms": not tpdu.more_messages, "lp": tpdu.loop_prevention, "rp": tpdu.reply_path}
            flags |= {"sri": tpdu.status_report_indicated}
            fields = {"mti": [0], "pid": [tpdu.pid], "dcs": [tpdu.dcs], "udl": [tpdu.udl]}
            fields |= of_address("oa", tpdu.originator) | of_times(tpdu.submitted)
        case StatusReport():
            flags |= {"mms": not tpdu.more_messages, "lp": tpdu.loop_prevention, "srq": tpdu.of_command}
            fields = {"mti": [2], "mr": [tpdu.reference], **of_parameters(tpdu.parameters, always=False)}
            fields |= of_address("ra", tpdu.recipient) | of_times(tpdu.submitted, tpdu.discharged)
        case SubmitReport():
            fields = {"mti": [1], **of_times(tpdu.submitted), **of_parameters(tpdu.parameters, always=True)}
        case DeliverReport():
            fields = {"mti": [0], **of_parameters(tpdu.parameters, always=True)}
        case Command():
            flags |= {"srr": tpdu.status_report_requested}
            fields = {"mti": [2], "mr": [tpdu.reference], "pid": [tpdu.pid], "ct": [tpdu.command_type]}
            fields |= {"mn": [tpdu.message_number], "cdl": [len(tpdu.command_data)]}
            fields |= of_address("da", tpdu.destination)
    if isinstance(tpdu, SubmitReport | DeliverReport) and tpdu.failure_cause is not None:
        fields["fcs"] = [tpdu.failure_cause]
    return fields | {name: [int(flag)] for name, flag in flags.items()}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_what_we_encode(tmp_path: Path) -> None:
    messages = sample()
    assert len(messages) > MESSAGES
    capture = tmp_path / "rp.pcap"
    capture.write_bytes(capture_of([encode_rp(message) for message, _ in messages]))
    rows = dissect(capture)
    assert len(rows) == len(messages)
    for (message, tpdu), row in zip(messages, rows, strict=True):
        expected = of_message(message) | (of_tpdu(tpdu) if tpdu else {})
        assert (shown(row), message, tpdu) == (expected, message, tpdu)
        assert not row.keys() & set(COMPLAINTS)
