"""TPDUs as pycrate sees them: the same plain fields from our values and from its objects.

pycrate (TS 23.040 release 13) is an oracle only; what it reads otherwise than the specification is
left out, each with its reason.
"""

from typing import Any

from hypothesis import strategies as st
from pycrate_mobile import TS23040_SMS as PYCRATE

from heliograph.wire.gsm import alphabet
from heliograph.wire.gsm.address import Address, NumberKind
from heliograph.wire.gsm.timestamp import Timestamp
from heliograph.wire.gsm.tpdu import (
    Command,
    Deliver,
    DeliverReport,
    MobileOriginated,
    MobileTerminated,
    Parameters,
    StatusReport,
    Submit,
    SubmitReport,
)
from heliograph.wire.gsm.validity import (
    AbsoluteValidity,
    EnhancedForm,
    EnhancedValidity,
    RelativeValidity,
    Validity,
)

Fields = dict[str, Any]
Tpdu = MobileOriginated | MobileTerminated

# Where pycrate reads a reserved coding as octets, TS 23.038 §4 has the default alphabet: groups 8 to 11,
# alphabet 3, bit 3 of group 15 and bit 2 of the message waiting groups are left out.
ORACLE_DCS = st.sampled_from(
    [dcs for dcs in range(0x80) if dcs >> 2 & 3 != 3]
    + [group | bits for group in (0xC0, 0xD0, 0xE0) for bits in (0, 1, 2, 3, 8, 9, 10, 11)]
    + list(range(0xF0, 0xF8))
)


def is_readable(address: Address) -> bool:
    """pycrate takes a last @ of a name for padding, and knows no letters behind an escape."""
    return address.kind is not NumberKind.ALPHANUMERIC or not set(address.value) & set("@€[]^")


def of_address(address: Address) -> Fields:
    return {"kind": int(address.kind), "plan": address.plan, "value": address.value}


def of_timestamp(stamp: Timestamp) -> tuple[int, ...]:
    zone = (int(stamp.zone_quarters < 0), abs(stamp.zone_quarters))
    return (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second, *zone)


