"""Answers to a submit: the one table, at work."""

import asyncio

import pytest

from heliograph.core.message import State
from heliograph.core.outcome import Outcome, Permanent, Returned, Temporary
from heliograph.networks.smpp.station import MOST_STATUSES
from heliograph.networks.smpp.translate.statuses import BUSY_SECONDS, outcome_of
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import GenericNack, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.tlv import DELIVERY_FAILURE_REASON, NETWORK_ERROR_CODE, NetworkError, Tlvs
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Talk, receipt, refusing

TABLE: list[tuple[int, Outcome]] = [
    (Status.RTHROTTLED, Temporary("throttled", BUSY_SECONDS)),
    (Status.RMSGQFUL, Temporary("upstream_full", BUSY_SECONDS)),
    (Status.RINVBNDSTS, Returned("gate_closed")),
    (Status.RBINDFAIL, Returned("gate_closed")),
    (Status.RSYSERR, Temporary("upstream_error")),
    (Status.RINVDSTADR, Permanent("bad_destination")),
    (Status.RINVSRCADR, Permanent("bad_source")),
    (Status.RINVMSGLEN, Permanent("protocol")),
    (Status.RX_R_APPN, Permanent("refused")),
    (0x400, Temporary("temporary_failure")),
    (0xFFFFFFFF, Temporary("temporary_failure")),
]


@pytest.mark.parametrize(("status", "outcome"), TABLE)
def test_a_status_is_an_outcome(status: int, outcome: Outcome) -> None:
    assert outcome_of(status, "temporary") == outcome


def test_submit_fail_means_what_the_upstreams_row_says() -> None:
    assert outcome_of(Status.RSUBMITFAIL, "temporary") == Temporary("submit_failed")
    assert outcome_of(Status.RSUBMITFAIL, "permanent") == Permanent("refused")


@pytest.mark.parametrize(
    ("tlvs", "outcome"),
    [
        ((DELIVERY_FAILURE_REASON(1),), Permanent("unknown_subscriber")),
        ((DELIVERY_FAILURE_REASON(3),), Temporary("network_failure")),
        ((NETWORK_ERROR_CODE(NetworkError(3, 27)),), Temporary("absent")),
        ((NETWORK_ERROR_CODE(NetworkError(3, 13)),), Permanent("barred")),
        ((), Temporary("absent")),
    ],
)
def test_a_delivery_failure_is_the_networks_own_word(tlvs: Tlvs, outcome: Outcome) -> None:
    assert outcome_of(Status.RDELIVERYFAILURE, "temporary", tlvs) == outcome


