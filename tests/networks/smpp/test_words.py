"""SMS as submit_sm: addresses, codings, long ones in every form, validity."""

from typing import Any

import pytest

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import Delivery, Job
from heliograph.core.message import Message
from heliograph.core.upstream import Upstream
from heliograph.networks.smpp.translate.submits import Words
from heliograph.wire.gsm.alphabet import decode
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.smpp.coding import Coding, coding_of
from heliograph.wire.smpp.parts import Body, read_body, read_text
from heliograph.wire.smpp.pdus import SubmitSm
from heliograph.wire.smpp.tlv import (
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    USER_MESSAGE_REFERENCE,
)

ID = 300 * 256 + 7
NOW = 1_800_000_000_000
GREEK = "ΔΦΓ" * 20


def job(content: Content, segment: int = 0, source: str = "12345", **fields: Any) -> Job:
    message = Message(
        id=ID, org=1, direction=1, device=7, origin=None, application=None, sender="operator", source=source,
        destination="4917", body=content.body, dcs=content.dcs, pid=content.pid, udh=content.udh,
        languages=content.languages, segments=content.segments, priority=0, receipt=0, at_most_once=0,
        replace_key=None, price=0, state=2, reason=None, accepted_at=NOW, not_before=None,
        expires_at=NOW + 86_400_000, final_at=None, attempts=1, timeline="", **fields,
    )  # fmt: skip
    delivery = Delivery(1, 0, ID, 0, 7, 0, 1, 1, segment, 1, 0, None, message.expires_at)
    return Job(delivery, message, "upstream:acme", "4917", "")


def text(words: str, **wish: Any) -> Content:
    made = content_of_text(words, Wish(**wish))
    assert isinstance(made, Content), made
    return made


def octets(data: bytes, **wish: Any) -> Content:
    made = content_of_octets(data, Wish(**wish))
    assert isinstance(made, Content), made
    return made


def said(made: Job, with_tlvs: bool = True, **row: Any) -> SubmitSm:
    return Words(Upstream(1, "acme", "host", 2775, **row)).submit(made, NOW, with_tlvs).pdu


def read(content: Content, **row: Any) -> str | bytes:
    """As the operator reads it, from all its segments."""
    pdus = [said(job(content, segment), **row) for segment in range(content.segments)]
    return read_text(map(_read, pdus))


def _read(pdu: SubmitSm) -> tuple[Coding, Body]:
    coding = coding_of(pdu.data_coding)
    assert coding is not None
    return coding, read_body(pdu)


@pytest.mark.parametrize(
    ("source", "rules", "address"),
    [
        ("12345", "", (3, 0, "12345")),
        ("FLEET", "", (5, 0, "FLEET")),
        ("491711234567", "", (1, 1, "491711234567")),
        ("", "", (0, 0, "")),
        ("FLEET", "* -> 999 6 0", (6, 0, "999")),
        ("491711234567", "49* -> 0* 2 8", (2, 8, "01711234567")),
    ],
)
def test_a_sender_is_said_by_its_form_or_by_rules(
    source: str, rules: str, address: tuple[int, int, str]
) -> None:
    pdu = said(job(text("hi"), source=source), source=rules)
    assert (pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr) == address


def test_a_receiver_is_said_as_the_row_says() -> None:
    pdu = said(job(text("hi")), destination_ton=0, destination_npi=3, destination_plus=1)
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr) == (0, 3, "+4917")


def test_what_is_left_of_its_validity_travels() -> None:
    assert said(job(text("hi"))).validity_period == "000001000000000R"


def test_its_service_type_goes_before_the_rows() -> None:
    assert said(job(text("hi")), service_type="CMT").service_type == "CMT"
    assert said(job(text("hi"), service_type="WAP"), service_type="CMT").service_type == "WAP"


def test_a_repeat_is_told_by_its_reference() -> None:
    first, second = said(job(text("hi"))), said(job(text("hi")))
    assert USER_MESSAGE_REFERENCE.of(first.tlvs) == USER_MESSAGE_REFERENCE.of(second.tlvs) == 300
    assert said(job(text("hi")), repeats="plain").tlvs == ()
    assert said(job(text("hi")), with_tlvs=False).tlvs == ()


