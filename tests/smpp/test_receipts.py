"""Receipts: what they say, how they wait, what answers to them mean, what a dead session leaves behind."""

import asyncio
from typing import Any

import pytest

from heliograph.core.delivery import Delivery, Job, Kind
from heliograph.core.message import Message, State
from heliograph.core.outcome import DELIVERED, Permanent, Temporary
from heliograph.core.story.timeline import line
from heliograph.interfaces.smpp.translate.receipts import receipt_of
from heliograph.interfaces.smpp.translate.statuses import outcome_of
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DeliverSm, DeliverSmResp, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.receipt import parse_receipt
from heliograph.wire.smpp.tlv import MESSAGE_STATE, NETWORK_ERROR_CODE, RECEIPTED_MESSAGE_ID, NetworkError
from tests.smpp.centre import Centre, eventually
from tests.smpp.conftest import Run
from tests.smpp.peer import Peer

AT = 1_700_000_000_000


def job_of(state: State, reason: str | None = None, kind: Kind = Kind.RECEIPT, **fields: Any) -> Job:
    row: dict[str, Any] = {
        "id": 512,
        "org": 1,
        "direction": 1,
        "device": 5,
        "origin": None,
        "application": 7,
        "sender": "account:7",
        "source": "2020",
        "destination": "4915112345678",
        "body": "Grüße an alle, die dies lesen".encode(),
        "dcs": 0,
        "pid": 0,
        "udh": b"",
        "languages": 0,
        "segments": 3,
        "priority": 0,
        "receipt": 1,
        "at_most_once": 0,
        "replace_key": None,
        "price": 0,
        "state": state,
        "reason": reason,
        "accepted_at": AT,
        "not_before": None,
        "expires_at": AT + 86_400_000,
        "final_at": AT + 65_000,
        "attempts": 1,
        "timeline": "",
        "service_type": "CMT",
    }
    delivery = Delivery(1, kind, 512, 7, 5, 0, 1, 1, 0, 1, 0, None, AT)
    return Job(delivery, Message(**{**row, **fields}), "application:7", "", "")


@pytest.mark.parametrize(
    ("state", "reason", "word", "number", "error", "dlvrd"),
    [
        (State.DELIVERED, None, "DELIVRD", 2, 0, 3),
        (State.EXPIRED, "absent", "EXPIRED", 3, 27, 0),
        (State.EXPIRED, "validity", "EXPIRED", 3, 27, 0),
        (State.FAILED, "unknown_subscriber", "UNDELIV", 5, 30, 0),
        (State.FAILED, "never heard of it", "UNDELIV", 5, 127, 0),
        (State.FAILED, "mt_off", "REJECTD", 8, 8, 0),
        (State.CANCELED, "canceled", "DELETED", 4, 0, 0),
    ],
)
def test_the_end_in_text_and_tlvs(
    state: State, reason: str | None, word: str, number: int, error: int, dlvrd: int
) -> None:
    pdu = receipt_of(job_of(state, reason), "ascii", False, AT)
    assert (
        pdu.short_message
        == (
            f"id:512 sub:003 dlvrd:{dlvrd:03} submit date:2311142213 done date:2311142214"
            f" stat:{word} err:{error:03} text:Gr??e an alle, die d"
        ).encode()
    )
    assert (pdu.esm_class, pdu.data_coding, pdu.service_type) == (0x04, 0, "CMT")
    assert (pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr) == (1, 1, "4915112345678")
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr) == (3, 0, "2020")
    assert RECEIPTED_MESSAGE_ID.of(pdu.tlvs) == "512"
    assert MESSAGE_STATE.of(pdu.tlvs) == number
    assert NETWORK_ERROR_CODE.of(pdu.tlvs) == NetworkError(3, error)


@pytest.mark.parametrize(
    ("word", "err", "error"),
    [
        ("099", b"err:099", NetworkError(8, 99)),
        ("7", b"err:007", NetworkError(8, 7)),
        ("0x4B", b"err:0x4B", NetworkError(8, 0)),
        ("099/3.13", b"err:099", NetworkError(3, 13)),
        ("/3.13", b"err:013", NetworkError(3, 13)),
    ],
)
def test_an_upstreams_own_error_is_passed_on(word: str, err: bytes, error: NetworkError) -> None:
    told = line("reported", AT, 1, "undeliverable", word)
    pdu = receipt_of(job_of(State.FAILED, "undeliverable", timeline=told), "ascii", False, AT)
    assert b" stat:UNDELIV " + err + b" text:" in pdu.short_message
    assert NETWORK_ERROR_CODE.of(pdu.tlvs) == error


