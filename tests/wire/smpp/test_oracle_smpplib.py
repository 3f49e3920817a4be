"""smpplib reads what we write, and we read what it writes, field by field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import smpp

from heliograph.wire.smpp.codec import decode, encode
from heliograph.wire.smpp.kinds import CString, Octet, ShortMessage, StatusField, TimeString
from heliograph.wire.smpp.layout import layout_of
from heliograph.wire.smpp.numbers import command_name
from heliograph.wire.smpp.pdus import PDUS, DeliverSm, Pdu, QuerySm, ReplaceSm, Response, SubmitSm
from heliograph.wire.smpp.tlv import (
    PARAMETERS,
    RECEIPTED_MESSAGE_ID,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    USER_MESSAGE_REFERENCE,
)
from tests.wire.smpp.drawn import OCTET, PLAIN, SEQUENCE, STATUSES

UNKNOWN = {
    "submit_multi",
    "submit_multi_resp",
    "cancel_sm",
    "cancel_sm_resp",
    "replace_sm",
    "replace_sm_resp",
    "outbind",
}
KNOWN = [pdu for pdu in PDUS if command_name(pdu.command_id) not in UNKNOWN]
NUMBERS = (USER_MESSAGE_REFERENCE, SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM)


class Client:
    """What its PDUs want of a client."""

    sequence = 0

    def next_sequence(self) -> int:
        return self.sequence


@st.composite
def fair(draw: st.DrawFn) -> Pdu:
    """PDUs within what both of us have."""
    pdu = draw(st.sampled_from(KNOWN))
    fields: dict[str, Any] = {}
    for name, kind in layout_of(pdu):
        match kind:
            case StatusField():
                fields[name] = draw(STATUSES.map(int))
            case Octet():
                fields[name] = draw(OCTET)
            case CString(octets):
                # It knows one length of address.
                is_id = pdu is QuerySm and name == "message_id"
                most = 9 if name == "password" else min(octets, 21)  # it cuts a longer password off
                fields[name] = draw(st.text(PLAIN, min_size=int(is_id), max_size=most - 1))
            case TimeString():
                fields[name] = draw(st.just("") | st.text(PLAIN, min_size=16, max_size=16))
            case ShortMessage():
                fields[name] = draw(st.binary(max_size=254))
    if pdu in (SubmitSm, DeliverSm):
        numbers = draw(st.lists(st.sampled_from(NUMBERS), unique=True))
        fields["tlvs"] = tuple(number(draw(st.integers(1, 255))) for number in numbers)
    if pdu is DeliverSm:
        fields["tlvs"] += (RECEIPTED_MESSAGE_ID(draw(st.text(PLAIN, min_size=1, max_size=60))),)
    made: Pdu = pdu(**fields)
    return made


def as_ours(value: object) -> object:
    """It leaves text as octets, and what it did not find as None."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


@given(fair(), SEQUENCE)
def test_it_reads_what_we_write(pdu: Pdu, sequence: int) -> None:
    data = encode(pdu, sequence)
    theirs = smpp.parse_pdu(data, client=Client(), allow_unknown_opt_params=True)
    assert theirs.command == command_name(pdu.command_id)
    assert theirs.sequence == sequence
    assert theirs.status == getattr(pdu, "status", 0)
    if len(data) == 16:
        return
    for name, kind in layout_of(type(pdu)):
        if isinstance(kind, ShortMessage):
            assert (theirs.short_message or b"") == pdu.short_message
        elif isinstance(kind, CString | TimeString | Octet):
            assert as_ours(getattr(theirs, name)) == getattr(pdu, name), name
    for tag, _ in getattr(pdu, "tlvs", ()):
        parameter = PARAMETERS[tag]
        assert as_ours(getattr(theirs, parameter.name)) == parameter.of(pdu.tlvs)


@given(fair(), SEQUENCE)
def test_we_read_what_it_writes(pdu: Pdu, sequence: int) -> None:
    fields = {
        name: getattr(pdu, name) for name, kind in layout_of(type(pdu)) if name not in ("tlvs", "status")
    }
    tlvs = {PARAMETERS[tag].name: PARAMETERS[tag].of(pdu.tlvs) for tag, _ in getattr(pdu, "tlvs", ())}
    theirs = smpp.make_pdu(command_name(pdu.command_id), client=Client(), **fields, **tlvs)
    theirs.sequence = sequence
    theirs.status = getattr(pdu, "status", 0)
    if "interface_version" in fields:
        theirs.interface_version = fields["interface_version"]
    number, ours = decode(theirs.generate())
    assert number == sequence
    assert type(ours) is type(pdu)
    for name, value in fields.items():
        assert getattr(ours, name) == value, name
    if isinstance(ours, Response):
        assert ours.status == theirs.status
    assert sorted(getattr(ours, "tlvs", ())) == sorted(getattr(pdu, "tlvs", ()))


def test_what_it_does_not_have_is_still_so() -> None:
    assert {command_name(pdu.command_id) for pdu in PDUS} - {
        command_name(pdu.command_id) for pdu in KNOWN
    } == UNKNOWN
    with pytest.raises(Exception, match="not supported"):
        smpp.parse_pdu(encode(ReplaceSm(), 1), client=Client())
