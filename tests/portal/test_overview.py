"""The overview: what happens now, each number with the list behind it; and five steps to the first SMS."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import ADMINISTRATOR, NARROW, PASSWORD, Axe, Place, Windows

FIRST = "ada"  # of an organisation that has nothing yet


@pytest.fixture(scope="module")
def traffic(place: Place) -> dict[str, int]:
    """Two are delivered, one is rejected, one waits for a device that sleeps."""
    ids = {row["name"]: row["id"] for row in place.api("GET", "/v1/endpoint?per_page=100")}
    place.api("PATCH", f"/v1/simulator/device/{ids['meter-1']}", {"coverage": "asleep"})
    place.api("PATCH", f"/v1/simulator/device/{ids['tracker-2']}", {"fault": "rejected"})
    for name in ("tracker-1", "plain-1", "tracker-2", "meter-1"):
        place.api("POST", f"/v1/endpoint/{ids[name]}/sms", {"payload": "STATUS", "source_address": "2020"})
    return ids


@pytest.fixture(scope="module")
def newcomer(place: Place) -> str:
    place.folder.ok("org", "create", "fresh")
    token = place.folder.ok("token", "create", "--org", "fresh", "--scope", "admin").out.strip()
    for name, role in ((FIRST, 1), ("olga", 3)):
        body = {"username": name, "name": name, "password": PASSWORD, "roles": [{"id": role}]}
        assert place.ask("POST", "/v1/user", body, token)[0] == 201
        place.passwords[name] = PASSWORD
    return FIRST


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", "viewport": NARROW}], ids=["wide", "narrow"]
)
def test_numbers_open_the_lists_behind_them(
    windows: Windows, place: Place, axe: Axe, traffic: dict[str, int], options: dict[str, object]
) -> None:
    page = windows.open(ADMINISTRATOR, "/", **options)
    failed = page.get_by_role("link", name=re.compile("^Failed"))
    expect(failed).to_contain_text("1")
    expect(page.get_by_role("img", name="Chart of messages over time", exact=False)).to_be_visible()
    held = page.get_by_role("region", name="Held up")
    expect(held.get_by_role("link", name=re.compile("sleeps"))).to_contain_text("1 lane, 1 SMS")
    assert axe(page) == []
    failed.click()
    expect(page).to_have_url(re.compile(r"/messages\?state=FAILED&since="))
    expect(page.get_by_role("grid").get_by_role("row").filter(has_text="Failed")).to_have_count(1)
    page.go_back()
    held.get_by_role("link", name=re.compile("sleeps")).click()
    expect(page).to_have_url(f"{place.url}/networks/lanes?state=trouble&reason=sleeping")


def test_it_counts_while_one_looks(windows: Windows, place: Place, traffic: dict[str, int]) -> None:
    page = windows.open(path="/?period=day")
    messages = page.get_by_role("link", name=re.compile(r"^Messages \d"))
    expect(messages).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    before = messages.inner_text()
    place.folder.ok("send", "plain-2", "counted", "--from", "2020")
    expect(messages).not_to_have_text(before, use_inner_text=True)
    page.get_by_text("Hour", exact=True).click()
    expect(page).to_have_url(f"{place.url}/?period=hour")
    page.get_by_text("Direction", exact=True).click()
    expect(page.get_by_role("img", name="To devices", exact=False)).to_be_visible()


def test_what_a_rule_stopped_opens_its_events(
    windows: Windows, place: Place, axe: Axe, traffic: dict[str, int]
) -> None:
    device = traffic["plain-3"]
    place.api("PUT", f"/v1/endpoint/{device}/firewall", {"rates": [{"limit": 1, "per": "day"}]})
    body = {"payload": "once", "source_address": "2020"}
    place.api("POST", f"/v1/endpoint/{device}/sms", body)
    token = place.sign_in(ADMINISTRATOR)["auth_token"]
    assert place.ask("POST", f"/v1/endpoint/{device}/sms", body, token)[0] == 422
    page = windows.open()
    page.get_by_role("region", name="Stopped by rules").get_by_role("link").click()
    panel = page.get_by_role("dialog", name="Stopped by rules")
    expect(panel.get_by_role("link", name="plain-3")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/$"))


def test_five_steps_to_the_first_sms(windows: Windows, axe: Axe, newcomer: str) -> None:
    page = windows.open(newcomer)
    expect(page.get_by_role("heading", name="Five steps to your first SMS")).to_be_visible()
    steps = page.get_by_role("listitem")
    expect(steps).to_have_count(5)
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")
    assert axe(page) == []
    page.get_by_label("Name").fill("pump 1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“pump 1” is there.")).to_be_visible()
    expect(page.get_by_text("It can be reached now.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Send the SMS").click()
    expect(steps.nth(4).get_by_text("Delivered")).to_be_visible()
    expect(steps.nth(4).get_by_text("The device answered:")).to_be_visible()
    assert axe(page) == []
    steps.nth(4).get_by_role("button", name="Show the overview").click()
    expect(page.get_by_role("link", name=re.compile("^Delivery rate 100%"))).to_be_visible()


def test_who_may_not_send_is_not_led(windows: Windows, axe: Axe, newcomer: str) -> None:
    page = windows.open("olga")
    expect(page.get_by_text("Nothing is held up.")).to_be_visible()
    assert axe(page) == []


def test_observers_see_the_same(observer_page: Page, traffic: dict[str, int]) -> None:
    expect(observer_page.get_by_role("link", name=re.compile("^Failed 1"))).to_be_visible()


def test_in_german(windows: Windows, traffic: dict[str, int]) -> None:
    page = windows.open(locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Übersicht")
    expect(page.get_by_role("link", name=re.compile("^Zustellrate"))).to_be_visible()
    expect(page.get_by_text("Das Gerät schläft", exact=False)).to_be_visible()
