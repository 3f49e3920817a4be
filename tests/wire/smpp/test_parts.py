"""Long messages in their three forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.segments import TooLong
from heliograph.wire.gsm.udh import Concatenation, Ports, build_header, ports_element
from heliograph.wire.smpp.coding import Charset, Coding, best_charset, coding_of, data_coding_of, encode_text
from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.numbers import Feature, Status
from heliograph.wire.smpp.parts import Body, Form, Written, read_body, read_text, write_parts, write_whole
from heliograph.wire.smpp.pdus import DataSm, DeliverSm, SubmitSm
from heliograph.wire.smpp.tlv import (
    DESTINATION_PORT,
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    SOURCE_PORT,
)
from tests.wire.gsm.texts import ANY_TEXT, DEFAULT_TEXT

SAR = (SAR_MSG_REF_NUM(0x1234), SAR_TOTAL_SEGMENTS(3), SAR_SEGMENT_SEQNUM(2))


def test_a_header_of_8_bits() -> None:
    body = read_body(SubmitSm(esm_class=0x43, short_message=bytes.fromhex("050003 AA0302") + b"hi"))
    assert (body.octets, body.udh) == (b"hi", bytes.fromhex("050003AA0302"))
    assert body.part == Concatenation(0xAA, 3, 2)


def test_a_header_of_16_bits_in_a_payload() -> None:
    udh = bytes.fromhex("060804 12340302")
    body = read_body(DataSm(esm_class=Feature.UDHI, tlvs=(MESSAGE_PAYLOAD(udh + b"hi"),)))
    assert (body.octets, body.part) == (b"hi", Concatenation(0x1234, 3, 2, wide=True))


def test_sar() -> None:
    body = read_body(DeliverSm(short_message=b"hi", tlvs=SAR))
    assert body == Body(b"hi", part=Concatenation(0x1234, 3, 2, wide=True))


@pytest.mark.parametrize(
    "tlvs",
    [
        SAR[:2],
        SAR[1:],
        (*SAR[:2], SAR_SEGMENT_SEQNUM(4)),
        (*SAR[:2], SAR_SEGMENT_SEQNUM(0)),
        (SAR[0], SAR[2]),
    ],
)
def test_sar_that_says_nothing(tlvs: tuple[tuple[int, bytes], ...]) -> None:
    assert read_body(SubmitSm(tlvs=tlvs)).part is None


def test_ports() -> None:
    header = build_header([ports_element(Ports(2948, 9200, wide=True))])
    assert read_body(SubmitSm(esm_class=0x40, short_message=header + b"x")).ports == Ports(
        2948, 9200, wide=True
    )
    tlvs = (DESTINATION_PORT(2948), SOURCE_PORT(9200))
    assert read_body(SubmitSm(tlvs=tlvs)).ports == Ports(2948, 9200, wide=True)
    assert read_body(SubmitSm(tlvs=tlvs[1:])).ports is None


@pytest.mark.parametrize(
    ("pdu", "status"),
    [
        (SubmitSm(short_message=b"a", tlvs=(MESSAGE_PAYLOAD(b"b"),)), Status.ROPTPARNOTALLWD),
        (SubmitSm(esm_class=0x40), Status.RINVESMCLASS),
        (SubmitSm(esm_class=0x40, short_message=b"\x05\0\3"), Status.RINVESMCLASS),
        (SubmitSm(esm_class=0x40, short_message=b"\x02\0\3"), Status.RINVESMCLASS),
    ],
)
def test_bodies_that_cannot_be(pdu: SubmitSm, status: Status) -> None:
    with pytest.raises(MalformedPdu) as caught:
        read_body(pdu)
    assert caught.value.status == status


def test_whole() -> None:
    assert write_whole(b"hi") == Written(0, b"hi")
    assert write_whole(b"x" * 254) == Written(0, b"x" * 254)
    assert write_whole(b"x" * 255) == Written(0, b"", (MESSAGE_PAYLOAD(b"x" * 255),))
    udh = bytes.fromhex("0400020102")
    assert write_whole(b"x", udh) == Written(Feature.UDHI, udh + b"x")


ALPHABETS = {Charset.GSM7: Alphabet.GSM7, Charset.UCS2: Alphabet.UCS2}


def coding(charset: Charset) -> Coding:
    found = coding_of(data_coding_of(charset))
    assert found is not None
    return found


@given(DEFAULT_TEXT | ANY_TEXT, st.sampled_from(Form), st.integers(0, 0xFFFF))
def test_split_and_joined(text: str, form: Form, reference: int) -> None:
    charset = best_charset(text)
    written = write_parts(encode_text(text, charset), ALPHABETS[charset], reference=reference, form=form)
    bodies = [
        read_body(SubmitSm(esm_class=part.esm_class, short_message=part.short_message, tlvs=part.tlvs))
        for part in written
    ]
    assert read_text((coding(charset), body) for body in bodies) == text
    wide = form is not Form.UDH
    expected = [
        Concatenation(reference if wide else reference & 0xFF, len(bodies), at, wide)
        for at in range(1, len(bodies) + 1)
    ]
    assert [body.part for body in bodies] == (expected if len(bodies) > 1 else [None])


def test_the_callers_header_is_in_every_part() -> None:
    ports = build_header([ports_element(Ports(2948, 9200, wide=True))])
    for form in Form:
        written = write_parts(bytes(300), Alphabet.OCTETS, reference=7, form=form, udh=ports)
        bodies = [
            read_body(DeliverSm(esm_class=w.esm_class, short_message=w.short_message, tlvs=w.tlvs))
            for w in written
        ]
        assert [body.part.sequence for body in bodies if body.part] == [1, 2, 3]
        assert {body.ports for body in bodies} == {Ports(2948, 9200, wide=True)}
        assert b"".join(body.octets for body in bodies) == bytes(300)
        assert all(len(w.short_message) <= 140 for w in written)


def test_too_long_and_bad_headers() -> None:
    with pytest.raises(TooLong):
        write_parts(bytes(34_171), Alphabet.OCTETS, reference=1)
    assert len(write_parts(bytes(34_170), Alphabet.OCTETS, reference=1)) == 255
    with pytest.raises(Malformed):
        write_parts(b"", Alphabet.OCTETS, reference=1, udh=b"\5")


def test_text_and_data_do_not_mix() -> None:
    octets = (coding(Charset.OCTETS), Body(b"\xff"))
    assert read_text([octets, octets]) == b"\xff\xff"
    with pytest.raises(Malformed, match="mix"):
        read_text([octets, (coding(Charset.GSM7), Body(b"a"))])


def test_a_character_cut_in_two_is_whole_again() -> None:
    ucs2 = coding(Charset.UCS2)
    assert read_text([(ucs2, Body(b"\xd8\x3d\xde")), (ucs2, Body(b"\x00"))]) == "😀"
