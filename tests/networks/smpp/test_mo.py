"""SMS that an operator brings: of devices and phones, long ones in every form, answered after the commit."""

import asyncio
from typing import Any

import pytest

from heliograph.core.message import Direction, Message
from heliograph.flow.manage.requests import NewApplication
from heliograph.networks.smpp.translate.mo import from_phone_of
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.parts import Form, write_parts, write_whole
from heliograph.wire.smpp.pdus import AlertNotification, DataSm, DeliverSm, DeliverSmResp, SubmitSmResp
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import PATIENCE_SECONDS, Lab, eventually
from tests.networks.smpp.smsc import Smsc

LONG = "long " * 60
DEVICE = "4915000000001"
PHONE = "49171234567"


def deliver(text: bytes = b"hi", source: str = DEVICE, to: str = "12345", **fields: Any) -> DeliverSm:
    return DeliverSm(
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr=source,
        dest_addr_ton=3,
        destination_addr=to,
        short_message=text,
        **fields,
    )


async def brought(smsc: Smsc, *pdus: DeliverSm | DataSm) -> list[int]:
    """The statuses of the answers."""
    (talk,) = smsc.talks
    said = [talk.say(pdu) for pdu in pdus]
    await eventually(lambda: all(number in talk.answers for number in said))
    return [talk.answers[number].status for number in said]


async def arrived(lab: Lab, direction: Direction, count: int = 1) -> list[Message]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            ids = await lab.app.reader.ask(
                lambda view: view.connection.execute(
                    "SELECT id FROM message WHERE direction = ? ORDER BY id", (int(direction),)
                ).fetchall()
            )
            if len(ids) >= count:
                return [await lab.message(int(str(row[0]))) for row in ids]
            await asyncio.sleep(0.01)


