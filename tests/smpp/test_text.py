"""Texts in every coding and every form of a long one: what a submit_sm says, and what becomes of it."""

import pytest

from heliograph.core.content import Content, content_of_text
from heliograph.core.refusal import Refusal
from heliograph.interfaces.smpp.translate.addresses import address_of, destination_of, source_of
from heliograph.interfaces.smpp.translate.requests import joined_wish
from heliograph.interfaces.smpp.translate.text import Said, content_of, plain_content, said_of
from heliograph.wire.gsm.alphabet import encode
from heliograph.wire.gsm.udh import (
    Concatenation,
    Element,
    ElementId,
    Ports,
    build_header,
    concatenation_element,
    parse_header,
    ports_element,
)
from heliograph.wire.smpp.pdus import SubmitSm
from heliograph.wire.smpp.tlv import (
    DEST_ADDR_SUBUNIT,
    DESTINATION_PORT,
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    SOURCE_PORT,
    Tlvs,
)


def content(coding: int, octets: bytes, esm_class: int = 0, tlvs: Tlvs = ()) -> Content | Refusal:
    said = heard(coding, octets, esm_class, tlvs)
    return said if isinstance(said, Refusal) else content_of((said,))


def heard(coding: int, octets: bytes, esm_class: int, tlvs: Tlvs = ()) -> Said | Refusal:
    pdu = SubmitSm(esm_class=esm_class, data_coding=coding, short_message=octets, tlvs=tlvs)
    return said_of(pdu, 0)


@pytest.mark.parametrize(
    ("coding", "octets", "text", "dcs"),
    [
        (0x00, encode("a@£€[]"), "a@£€[]", 0x00),
        (0x01, b"plain", "plain", 0x00),
        (0x01, b"by data\x11sm for \x1be5", "by data_sm for €5", 0x00),
        (0x03, "Grüße ¼".encode("latin-1"), "Grüße ¼", 0x08),
        (0x03, "Grüße".encode("latin-1"), "Grüße", 0x00),
        (0x06, "Привет".encode("iso8859_5"), "Привет", 0x08),
        (0x07, "שלום".encode("iso8859_8"), "שלום", 0x08),
        (0x08, "a😀".encode("utf-16-be"), "a😀", 0x08),
        (0x0E, "안녕".encode("euc_kr"), "안녕", 0x08),
        (0x10, b"flash", "flash", 0x10),
        (0x18, "ж".encode("utf-16-be"), "ж", 0x18),
        (0xF0, b"flash", "flash", 0xF0),
        (0xF2, b"to the SIM", "to the SIM", 0xF2),
        (0xC8, b"voicemail", "voicemail", 0xC8),
        (0xD8, b"voicemail", "voicemail", 0xD8),
        (0xE8, "ж".encode("utf-16-be"), "ж", 0xE8),
    ],
)
def test_texts_by_data_coding(coding: int, octets: bytes, text: str, dcs: int) -> None:
    made = content(coding, octets)
    assert isinstance(made, Content)
    assert (made.body.decode(), made.dcs, made.segments) == (text, dcs, 1)


@pytest.mark.parametrize(("coding", "dcs"), [(0x02, 4), (0x04, 4), (0x14, 0x14), (0x15, 0x15), (0xF5, 0xF5)])
def test_octets_by_data_coding(coding: int, dcs: int) -> None:
    made = content(coding, b"\x00\xff\x7f")
    assert isinstance(made, Content)
    assert (made.body, made.dcs) == (b"\x00\xff\x7f", dcs)


@pytest.mark.parametrize("coding", [0x09, 0x0D, 0x0F, 0x1C, 0x20, 0x3C, 0x84, 0xB0])
def test_codings_that_nobody_reads_are_refused(coding: int) -> None:
    refusal = content(coding, b"x")
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.rule) == ("bad_text", "data_coding")


@pytest.mark.parametrize("text", ["", "a", "@£ΔΞ", "x" * 160, "é" * 159])
def test_the_short_way_gives_what_the_long_way_gives(text: str) -> None:
    assert plain_content(encode(text), 0) == content(0, encode(text)) == content_of_text(text)


@pytest.mark.parametrize("octets", [b"\x1b\x65", b"x" * 161, b"\x80"])
def test_the_short_way_leaves_the_rest_to_the_long_way(octets: bytes) -> None:
    assert plain_content(octets, 0) is None
    assert isinstance(content(0, octets), Content)


def test_national_tables_by_header() -> None:
    shift = build_header(
        [Element(ElementId.SINGLE_SHIFT, b"\x01"), Element(ElementId.LOCKING_SHIFT, b"\x01")]
    )
    made = content(0, shift + b"\x0b\x1b\x67", 0x40)
    assert isinstance(made, Content)
    assert (made.body.decode(), made.languages) == ("Ğğ", 0x0101)


def test_ports_by_header_and_by_tlv() -> None:
    ports = build_header([ports_element(Ports(2948, 9200, wide=True))])
    by_header = content(4, ports + b"\x01", 0x40)
    by_tlv = content(4, b"\x01", 0, (DESTINATION_PORT(2948), SOURCE_PORT(9200)))
    assert isinstance(by_header, Content)
    assert by_header == by_tlv
    assert parse_header(by_header.udh).ports == Ports(2948, 9200, wide=True)


