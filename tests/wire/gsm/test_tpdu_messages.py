"""SUBMIT, DELIVER, STATUS-REPORT and COMMAND: golden octets, their flags, and what no TPDU can carry."""

from dataclasses import replace

import pytest

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, name, short_code
from heliograph.wire.gsm.timestamp import UNKNOWN_TIME, Timestamp
from heliograph.wire.gsm.tpdu import (
    Command,
    CommandType,
    Deliver,
    MobileOriginated,
    MobileTerminated,
    Parameters,
    StatusReport,
    Submit,
    decode_mobile_originated,
    decode_mobile_terminated,
    encode,
)
from heliograph.wire.gsm.validity import EnhancedForm, EnhancedValidity, RelativeValidity

PHONE = Address("491600000002")
NOON = Timestamp(2026, 11, 21, 12, 0, 0, 4)
HELLO = bytes.fromhex("c8329bfd06")  # "Hello"

ORIGINATED = [
    # 3GPP TS 23.040 §9.2.2.2; as gammu 1.42 sent them.
    (
        "31000c919461000000200000ff09f4721b0e92c55c35",
        Submit(
            0,
            PHONE,
            udl=9,
            user_data=bytes.fromhex("f4721b0e92c55c35"),
            validity=RelativeValidity(255),
            status_report_requested=True,
        ),
    ),
    (
        "110005812143f500f0ff05617658de06",
        Submit(
            0,
            short_code("12345"),
            dcs=0xF0,
            udl=5,
            user_data=bytes.fromhex("617658de06"),
            validity=RelativeValidity(255),
        ),
    ),
    # §9.2.2.2 by hand: every flag, no validity, 8-bit data with a header.
    (
        "e52a0481214300f405 03040102ff".replace(" ", ""),
        Submit(
            42,
            short_code("1234"),
            dcs=0xF4,
            udl=5,
            user_data=bytes.fromhex("03040102ff"),
            udhi=True,
            status_report_requested=True,
            reject_duplicates=True,
            reply_path=True,
        ),
    ),
    # §9.2.3.12.3: at most one attempt, within 30 seconds.
    (
        "0901048121430000421e000000000005c8329bfd06",
        Submit(
            1,
            short_code("1234"),
            udl=5,
            user_data=HELLO,
            validity=EnhancedValidity(EnhancedForm.SECONDS, 30, single_shot=True),
        ),
    ),
    # §9.2.2.4: delete message 7, which went to 1234; then an enquiry that wants a report.
    ("02080002070481214300", Command(8, CommandType.DELETE, 7, short_code("1234"))),
    (
        "6209010007048121430201ff",
        Command(
            9,
            CommandType.ENQUIRY,
            7,
            short_code("1234"),
            pid=1,
            command_data=b"\x01\xff",
            udhi=True,
            status_report_requested=True,
        ),
    ),
]
TERMINATED = [
    # 3GPP TS 23.040 §9.2.2.1; as a virtual modem sent it to gammu 1.42. Bit 2 set: no more messages.
    (
        "040c91946100000020000062111290559200 05c8329bfd06".replace(" ", ""),
        Deliver(PHONE, Timestamp(2026, 11, 21, 9, 55, 29), udl=5, user_data=HELLO),
    ),
    # §9.2.2.1 by hand: every flag, more messages, a named sender.
    (
        "e809d0cd22b528057f f662111221000040 0403020102".replace(" ", ""),
        Deliver(
            name("METER"),
            replace(NOON, minute=0),
            pid=0x7F,
            dcs=0xF6,
            udl=4,
            user_data=bytes.fromhex("03020102"),
            udhi=True,
            more_messages=True,
            loop_prevention=True,
            status_report_indicated=True,
            reply_path=True,
        ),
    ),
    # §9.2.2.3; as a virtual modem sent it to gammu 1.42: no more messages, no TP-PI.
    (
        "06070c91946100000020621112905503006211129055030000",
        StatusReport(7, PHONE, Timestamp(2026, 11, 21, 9, 55, 30), Timestamp(2026, 11, 21, 9, 55, 30), 0),
    ),
    # By hand: the result of a command, no discharge time, with TP-PID, TP-DCS and text.
    (
        "2a0704812143621112210000400000000000000046070000 05c8329bfd06".replace(" ", ""),
        StatusReport(
            7,
            short_code("1234"),
            NOON,
            UNKNOWN_TIME,
            0x46,
            Parameters(0, 0, 5, HELLO),
            more_messages=True,
            loop_prevention=True,
            of_command=True,
        ),
    ),
]


