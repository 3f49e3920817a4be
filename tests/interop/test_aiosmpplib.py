"""aiosmpplib, the asynchronous client of PyPI: it sends, hears receipts and SMS, comes back after a cut.

It speaks no TLS. Who uses it over TLS puts a tunnel in front, and so does its test here.
"""

import asyncio
import gc
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiosmpplib import ESME, DeliverSm, PhoneNumber, SubmitSm, SubmitSmResp
from aiosmpplib.broker import SimpleBroker
from aiosmpplib.hook import AbstractHook
from aiosmpplib.state import NPI, TON, SmppCommandStatus

from tests.interop.centre import HOST, PASSWORD, SHORT_CODE, Centre

# It ends its side of a connection and forgets to close it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PATIENCE_SECONDS = 20
UDHI = 0x40
HOME = PhoneNumber(SHORT_CODE, TON.NETWORK_SPECIFIC)


class Hook(AbstractHook):
    """What the library tells its user."""

    def __init__(self) -> None:
        self._told = asyncio.Condition()
        self.answers: list[SubmitSmResp] = []
        self.receipts: list[DeliverSm] = []
        self.heard: list[DeliverSm] = []
        self.parts: list[bytes] = []  # what it knows as a part of something, not yet whole
        self.errors: list[Exception] = []

    async def sending(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        pass

    async def received(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        if smpp_message is None:
            self.parts.append(pdu)
        elif isinstance(smpp_message, DeliverSm):
            (self.receipts if smpp_message.is_receipt() else self.heard).append(smpp_message)
        elif isinstance(smpp_message, SubmitSmResp):
            self.answers.append(smpp_message)
        async with self._told:
            self._told.notify_all()

    async def send_error(self, smpp_message: Any, error: Exception, client_id: str) -> None:
        self.errors.append(error)

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._told:
            await self._told.wait_for(holds)


class Peer:
    def __init__(self, system_id: str, port: int) -> None:
        self.hook = Hook()
        self.broker = SimpleBroker()
        self.esme = ESME(
            HOST, port, system_id, PASSWORD, hook=self.hook, broker=self.broker, log_level=logging.CRITICAL
        )

    async def submit(self, to: str, text: str, **fields: Any) -> None:
        number = PhoneNumber(to, TON.INTERNATIONAL, NPI.ISDN)
        await self.broker.enqueue(
            SubmitSm(short_message=text, source=HOME, destination=number, log_id=text[:8], **fields)
        )


@asynccontextmanager
async def bound(system_id: str, port: int) -> AsyncIterator[Peer]:
    peer = Peer(system_id, port)
    life = asyncio.create_task(peer.esme.start())
    try:
        yield peer
    finally:
        await peer.esme.stop()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await life
    assert not peer.hook.errors


@asynccontextmanager
async def tunnel(port: int, tls: ssl.SSLContext | None) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """A port that leads to the other one, and what cuts everything that goes through it."""
    writers: list[asyncio.StreamWriter] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # an SSLError is one
            while octets := await reader.read(65_536):
                writer.write(octets)
                await writer.drain()
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = "localhost" if tls else None
        far_reader, far_writer = await asyncio.open_connection(HOST, port, ssl=tls, server_hostname=name)
        writers.extend((writer, far_writer))
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    def cut() -> None:
        for writer in writers:
            writer.transport.abort()
        writers.clear()

    server = await asyncio.start_server(accept, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1], cut
    finally:
        server.close()
        cut()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)
    gc.collect()  # the library leaves its connection to be found: here, not in another test


def tls_of(here: Centre) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=here.certificate)