def test_the_class_by_tlv() -> None:
    for coding, dcs in ((0, 0x10), (4, 0x14), (8, 0x18)):
        made = content(coding, b"ab", 0, (DEST_ADDR_SUBUNIT(1),))
        assert isinstance(made, Content)
        assert made.dcs == dcs


def test_a_payload_of_any_length_is_cut_by_us() -> None:
    made = content(0, b"", 0, (MESSAGE_PAYLOAD(b"x" * 39_015),))
    assert isinstance(made, Content)
    assert made.segments == 255
    refusal = content(0, b"", 0, (MESSAGE_PAYLOAD(b"x" * 39_016),))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too_long"
    octets = content(4, b"", 0, (MESSAGE_PAYLOAD(b"x" * 34_170),))
    assert isinstance(octets, Content)
    assert octets.segments == 255


@pytest.mark.parametrize("place", [Concatenation(7, 3, 2), Concatenation(0x1FF, 3, 2, True)])
def test_a_segment_alone_keeps_its_place(place: Concatenation) -> None:
    made = content(0, build_header([concatenation_element(place)]) + b"two", 0x40)
    assert isinstance(made, Content)
    assert (made.segments, parse_header(made.udh).concatenation) == (1, place)


def test_a_segment_by_sar_has_a_short_reference() -> None:
    """Whoever cuts after 153 septets left room for no more."""
    tlvs = (SAR_MSG_REF_NUM(0x1FF), SAR_TOTAL_SEGMENTS(3), SAR_SEGMENT_SEQNUM(2))
    made = content(0, b"x" * 153, 0, tlvs)
    assert isinstance(made, Content)
    assert (made.segments, parse_header(made.udh).concatenation) == (1, Concatenation(0xFF, 3, 2))


def test_a_place_that_cannot_be_is_none() -> None:
    for total, number in ((0, 1), (2, 3), (2, 0), (1, 1)):
        tlvs = (SAR_MSG_REF_NUM(1), SAR_TOTAL_SEGMENTS(total), SAR_SEGMENT_SEQNUM(number))
        made = content(0, b"x", 0, tlvs)
        assert isinstance(made, Content)
        assert made.udh == b""


def test_segments_are_put_together_before_they_are_read() -> None:
    """Cut through an escape, a surrogate pair, an octet pair."""
    ports = ports_element(Ports(1, 2, wide=True))
    for coding, whole, text in (
        (0, encode("€" * 3), "€€€"),
        (8, "😀".encode("utf-16-be"), "😀"),
        (4, b"\x00\x01\x02", None),
    ):
        parts = []
        for number, piece in enumerate((whole[:1], whole[1:]), 1):
            header = build_header([concatenation_element(Concatenation(9, 2, number)), ports])
            said = heard(coding, header + piece, 0x40)
            assert isinstance(said, Said)
            parts.append(said)
        made = content_of(parts)
        assert isinstance(made, Content)
        assert made.body == (whole if text is None else text.encode())
        header_left = parse_header(made.udh)
        assert (header_left.concatenation, header_left.ports) == (None, Ports(1, 2, wide=True))


def test_one_receipt_for_the_whole() -> None:
    assert joined_wish([0, 0]) == 0
    assert joined_wish([1, 0, 1]) == 1
    assert joined_wish([2, 2]) == 2
    assert joined_wish([2, 3]) == 1
    assert joined_wish([0, 5]) == 5


@pytest.mark.parametrize(
    ("ton", "text", "number"),
    [
        (1, "491512345678", "491512345678"),
        (1, "+491512345678", "491512345678"),
        (1, "00491512345678", "491512345678"),
        (0, "+491512345678", "491512345678"),
        (0, "00491512345678", "491512345678"),
        (0, "01512345678", "491512345678"),
        (2, "1512345678", "491512345678"),
        (2, "01512345678", "491512345678"),
        (5, "acme", None),
        (1, "", None),
        (1, "4915x", None),
        (1, "٤٩١٥", None),
        (1, "4" * 21, None),
    ],
)
def test_destinations(ton: int, text: str, number: str | None) -> None:
    assert destination_of(ton, text, "49") == number


@pytest.mark.parametrize(
    ("ton", "text", "source"),
    [
        (1, "+491512345678", "491512345678"),
        (2, "01512345678", "491512345678"),
        (3, "2020", "2020"),
        (6, "0815", "0815"),
        (0, "2020", "2020"),
        (5, "Acme Fleet", "Acme Fleet"),
        (0, "Acme", "Acme"),
        (5, "twelve chars", None),
        (1, "4" * 18, None),
    ],
)
def test_sources(ton: int, text: str, source: str | None) -> None:
    assert source_of(ton, text, "49") == source


def test_addresses_on_the_way_out() -> None:
    assert address_of("491512345678") == (1, 1, "491512345678")
    assert address_of("2020") == (3, 0, "2020")
    assert address_of("Acme") == (5, 0, "Acme")
    assert address_of("ΔΔΔ") == (5, 0, "???")
    assert address_of("") == (0, 0, "")
