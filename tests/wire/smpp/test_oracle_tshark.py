"""tshark dissects what we write: one run over many PDUs on one TCP stream, and each field as it shows it."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from heliograph.wire.smpp.codec import Numbered, encode
from heliograph.wire.smpp.kinds import (
    CString,
    Kind,
    Listed,
    Octet,
    ShortMessage,
    StatusField,
    Tail,
    TimeString,
)
from heliograph.wire.smpp.layout import layout_of
from heliograph.wire.smpp.lists import DistributionList, SmeAddress, Unsuccessful
from heliograph.wire.smpp.pdus import PDUS, DataSm, Pdu, Response, SubmitMulti, SubmitSm
from heliograph.wire.smpp.tlv import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    NetworkError,
)
from tests.wire.smpp.drawn import OCTET, STATUSES

MESSAGES = 600
RAW_IP = 101
PORT = 2775
SEGMENT_OCTETS = 1400
COMPLAINTS = ("_ws.malformed", "_ws.expert.group")
HEADER = ("smpp.command_length", "smpp.command_id", "smpp.command_status", "smpp.sequence_number")
NUMBERS = {
    name: f"smpp.{name}"
    for name in (
        *("interface_version", "addr_ton", "addr_npi", "source_addr_ton", "source_addr_npi", "dest_addr_ton"),
        *("dest_addr_npi", "esme_addr_ton", "esme_addr_npi", "protocol_id", "priority_flag"),
        *("replace_if_present_flag", "data_coding", "sm_default_msg_id", "message_state", "error_code"),
    )
}
WORDS = {
    name: f"smpp.{name}"
    for name in (
        *("system_id", "password", "system_type", "address_range", "service_type", "source_addr"),
        *("destination_addr", "esme_addr", "message_id"),
    )
}
TLVS = {
    "smpp.sar_msg_ref_num": SAR_MSG_REF_NUM,
    "smpp.sar_total_segments": SAR_TOTAL_SEGMENTS,
    "smpp.sar_segment_seqnum": SAR_SEGMENT_SEQNUM,
    "smpp.receipted_message_id": RECEIPTED_MESSAGE_ID,
}
OTHERS = (
    *("smpp.sm_length", "smpp.message", "smpp.dl_name", "smpp.error_status_code", "smpp.regdel.receipt"),
    *("smpp.network_error.type", "smpp.network_error.code", "smpp.message_payload", "smpp.opt_param_tag"),
)
SHOWN = (*HEADER, *NUMBERS.values(), *WORDS.values(), *TLVS, *OTHERS, *COMPLAINTS)
Row = dict[str, list[str]]


def words(octets: int) -> st.SearchStrategy[str]:
    return st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=octets - 1)


# Without what it shows by its bits, and the header by which it would put messages together.
FAIR = {
    "data_coding": (0, 1, 3, 4, 8),
    "esm_class": (0, 1, 2, 3),
    "interface_version": (0x34,),
    "replace_if_present_flag": (0, 1),
}
PAYLOADS = st.binary(min_size=1, max_size=300).map(MESSAGE_PAYLOAD)
TLV_LISTS = st.tuples(
    st.integers(0, 0xFFFF).map(SAR_MSG_REF_NUM),
    OCTET.map(SAR_TOTAL_SEGMENTS),
    OCTET.map(SAR_SEGMENT_SEQNUM),
    words(65).map(RECEIPTED_MESSAGE_ID),
    st.builds(NetworkError, OCTET, st.integers(0, 0xFFFF)).map(NETWORK_ERROR_CODE),
    OCTET.map(MESSAGE_STATE),
    st.tuples(st.integers(0x1400, 0x3FFF), st.binary(max_size=30)),
).flatmap(lambda some: st.lists(st.sampled_from(some), unique_by=lambda tlv: tlv[0]).map(tuple))


@st.composite
def pdus(draw: st.DrawFn) -> Numbered:
    pdu = draw(st.sampled_from(PDUS))
    fields = {name: draw(values(pdu, name, kind)) for name, kind in layout_of(pdu)}
    return Numbered(draw(st.integers(1, 0x7FFFFFFF)), pdu(**fields))


def values(pdu: type[Pdu], name: str, kind: Kind) -> st.SearchStrategy[object]:
    match kind:
        case StatusField():
            return st.just(0) | STATUSES.map(int)
        case Octet():
            return st.sampled_from(FAIR[name]) if name in FAIR else OCTET
        case CString(octets):
            return words(octets)
        case TimeString():
            return st.sampled_from(["", "261121120000004+", "000001020304000R"])
        case ShortMessage():
            return st.binary(max_size=254)
        case Listed():
            address = words(21)
            some = st.builds(SmeAddress, OCTET, OCTET, address) | st.builds(DistributionList, address)
            if pdu is not SubmitMulti:
                return st.lists(
                    st.builds(Unsuccessful, OCTET, OCTET, address, STATUSES.map(int)), max_size=3
                ).map(tuple)
            return st.lists(some, min_size=1, max_size=4).map(tuple)
        case Tail():
            if pdu is DataSm:
                return st.builds(lambda tlvs, payload: (*tlvs, payload), TLV_LISTS, PAYLOADS)
            return TLV_LISTS if pdu is SubmitSm else st.just(())


def sample() -> list[Numbered]:
    """The same PDUs every time."""
    drawn: list[Numbered] = []

    @seed(34)
    @settings(
        max_examples=MESSAGES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(pdus())
    def draw(numbered: Numbered) -> None:
        drawn.append(numbered)

    draw()
    return drawn


def capture_of(messages: list[bytes]) -> bytes:
    """A pcap file, version 2.4, of IPv4 packets; each PDU in its own."""
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, RAW_IP)]
    sent = 1
    for number, data in enumerate(messages):
        tcp = struct.pack(">HHIIBBHHH", 40_000, PORT, sent, 1, 0x50, 0x18, 65_535, 0, 0) + data
        ip = struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), number, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
        )
        records.append(struct.pack("<IIII", number, 0, len(ip + tcp), len(ip + tcp)) + ip + tcp)
        sent += len(data)
    return b"".join(records)


def dissect(capture: Path) -> list[Row]:
    """Every PDU with the values that tshark shows for each field."""
    layout = ["-T", "fields", "-E", "separator=;", "-E", "occurrence=a", "-E", "aggregator=|"]
    columns = [word for name in SHOWN for word in ("-e", name)]
    done = subprocess.run(
        ["tshark", "-r", str(capture), "-d", f"tcp.port=={PORT},smpp", *layout, *columns],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    rows = (line.split(";") for line in done.stdout.splitlines())
    return [{name: cell.split("|") for name, cell in zip(SHOWN, row, strict=True) if cell} for row in rows]


def number(row: Row, name: str) -> int | None:
    return int(row[name][0], 0) if name in row else None


def check_fields(row: Row, pdu: Pdu) -> None:
    for name, kind in layout_of(type(pdu)):
        value = getattr(pdu, name)
        if name in NUMBERS and not hasattr(pdu, "dest_addresses"):
            assert number(row, NUMBERS[name]) == value, name
        elif name in WORDS:
            assert row.get(WORDS[name], [""])[0] == value, name
        elif isinstance(kind, ShortMessage):
            assert number(row, "smpp.sm_length") == len(value)
            assert row.get("smpp.message", [""])[0] == value.hex()
        elif name == "unsuccess_sme":
            codes = [int(code, 0) for code in row.get("smpp.error_status_code", [])]
            assert codes == [one.status for one in value]
        elif name == "dest_addresses":
            lists = [one.name for one in value if isinstance(one, DistributionList)]
            assert row.get("smpp.dl_name", []) == lists
            addresses = [one.address for one in value if isinstance(one, SmeAddress)]
            assert row.get("smpp.destination_addr", []) == addresses
        elif name == "registered_delivery":
            assert number(row, "smpp.regdel.receipt") == value & 3


def check_tlvs(row: Row, pdu: Pdu) -> None:
    tlvs = getattr(pdu, "tlvs", ())
    assert [int(tag, 0) for tag in row.get("smpp.opt_param_tag", [])] == [tag for tag, _ in tlvs]
    for name, parameter in TLVS.items():
        value = parameter.of(tlvs)
        assert (
            row.get(name, [None])[0] == (None if value is None else str(value)) or number(row, name) == value
        )
    error = NETWORK_ERROR_CODE.of(tlvs)
    if error is not None:
        assert (number(row, "smpp.network_error.type"), number(row, "smpp.network_error.code")) == error
    payload = MESSAGE_PAYLOAD.of(tlvs)
    if payload is not None:
        assert row["smpp.message_payload"][0] == payload.hex()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_what_we_write(tmp_path: Path) -> None:
    messages = sample()
    assert {type(numbered.pdu) for numbered in messages} == set(PDUS)
    frames = [encode(numbered.pdu, numbered.sequence) for numbered in messages]
    capture = tmp_path / "smpp.pcap"
    capture.write_bytes(capture_of(frames))
    rows = dissect(capture)
    assert len(rows) == len(messages)
    for (sequence, pdu), frame, row in zip(messages, frames, rows, strict=True):
        assert not row.keys() & set(COMPLAINTS), (row, pdu)
        status = pdu.status if isinstance(pdu, Response) else None
        header = [number(row, name) for name in HEADER]
        assert header == [len(frame), pdu.command_id, status, sequence], pdu
        # It does not look at the bodies of errors.
        if not status:
            check_fields(row, pdu)
            check_tlvs(row, pdu)