@pytest.mark.parametrize("over", ["plain", "tls"])
def test_texts_receipts_and_answers(here: Centre, over: str) -> None:
    account = here.new_account()
    device = here.new_device(account)

    async def work() -> None:
        async with (
            tunnel(here.tls_port, tls_of(here)) if over == "tls" else tunnel(here.port, None) as (port, _),
            bound(account, port) as peer,
        ):
            hook = peer.hook
            for count, text in enumerate(("short", "Привет"), 1):
                await peer.submit(device, text)
                await hook.until(lambda count=count: len(hook.receipts) == count)
                assert (await asyncio.to_thread(here.read, device, count))[-1] == text
            assert [answer.command_status for answer in hook.answers] == [SmppCommandStatus.ESME_ROK] * 2
            # It finds each receipt's message by the id in its text: `log_id` is what was sent.
            assert [receipt.log_id for receipt in hook.receipts] == ["short", "Привет"]
            parsed = [receipt.parse_receipt() for receipt in hook.receipts]
            assert [one["id"] for one in parsed] == [answer.message_id for answer in hook.answers]
            assert [(one["stat"], one["sub"], one["dlvrd"]) for one in parsed] == [("DELIVRD", 1, 1)] * 2
            await asyncio.to_thread(here.send_from, device, "from the device")
            await hook.until(lambda: hook.heard)
            assert (hook.heard[0].short_message, hook.heard[0].source.number) == ("from the device", device)

    run(work())


@pytest.mark.parametrize("encoding", ["gsm0338", "latin_1", "ucs2"])
def test_a_long_text_as_message_payload(here: Centre, encoding: str) -> None:
    account = here.new_account()
    device = here.new_device(account)
    texts = {"gsm0338": "Heliograph [€] Ångström ", "latin_1": "Garçon, ça coûte £5 ", "ucs2": "Привет 日本 "}
    text = texts[encoding] * 30

    async def work() -> None:
        async with bound(account, here.port) as peer:
            await peer.submit(device, text, encoding=encoding)
            await peer.hook.until(lambda: peer.hook.receipts)
            assert await asyncio.to_thread(here.read, device) == [text]
            assert len(peer.hook.answers) == 1

    run(work())


@pytest.mark.parametrize(
    ("text", "segments"), [("Heliograph sees far. " * 20, 3), ("Гелиограф видит. " * 20, 6)]
)
def test_a_long_text_in_segments_of_its_own_cut(here: Centre, text: str, segments: int) -> None:
    """All its segments have one id here, and one receipt. The library waits for one of each segment, so it
    hands that receipt on as it came.
    """
    account = here.new_account()
    device = here.new_device(account)

    async def work() -> None:
        async with bound(account, here.port) as peer:
            await peer.submit(device, text, esm_class=UDHI, auto_message_payload=False)
            await peer.hook.until(lambda: any(b"stat:DELIVRD" in pdu for pdu in peer.hook.parts))
            assert await asyncio.to_thread(here.read, device) == [text]
            receipt = peer.hook.parts[-1]
            assert (
                f"id:{peer.hook.answers[0].message_id} sub:{segments:03} dlvrd:{segments:03} ".encode()
                in receipt
            )

    run(work())


def test_after_a_cut_it_comes_back_and_hears_what_waited(here: Centre) -> None:
    account = here.new_account()
    device = here.new_device(account)

    async def work() -> None:
        async with tunnel(here.port, None) as (port, cut), bound(account, port) as peer:
            await asyncio.to_thread(here.send_from, device, "one")
            await peer.hook.until(lambda: len(peer.hook.heard) == 1)
            await asyncio.to_thread(here.until_answered, account)
            cut()
            for text in ("two", "three"):
                await asyncio.to_thread(here.send_from, device, text)
            await peer.hook.until(lambda: len(peer.hook.heard) == 3)
            assert [pdu.short_message for pdu in peer.hook.heard] == ["one", "two", "three"]

    run(work())


@pytest.mark.parametrize("mo_per_part", ["no", "udh"])
def test_a_long_sms_from_a_device(here: Centre, mo_per_part: str) -> None:
    """As message_payload, or in segments that the library joins."""
    account = here.new_account(mo_per_part=mo_per_part)
    device = here.new_device(account)
    text = "Heliograph " * 40

    async def work() -> None:
        async with bound(account, here.port) as peer:
            await asyncio.to_thread(here.send_from, device, text)
            await peer.hook.until(lambda: peer.hook.heard)
            (heard,) = peer.hook.heard
            assert (heard.short_message or heard.message_payload) == text
            assert len(peer.hook.parts) == 2 * (mo_per_part == "udh")

    run(work())
