"""The page of a device: the console talks with it, live, and the other tabs say and change what it is."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.portal.place import ADMINISTRATOR, NARROW, OBSERVER, Axe, Place, Windows

Pick = Callable[[str], int]
FAR_MS = 20_000


@pytest.fixture(scope="module")
def pick(place: Place) -> Pick:
    """The id of a device of the demo fleet, by its name; each test has its own."""
    rows = place.api("GET", "/v1/endpoint?per_page=200")
    return {row["name"]: row["id"] for row in rows}.__getitem__


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text", exact=True)


def bubble(page: Page, text: str) -> Locator:
    return page.get_by_role("log").locator("[data-sms]").filter(has_text=text)


def write(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


def simulate(place: Place, device: int, **change: object) -> None:
    place.api("PATCH", f"/v1/simulator/device/{device}", change)


def test_first_sms_and_its_answer(windows: Windows, pick: Pick, axe: Axe) -> None:
    page = windows.open(path=f"/devices/{pick('tracker-1')}")
    expect(page.get_by_role("heading", level=1, name="tracker-1")).to_be_visible()
    expect(page.get_by_text("No SMS yet")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.get_by_role("combobox", name="Sender").fill("2020")
    write(page, "STATUS")
    expect(field(page)).to_have_value("")
    expect(bubble(page, "STATUS")).to_contain_text("Delivered", timeout=FAR_MS)
    expect(bubble(page, "STATUS")).to_contain_text("from 2020")
    answer = bubble(page, "SATELLITES")
    expect(answer).to_be_visible(timeout=FAR_MS)
    expect(answer).to_have_attribute("data-from", "true")
    assert axe(page) == []
    page.reload()
    expect(page.get_by_role("combobox", name="Sender")).to_have_value("2020")
    expect(bubble(page, "STATUS")).to_have_count(1)


def test_a_device_asleep_gets_it_when_it_wakes_seen_in_another_window(
    windows: Windows, place: Place, pick: Pick
) -> None:
    device = pick("plain-1")
    simulate(place, device, coverage="asleep")
    one = windows.open(path=f"/devices/{device}")
    other = windows.open(path=f"/devices/{device}")
    expect(other.get_by_text("No SMS yet")).to_be_visible()
    write(one, "are you there")
    for page in (one, other):
        expect(bubble(page, "are you there")).to_contain_text("Waiting")
        expect(bubble(page, "are you there")).to_contain_text("The device sleeps")
        expect(bubble(page, "are you there")).to_contain_text("Next try")
    one.get_by_role("link", name="Simulator").click()
    one.get_by_role("radiogroup", name="Coverage").get_by_text("Attached").click()
    expect(bubble(other, "are you there")).to_contain_text("Delivered", timeout=FAR_MS)


def test_cancel_and_send_again(windows: Windows, place: Place, pick: Pick) -> None:
    device = pick("plain-2")
    simulate(place, device, coverage="detached")
    page = windows.open(path=f"/devices/{device}")
    write(page, "never mind")
    waiting = bubble(page, "never mind")
    expect(waiting).to_contain_text(re.compile("Waiting|Pending"))
    waiting.hover()
    waiting.get_by_role("button", name="Cancel it").click()
    expect(waiting).to_contain_text("Canceled")
    expect(waiting.get_by_role("button", name="Cancel it")).to_have_count(0)
    simulate(place, device, coverage="attached")
    waiting.get_by_role("button", name="Send again").click()
    expect(bubble(page, "never mind")).to_have_count(2)
    expect(bubble(page, "never mind").last).to_contain_text("Delivered", timeout=FAR_MS)


def test_a_refusal_says_why_and_can_be_mended(windows: Windows, place: Place, pick: Pick) -> None:
    device = pick("plain-3")
    page = windows.open(path=f"/devices/{device}")
    expect(field(page)).to_be_visible()
    place.api("PATCH", f"/v1/endpoint/{device}", {"status": {"id": 1}})
    write(page, "hello")
    expect(page.get_by_role("alert")).to_contain_text("disabled")
    place.api("PATCH", f"/v1/endpoint/{device}", {"status": {"id": 0}})
    page.get_by_role("button", name="Try again").click()
    expect(bubble(page, "hello").first).to_contain_text("Delivered", timeout=FAR_MS)
    expect(page.get_by_text("Not sent")).to_have_count(0)


def test_counter_names_the_character_that_forces_the_encoding(windows: Windows, pick: Pick) -> None:
    page = windows.open(path=f"/devices/{pick('plain-4')}")
    form = page.get_by_role("form", name="Write an SMS")
    field(page).fill("a" * 161)
    expect(form).to_contain_text("GSM 7-bit")
    expect(form).to_contain_text("2 SMS")
    field(page).fill("Grüße aus Łódź")
    expect(form).to_contain_text("UCS-2")
    form.get_by_role("button", name="because of “Ł”").click()
    assert page.evaluate("document.getSelection().toString()") == "Ł"
    page.keyboard.press("Alt+x")
    data = page.get_by_role("textbox", name="Data, hexadecimal")
    data.fill("0a f")
    expect(form).to_contain_text("Two hexadecimal digits")
    expect(form.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    data.fill("0a ff 41")
    expect(form).to_contain_text("3 octets")
    data.press("Enter")
    expect(bubble(page, "0a ff 41")).to_contain_text("Delivered", timeout=FAR_MS)


def test_schedule_and_templates(windows: Windows, pick: Pick, axe: Axe) -> None:
    page = windows.open(path=f"/devices/{pick('plain-5')}")
    field(page).fill("report of {{ device.name }}")
    page.keyboard.press("Alt+t")
    dialog = page.get_by_role("dialog", name="Templates")
    dialog.get_by_role("textbox", name="Name of the template").fill("Report")
    dialog.get_by_role("button", name="Save text").click()
    expect(dialog).to_have_count(0)
    field(page).fill("")
    page.get_by_role("button", name="Templates").click()
    expect(dialog.get_by_role("button", name=re.compile("^Report"))).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name=re.compile("^Report")).click()
    expect(field(page)).to_have_value("report of plain-5")
    page.keyboard.press("Alt+s")
    page.get_by_role("button", name="In an hour").click()
    expect(page.get_by_role("button", name="Schedule", exact=True)).to_be_enabled()
    field(page).press("Enter")
    scheduled = bubble(page, "report of plain-5")
    expect(scheduled).to_contain_text("Goes on")
    scheduled.focus()
    page.keyboard.press("c")
    expect(scheduled).to_contain_text("Canceled")


def test_keyboard_alone(windows: Windows, place: Place, pick: Pick) -> None:
    device = pick("plain-6")
    for text in ("one", "two"):
        place.api("POST", f"/v1/endpoint/{device}/sms", {"payload": text})
    page = windows.open(path=f"/devices/{device}")
    expect(bubble(page, "two").first).to_contain_text("Delivered", timeout=FAR_MS)
    expect(page.get_by_role("log").locator("[data-sms]")).to_have_count(2)
    field(page).press("ArrowUp")
    page.keyboard.press("Home")
    first = page.get_by_role("log").locator("[data-sms]").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(first).to_contain_text("Accepted")
    page.keyboard.press("e")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("one")
    field(page).fill("")
    field(page).press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(r"/messages/\d+$"))


def test_older_ones_come_when_scrolled(windows: Windows, place: Place, pick: Pick) -> None:
    device = pick("meter-1")
    simulate(place, device, coverage="detached")
    token = place.sign_in(ADMINISTRATOR)["auth_token"]
    for number in range(60):
        place.ask("POST", f"/v1/endpoint/{device}/sms", {"payload": f"number {number:03}"}, token)
    page = windows.open(path=f"/devices/{device}")
    expect(bubble(page, "number 059")).to_be_in_viewport()
    expect(bubble(page, "number 000")).to_have_count(0)
    field(page).press("ArrowUp")
    page.keyboard.press("Home")
    expect(bubble(page, "number 000")).to_have_count(1)
    expect(bubble(page, "number 030")).to_have_count(1)


def test_tabs_show_and_change(windows: Windows, place: Place, pick: Pick, axe: Axe) -> None:
    device = pick("sleepy-sensor-1")
    place.api("POST", f"/v1/endpoint/{device}/quota/sms", {"volume": 40})
    page = windows.open(path=f"/devices/{device}/usage", color_scheme="dark")
    quota = page.get_by_role("progressbar", name="Quota", include_hidden=True)
    expect(quota).to_have_attribute("aria-valuetext", "0 of 40")
    page.get_by_role("textbox", name="SMS to add").fill("10")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("50 SMS are left.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Settings").click()
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("cellar")
    name.press("Enter")
    expect(page.get_by_role("heading", level=1, name="cellar")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1, name="sleepy-sensor-1")).to_be_visible()
    assert axe(page) == []
    tabs = page.get_by_role("navigation", name="Parts of the device")
    tabs.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable", exact=True)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Enable", exact=True).click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()
    tabs.get_by_role("link", name="Events").click()
    expect(page.get_by_role("grid", name="Events")).to_contain_text("Endpoint disabled")
    assert axe(page) == []
    tabs.get_by_role("link", name="Simulator").click()
    page.get_by_text("Full", exact=True).click()
    expect(page.get_by_role("radio", name="Full")).to_be_checked()
    assert place.api("GET", f"/v1/simulator/device/{device}")["memory"] == "full"
    assert axe(page) == []


def test_observers_look(windows: Windows, place: Place, pick: Pick, axe: Axe) -> None:
    device = pick("tracker-2")
    place.api("POST", f"/v1/endpoint/{device}/sms", {"payload": "PING"})
    page = windows.open(OBSERVER, f"/devices/{device}")
    expect(bubble(page, "PING").first).to_be_visible()
    expect(page.get_by_role("form")).to_have_count(0)
    expect(page.get_by_role("button", name="Send again")).to_have_count(0)
    assert axe(page) == []
    page.goto(f"/devices/{device}/about")
    expect(page.get_by_text("Network and location")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Disable|Reset|Suspend|Take it out"))).to_have_count(0)


def test_german_and_narrow(windows: Windows, pick: Pick, axe: Axe) -> None:
    page = windows.open(path=f"/devices/{pick('tracker-3')}", locale="de-DE", viewport=NARROW)
    page.get_by_role("textbox", name="Text", exact=True).fill("STATUS")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(bubble(page, "STATUS")).to_contain_text("Zugestellt", timeout=FAR_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []
