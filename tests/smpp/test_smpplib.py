"""A client that nobody here wrote: smpplib binds, sends, hears receipts and SMS, queries."""

import asyncio
import logging
from typing import Any

import pytest
import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

from heliograph.wire.smpp.receipt import parse_receipt
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import PASSWORD

logging.getLogger("smpp").setLevel(logging.CRITICAL)


class Client:
    """In a thread of its own: smpplib waits for what it reads."""

    def __init__(self, port: int) -> None:
        self.client = smpplib.client.Client("127.0.0.1", port, timeout=10, allow_unknown_opt_params=True)
        self.sent: list[Any] = []
        self.heard: list[Any] = []
        self.client.set_message_sent_handler(lambda pdu, **_: self.sent.append(pdu))
        self.client.set_message_received_handler(lambda pdu, **_: self.heard.append(pdu))

    def bind(self, system_id: str, password: str = PASSWORD) -> None:
        self.client.connect()
        self.client.bind_transceiver(system_id=system_id, password=password)

    def send(self, to: str, text: str) -> int:
        parts, coding, esm_class = smpplib.gsm.make_parts(text)
        for part in parts:
            self.client.send_message(
                source_addr_ton=smpplib.consts.SMPP_TON_INTL,
                source_addr="2020",
                dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
                dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
                destination_addr=to,
                short_message=part,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=True,
            )
        return len(parts)

    def read_until(self, sent: int, heard: int) -> None:
        while len(self.sent) < sent or len(self.heard) < heard:
            self.client.read_once()

    def query(self, id: str) -> Any:
        answers: list[Any] = []
        self.client.set_query_resp_handler(lambda pdu, **_: answers.append(pdu))
        self.client.query_message(message_id=id, source_addr="")
        while not answers:
            self.client.read_once()
        return answers[0]

    def leave(self) -> None:
        self.client.unbind()
        self.client.disconnect()


def test_smpplib_sends_and_hears(run: Run) -> None:
    texts = ["short", "x" * 400, "Жизнь " * 30, "€ [ok] "]

    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device(account)
        peer = Client(here.port)
        await asyncio.to_thread(peer.bind, "acme")
        sent = 0
        for count, text in enumerate(texts, 1):
            sent += await asyncio.to_thread(peer.send, device, text)
            await asyncio.to_thread(peer.read_until, sent, count)
            assert (await here.texts_at(device, count))[-1] == text
        ids = {pdu.message_id.decode() for pdu in peer.sent}
        told = {parse_receipt(pdu.short_message).message_id for pdu in peer.heard}
        assert ids == told
        assert len(told) == len(texts)
        assert {pdu.receipted_message_id.rstrip(b"\0").decode() for pdu in peer.heard} == ids
        answer = await asyncio.to_thread(peer.query, ids.pop())
        assert answer.message_state == smpplib.consts.SMPP_MESSAGE_STATE_DELIVERED
        await here.send(device, "from the device")
        await asyncio.to_thread(peer.read_until, sent, len(texts) + 1)
        assert peer.heard[-1].short_message == b"from the device"
        await asyncio.to_thread(peer.leave)

    run(work)


def test_smpplib_reads_our_refusals(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account()
        peer = Client(here.port)
        with pytest.raises(smpplib.exceptions.PDUError) as refused:
            await asyncio.to_thread(peer.bind, "acme", "wrong")
        assert refused.value.args[1] == smpplib.consts.SMPP_ESME_RINVPASWD
        peer.client.disconnect()
        good = Client(here.port)
        await asyncio.to_thread(good.bind, "acme")
        failures: list[Any] = []
        good.client.set_error_pdu_handler(lambda pdu, **_: failures.append(pdu))
        await asyncio.to_thread(good.send, "49150000", "x")
        while not failures:
            await asyncio.to_thread(good.client.read_once)
        assert failures[0].status == smpplib.consts.SMPP_ESME_RINVDSTADR
        await asyncio.to_thread(good.leave)

    run(work)