def test_an_sms_of_a_device_is_an_ordinary_one(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        device = await lab.device()
        assert await brought(smsc, deliver()) == [0]
        (message,) = await arrived(lab, Direction.MO)
        assert (message.origin, message.body, message.destination) == (device, b"hi", "12345")
        assert lab.view().received == 1

    run(work)


@pytest.mark.parametrize(
    "text",
    [
        b"id:868123456789012 stat:OK batt:80",
        b"id:77 stat:DELIVRD hello",
        b"id:77 stat:DELIVRD",
        b"id:77 stat:UNDELIV err:2 text:hello",
        b"id:77 stat:ENROUTE",
    ],
)
def test_an_sms_in_the_words_of_a_receipt_is_one_of_a_device(run: Run, text: bytes) -> None:
    """Nothing but its text says that it is a receipt, and nobody knows the id."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await lab.device()
        assert await brought(smsc, deliver(text)) == [0]
        (message,) = await arrived(lab, Direction.MO)
        assert message.body == text
        assert (lab.view().receipts, lab.view().unknown_references) == ({}, 0)

    run(work)


def test_one_that_might_be_an_early_receipt_is_held_a_moment(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        asked: list[int] = []
        smsc.on_submit = lambda _, sequence, __: asked.append(sequence)  # an answer may still name it
        device = await lab.device()
        await lab.send(device)
        await eventually(lambda: smsc.submits)
        (talk,) = smsc.talks
        said = talk.say(deliver(b"id:77 stat:DELIVRD"))
        await eventually(lambda: lab.view().held_receipts == 1)
        assert said not in talk.answers
        talk.answer(asked[0], SubmitSmResp(message_id="78"))
        (message,) = await arrived(lab, Direction.MO)
        assert message.body == b"id:77 stat:DELIVRD"
        await eventually(lambda: said in talk.answers)

    run(work)


def test_data_sm_brings_one_as_well(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await lab.device()
        pdu = DataSm(
            source_addr_ton=1, source_addr=DEVICE, destination_addr="12345", tlvs=(MESSAGE_PAYLOAD(b"hi"),)
        )
        assert await brought(smsc, pdu) == [0]
        (message,) = await arrived(lab, Direction.MO)
        assert message.body == b"hi"

    run(work)


@pytest.mark.parametrize("form", [Form.UDH, Form.WIDE_UDH, Form.SAR, None])
@pytest.mark.parametrize(
    ("alphabet", "coding", "octets", "body"),
    [
        (Alphabet.GSM7, 0, LONG.encode(), LONG.encode()),
        (Alphabet.UCS2, 8, ("☺ " * 100).encode("utf-16-be"), ("☺ " * 100).encode()),
        (Alphabet.OCTETS, 4, bytes(range(256)) * 2, bytes(range(256)) * 2),
    ],
)
def test_a_long_one_is_joined(
    run: Run, form: Form | None, alphabet: Alphabet, coding: int, octets: bytes, body: bytes
) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await lab.device()
        parts = (
            (write_whole(octets),) if form is None else write_parts(octets, alphabet, reference=7, form=form)
        )
        pdus = [
            deliver(part.short_message, esm_class=part.esm_class, data_coding=coding, tlvs=part.tlvs)
            for part in reversed(parts)
        ]
        assert set(await brought(smsc, *pdus)) == {0}
        (message,) = await arrived(lab, Direction.MO)
        assert message.body == body

    run(work)


def test_one_for_nobody_is_refused(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        refused = deliver(source="4930999999", to="4930111111")
        unread = deliver(b"\xff", esm_class=0x40)
        assert await brought(smsc, refused, unread) == [Status.RINVDSTADR, Status.RINVDCS]
        assert lab.view().received_refused == 2

    run(work)


def test_a_phone_may_write_to_a_device(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        device = await lab.device()
        await brought(smsc, deliver(source="4930999999", to=DEVICE))
        messages = await arrived(lab, Direction.P2P)
        assert (messages[0].device, messages[0].source) == (device, "4930999999")

    run(work)


async def stopped(lab: Lab) -> list[str]:
    found = await lab.app.reader.ask(
        lambda view: view.connection.execute("SELECT number FROM suppression").fetchall()
    )
    return [str(row[0]) for row in found]


def test_stop_words_keep_the_list_and_other_texts_arrive(run: Run) -> None:
    """From a person, to a device's number and to one of the operator's own."""

    async def work(lab: Lab) -> None:
        reader = await lab.run(lab.app.flows.create_applications, NewApplication(lab.org, "crm"))
        smsc = await lab.smsc(numbers=f"24680={reader.id}")
        device = await lab.device()
        for number in ("24680", DEVICE):
            assert await brought(smsc, deliver(b"STOP", PHONE, number)) == [0]
            assert await stopped(lab) == [PHONE]
            assert await brought(smsc, deliver(b"start.", PHONE, number)) == [0]
            assert await stopped(lab) == []
            assert await brought(smsc, deliver(b"stop it please", PHONE, number)) == [0]
        (to_crm,) = await arrived(lab, Direction.MO)
        assert (to_crm.body, to_crm.source, to_crm.destination) == (b"stop it please", PHONE, "24680")
        (to_device,) = await arrived(lab, Direction.P2P)
        assert (to_device.device, to_device.body) == (device, b"stop it please")

    run(work)


def test_an_alert_wants_no_answer(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        (talk,) = smsc.talks
        talk.say(AlertNotification(source_addr=DEVICE, esme_addr="us"))
        assert await brought(smsc, deliver(to="4930111111")) == [Status.RINVDSTADR]
        assert talk.answers.keys() == {max(talk.answers)}

    run(work)


def test_it_is_answered_after_the_commit_or_to_be_brought_again(run: Run) -> None:
    """A store that takes nothing more says so; the operator keeps it."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        await lab.device()
        lab.app.store._stopping = True
        try:
            assert await brought(smsc, deliver()) == [Status.RMSGQFUL]
        finally:
            lab.app.store._stopping = False
        (talk,) = smsc.talks
        assert isinstance(next(iter(talk.answers.values())), DeliverSmResp)
        assert await brought(smsc, deliver()) == [0]

    run(work)


@pytest.mark.parametrize(
    ("coding_0", "octets", "words"),
    [("gsm", b"a\x00\x7c", "a@ö"), ("latin1", b"a@\xf6", "a@ö"), ("ascii", b"a@[", "a@[")],
)
def test_coding_0_is_what_the_operator_makes_of_it(coding_0: str, octets: bytes, words: str) -> None:
    made = from_phone_of("acme", deliver(octets), coding_0, "")
    assert made.content.body.decode() == words  # type: ignore[union-attr]  # no refusal


@pytest.mark.parametrize(
    ("ton", "address", "number"),
    [
        (1, "+4915", "4915"),
        (1, "004915", "4915"),
        (2, "0171234567", "49171234567"),
        (0, "0171234567", "49171234567"),
        (0, "4917123456789", "4917123456789"),
        (5, "FLEET", "FLEET"),
        (3, "12345", "12345"),
    ],
)
def test_addresses_are_kept_as_international_digits(ton: int, address: str, number: str) -> None:
    pdu = deliver()
    pdu.source_addr_ton, pdu.source_addr = ton, address
    made = from_phone_of("acme", pdu, "gsm", "49")
    assert made.source == number  # type: ignore[union-attr]  # no refusal
