"""Receipts as operators send them: early, late, twice, in their own words, under their own numbers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from heliograph.core.message import State
from heliograph.core.story.timeline import read
from heliograph.wire.smpp.numbers import MessageState, MessageType
from heliograph.wire.smpp.pdus import DataSm, DeliverSm, DeliverSmResp, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.tlv import MESSAGE_STATE, NETWORK_ERROR_CODE, RECEIPTED_MESSAGE_ID, NetworkError
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Smsc, Talk, receipt

Submitted = Callable[[Talk, int, SubmitSm], None]


def test_a_receipt_may_come_before_its_response(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def early(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            id = smsc.next_id()
            talk.say(receipt(pdu, id))
            talk.answer(sequence, SubmitSmResp(message_id=id))

        smsc.on_submit = early
        devices = [await lab.device() for _ in range(5)]
        for message in await lab.send_all(devices):
            await lab.ends(message)
        assert lab.view().unknown_references == 0

    run(work)


def test_a_receipt_may_come_long_before_its_response(run: Run) -> None:
    """It is held, asked about as soon as the response is there, and answered once."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        asked: list[int] = []

        def early(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            asked.append(talk.say(receipt(pdu, "77")))
            later = SubmitSmResp(message_id="77")
            asyncio.get_running_loop().call_later(0.3, talk.answer, sequence, later)

        smsc.on_submit = early
        message = await lab.send(await lab.device())
        await eventually(lambda: lab.view().held_receipts == 1)
        assert not smsc.talks[0].answers
        await lab.ends(message)
        await eventually(lambda: asked[0] in smsc.talks[0].answers)
        assert smsc.talks[0].answers[asked[0]].status == 0
        assert (lab.view().held_receipts, lab.view().unknown_references) == (0, 0)

    run(work)


def _numbered(smsc: Smsc, response: str, in_receipt: str) -> Submitted:
    def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
        number = int(smsc.next_id()) + 1_000
        talk.answer(sequence, SubmitSmResp(message_id=format(number, response)))
        talk.say(receipt(pdu, format(number, in_receipt)))

    return submitted


@pytest.mark.parametrize(
    ("id_format", "response", "in_receipt"),
    [
        ("decimal_to_hex", "08X", "d"),
        ("hex_to_decimal", "d", "X"),
        ("hex_to_decimal", "010d", "x"),
        ("tolerant", "X", "d"),
        ("tolerant", "d", "x"),
        ("tolerant", "d", "010d"),
        ("tolerant", "x", "08X"),
    ],
)
def test_ids_may_be_hexadecimal_here_and_decimal_there(
    run: Run, id_format: str, response: str, in_receipt: str
) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(id_format=id_format)
        smsc.on_submit = _numbered(smsc, response, in_receipt)
        devices = [await lab.device() for _ in range(12)]
        for message in await lab.send_all(devices):
            await lab.ends(message)
        assert lab.view().unknown_references == 0

    run(work)


FOREIGN = [
    b"id:%b sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:x",
    b"id:%b stat:DELIVERED",
    b"ID: %b, Status=delivrd",
    b"id:%b sub:1 dlvrd:1 stat:DELIVRD err:0 Text:id:7 stat:UNDELIV",
]


@pytest.mark.parametrize("coding", [0x00, 0x08])
@pytest.mark.parametrize("words", FOREIGN)
def test_receipts_of_other_vendors_are_read(run: Run, words: bytes, coding: int) -> None:
    """Without TLVs, in their own words, some in UCS-2 as the SMS that they quote."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            id = smsc.next_id()
            talk.answer(sequence, SubmitSmResp(message_id=id))
            said = words % id.encode()
            if coding:
                said = said.decode().encode("utf-16-be")
            receipt = MessageType.DELIVERY_RECEIPT
            talk.say(DeliverSm(esm_class=receipt, data_coding=coding, short_message=said))

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().receipts == {"delivered": 1}

    run(work)


def test_an_id_may_be_in_gsm_7_bit(run: Run) -> None:
    """An underscore is 0x11 there."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="a_1"))
            receipt = MessageType.DELIVERY_RECEIPT
            talk.say(DeliverSm(esm_class=receipt, short_message=FOREIGN[0] % b"a\x111"))

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().unknown_references == 0

    run(work)


def test_a_receipt_may_forget_to_say_that_it_is_one(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="abc"))
            talk.say(DeliverSm(short_message=FOREIGN[0] % b"abc"))

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().received == 0

    run(work)


def test_a_receipt_may_come_as_data_sm_in_tlvs_alone(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="abc"))
            tlvs = (RECEIPTED_MESSAGE_ID("abc"), MESSAGE_STATE(MessageState.DELIVERED))
            talk.say(DataSm(esm_class=MessageType.DELIVERY_RECEIPT, tlvs=tlvs))

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().receipts == {"delivered": 1}

    run(work)


@pytest.mark.parametrize(
    ("state", "error", "reason"),
    [
        (MessageState.UNDELIVERABLE, None, "undeliverable"),
        (MessageState.UNDELIVERABLE, NetworkError(3, 1), "unknown_subscriber"),
        (MessageState.EXPIRED, None, "expired"),
        (MessageState.REJECTED, None, "refused"),
        (MessageState.DELETED, None, "deleted"),
        (MessageState.UNKNOWN, None, "unknown_state"),
    ],
)
def test_what_was_not_delivered_failed(
    run: Run, state: MessageState, error: NetworkError | None, reason: str
) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="5"))
            tlvs = (NETWORK_ERROR_CODE(error),) if error else ()
            talk.say(receipt(pdu, "5", state, tlvs=tlvs))

        smsc.on_submit = submitted
        message = await lab.ends(await lab.send(await lab.device()), State.FAILED)
        assert message.reason == reason

    run(work)