def of_validity(validity: Validity) -> object:
    match validity:
        case RelativeValidity(code):
            return code
        case AbsoluteValidity(until):
            return of_timestamp(until)
        case EnhancedValidity(EnhancedForm.CLOCK, amount, single_shot):
            return (single_shot, 3, (amount // 3600, amount // 60 % 60, amount % 60))
        case EnhancedValidity(form, amount, single_shot):
            return (single_shot, int(form), amount)
    return None


def of_parameters(parameters: Parameters) -> Fields:
    user_data = None if parameters.udl is None else (parameters.udl, parameters.user_data)
    return {"pid": parameters.pid, "dcs": parameters.dcs, "user_data": user_data}


def ours(tpdu: Tpdu) -> Fields:
    """The plain fields of one of our values."""
    fields: Fields = {"udhi": tpdu.udhi}
    match tpdu:
        case Submit() | Deliver():
            fields |= {"pid": tpdu.pid, "dcs": tpdu.dcs, "user_data": (tpdu.udl, tpdu.user_data)}
        case StatusReport() | SubmitReport() | DeliverReport():
            fields |= of_parameters(tpdu.parameters)
    match tpdu:
        case Submit():
            fields |= {"mr": tpdu.reference, "address": of_address(tpdu.destination)}
            fields |= {"srr": tpdu.status_report_requested, "rd": tpdu.reject_duplicates}
            fields |= {"rp": tpdu.reply_path, "validity": of_validity(tpdu.validity)}
        case Deliver():
            fields |= {"address": of_address(tpdu.originator), "scts": of_timestamp(tpdu.submitted)}
            fields |= {"mms": not tpdu.more_messages, "lp": tpdu.loop_prevention}
            fields |= {"sri": tpdu.status_report_indicated, "rp": tpdu.reply_path}
        case StatusReport():
            fields |= {"mr": tpdu.reference, "address": of_address(tpdu.recipient), "st": tpdu.status}
            fields |= {"scts": of_timestamp(tpdu.submitted), "dt": of_timestamp(tpdu.discharged)}
            fields |= {"mms": not tpdu.more_messages, "lp": tpdu.loop_prevention, "srq": tpdu.of_command}
        case SubmitReport():
            fields |= {"fcs": tpdu.failure_cause, "scts": of_timestamp(tpdu.submitted)}
        case DeliverReport():
            fields |= {"fcs": tpdu.failure_cause}
        case Command():
            fields |= {"mr": tpdu.reference, "address": of_address(tpdu.destination), "pid": tpdu.pid}
            fields |= {"ct": tpdu.command_type, "mn": tpdu.message_number, "cd": tpdu.command_data}
            fields |= {"srr": tpdu.status_report_requested}
    return fields


def pycrate_class(tpdu: Tpdu) -> Any:
    match tpdu:
        case Submit():
            return PYCRATE.SMS_SUBMIT
        case Deliver():
            return PYCRATE.SMS_DELIVER
        case StatusReport():
            return PYCRATE.SMS_STATUS_REPORT
        case SubmitReport(failure_cause=None):
            return PYCRATE.SMS_SUBMIT_REPORT_RP_ACK
        case SubmitReport():
            return PYCRATE.SMS_SUBMIT_REPORT_RP_ERROR
        case DeliverReport(failure_cause=None):
            return PYCRATE.SMS_DELIVER_REPORT_RP_ACK
        case DeliverReport():
            return PYCRATE.SMS_DELIVER_REPORT_RP_ERROR
        case Command():
            return PYCRATE.SMS_COMMAND


_FLAGS = {"TP_UDHI": "udhi", "TP_SRR": "srr", "TP_RD": "rd", "TP_RP": "rp", "TP_MMS": "mms", "TP_LP": "lp"}
_FLAGS |= {"TP_SRI": "sri", "TP_SRQ": "srq"}
_OCTETS = {"TP_MR": "mr", "TP_FCS": "fcs", "TP_ST": "st", "TP_CT": "ct", "TP_MN": "mn"}
_TIMES = {"TP_SCTS": "scts", "TP_DT": "dt"}
_ADDRESSES = ("TP_DA", "TP_OA", "TP_RA")
_RELATIVE, _ABSOLUTE, _ENHANCED = 10, 11, 12
"""The three forms of TP-VP in pycrate's SUBMIT; two of them share a name."""


def theirs(message: Any) -> Fields:
    """The plain fields of a pycrate object."""
    fields: Fields = {}
    for part in message._content:
        name = part._name
        if name in _FLAGS:
            fields[_FLAGS[name]] = bool(part())
        elif name in _OCTETS:
            fields[_OCTETS[name]] = part()
        elif name in _TIMES:
            fields[_TIMES[name]] = their_timestamp(part)
        elif name in _ADDRESSES:
            value = part["Num"].decode()
            fields["address"] = {"kind": part["Type"](), "plan": part["NumberingPlan"](), "value": value}
        elif name in ("TP_PID", "TP_DCS"):
            fields[name[3:].lower()] = None if part.get_trans() else part.to_bytes()[0]
        elif name == "TP_UD":
            octets = part["UDH"].to_bytes() + part["UD"].to_bytes()
            fields["user_data"] = None if part.get_trans() else (part["UDL"](), octets)
        elif name == "TP_CD":
            fields["cd"] = part["UDH"].to_bytes() + part["CD"].to_bytes()
        elif name == "TP_VPF":
            fields["validity"] = their_validity(part(), message)
    if isinstance(message, PYCRATE.SMS_SUBMIT_REPORT_RP_ACK | PYCRATE.SMS_DELIVER_REPORT_RP_ACK):
        fields["fcs"] = None
    return fields


def their_timestamp(stamp: Any) -> tuple[int, ...]:
    year, *rest = (stamp[name].decode() for name in ("Year", "Mon", "Day", "Hour", "Min", "Sec"))
    ones, sign, tens = (part() for part in stamp["TZ"])
    return (2000 + year, *rest, sign, 10 * tens + ones)


def their_validity(vpf: int, submit: Any) -> object:
    if vpf == 2:
        return submit[_RELATIVE]()
    if vpf == 3:
        return their_timestamp(submit[_ABSOLUTE])
    if vpf == 0:
        return None
    enhanced = submit[_ENHANCED]
    form = enhanced["VPFormat"]()
    amount: object = 0
    if form in (1, 2):
        amount = enhanced["VP"]()
    elif form == 3:
        amount = tuple(part.decode() for part in enhanced["TP"])
    return (bool(enhanced["SingleShot"]()), form, amount)


def to_pycrate(tpdu: Tpdu) -> Any:
    """A pycrate object made from the plain fields, so that its octets are pycrate's work."""
    fields = ours(tpdu)
    message = pycrate_class(tpdu)()
    if isinstance(tpdu, StatusReport | SubmitReport | DeliverReport):
        set_indicator(message, fields)
    for part in message._content:
        name = part._name
        if name in _FLAGS:
            part.set_val(int(bool(fields[_FLAGS[name]])))
        elif name in _OCTETS:
            part.set_val(fields[_OCTETS[name]])
        elif name in _TIMES:
            set_timestamp(part, fields[_TIMES[name]])
        elif name in _ADDRESSES:
            set_address(part, fields["address"])
        elif name in ("TP_PID", "TP_DCS") and fields[name[3:].lower()] is not None:
            part.from_bytes(bytes([fields[name[3:].lower()]]))
        elif name == "TP_CD":
            part["CD"].set_val(fields["cd"])
    if isinstance(tpdu, Submit):
        set_validity(message, tpdu.validity)
    if fields.get("user_data") is not None:
        udl, octets = fields["user_data"]
        message["TP_UD"]["UDL"].set_val(udl)
        message["TP_UD"]["UDH"].set_trans(True)
        message["TP_UD"]["UD"].set_val(octets)
    return message


def set_indicator(message: Any, fields: Fields) -> None:
    present = {"TP_PID": "pid", "TP_DCS": "dcs", "TP_UDL": "user_data"}
    for name, field in present.items():
        message["TP_PI"][name].set_val(int(fields[field] is not None))
    if isinstance(message, PYCRATE.SMS_STATUS_REPORT):
        message["TP_PI"].set_trans(all(fields[field] is None for field in present.values()))


def set_address(part: Any, address: Any) -> None:
    part["Type"].set_val(address["kind"])
    part["NumberingPlan"].set_val(address["plan"])
    if address["kind"] != NumberKind.ALPHANUMERIC:
        part["Num"].set_val(address["value"])
        return
    # pycrate counts 4 letters, 7 semi-octets, as 8; it packs the letters itself.
    part["Num"].encode(address["value"])
    part["Len"].set_val((len(alphabet.encode(address["value"])) * 7 + 3) // 4)


def set_timestamp(part: Any, fields: Any) -> None:
    names = ("Year", "Mon", "Day", "Hour", "Min", "Sec")
    for name, number in zip(names, (fields[0] - 2000, *fields[1:6]), strict=True):
        part[name].encode(number)
    sign, quarters = fields[6:]
    for nibble, number in zip(part["TZ"], (quarters % 10, sign, quarters // 10), strict=True):
        nibble.set_val(number)


def set_validity(message: Any, validity: Validity) -> None:
    fields: Any = of_validity(validity)
    match validity:
        case None:
            message["TP_VPF"].set_val(0)
        case RelativeValidity():
            message["TP_VPF"].set_val(2)
            message[_RELATIVE].set_val(fields)
        case AbsoluteValidity():
            message["TP_VPF"].set_val(3)
            set_timestamp(message[_ABSOLUTE], fields)
        case EnhancedValidity(form):
            message["TP_VPF"].set_val(1)
            enhanced = message[_ENHANCED]
            enhanced["SingleShot"].set_val(int(fields[0]))
            enhanced["VPFormat"].set_val(int(form))
            used = {EnhancedForm.UNSPECIFIED: 0, EnhancedForm.CLOCK: 3}.get(form, 1)
            if form in (EnhancedForm.RELATIVE, EnhancedForm.SECONDS):
                enhanced["VP"].set_val(fields[2])
            elif form is EnhancedForm.CLOCK:
                for part, number in zip(enhanced["TP"], fields[2], strict=True):
                    part.encode(number)
            enhanced["spare"].set_val(bytes(6 - used))