def test_a_notification_on_the_way_is_no_receipt() -> None:
    pdu = receipt_of(job_of(State.DELIVERED, final_at=None, kind=Kind.INTERIM), "ascii", True, AT + 120_000)
    assert pdu.esm_class == 0x20
    assert b"dlvrd:000 submit date:2311142213 done date:2311142215 stat:ENROUTE err:000" in pdu.short_message
    assert MESSAGE_STATE.of(pdu.tlvs) == 1


def test_codings_of_the_text() -> None:
    job = job_of(State.DELIVERED)
    latin, wide = (receipt_of(job, coding, False, AT) for coding in ("latin1", "ucs2"))
    assert (latin.data_coding, wide.data_coding) == (3, 8)
    assert latin.short_message.decode("latin-1").endswith("text:Grüße an alle, die d")
    assert "text:Grüße" in wide.short_message.decode("utf-16-be")
    assert len(wide.short_message) <= 254
    octets = receipt_of(job_of(State.DELIVERED, dcs=4, body=b"\xff\x00"), "ascii", False, AT)
    assert octets.short_message.endswith(b"text:")
    gone = receipt_of(job_of(State.DELIVERED, body=None), "ascii", False, AT)
    assert gone.short_message.endswith(b"text:")


def test_the_table_of_answers() -> None:
    assert outcome_of(Status.ROK) is DELIVERED
    for status in (Status.RX_T_APPN, Status.RTHROTTLED, Status.RMSGQFUL, Status.RSYSERR):
        assert isinstance(outcome_of(status), Temporary)
    for status in (Status.RX_P_APPN, Status.RX_R_APPN, Status.RINVDSTADR, Status.RINVCMDID, 0x400):
        assert outcome_of(status) == Permanent("application_rejected")


async def send(peer: Peer, *devices: str, wish: int = 1) -> list[str]:
    peer.say(
        *(
            SubmitSm(source_addr="2020", destination_addr=to, short_message=b"x", registered_delivery=wish)
            for to in devices
        )
    )
    heard = [await peer.expect(SubmitSmResp) for _ in devices]
    assert {answer.status for answer in heard} == {Status.ROK}
    return [answer.message_id for answer in heard]


def id_in(pdu: DeliverSm) -> str | None:
    return parse_receipt(pdu.short_message).message_id


def test_receipts_wait_and_come_once_oldest_first(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=2)
        devices = [await here.new_device() for _ in range(3)]
        sender = await here.peer("acme", kind="tx")
        ids = []
        for device in devices * 3:
            ids += await send(sender, device)
            await here.texts_at(device)
        await eventually(lambda: here.app.dispatcher.counters.settled >= 9)
        receiver = await here.peer("acme", kind="rx")
        first = [await receiver.hear() for _ in range(2)]  # its window
        for heard in first:
            assert isinstance(heard.pdu, DeliverSm)
            receiver.answer(heard, DeliverSmResp())
        heard_ids = [id_in(heard.pdu) for heard in first if isinstance(heard.pdu, DeliverSm)]
        heard_ids += [id_in(await receiver.delivered()) for _ in range(7)]
        assert sorted(heard_ids, key=str) == sorted(ids)
        for lane in range(3):
            of_lane = ids[lane::3]
            assert [id for id in heard_ids if id in of_lane] == of_lane
        assert set(heard_ids[:2]) <= set(ids[:3])

    run(work)


def test_a_window_is_never_exceeded(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=3)
        devices = [await here.new_device() for _ in range(8)]
        peer = await here.peer("acme")
        await send(await here.peer("acme", kind="tx"), *devices)
        unanswered = [await peer.hear() for _ in range(3)]
        await eventually(lambda: here.app.dispatcher.counters.settled >= 8)
        (connection,) = [one for one in here.server.connections.values() if one.receives]
        assert connection.session.unanswered == 3
        for _ in range(5):
            peer.answer(unanswered.pop(0), DeliverSmResp())
            unanswered.append(await peer.hear())
            assert connection.session.unanswered <= 3

    run(work)