def test_a_refusal_for_good_ends_the_sms(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = refusing(Status.RINVDSTADR)
        message = await lab.ends(await lab.send(await lab.device()), State.FAILED)
        assert message.reason == "bad_destination"
        assert lab.view().refused == {"ESME_RINVDSTADR": 1}

    run(work)


def test_an_unknown_status_is_tried_again(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        statuses = iter([0x400, 0])

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            status = next(statuses)
            if status:
                talk.answer(sequence, SubmitSmResp(status))
            else:
                smsc.take(talk, sequence, pdu)

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().refused == {"0x00000400": 1}

    run(work)


def test_one_that_says_we_are_not_bound_is_bound_anew_and_no_attempt_is_spent(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = refusing(Status.RINVBNDSTS)
        message = await lab.send(await lab.device())
        await eventually(lambda: len(smsc.binds) == 2)
        smsc.on_submit = smsc.take
        ended = await lab.ends(message)
        assert ended.attempts == 1

    run(work)


def test_many_that_say_so_at_once_are_heard_once(run: Run) -> None:
    """We take leave as it should be, and what is answered meanwhile counts."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        (talk,) = smsc.talks
        held: list[int] = []

        def submitted(_: Talk, sequence: int, pdu: SubmitSm) -> None:
            held.append(sequence)
            if len(held) == 5:
                smsc.on_submit = smsc.take
                for number in held:
                    talk.answer(number, SubmitSmResp(Status.RINVBNDSTS))

        smsc.on_submit = submitted
        messages = await lab.send_all([await lab.device() for _ in range(5)])
        for message in messages:
            assert (await lab.ends(message)).attempts == 1
        assert (talk.ended, len(smsc.binds)) == ("peer_unbound", 2)

    run(work)


@pytest.mark.parametrize(
    ("receipts", "mode"), [("none", 0), ("transaction", 2)]
)  # esm_class of a submit, SMPP 3.4 §5.2.12
def test_without_receipts_the_answer_is_the_end(run: Run, receipts: str, mode: int) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(receipts=receipts)
        await lab.ends(await lab.send(await lab.device()))
        (pdu,) = smsc.submits
        assert (pdu.registered_delivery, pdu.esm_class) == (0, mode)

    run(work)


def test_a_nack_is_an_answer(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = lambda talk, sequence, _: talk.raw((GenericNack(Status.RINVCMDID), sequence))
        message = await lab.ends(await lab.send(await lab.device()), State.FAILED)
        assert message.reason == "protocol"

    run(work)


def test_statuses_that_are_invented_are_counted_together(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        statuses = iter(range(0x400, 0x500))
        smsc.on_submit = lambda talk, sequence, _: talk.answer(sequence, SubmitSmResp(next(statuses)))
        await lab.send_all([await lab.device() for _ in range(70)])
        await eventually(lambda: sum(lab.view().refused.values()) >= 70)
        refused = lab.view().refused
        assert len(refused) == MOST_STATUSES + 1
        assert refused["other"] >= 6

    run(work)


def test_answers_to_nothing_harm_nobody(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            wrong, right = SubmitSmResp(message_id="wrong"), SubmitSmResp(message_id="right")
            talk.raw((wrong, sequence + 100), (wrong, 0), (GenericNack(Status.RINVCMDLEN), 0))
            talk.raw((right, sequence), (wrong, sequence))
            talk.say(receipt(pdu, "right"))

        smsc.on_submit = submitted
        await lab.ends(await lab.send(await lab.device()))
        assert lab.view().accepted == 1

    run(work)


@pytest.mark.parametrize("text", ["hello", "x" * 400])
def test_one_that_gives_no_id_is_not_waited_for(run: Run, text: str) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = lambda talk, sequence, _: talk.answer(sequence, SubmitSmResp(message_id=""))
        ends = [await lab.ends(await lab.send(await lab.device(), text)) for _ in range(2)]
        assert " unnamed\n" in ends[0].timeline
        await _is_told(lab, "it took an SMS without an id")

    run(work)


def test_an_id_that_another_one_has_names_nothing(run: Run) -> None:
    """The first keeps it, and its receipt; segments of one SMS may share it."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        smsc.on_submit = lambda talk, sequence, _: talk.answer(sequence, SubmitSmResp(message_id="77"))
        first = await lab.send(await lab.device(), "x" * 400)
        await eventually(lambda: lab.view().accepted == 3)
        assert "unnamed" not in (await lab.message(first)).timeline
        second = await lab.ends(await lab.send(await lab.device()))
        assert " unnamed\n" in second.timeline
        smsc.talks[0].say(receipt(smsc.submits[0], "77"))
        await lab.ends(first)
        await _is_told(lab, "it took an SMS under the id 77 of another one")
        smsc.talks[0].say(receipt(smsc.submits[-1], "77"))
        await eventually(lambda: lab.view().duplicate_receipts == 1)
        third = await lab.send(await lab.device())  # it is free again
        await eventually(lambda: lab.view().accepted == 5)
        smsc.talks[0].say(receipt(smsc.submits[-1], "77"))
        assert "unnamed" not in (await lab.ends(third)).timeline

    run(work)


async def _told(lab: Lab) -> list[str]:
    """The events, without what follows from them."""
    rows = await lab.app.reader.ask(
        lambda view: view.connection.execute(
            "SELECT detail FROM event WHERE type = 'upstream_unnamed'"
        ).fetchall()
    )
    return [str(row[0]).rpartition(": ")[0] for row in rows]


async def _is_told(lab: Lab, words: str) -> None:
    async with asyncio.timeout(5):
        while not await _told(lab):  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    assert await _told(lab) == [f"upstream acme: {words}"]
