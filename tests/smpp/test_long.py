"""Long SMS in every form: one message, one state, one receipt."""

from heliograph.core.message import State
from heliograph.wire.gsm.alphabet import encode
from heliograph.wire.gsm.udh import Concatenation, build_header, concatenation_element
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import EnquireLink, EnquireLinkResp, QuerySm, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import Peer

TEXT = "".join(f"{number:04} " for number in range(80))


def by_header(to: str, pieces: list[bytes], coding: int, wide: bool, receipt: int = 1) -> list[SubmitSm]:
    total = len(pieces)
    return [
        SubmitSm(
            source_addr="2020",
            destination_addr=to,
            esm_class=0x40,
            data_coding=coding,
            registered_delivery=receipt,
            short_message=build_header([concatenation_element(Concatenation(77, total, number, wide))])
            + piece,
        )
        for number, piece in enumerate(pieces, 1)
    ]


def by_sar(to: str, pieces: list[bytes], coding: int) -> list[SubmitSm]:
    return [
        SubmitSm(
            source_addr="2020",
            destination_addr=to,
            data_coding=coding,
            registered_delivery=1,
            short_message=piece,
            tlvs=(SAR_MSG_REF_NUM(300), SAR_TOTAL_SEGMENTS(len(pieces)), SAR_SEGMENT_SEQNUM(number)),
        )
        for number, piece in enumerate(pieces, 1)
    ]


def cut(octets: bytes, size: int) -> list[bytes]:
    return [octets[at : at + size] for at in range(0, len(octets), size)]


async def answers(peer: Peer, count: int) -> list[SubmitSmResp]:
    return [await peer.expect(SubmitSmResp) for _ in range(count)]


def test_every_form_is_one_message_with_one_receipt(run: Run) -> None:
    gsm, ucs2 = cut(encode(TEXT), 153), cut(TEXT.encode("utf-16-be"), 134)

    async def work(here: Centre) -> None:
        account = await here.new_account()
        peer = await here.peer("acme")
        for form in range(5):
            device = await here.new_device()
            sets = [
                by_header(device, gsm, 0, False),
                by_header(device, ucs2, 8, True)[::-1],
                by_sar(device, gsm, 0),
                by_sar(device, ucs2, 8),
                [
                    SubmitSm(
                        source_addr="2020",
                        destination_addr=device,
                        registered_delivery=1,
                        tlvs=(MESSAGE_PAYLOAD(encode(TEXT)),),
                    )
                ],
            ][form]
            peer.say(*sets)
            heard = await answers(peer, len(sets))
            assert {answer.status for answer in heard} == {Status.ROK}
            (id,) = {answer.message_id for answer in heard}
            receipt = await peer.delivered()
            segments = 6 if form in (1, 3) else 3
            assert receipt.short_message.startswith(
                f"id:{id} sub:{segments:03} dlvrd:{segments:03} ".encode()
            )
            message = await here.message(account, id)
            assert (message.body, message.state, message.udh) == (TEXT.encode(), State.DELIVERED, b"")
            assert await here.texts_at(device) == [TEXT]
        peer.say(EnquireLink())
        await peer.expect(EnquireLinkResp)  # no second receipt of any came before

    run(work)


def test_segments_over_two_sessions_are_one(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        one, two = await here.peer("acme", kind="tx"), await here.peer("acme", kind="tx")
        first, second = by_header(device, [b"over ", b"two"], 0, False, receipt=0)
        one.say(first)
        two.say(second)
        ids = {(await one.expect(SubmitSmResp)).message_id, (await two.expect(SubmitSmResp)).message_id}
        assert len(ids) == 1
        assert await here.texts_at(device) == ["over two"]

    run(work)


def test_a_peer_that_waits_for_each_answer_is_answered(run: Run) -> None:
    """Its segments go on one by one, and from then on without a wait; the device puts them together."""

    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        ids = []
        for request in by_header(device, [b"one ", b"by ", b"one"], 0, False):
            answer = await peer.ask(request)
            assert isinstance(answer, SubmitSmResp)
            ids.append(answer.message_id)
        assert len(set(ids)) == 3
        assert [(await here.message(account, id)).segments for id in ids] == [1, 1, 1]
        assert (await here.message(account, ids[1])).udh == bytes.fromhex("0500034d0302")
        assert await here.texts_at(device) == ["one by one"]

    run(work, smpp__join_seconds="1")


def test_without_waiting_each_segment_is_its_own(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        peer.say(*by_header(device, [b"a", b"b"], 0, False))
        assert len({answer.message_id for answer in await answers(peer, 2)}) == 2

    run(work, smpp__join_seconds="0")


def test_a_set_that_comes_round_again_is_another(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        first, _ = by_header(device, [b"lost ", b""], 0, False)
        one, two = by_header(device, [b"new ", b"set"], 0, False)
        peer.say(first, one, two)
        heard = await answers(peer, 3)
        assert [answer.status for answer in heard] == [Status.ROK] * 3
        assert len({answer.message_id for answer in heard}) == 2

    run(work)


def test_a_segment_that_comes_twice_hears_the_same(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        first, second = by_header(device, [b"once ", b"only"], 0, False)
        peer.say(first, first, second)
        assert len({answer.message_id for answer in await answers(peer, 3)}) == 1
        assert await here.texts_at(device) == ["once only"]

    run(work)


def test_a_peer_that_waits_no_more_has_its_segments_joined_again(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        for request in by_header(device, [b"one ", b"by ", b"one"], 0, False):
            await peer.ask(request)
        peer.say(*by_header(device, [b"all ", b"at ", b"once"], 0, False))
        assert len({answer.message_id for answer in await answers(peer, 3)}) == 1

    run(work, smpp__join_seconds="1")


def test_what_a_dead_session_sent_of_a_set_is_forgotten(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme", kind="tx")
        first, second = by_header(device, [b"again ", b"whole"], 0, False)
        peer.say(first)
        await peer.ask(QuerySm("1"))
        await peer.close()
        other = await here.peer("acme", kind="tx")
        other.say(second, first)
        assert len({answer.message_id for answer in await answers(other, 2)}) == 1
        assert await here.texts_at(device) == ["again whole"]

    run(work, smpp__join_seconds="30")


def test_a_refused_whole_refuses_each(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        peer = await here.peer("acme", kind="tx")
        peer.say(*by_header("49150000000", [b"a", b"b"], 0, False))
        assert [answer.status for answer in await answers(peer, 2)] == [Status.RINVDSTADR] * 2

    run(work)
