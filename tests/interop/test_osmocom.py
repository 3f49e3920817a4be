"""OsmoMSC's own SMPP server as an operator: SMS to a phone of its network and from it, in transaction mode.

Every message has the same id there, so no receipt could be matched: the answer to a submit_sm is the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import pytest

from heliograph.wire.gsm.address import short_code
from heliograph.wire.gsm.dcs import parse_dcs
from heliograph.wire.gsm.received import UserData, join_text
from heliograph.wire.gsm.text import fits, split
from heliograph.wire.gsm.tpdu import Deliver, Submit, decode_deliver, encode_submit
from tests.interop.centre import SHORT_CODE, Centre
from tests.interop.npm import Npm, Session, text_of
from tests.interop.operator import listening
from tests.interop.osmocom.network import PASSWORD, SGS_PORT, SMPP_PORT, SYSTEM_ID, Network, network
from tests.interop.osmocom.phones import Phone, with_mme

FIRST_IMSI = 1010000000001
PHONES = 12
DCS = {"GSM7": 0x00, "UCS2": 0x08}


def imsi_of(number: int) -> str:
    return f"{FIRST_IMSI + number:015}"


def msisdn_of(number: int) -> str:
    return f"491590000{number:03}"


class Setting(NamedTuple):
    here: Centre
    network: Network
    upstream: dict[str, Any]
    free: Iterator[int]

    def device(self, account: str = "") -> tuple[str, str]:
        """Number and IMSI of one whose network is this."""
        number = next(self.free)
        imsi, msisdn = imsi_of(number), msisdn_of(number)
        self.here.new_device(account, network=self.upstream["name"], imsi=imsi, msisdn=msisdn)
        return msisdn, imsi

    def run(self, imsi: str, work: Callable[[Phone], Awaitable[None]]) -> None:
        """With this phone, attached."""

        async def inside(mme: Any) -> None:
            phone = mme.phone(imsi)
            await phone.attach()
            await work(phone)

        asyncio.run(with_mme(self.network.address, SGS_PORT, inside))


@pytest.fixture(scope="module")
def operator(here: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    subscribers = {imsi_of(number): msisdn_of(number) for number in range(PHONES)}
    with network(tmp_path_factory.mktemp("osmocom"), subscribers) as made:
        row = here.new_upstream(
            SMPP_PORT,
            made.address,
            system_id=SYSTEM_ID,
            password=PASSWORD,
            receipts="transaction",
            numbers=[SHORT_CODE],
        )
        here.until(lambda: here.health(row)["up"], "a bind to OsmoMSC")
        yield Setting(here, made, row, iter(range(PHONES)))
        here.switch_off(row)


def read(tpdus: list[bytes]) -> str | bytes:
    """As the phone shows it."""
    parts = [decode_deliver(tpdu) for tpdu in tpdus]
    return join_text([UserData(parse_dcs(one.dcs), one.udhi, one.udl, one.user_data) for one in parts])


def said(text: str) -> list[bytes]:
    """As the phone sends it: one TPDU a segment."""
    fit = fits(text)
    return [
        encode_submit(
            Submit(
                number,
                short_code(SHORT_CODE),
                dcs=DCS[fit.alphabet.name],
                udl=one.udl,
                user_data=one.user_data,
                udhi=bool(one.udh),
            )
        )
        for number, one in enumerate(split(text, fit, reference=17), 1)
    ]


@pytest.mark.parametrize(
    "text",
    ["to a phone [€]", "на телефон 日本", "as far as the horizon " * 20, "до самого горизонта " * 12],
    ids=["gsm", "ucs2", "long", "long-ucs2"],
)
def test_an_sms_to_a_phone(operator: Setting, text: str) -> None:
    here, (msisdn, imsi) = operator.here, operator.device()

    async def work(phone: Phone) -> None:
        id = await asyncio.to_thread(here.send_to, msisdn, text)
        end = await asyncio.to_thread(here.end_of, id)
        assert (end["state"], len(phone.inbox)) == ("DELIVERED", end["segments"])
        assert read(phone.inbox) == text
        tpdu = decode_deliver(phone.inbox[0])
        assert isinstance(tpdu, Deliver)
        assert tpdu.originator.value == SHORT_CODE

    operator.run(imsi, work)


@pytest.mark.parametrize("trouble", ["is_full", "is_asleep"])
def test_a_phone_in_trouble_gets_it_later(operator: Setting, trouble: str) -> None:
    here, (msisdn, imsi) = operator.here, operator.device()
    before = sum(here.health(operator.upstream)["refused"].values())

    def is_refused() -> bool:
        return sum(here.health(operator.upstream)["refused"].values()) > before

    async def work(phone: Phone) -> None:
        setattr(phone, trouble, True)
        id = await asyncio.to_thread(here.send_to, msisdn, "later")
        await asyncio.to_thread(here.until, is_refused, "a refusal")
        setattr(phone, trouble, False)
        assert (await asyncio.to_thread(here.end_of, id))["state"] == "DELIVERED"
        assert read(phone.inbox) == "later"

    operator.run(imsi, work)


def test_a_phone_that_it_does_not_know(operator: Setting) -> None:
    """It says of one that never attached what it says of a number that nobody has."""
    here = operator.here
    msisdn, _ = operator.device()
    end = here.end_of(here.send_to(msisdn, "nobody"))
    assert (end["state"], end["reason"]) == ("FAILED", "bad_destination")


@pytest.mark.parametrize(
    "text",
    ["from a phone [€]", "с телефона 日本", "a long story of a phone " * 10],
    ids=["gsm", "ucs2", "long"],
)
def test_an_sms_from_a_phone(operator: Setting, peers: Npm, text: str) -> None:
    """It hears that the SMS was taken after we took it; its application hears it whole."""
    here = operator.here
    account = here.new_account()
    msisdn, imsi = operator.device(account)

    def heard(application: Session) -> Any:
        pdu = application.delivered()
        assert (pdu["source_addr"], pdu["destination_addr"]) == (msisdn, SHORT_CODE)
        return text_of(pdu) or pdu["message_payload"]["message"]

    async def work(phone: Phone) -> None:
        with listening(here, peers, account) as application:
            for tpdu in said(text):
                assert await phone.send(tpdu) == 0
            assert await asyncio.to_thread(heard, application) == text

    operator.run(imsi, work)
