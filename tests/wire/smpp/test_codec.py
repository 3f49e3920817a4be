"""PDUs to octets and back: golden ones with their clause, and any others."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.smpp.codec import READERS, decode, encode
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.layout import layout_of
from heliograph.wire.smpp.lists import DistributionList, SmeAddress, Unsuccessful
from heliograph.wire.smpp.numbers import RESPONSE_BIT, CommandId, Status
from heliograph.wire.smpp.pdus import (
    PDUS,
    REQUESTS,
    AlertNotification,
    BindReceiver,
    BindTransceiverResp,
    BindTransmitter,
    CancelSm,
    DataSm,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    GenericNack,
    Outbind,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    Response,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    UnbindResp,
)
from heliograph.wire.smpp.tlv import (
    MESSAGE_PAYLOAD,
    MS_AVAILABILITY_STATUS,
    SC_INTERFACE_VERSION,
    SOURCE_PORT,
    TLVS_LIMIT,
)
from tests.wire.smpp.drawn import ANY_PDU, SEQUENCE

# Laid out by hand along the tables of SMPP 3.4; the first is its own example.
GOLDEN: dict[str, tuple[str, Pdu]] = {
    "§3.2.2 an example": (
        (
            "0000002F 00000002 00000000 00000001"
            "534D50503354455354 00 7365637265743038 00 5355424D495431 00 00 01 01 00"
        ),
        BindTransmitter("SMPP3TEST", "secret08", "SUBMIT1", 0, 1, 1, ""),
    ),
    "§4.1.3": (
        "0000001C 00000001 00000000 00000002 61 00 62 00 63 00 34 05 00 5E31 00",
        BindReceiver("a", "b", "c", 0x34, 5, 0, "^1"),
    ),
    "§4.1.6": (
        "0000001B 80000009 00000000 00000003 536D736341 00 0210 0001 34",
        BindTransceiverResp(0, "SmscA", (SC_INTERFACE_VERSION(0x34),)),
    ),
    "§4.1.7.1": ("00000014 0000000B 00000000 00000004 61 00 62 00", Outbind("a", "b")),
    "§4.2.2": ("00000010 80000006 00000000 00000005", UnbindResp()),
    "§4.3.1": ("00000010 80000000 00000003 00000006", GenericNack(Status.RINVCMDID)),
    "§4.4.1": (
        (
            "00000033 00000004 00000000 00000007 574150 00 05 00 4869 00 01 01 3439313531 00"
            "40 00 03 00 00 11 00 F1 00 02 6869 020A 0002 23F0"
        ),
        SubmitSm(
            *("WAP", 5, 0, "Hi", 1, 1, "49151", 0x40, 0, 3, "", "", 0x11, 0, 0xF1, 0, b"hi"),
            tlvs=(SOURCE_PORT(9200),),
        ),
    ),
    "§4.4.2": ("00000013 80000004 00000000 00000008 3432 00", SubmitSmResp(0, "42")),
    "§4.4.2 without a body": ("00000010 80000004 00000058 00000009", SubmitSmResp(Status.RTHROTTLED)),
    "§4.5.1": (
        (
            "0000002B 00000021 00000000 0000000A 00 00 00 31 00 02 01 01 01 3439 00 02 6C 00"
            "00 00 00 00 00 00 00 08 00 02 0041"
        ),
        SubmitMulti(
            source_addr="1",
            dest_addresses=(SmeAddress(1, 1, "49"), DistributionList("l")),
            data_coding=8,
            short_message=b"\0A",
        ),
    ),
    "§4.5.2": (
        "0000001C 80000021 00000000 0000000B 37 00 01 01 01 3439 00 0000000B",
        SubmitMultiResp(0, "7", (Unsuccessful(1, 1, "49", Status.RINVDSTADR),)),
    ),
    "§4.6.1": (
        "00000025 00000005 00000000 0000000C 00 01 01 3439 00 00 00 31 00 04 00 00 00 00 00 00 00 00 01 41",
        DeliverSm("", 1, 1, "49", 0, 0, "1", 4, short_message=b"A"),
    ),
    "§4.6.2": ("00000011 80000005 00000000 0000000D 00", DeliverSmResp()),
    "§4.7.1": (
        "00000023 00000103 00000000 0000000E 00 01 01 3439 00 00 00 31 00 00 01 00 0424 0002 6869",
        DataSm("", 1, 1, "49", 0, 0, "1", 0, 1, 0, (MESSAGE_PAYLOAD(b"hi"),)),
    ),
    "§4.8.1": ("00000017 00000003 00000000 0000000F 3432 00 01 01 31 00", QuerySm("42", 1, 1, "1")),
    "§4.8.2": (
        "00000026 80000003 00000000 00000010 3432 00 3236313132313132303030303030302B 00 02 00",
        QuerySmResp(0, "42", "261121120000000+", 2, 0),
    ),
    "§4.9.1": (
        "0000001D 00000008 00000000 00000011 00 3432 00 01 01 31 00 01 01 3439 00",
        CancelSm("", "42", 1, 1, "1", 1, 1, "49"),
    ),
    "§4.10.1": (
        (
            "0000002E 00000007 00000000 00000012 3432 00 01 01 31 00 00"
            "30303030303130303030303030303052 00 01 00 02 6869"
        ),
        ReplaceSm("42", 1, 1, "1", "", "000001000000000R", 1, 0, b"hi"),
    ),
    "§4.12.1": (
        "0000001E 00000102 00000000 00000013 01 01 3439 00 00 00 31 00 0422 0001 00",
        AlertNotification(1, 1, "49", 0, 0, "1", (MS_AVAILABILITY_STATUS(0),)),
    ),
    "§4.11.1": ("00000010 00000015 00000000 00000014", EnquireLink()),
}
ERROR_BODIES = (SubmitSmResp, SubmitMultiResp, BindTransceiverResp, QuerySmResp)


@pytest.mark.parametrize(("octets", "pdu"), GOLDEN.values(), ids=GOLDEN)
def test_the_specification(octets: str, pdu: Pdu) -> None:
    data = bytes.fromhex(octets)
    sequence = data[15]
    assert decode(data) == (sequence, pdu)
    assert encode(pdu, sequence) == data


@given(ANY_PDU, SEQUENCE)
def test_round_trip(pdu: Pdu, sequence: int) -> None:
    assert decode(encode(pdu, sequence)) == (sequence, pdu)


def test_every_command_of_3_4_has_a_pdu() -> None:
    broadcast = {command for command in CommandId if "BROADCAST" in command.name}
    assert set(READERS) == set(CommandId) - broadcast
    for request in REQUESTS:
        if request.answer is not None:
            assert request.answer.command_id == request.command_id | RESPONSE_BIT


@given(ANY_PDU)
def test_an_old_peer_gets_no_tlvs(pdu: Pdu) -> None:
    _, got = decode(encode(pdu, 1, with_tlvs=False))
    assert getattr(got, "tlvs", ()) == ()
    if "tlvs" in (field.name for field in layout_of(type(pdu))):
        pdu.tlvs = ()
        assert got == pdu


@given(ANY_PDU, st.data())
def test_a_request_cut_off_is_malformed_and_a_response_never(pdu: Pdu, data: st.DataObject) -> None:
    whole = encode(pdu, 5, with_tlvs=False)
    length = data.draw(st.integers(16, len(whole)))
    if length == len(whole):
        return
    part = length.to_bytes(4, "big") + whole[4:length]
    if isinstance(pdu, Response):
        sequence, got = decode(part)
        assert (sequence, type(got), got.status) == (5, type(pdu), pdu.status)
    else:
        with pytest.raises(MalformedPdu) as caught:
            decode(part)
        assert (caught.value.command_id, caught.value.sequence) == (pdu.command_id, 5)
        assert caught.value.status in (Status.RINVCMDLEN, Status.RINVMSGLEN)


@pytest.mark.parametrize("octets", [octets for octets, _ in GOLDEN.values()], ids=GOLDEN)
def test_every_shorter_one(octets: str) -> None:
    whole = bytes.fromhex(octets)
    is_request = whole[4] < 0x80
    for length in range(16, len(whole)):
        part = length.to_bytes(4, "big") + whole[4:length]
        try:
            decode(part)
        except MalformedPdu as fault:
            assert is_request, fault  # noqa: PT017  # a response is read as far as it goes
        else:
            # What ends before its TLVs is whole.
            assert not is_request or b"\x02\x0a" in whole or b"\x04\x24" in whole or b"\x04\x22" in whole


def test_one_whole_pdu_and_no_octet_more() -> None:
    whole = encode(EnquireLink(), 1)
    for wrong in (b"", whole[:15], whole + b"\0"):
        with pytest.raises(MalformedPdu) as caught:
            decode(wrong)
        assert caught.value.status == Status.RINVCMDLEN


LONG = b"x" * 66 + b"\0"
BAD_BODIES = {
    "system_id": (CommandId.BIND_RECEIVER, LONG, Status.RINVSYSID),
    "password": (CommandId.BIND_RECEIVER, b"a\0" + LONG, Status.RINVPASWD),
    "system_type": (CommandId.BIND_RECEIVER, b"a\0b\0" + LONG, Status.RINVSYSTYP),
    "service_type": (CommandId.SUBMIT_SM, LONG, Status.RINVSERTYP),
    "source_addr": (CommandId.SUBMIT_SM, b"\0\1\1" + LONG, Status.RINVSRCADR),
    "destination_addr": (CommandId.SUBMIT_SM, b"\0\1\1\0\1\1" + LONG, Status.RINVDSTADR),
    "schedule": (CommandId.SUBMIT_SM, bytes(3) + b"\0\1\1\0\0\0\0" + b"260101\0", Status.RINVSCHED),
    "validity": (CommandId.SUBMIT_SM, bytes(3) + b"\0\1\1\0\0\0\0\0" + b"260101\0", Status.RINVEXPIRY),
    "sm_length": (CommandId.SUBMIT_SM, bytes(16) + b"\5abc", Status.RINVMSGLEN),
    "TLV head": (CommandId.SUBMIT_SM, bytes(17) + b"\4\x24\0", Status.RINVOPTPARSTREAM),
    "TLV end": (CommandId.SUBMIT_SM, bytes(17) + b"\4\x24\0\2a", Status.RINVOPTPARSTREAM),
    "TLV length": (CommandId.SUBMIT_SM, bytes(17) + b"\2\x0c\0\0", Status.RINVPARLEN),
    "TLVs without end": (
        CommandId.SUBMIT_SM,
        bytes(17) + b"\x14\0\0\0" * (TLVS_LIMIT + 1),
        Status.RINVOPTPARSTREAM,
    ),
    "message_id": (CommandId.QUERY_SM, LONG, Status.RINVMSGID),
    "dest_flag": (CommandId.SUBMIT_MULTI, bytes(4) + b"\1\3", Status.RINVDESTFLAG),
    "dl_name": (CommandId.SUBMIT_MULTI, bytes(4) + b"\1\2" + LONG, Status.RINVDLNAME),
    "dest address": (CommandId.SUBMIT_MULTI, bytes(4) + b"\1\1\1\1" + LONG, Status.RINVDSTADR),
    "no such command": (0x77, b"", Status.RINVCMDID),
    "broadcast_sm": (CommandId.BROADCAST_SM, b"", Status.RINVCMDID),
}


@pytest.mark.parametrize(("command", "body", "status"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_the_status_says_what_is_wrong(command: int, body: bytes, status: Status) -> None:
    with pytest.raises(MalformedPdu) as caught:
        decode(struct.pack(">4I", 16 + len(body), command, 0, 9) + body)
    assert (caught.value.status, caught.value.command_id, caught.value.sequence) == (status, command, 9)


@given(st.sampled_from([int(pdu.command_id) for pdu in PDUS]), st.binary(max_size=200))
def test_any_body_is_a_pdu_or_malformed(command: int, body: bytes) -> None:
    data = struct.pack(">4I", 16 + len(body), command, 0, 9) + body
    try:
        answered = decode(data).sequence, command
    except MalformedPdu as fault:
        answered = fault.sequence, fault.command_id
    assert answered == (9, command)


@pytest.mark.parametrize("kind", ERROR_BODIES)
def test_an_error_may_come_with_or_without_a_body(kind: type[Response]) -> None:
    header = struct.pack(">4I", 16, kind.command_id, Status.RSYSERR, 3)
    assert decode(header) == (3, kind(Status.RSYSERR))
    assert encode(kind(Status.RSYSERR), 3) == header


WRONG_VALUES: dict[str, Pdu] = {
    "too long": SubmitSm(source_addr="1" * 21),
    "a NUL": SubmitSm(destination_addr="1\0002"),
    "no Latin-1": SubmitSm(source_addr="Ω"),
    "over an octet": SubmitSm(data_coding=256),
    "below zero": SubmitSm(esm_class=-1),
    "no time": SubmitSm(validity_period="1"),
    "too long a text": SubmitSm(short_message=bytes(255)),
    "too long a TLV": SubmitSm(tlvs=((0x424, bytes(65_536)),)),
    "too wide a tag": SubmitSm(tlvs=((0x10000, b""),)),
    "too wide a status": SubmitSmResp(1 << 32, "1"),
    "too many": SubmitMulti(dest_addresses=(DistributionList("a"),) * 256),
    "no destination": SubmitMulti(dest_addresses=("49",)),
    "too long a list": SubmitMulti(dest_addresses=(DistributionList("a" * 21),)),
}


@pytest.mark.parametrize("pdu", WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_value_that_does_not_fit_is_refused(pdu: Pdu) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode(pdu, 1)
