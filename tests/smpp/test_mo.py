"""SMS from devices to their account: whole, by message_payload, or segment by segment."""

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import Delivery, Job, Kind
from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.translate.mo import mo_of
from heliograph.wire.gsm.alphabet import Language, encode
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.udh import Concatenation, Ports, build_header, parse_header, ports_element
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DeliverSm
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run

ACCOUNT = SmppAccount(7, 1, "acme", "")
LONG = "0123456789" * 40


def job_of(content: Content | object) -> Job:
    assert isinstance(content, Content)
    message = Message(
        *(512, 1, 2, None, 5, 7, "device 5", "4915112345678", "12345", content.body, content.dcs),
        *(content.pid, content.udh, content.languages, content.segments, 0, 0, 0, None, 0, 2, None, 0),
        *(None, 0, None, 0, ""),
    )
    return Job(Delivery(1, Kind.MO, 512, 7, 5, 0, 1, 1, 0, 1, 0, None, 0), message, "application:7", "", "")


def told(
    content: Content | object, account: SmppAccount = ACCOUNT, with_tlvs: bool = True
) -> list[DeliverSm]:
    return mo_of(job_of(content), account, with_tlvs)


def test_a_short_one_is_one_pdu() -> None:
    (pdu,) = told(content_of_text("a@£€"))
    assert (pdu.source_addr_ton, pdu.source_addr, pdu.destination_addr) == (1, "4915112345678", "12345")
    assert (pdu.data_coding, pdu.esm_class, pdu.short_message) == (0, 0, encode("a@£€"))
    (wide,) = told(content_of_text("Ы"))
    assert (wide.data_coding, wide.short_message) == (8, "Ы".encode("utf-16-be"))
    (octets,) = told(content_of_octets(b"\x00\xff", Wish(pid=0x40)))
    assert (octets.data_coding, octets.protocol_id, octets.short_message) == (4, 0x40, b"\x00\xff")
    (flash,) = told(content_of_text("now", Wish(message_class=0)))
    assert flash.data_coding == 0x10
    (empty,) = told(content_of_text(""))
    assert empty.short_message == b""


def test_a_header_comes_along() -> None:
    header = build_header([ports_element(Ports(5000, 5001, wide=True))])
    (pdu,) = told(content_of_octets(b"\x01", Wish(udh=header)))
    assert (pdu.esm_class, pdu.short_message) == (0x40, header + b"\x01")


def test_national_letters_are_read_by_everybody() -> None:
    (pdu,) = told(content_of_text("ğış", Wish(alphabet=Alphabet.GSM7, national=True)))
    assert (pdu.data_coding, pdu.short_message) == (8, "ğış".encode("utf-16-be"))
    assert Language.TURKISH


def test_a_long_one_travels_in_the_payload() -> None:
    (pdu,) = told(content_of_text(LONG))
    assert (pdu.short_message, MESSAGE_PAYLOAD.of(pdu.tlvs)) == (b"", encode(LONG))
    (short,) = told(content_of_text("x" * 254))
    assert (len(short.short_message), short.tlvs) == (254, ())
    (early,) = told(content_of_text("0123456789"), SmppAccount(7, 1, "acme", "", payload_from=5))
    assert MESSAGE_PAYLOAD.of(early.tlvs) == b"0123456789"


def test_segment_by_segment_where_wished_or_where_tlvs_are_unknown() -> None:
    for account, with_tlvs in ((SmppAccount(7, 1, "acme", "", mo_per_part="udh"), True), (ACCOUNT, False)):
        for text, coding in ((LONG, 0), ("Ы" * 200, 8)):
            pdus = told(content_of_text(text), account, with_tlvs)
            places = [parse_header(pdu.short_message).concatenation for pdu in pdus]
            assert places == [Concatenation(2, len(pdus), number) for number in range(1, len(pdus) + 1)]
            octets = b"".join(pdu.short_message[6:] for pdu in pdus)
            assert octets == (encode(text) if coding == 0 else text.encode("utf-16-be"))
            assert {(pdu.esm_class, pdu.data_coding) for pdu in pdus} == {(0x40, coding)}
            assert all(len(pdu.short_message) <= 254 for pdu in pdus)


def test_segments_by_parameters_where_wished_and_known() -> None:
    account = SmppAccount(7, 1, "acme", "", mo_per_part="sar")
    for text, coding in ((LONG, 0), ("Ы" * 200, 8)):
        pdus = told(content_of_text(text), account)
        places = [
            (SAR_MSG_REF_NUM.of(pdu.tlvs), SAR_TOTAL_SEGMENTS.of(pdu.tlvs), SAR_SEGMENT_SEQNUM.of(pdu.tlvs))
            for pdu in pdus
        ]
        assert places == [(2, len(pdus), number) for number in range(1, len(pdus) + 1)]
        assert len(pdus) > 1
        octets = b"".join(pdu.short_message for pdu in pdus)
        assert octets == (encode(text) if coding == 0 else text.encode("utf-16-be"))
        assert {(pdu.esm_class, pdu.data_coding) for pdu in pdus} == {(0, coding)}
    (first, *_) = told(content_of_text(LONG), account, False)
    assert (first.esm_class, first.tlvs) == (0x40, ())


def test_what_cannot_be_cut_goes_whole() -> None:
    account = SmppAccount(7, 1, "acme", "", mo_per_part="udh")
    wrong = Content(b"x" * 300, 4, 0, b"\x05\x00", 0, 3)
    (pdu,) = told(wrong, account)
    assert MESSAGE_PAYLOAD.of(pdu.tlvs) == b"\x05\x00" + b"x" * 300
    turkish = Content(("ğ" * 30_000).encode(), 0, 0, b"", 0x0101, 202)
    (pdu,) = told(turkish, account)
    assert len(MESSAGE_PAYLOAD.of(pdu.tlvs) or b"") == 60_000


def test_what_no_pdu_holds_is_given_up_and_the_next_comes(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device(account)
        peer = await here.peer("acme")
        await here.send(device, Content(("ğ" * 35_000).encode(), 0, 0, b"", 0x0101, 235))
        await here.send(device, "next")
        assert (await peer.delivered()).short_message == b"next"

    run(work)


def test_they_wait_and_come_in_order(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device(account)
        for number in range(3):
            await here.send(device, f"waiting {number}")
        peer = await here.peer("acme", kind="rx")
        heard = [await peer.delivered() for _ in range(3)]
        assert [pdu.short_message for pdu in heard] == [b"waiting 0", b"waiting 1", b"waiting 2"]
        assert {(pdu.source_addr, pdu.destination_addr) for pdu in heard} == {(device, "12345")}
        await here.send(device, LONG)
        assert MESSAGE_PAYLOAD.of((await peer.delivered()).tlvs) == encode(LONG)

    run(work)


def test_all_segments_of_one_are_brought_or_it_comes_again(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account(mo_per_part="udh", window=2)
        device = await here.new_device(account)
        peer = await here.peer("acme")
        await here.send(device, "x" * 500)
        first = [await peer.delivered(status) for status in (Status.ROK, Status.RX_T_APPN, Status.ROK, 0)]
        again = [await peer.delivered() for _ in range(4)]
        assert [pdu.short_message for pdu in first] == [pdu.short_message for pdu in again]
        await here.send(device, "last")
        assert (await peer.delivered()).short_message == b"last"

    run(work)