@pytest.mark.parametrize(("octets", "tpdu"), ORIGINATED)
def test_golden_mobile_originated(octets: str, tpdu: MobileOriginated) -> None:
    assert decode_mobile_originated(bytes.fromhex(octets)) == tpdu
    assert encode(tpdu).hex() == octets


@pytest.mark.parametrize(("octets", "tpdu"), TERMINATED)
def test_golden_mobile_terminated(octets: str, tpdu: MobileTerminated) -> None:
    assert decode_mobile_terminated(bytes.fromhex(octets)) == tpdu
    assert encode(tpdu).hex() == octets


def test_spare_bits_are_not_looked_at() -> None:
    assert decode_mobile_originated(bytes.fromhex("1e0800020704812143 00")) == decode_mobile_originated(
        bytes.fromhex("020800020704812143 00")
    )


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("", "0 octets"),
        ("00" * 165, "165 octets"),
        ("03", "TP-MTI 3"),
        ("01", "ends early"),
        # §9.2.3.16: TP-UDL against the octets that are there.
        ("0100048121430000", "ends early"),
        ("010004812143000005c8329bfd", "TP-UDL 5 .* 4 octets"),
        ("010004812143000005c8329bfd0600", "TP-UDL 5 .* 6 octets"),
        ("010004812143000400ff", "TP-UDL 0 .* 1 octets"),
        ("0100048121430000a1" + "00" * 141, "TP-UDL 161 .* limit 140"),
        ("01000481214300048d" + "00" * 141, "TP-UDL 141 .* limit 140"),
        ("0208000207048121430201", "TP-CDL 2 with 1"),
        ("0208000207048121430101ff", "TP-CDL 1 with 2"),
    ],
)
def test_malformed_mobile_originated(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decode_mobile_originated(bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("", "0 octets"),
        ("03", "TP-MTI 3"),
        ("04048121430000621112905592", "time stamp"),
        ("04048121430000 62111290559200", "ends early"),
        ("0607048121436211129055030062111290550300", "ends early"),
        ("06070481214362111290550300621112905503", "time stamps"),
    ],
)
def test_malformed_mobile_terminated(octets: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decode_mobile_terminated(bytes.fromhex(octets))


@pytest.mark.parametrize(
    "tpdu",
    [
        Submit(256, PHONE),
        Submit(0, PHONE, pid=-1),
        Submit(0, PHONE, udl=5, user_data=HELLO[:4]),
        Submit(0, PHONE, dcs=4, udl=5, user_data=HELLO + b"\0"),
        Submit(0, PHONE, dcs=4, udl=141, user_data=bytes(141)),
        Deliver(PHONE, NOON, udl=161, user_data=bytes(141)),
        StatusReport(0, PHONE, NOON, NOON, 256),
        StatusReport(0, PHONE, NOON, NOON, 0, Parameters(dcs=4, udl=140, user_data=bytes(140))),
        Command(0, 0, 0, PHONE, command_data=bytes(157)),
    ],
)
def test_unencodable(tpdu: MobileOriginated | MobileTerminated) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        encode(tpdu)


def test_the_longest_submit_fits() -> None:
    longest = Submit(
        0,
        Address("0" * 20),
        udl=160,
        user_data=bytes(140),
        validity=EnhancedValidity(EnhancedForm.UNSPECIFIED),
    )
    assert len(encode(longest)) == 164
    assert decode_mobile_originated(encode(longest)) == longest
