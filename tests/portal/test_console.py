"""The page for people outside: a link that is used, limited and revoked; an identifier; a phone's screen."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import NARROW, WIDE, Axe, Place, Windows

PROFILE = "plain"
IDENTIFIER = "WORKSHOP2026X"


def a_device(place: Place, name: str, tags: str = "") -> dict[str, Any]:
    """One of the demo fleet that answers nothing by itself, under a name of its own."""
    rows = place.api("GET", "/v1/simulator/device?per_page=100")
    awake = [
        row["endpoint"]["id"] for row in rows if row["profile"] == PROFILE and row["state"] == "attached"
    ]
    taken = next(one for one in awake if one not in _TAKEN)
    _TAKEN.add(taken)
    policy = next(one for one in place.api("GET", "/v1/service_profile") if one["name"] == "default")
    changes = {"name": name, "service_profile": {"id": policy["id"]}, **({"tags": tags} if tags else {})}
    place.api("PATCH", f"/v1/endpoint/{taken}", changes)
    return dict(place.api("GET", f"/v1/endpoint/{taken}"))


_TAKEN: set[int] = set()


def make_link(place: Place, *devices: dict[str, Any], **more: object) -> dict[str, Any]:
    body = {
        "name": "Workshop Berlin",
        "expiry_date": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
        "endpoints": [device["id"] for device in devices],
        "commands": [
            {"label": "Restart", "text": "123456,RESET#"},
            {"label": "Where are you?", "text": "WHERE"},
        ],
        "free_text": True,
        **more,
    }
    return dict(place.api("POST", "/v1/console_link", body))


def path_of(link: dict[str, Any]) -> str:
    """Behind the host, which a test's server does not know from outside."""
    return re.sub(r"^\w+://[^/]+", "", str(link["url"]))


def say(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def answer(place: Place, device: dict[str, Any], text: str) -> None:
    place.api("POST", f"/v1/endpoint/{device['id']}/sms", {"dest_address": "4242", "payload": text})


@pytest.fixture(scope="module")
def pump(place: Place) -> dict[str, Any]:
    return a_device(place, "pump 7")


def test_a_link_is_used_limited_and_revoked(windows: Windows, place: Place, pump: dict[str, Any]) -> None:
    link = make_link(place, pump, rate=2)
    page = windows.open("", path_of(link), viewport=NARROW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Workshop Berlin")
    assert "hgl_" not in page.url
    expect(page.get_by_text("2 of 2 SMS left this hour")).to_be_visible()
    page.get_by_role("button", name="Restart").click()
    asked = page.get_by_role("dialog", name="Send “Restart”?")
    expect(asked.get_by_role("button", name="Send")).to_be_focused()
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_role("article").filter(has_text="Restart")).to_contain_text("Delivered")
    expect(page.get_by_text("1 of 2 SMS left this hour")).to_be_visible()
    assert "123456" not in log.inner_text()
    answer(place, pump, "RESET OK")
    expect(log.get_by_label("From the device").filter(has_text="RESET OK")).to_be_visible()
    say(page, "STATUS please")
    expect(log.get_by_label("Sent to the device").filter(has_text="STATUS please")).to_be_visible()
    expect(page.get_by_text("0 of 2 SMS left this hour")).to_be_visible()
    expect(page.get_by_role("button", name="Restart")).to_be_disabled()
    place.api("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True})
    expect(page.get_by_role("heading", level=1)).to_have_text("This console is closed")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing")
    entries = place.api("GET", "/v1/audit?kind=console")
    assert {"console_open", "console_send"} <= {entry["action"] for entry in entries}


def test_a_pin_is_asked_for_and_a_reload_keeps_the_console(
    windows: Windows, place: Place, pump: dict[str, Any]
) -> None:
    page = windows.open("", path_of(make_link(place, pump, pin="4711", free_text=False)), viewport=NARROW)
    pin = page.get_by_label("PIN")
    pin.fill("1234")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("The PIN is wrong")
    expect(pin).to_be_focused()
    pin.fill("4711")
    pin.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Workshop Berlin")
    expect(page.get_by_label("Message")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Restart")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    page.reload()
    expect(page.get_by_label("Identifier")).to_be_visible()


def test_an_identifier_opens_its_device(windows: Windows, place: Place) -> None:
    device = a_device(place, "tracker 12", f"sms-{IDENTIFIER}")
    page = windows.open("", "/console", viewport=NARROW)
    page.get_by_label("Identifier").fill("WORKSHOP0000X")
    page.get_by_label("Phone number (MSISDN)").fill(device["sim"]["msisdn"])
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("This opens no console.")
    page.get_by_label("Identifier").fill(IDENTIFIER)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("tracker 12")).to_be_visible()
    say(page, "hello")
    expect(page.get_by_role("log").get_by_label("Sent to the device")).to_contain_text("Delivered")


def test_two_devices_are_kept_apart(windows: Windows, place: Place, pump: dict[str, Any]) -> None:
    other = a_device(place, "valve 3")
    page = windows.open("", path_of(make_link(place, pump, other)), viewport=WIDE)
    page.get_by_label("Device", exact=True).select_option("valve 3")
    answer(place, other, "valve says so")
    expect(page.get_by_role("log")).to_contain_text("valve says so")
    page.get_by_label("Device", exact=True).select_option("pump 7")
    expect(page.get_by_role("log")).not_to_contain_text("valve says so")


def test_guessing_is_locked_and_a_dead_link_says_so(windows: Windows) -> None:
    page = windows.open("", "/console#hgl_" + "x" * 43)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing")
    page.get_by_role("button", name="Open by identifier").click()
    page.get_by_label("Identifier").fill("GUESSING1")
    page.get_by_label("Phone number (MSISDN)").fill("4915112345678")
    for _ in range(3):
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_contain_text("This opens no console.")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many attempts. Wait")


def test_in_german(windows: Windows, place: Place, pump: dict[str, Any]) -> None:
    page = windows.open("", path_of(make_link(place, pump)), viewport=NARROW, locale="de-DE")
    expect(page.get_by_text("SMS in dieser Stunde")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_label("Nachricht").fill("Hallo")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.get_by_role("log").get_by_label("An das Gerät gesendet")).to_contain_text("Zugestellt")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(
    windows: Windows, place: Place, pump: dict[str, Any], axe: Axe, scheme: str
) -> None:
    page = windows.open("", "/console", viewport=NARROW, color_scheme=scheme)
    expect(page.get_by_label("Identifier")).to_be_visible()
    assert axe(page) == []
    page.goto(path_of(make_link(place, pump, name="Workshop" * 12)))
    say(page, "a word that is longer than any screen: " + "W" * 70)
    expect(page.get_by_role("log")).to_contain_text("Delivered")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    page.get_by_role("button", name="Restart").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []


def test_it_is_small(windows: Windows) -> None:
    page = windows.open("", "/console")
    expect(page.get_by_label("Identifier")).to_be_visible()
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => [entry.name, entry.encodedBodySize])"
    )
    assert 1_000 < sum(size for _, size in sizes) <= MOST_OCTETS, json.dumps(sizes)


MOST_OCTETS = 90_000