def test_what_a_dead_session_had_not_answered_comes_again_with_its_id(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=2)
        devices = [await here.new_device() for _ in range(4)]
        first = await here.peer("acme", kind="rx")
        ids = await send(await here.peer("acme", kind="tx"), *devices)
        answered = await first.delivered()
        unanswered = [(await first.hear()).pdu, (await first.hear()).pdu]
        first.writer.transport.abort()
        second = await here.peer("acme", kind="rx")
        again = [id_in(await second.delivered()) for _ in range(3)]
        assert sorted([id_in(answered), *again], key=str) == sorted(ids)
        assert {id_in(pdu) for pdu in unanswered if isinstance(pdu, DeliverSm)} <= set(again)

    run(work)


def test_what_a_dead_session_had_not_answered_goes_to_another_one_at_once(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=5)
        devices = [await here.new_device() for _ in range(8)]
        one, other = await here.peer("acme", kind="rx"), await here.peer("acme", kind="rx")
        ids = await send(await here.peer("acme", kind="tx"), *devices)
        lost = [(await one.hear()).pdu for _ in range(4)]
        one.writer.transport.abort()
        seen = [id_in(await other.delivered()) for _ in ids]
        assert sorted(seen, key=str) == sorted(ids)
        assert {id_in(pdu) for pdu in lost if isinstance(pdu, DeliverSm)} <= set(seen)

    run(work, retry__unknown="600", retry__application="600")


@pytest.mark.parametrize("status", [Status.RX_T_APPN, Status.RTHROTTLED])
def test_who_binds_gets_what_rests(run: Run, status: Status) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        first = await here.peer("acme", kind="rx")
        (id,) = await send(await here.peer("acme", kind="tx"), await here.new_device())
        assert id_in(await first.delivered(status)) == id
        await eventually(lambda: here.app.dispatcher.counters.settled >= 2)
        second = await here.peer("acme", kind="rx")
        heard = {asyncio.ensure_future(peer.delivered()) for peer in (first, second)}
        done, others = await asyncio.wait(heard, timeout=8, return_when=asyncio.FIRST_COMPLETED)
        assert [id_in(task.result()) for task in done] == [id]
        for task in others:
            task.cancel()

    run(work, retry__unknown="600", retry__application="600")


def test_all_sessions_of_an_account_share_what_comes(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=2)
        devices = [await here.new_device() for _ in range(4)]
        one, two = await here.peer("acme", kind="rx"), await here.peer("acme")
        await send(await here.peer("acme", kind="tx"), *devices)
        seen = {id_in(await peer.delivered()) for peer in (one, two) for _ in range(2)}
        assert len(seen) == 4

    run(work)


def test_a_no_for_now_comes_again_and_a_no_for_good_does_not(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        peer = await here.peer("acme")
        one, two, three = [(await send(await here.peer("acme", kind="tx"), device))[0] for _ in range(3)]
        assert id_in(await peer.delivered(Status.RX_T_APPN)) == one
        assert id_in(await peer.delivered(Status.RSYSERR)) == one
        assert id_in(await peer.delivered(Status.RX_P_APPN)) == one
        assert id_in(await peer.delivered()) == two
        assert id_in(await peer.delivered()) == three
        desk = here.server.desks()[0]
        await eventually(lambda: desk.counters.delivered == 2)
        assert desk.counters.failed == 3

    run(work)


def test_wishes_decide_which_ends_are_told(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        good, bad = await here.new_device(), await here.new_device()
        here.set_state(bad, "unknown_subscriber")
        peer, sender = await here.peer("acme"), await here.peer("acme", kind="tx")
        await send(sender, good, bad, wish=0)
        (_, failure) = await send(sender, good, bad, wish=2)
        assert id_in(await peer.delivered()) == failure
        (success, _) = await send(sender, good, bad, wish=3)
        receipt = await peer.delivered()
        assert id_in(receipt) == success
        assert b"stat:DELIVRD" in receipt.short_message

    run(work)


def test_a_delay_is_told_where_it_was_asked_for(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        device = await here.new_device()
        here.set_state(device, "congestion")
        peer = await here.peer("acme")
        (id,) = await send(await here.peer("acme", kind="tx"), device, wish=0x11)
        notice = await peer.delivered()
        assert (notice.esm_class, id_in(notice)) == (0x20, id)
        here.set_state(device, "healthy")
        receipt = await peer.delivered()
        assert (receipt.esm_class, id_in(receipt)) == (0x04, id)

    run(work, retry__congestion="1")