def test_news_on_the_way_ends_nothing(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        said: list[int] = []

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="5"))
            said.append(talk.say(receipt(pdu, "5", MessageState.ENROUTE)))
            said.append(talk.say(receipt(pdu, "5", MessageState.ACCEPTED)))
            interim = receipt(pdu, "5", MessageState.UNDELIVERABLE)
            interim.esm_class = MessageType.INTERMEDIATE_NOTIFICATION
            said.append(talk.say(interim))

        smsc.on_submit = submitted
        message = await lab.send(await lab.device())
        await eventually(lambda: len(smsc.talks[0].answers) == 3)
        assert [smsc.talks[0].answers[number].status for number in said] == [0, 0, 0]
        assert (await lab.message(message)).final_at is None
        smsc.talks[0].say(receipt(smsc.submits[0], "5"))
        await lab.ends(message)

    run(work)


def test_a_receipt_that_comes_twice_changes_nothing(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="5"))
            talk.say(receipt(pdu, "5"))

        smsc.on_submit = submitted
        message = await lab.ends(await lab.send(await lab.device()))
        again = smsc.talks[0].say(receipt(smsc.submits[0], "5", MessageState.UNDELIVERABLE))
        await eventually(lambda: again in smsc.talks[0].answers)
        assert smsc.talks[0].answers[again] == DeliverSmResp()
        after = await lab.message(message.id)
        assert (after.state, after.timeline) == (State.DELIVERED, message.timeline)
        assert (lab.view().duplicate_receipts, lab.view().unknown_references) == (1, 0)

    run(work)


def test_one_that_comes_twice_in_another_writing_is_no_stranger(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(id_format="tolerant")
        smsc.on_submit = _numbered(smsc, "X", "d")
        message = await lab.ends(await lab.send(await lab.device()))
        (pdu,) = smsc.submits
        again = smsc.talks[0].say(receipt(pdu, "1002"))
        await eventually(lambda: again in smsc.talks[0].answers)
        assert (await lab.message(message.id)).timeline == message.timeline
        assert (lab.view().duplicate_receipts, lab.view().unknown_references) == (1, 0)

    run(work)


def test_a_receipt_of_nobodys_message_is_counted_and_answered_at_once(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        said = smsc.talks[0].say(receipt(SubmitSm(destination_addr="491"), "nobody"))
        await eventually(lambda: said in smsc.talks[0].answers)
        assert smsc.talks[0].answers[said].status == 0
        assert (lab.view().unknown_references, lab.view().held_receipts) == (1, 0)

    run(work)


def test_a_receipt_is_answered_after_its_commit(run: Run) -> None:
    """The answer leaves when the end is in the store, never before."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.receipts = False
        message = await lab.send(await lab.device())
        await eventually(lambda: lab.view().accepted == 1)
        await eventually(lambda: lab.view().in_flight == 0)
        said = smsc.talks[0].say(receipt(smsc.submits[0], "2"))
        answers = smsc.talks[0].answers
        while said not in answers:  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0)
        assert (await lab.message(message)).state == State.DELIVERED

    run(work)


def test_one_that_failed_fails_all_segments(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        states = iter([MessageState.DELIVERED, MessageState.UNDELIVERABLE, MessageState.DELIVERED])

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            id = smsc.next_id()
            talk.answer(sequence, SubmitSmResp(message_id=id))
            talk.say(receipt(pdu, id, next(states)))

        smsc.on_submit = submitted
        message = await lab.ends(await lab.send(await lab.device(), "a" * 400), State.FAILED)
        assert message.reason == "undeliverable"
        assert len(smsc.submits) == 3

    run(work)


@pytest.mark.parametrize(
    ("error", "tlv", "word"),
    [
        ("099", None, "099"),
        ("099", NetworkError(3, 13), "099/3.13"),
        ("000", NetworkError(3, 13), "/3.13"),
        ("000", NetworkError(3, 0), None),
        ("0x4B", None, "0x4B"),
        ("a-b", None, None),
    ],
)
def test_what_the_upstream_calls_the_error_is_kept(
    run: Run, error: str, tlv: NetworkError | None, word: str | None
) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            talk.answer(sequence, SubmitSmResp(message_id="5"))
            state = MessageState.UNDELIVERABLE
            tlvs = (RECEIPTED_MESSAGE_ID("5"), MESSAGE_STATE(state))
            made = receipt(pdu, "5", state, tlvs=(*tlvs, *((NETWORK_ERROR_CODE(tlv),) if tlv else ())))
            octets = made.short_message.replace(b"err:000", b"err:" + error.encode())
            talk.say(replace(made, short_message=octets))

        smsc.on_submit = submitted
        message = await lab.ends(await lab.send(await lab.device()), State.FAILED)
        (told,) = [step.arguments for step in read(message.timeline) if step.code == "reported"]
        assert told == ("1", message.reason, *((word,) if word else ()))

    run(work)
