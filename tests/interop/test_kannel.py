"""Kannel as a client: HTTP in, SMPP to a virtual device, receipts at its dlr-url, SMS at its get-url."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.interop.centre import Centre
from tests.interop.hearer import Asked, Hearer, hearer
from tests.interop.kannel import Kannel, kannel

DELIVERED, FAILED, BUFFERED, TAKEN, REFUSED = "1", "2", "4", "8", "16"  # Kannel's dlr-mask


class Setting(NamedTuple):
    box: Kannel
    news: Hearer
    account: str

    def receipt(self, device: str, kind: str) -> Asked:
        return self.news.hear(
            lambda asked: (asked["path"], asked.get("to"), asked.get("kind")) == ("/dlr", device, kind),
            f"receipt {kind} of {device}",
        )

    def heard(self, device: str) -> Asked:
        return self.news.hear(
            lambda asked: asked["path"] == "/mo" and asked["from"].lstrip("+") == device,
            f"an SMS from {device}",
        )


@pytest.fixture(scope="module", params=["plain", "tls", "two"])
def boxes(
    here: Centre, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Setting]:
    form = request.param
    account, folder = here.new_account(), tmp_path_factory.mktemp("kannel")
    port = here.tls_port if form == "tls" else here.port
    count = 2 if form == "two" else 1
    with hearer() as news, kannel(folder, news.url, port, account, form) as box:
        here.until(lambda: len(here.items("account.binds", account=account)) == count, "Kannel's binds")
        yield Setting(box, news, account)


@pytest.fixture
def device(here: Centre, boxes: Setting) -> str:
    return here.new_device(boxes.account)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("short [€] @home", {}),
        ("Привет 日本", {"coding": "2"}),
        ("as far as the horizon " * 20, {}),
        ("до самого горизонта " * 20, {"coding": "2"}),
    ],
    ids=["gsm", "ucs2", "long", "long-ucs2"],
)
def test_a_text_and_its_receipt(
    here: Centre, boxes: Setting, device: str, text: str, more: dict[str, str]
) -> None:
    assert boxes.box.send(device, text, **more).startswith("0: Accepted for delivery")
    assert here.read(device) == [text]
    boxes.receipt(device, TAKEN)
    assert " stat:DELIVRD err:000 " in boxes.receipt(device, DELIVERED)["answer"]


def test_octets_with_a_header(here: Centre, boxes: Setting, device: str) -> None:
    boxes.box.send(
        device, bytes(range(0x80, 0xA0)), coding="1", charset="", udh=bytes.fromhex("06050415820000")
    )
    assert here.read(device) == [bytes(range(0x80, 0xA0)).hex()]
    boxes.receipt(device, DELIVERED)


def test_an_sms_that_fails(here: Centre, boxes: Setting, device: str) -> None:
    here.put_into(device, "unknown_subscriber")
    boxes.box.send(device, "nobody")
    assert " stat:UNDELIV " in boxes.receipt(device, FAILED)["answer"]


def test_an_sms_that_is_refused(boxes: Setting) -> None:
    nobody = "447700900123"
    boxes.box.send(nobody, "nobody")
    assert "NACK" in boxes.receipt(nobody, REFUSED)["answer"]


@pytest.mark.parametrize("text", ["22.5 degrees @home", "температура 22", "a long story " * 30])
def test_an_sms_from_a_device(here: Centre, boxes: Setting, device: str, text: str) -> None:
    here.send_from(device, text)
    heard = boxes.heard(device)
    assert heard["to"] == "2020"
    octets = heard["text"].encode("latin-1")
    assert octets.decode("utf-16-be" if heard["coding"] == "2" else "utf-8") == text


def test_what_waits_while_it_is_away_comes_once(here: Centre, boxes: Setting, device: str) -> None:
    for bind in here.items("account.binds", account=boxes.account):
        here.ask("account.unbind", account=boxes.account, bind=bind["number"])
    for text in ("one", "two"):
        here.send_from(device, text)
    assert [boxes.heard(device)["text"] for _ in range(2)] == ["one", "two"]
    assert boxes.box.send(device, "and back").startswith("0: Accepted")
    boxes.receipt(device, DELIVERED)
    assert not [asked for asked in boxes.news.asked if asked["path"] == "/mo"]


def test_what_comes_too_fast_comes_again(here: Centre, boxes: Setting) -> None:
    """It hears ESME_RTHROTTLED, waits and sends once more; nothing is lost."""
    here.ask("account.set", account=boxes.account, wish={"rate_per_s": 2})
    devices = [here.new_device(boxes.account) for _ in range(5)]
    for device in devices:
        boxes.box.send(device, "one of many")
    for device in devices:
        assert here.read(device) == ["one of many"]
        boxes.receipt(device, DELIVERED)
    throttled = [
        line
        for line in here.items("account.trace", account=boxes.account, limit=200)
        if line["status"] == "ESME_RTHROTTLED"
    ]
    assert throttled
    here.ask("account.set", account=boxes.account, wish={"rate_per_s": None})