@pytest.mark.parametrize("form", ["udh", "sar", "sar8", "sar16", "payload"])
@pytest.mark.parametrize(
    "content",
    [
        text("hello @ {€}"),
        text("long " * 60),
        text("€" * 200),
        text("schöne Grüße ☺ " * 20),
        octets(bytes(range(256)) * 2),
        text("kısa ş" * 40, national=True),
        octets(b"\1\2" * 100, udh=bytes.fromhex("06050415811581")),
    ],
)
def test_any_content_reads_the_same_in_any_form(form: str, content: Content) -> None:
    if form == "payload":
        made = Words(Upstream(1, "acme", "host", 2775, long_form=form)).submit(job(content), NOW, True)
        assert made.is_whole == (content.segments > 1)
        whole = read_text([_read(made.pdu)])
    else:
        whole = read(content, long_form=form)
    assert (whole if isinstance(whole, bytes) else whole.encode()) == content.body


def test_segments_say_their_place() -> None:
    content = text("long " * 60)
    pdu = said(job(content, 1), long_form="sar")
    assert (pdu.esm_class, SAR_MSG_REF_NUM.of(pdu.tlvs)) == (0, 300)
    assert (SAR_TOTAL_SEGMENTS.of(pdu.tlvs), SAR_SEGMENT_SEQNUM.of(pdu.tlvs)) == (2, 2)
    assert SAR_MSG_REF_NUM.of(said(job(content, 1), long_form="sar8").tlvs) == 300 & 0xFF
    pdu = said(job(content, 1), long_form="udh")
    assert (pdu.esm_class, pdu.short_message[:6].hex()) == (0x40, "0500032c0202")


def test_a_peer_without_tlvs_gets_headers() -> None:
    for form in ("sar", "payload"):
        pdu = said(job(text("long " * 60)), with_tlvs=False, long_form=form)
        assert (pdu.esm_class, pdu.tlvs) == (0x40, ())


def test_what_went_in_segments_goes_on_in_segments() -> None:
    made = Words(Upstream(1, "acme", "host", 2775, long_form="payload"))
    assert not made.submit(job(text("long " * 60), 1), NOW, True).is_whole


@pytest.mark.parametrize(
    ("coding_0", "words", "coding", "sent"),
    [
        ("gsm", "a@ö", 0, b"a\x00\x7c"),
        ("latin1", "a@ö", 0, "a@ö".encode("latin-1")),
        ("ascii", "a@[", 0, b"a@["),
        ("ascii", "ö", 8, "ö".encode("utf-16-be")),
        ("latin1", "Δ", 8, "Δ".encode("utf-16-be")),
    ],
)
def test_coding_0_is_what_the_operator_makes_of_it(
    coding_0: str, words: str, coding: int, sent: bytes
) -> None:
    pdu = said(job(text(words)), coding_0=coding_0)
    assert (pdu.data_coding, pdu.short_message) == (coding, sent)


def test_a_long_text_that_coding_0_cannot_say_goes_whole() -> None:
    content = text(GREEK * 4)
    made = Words(Upstream(1, "acme", "host", 2775, coding_0="latin1")).submit(job(content), NOW, True)
    assert made.is_whole
    assert MESSAGE_PAYLOAD.of(made.pdu.tlvs) == (GREEK * 4).encode("utf-16-be")
    narrow = said(job(content), with_tlvs=False, coding_0="latin1")
    assert decode(narrow.short_message[6:]) == (GREEK * 4)[:153]


@pytest.mark.parametrize(
    ("content", "coding"),
    [
        (text("hi"), 0x00),
        (text("☺"), 0x08),
        (octets(b"\0"), 0x04),
        (text("hi", message_class=0), 0x10),
        (text("☺", message_class=1), 0x19),
        (text("hi", alphabet=Alphabet.UCS2), 0x08),
    ],
)
def test_the_coding_says_alphabet_and_class(content: Content, coding: int) -> None:
    assert said(job(content)).data_coding == coding
