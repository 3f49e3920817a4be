"""smpplib, the synchronous client of PyPI: it binds, sends in every form, hears receipts and SMS, queries."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

from tests.interop.centre import HOST, PASSWORD, SHORT_CODE, Centre, centre
from tests.interop.texts import FORMS, HEADER, LONG, UDHI, pdus
from tests.runtime.wire_server import make_certificate

logging.getLogger("smpp").setLevel(logging.CRITICAL)
PATIENCE_SECONDS = 10
RECEIPT = 0x04


class Client:
    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.client = smpplib.client.Client(
            HOST, port, timeout=PATIENCE_SECONDS, ssl_context=tls, allow_unknown_opt_params=True
        )
        self.sent: list[Any] = []
        self.receipts: list[Any] = []
        self.heard: list[Any] = []
        self.answers: list[Any] = []
        self.client.set_message_sent_handler(lambda pdu, **_: self.sent.append(pdu))
        self.client.set_message_received_handler(self._received)
        self.client.set_query_resp_handler(lambda pdu, **_: self.answers.append(pdu))

    def _received(self, pdu: Any, **_: Any) -> None:
        (self.receipts if pdu.esm_class & RECEIPT else self.heard).append(pdu)

    def bind(self, system_id: str, kind: str = "transceiver", password: str = PASSWORD) -> None:
        self.client.connect()
        getattr(self.client, f"bind_{kind}")(system_id=system_id, password=password)

    def submit(self, to: str, **fields: Any) -> None:
        said = {"source_addr": SHORT_CODE, "source_addr_ton": smpplib.consts.SMPP_TON_NWSPEC}
        said |= {"dest_addr_ton": smpplib.consts.SMPP_TON_INTL, "dest_addr_npi": smpplib.consts.SMPP_NPI_ISDN}
        self.client.send_message(**said, destination_addr=to, registered_delivery=1, **fields)

    def submit_text(self, to: str, text: str) -> None:
        """In the way of the library: its own choice of encoding, its own cuts."""
        parts, coding, esm_class = smpplib.gsm.make_parts(text)
        for part in parts:
            self.submit(to, short_message=part, data_coding=coding, esm_class=esm_class)

    def read_until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self.client.read_once(auto_send_enquire_link=False)  # a silence that is too long is an error

    def leave(self) -> None:
        self.client.unbind()
        self.client.disconnect()


@pytest.fixture(params=["plain", "tls"])
def bound(here: Centre, request: pytest.FixtureRequest) -> Iterator[tuple[Client, str]]:
    """And a device that sends to it."""
    tls = None
    if request.param == "tls":
        tls = ssl.create_default_context(cafile=here.certificate)
        tls.check_hostname = False  # smpplib names no server
    account = here.new_account()
    client = Client(here.tls_port if tls else here.port, tls)
    client.bind(account)
    yield client, here.new_device(account)
    client.leave()


def test_texts_receipts_and_answers(here: Centre, bound: tuple[Client, str]) -> None:
    client, device = bound
    texts = ["short", "x" * 400, "Жизнь " * 30, "€ [ok] "]
    for count, text in enumerate(texts, 1):
        client.submit_text(device, text)
        client.read_until(lambda count=count: len(client.receipts) == count)
        assert here.read(device, count)[-1] == text
    ids = {pdu.message_id.decode() for pdu in client.sent}
    assert {pdu.receipted_message_id.rstrip(b"\0").decode() for pdu in client.receipts} == ids
    assert {pdu.message_state for pdu in client.receipts} == {smpplib.consts.SMPP_MESSAGE_STATE_DELIVERED}
    assert all(b"stat:DELIVRD err:000" in pdu.short_message for pdu in client.receipts)
    here.send_from(device, "from the device")
    client.read_until(lambda: len(client.heard) == 1)
    (heard,) = client.heard
    assert (heard.short_message, heard.source_addr) == (b"from the device", device.encode())
    assert heard.destination_addr == SHORT_CODE.encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", LONG)
def test_a_long_text(here: Centre, encoding: str, form: str) -> None:
    account, long = here.new_account(), LONG[encoding]
    device = here.new_device(account)
    client = Client(here.port)
    client.bind(account)
    cut = list(pdus(long, form, reference=77))
    for fields in cut:
        client.submit(device, **fields)
    client.read_until(lambda: len(client.sent) == len(cut) and len(client.receipts) == 1)
    assert here.read(device) == [long.seen]
    (receipt,) = client.receipts
    ids = {pdu.message_id.decode() for pdu in client.sent}
    assert ids == {receipt.receipted_message_id.rstrip(b"\0").decode()}
    client.leave()


def test_a_long_sms_from_a_device_is_one(here: Centre) -> None:
    account = here.new_account()
    client = Client(here.port)
    client.bind(account)
    here.send_from(here.new_device(account), "y" * 300)
    client.read_until(lambda: len(client.heard) == 1)
    assert client.heard[0].message_payload == b"y" * 300
    client.leave()


def test_or_it_comes_segment_by_segment(here: Centre) -> None:
    account = here.new_account(mo_per_part="udh")
    client = Client(here.port)
    client.bind(account)
    here.send_from(here.new_device(account), "y" * 300)
    client.read_until(lambda: len(client.heard) == 2)
    assert [pdu.esm_class & UDHI for pdu in client.heard] == [UDHI, UDHI]
    heads = [pdu.short_message[:HEADER] for pdu in client.heard]
    assert [(head[:3], *head[4:]) for head in heads] == [(b"\x05\x00\x03", 2, 1), (b"\x05\x00\x03", 2, 2)]
    assert b"".join(pdu.short_message[HEADER:] for pdu in client.heard) == b"y" * 300
    client.leave()


def test_query(here: Centre, bound: tuple[Client, str]) -> None:
    client, device = bound
    here.put_into(device, "detached")
    client.submit(device, short_message=b"later", data_coding=0)
    client.read_until(lambda: len(client.sent) == 1)
    id = client.sent[0].message_id.decode()
    asked = {"message_id": id, "source_addr": SHORT_CODE, "source_addr_ton": smpplib.consts.SMPP_TON_NWSPEC}
    client.client.query_message(**asked)
    client.read_until(lambda: len(client.answers) == 1)
    assert client.answers[0].message_state == smpplib.consts.SMPP_MESSAGE_STATE_ENROUTE
    here.put_into(device, "attached")
    client.read_until(lambda: len(client.receipts) == 1)
    client.client.query_message(**asked)
    client.read_until(lambda: len(client.answers) == 2)
    answer = client.answers[1]
    assert answer.message_state == smpplib.consts.SMPP_MESSAGE_STATE_DELIVERED
    assert answer.final_date.rstrip(b"\0").endswith(b"00+")


def test_a_receiver_hears_what_a_transmitter_caused(here: Centre) -> None:
    account = here.new_account()
    device = here.new_device(account)
    sender, receiver = Client(here.port), Client(here.port)
    sender.bind(account, "transmitter")
    sender.submit(device, short_message=b"who hears?", data_coding=0)
    sender.read_until(lambda: len(sender.sent) == 1)
    here.read(device)
    receiver.bind(account, "receiver")
    receiver.read_until(lambda: len(receiver.receipts) == 1)
    assert receiver.receipts[0].receipted_message_id.rstrip(b"\0") == sender.sent[0].message_id
    assert not sender.receipts
    sender.leave()
    receiver.leave()


def test_refusals_are_read(here: Centre) -> None:
    account = here.new_account()
    wrong = Client(here.port)
    with pytest.raises(smpplib.exceptions.PDUError) as refused:
        wrong.bind(account, password="wrong")
    assert refused.value.args[1] == smpplib.consts.SMPP_ESME_RINVPASWD
    wrong.client.disconnect()
    client = Client(here.port)
    client.bind(account)
    client.submit("447700900123", short_message=b"nobody", data_coding=0)
    with pytest.raises(smpplib.exceptions.PDUError) as unknown:
        client.read_until(lambda: len(client.sent) == 1)
    assert unknown.value.args[1] == smpplib.consts.SMPP_ESME_RINVDSTADR
    client.leave()


def test_a_client_shows_its_certificate(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the server wants one, whoever has none is not served."""
    certificate, key = make_certificate(tmp_path_factory.mktemp("ours"))
    wanted = {"SMPP__CLIENT_CA": str(certificate), "SMPP__CLIENT_CERTIFICATES": "required"}
    with centre(tmp_path_factory.mktemp("interop"), **wanted) as here:
        tls = ssl.create_default_context(cafile=here.certificate)
        tls.check_hostname = False
        account = here.new_account()
        nobody = Client(here.tls_port, tls)
        with pytest.raises((smpplib.exceptions.ConnectionError, ssl.SSLError, OSError)):
            nobody.bind(account)
        nobody.client.disconnect()
        tls.load_cert_chain(certificate, key)
        known = Client(here.tls_port, tls)
        known.bind(account)
        known.submit(here.new_device(account), short_message=b"known", data_coding=0)
        known.read_until(lambda: len(known.receipts) == 1)
        known.leave()


def test_without_tls_nobody_is_served_on_the_port_of_tls(here: Centre) -> None:
    client = Client(here.tls_port)
    with pytest.raises((smpplib.exceptions.PDUError, smpplib.exceptions.ConnectionError, socket.timeout)):
        client.bind(here.new_account())
    client.client.disconnect()
