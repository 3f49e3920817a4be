"""Messages: found, opened, explained as a picture and in sentences, and canceled while they wait."""

import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import ADMINISTRATOR, NARROW, Axe, Place, Windows

Sent = dict[str, int]


@pytest.fixture(scope="module")
def sent(place: Place) -> Sent:
    """One that a device answers, a long one, and one that waits for a device that is away."""
    found = place.api("GET", "/v1/endpoint?q=name:tracker-1")[0]["id"]
    away = place.api("GET", "/v1/endpoint?q=name:meter-1")[0]["id"]
    place.api("PATCH", f"/v1/simulator/device/{away}", {"coverage": "detached"})
    made = {}
    for name, device, text in (
        ("status", found, "STATUS"),
        ("long", found, "All of a long text. " * 12),
        ("waiting", away, "wake up"),
    ):
        body = {"payload": text, "source_address": "2020", "client_reference": f"ref-{name}"}
        made[name] = place.api("POST", f"/v1/endpoint/{device}/sms", body)
    return made


def cells(page: Page) -> list[str]:
    return page.get_by_role("grid", name="Messages").locator("[role=rowgroup] [role=row]").all_inner_texts()


def test_what_is_looked_for_is_found_and_stands_in_the_address(
    windows: Windows, place: Place, axe: Axe, sent: Sent
) -> None:
    page = windows.open(path="/messages")
    grid = page.get_by_role("grid", name="Messages")
    expect(grid.get_by_role("row").filter(has_text="wake up")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Search in texts").fill("long text")
    expect(page).to_have_url(f"{place.url}/messages?text=long+text")
    expect(grid.locator("[role=rowgroup] [role=row]")).to_have_count(1)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(grid.get_by_role("row").filter(has_text="wake up")).to_be_visible()
    page.goto("/messages?reference=ref-status")
    expect(grid.locator("[role=rowgroup] [role=row]")).to_have_count(1)
    assert "STATUS" in cells(page)[0]
    page.goto("/messages?text=nobody+wrote+this")
    expect(page.get_by_text("No message is like this")).to_be_visible()
    assert axe(page) == []


def test_a_message_comes_in_while_one_looks(windows: Windows, place: Place, sent: Sent) -> None:
    page = windows.open(path="/messages")
    grid = page.get_by_role("grid", name="Messages")
    expect(grid.get_by_role("row").filter(has_text="wake up")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    place.folder.ok("send", "tracker-2", "came in live", "--from", "2020")
    expect(grid.get_by_role("row").filter(has_text="came in live")).to_be_visible()


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", "viewport": NARROW}], ids=["wide", "narrow"]
)
def test_one_message_tells_its_story(
    windows: Windows, axe: Axe, sent: Sent, options: dict[str, object]
) -> None:
    page = windows.open(ADMINISTRATOR, f"/messages/{sent['long']}", **options)
    story = page.get_by_role("region", name="What happened")
    expect(story.get_by_text("Accepted from", exact=False)).to_be_visible()
    expect(story.locator("figure")).to_be_visible()
    air = page.get_by_role("region", name="On the air", exact=True)
    expect(air.get_by_text("SMS-DELIVER, part 2 of 2", exact=False)).to_be_visible()
    expect(air.get_by_role("row").filter(has_text="TP-UD").first).to_be_visible()
    assert axe(page) == []


def test_one_that_waits_is_canceled_by_those_who_may(
    windows: Windows, observer_page: Page, sent: Sent
) -> None:
    observer_page.goto(f"/messages/{sent['waiting']}")
    expect(observer_page.get_by_role("heading", level=1)).to_have_text("SMS to meter-1")
    expect(observer_page.get_by_role("button", name="Cancel the SMS")).to_have_count(0)
    page = windows.open(path=f"/messages/{sent['waiting']}")
    page.get_by_role("button", name="Cancel the SMS").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the SMS").click()
    expect(page.get_by_role("banner").or_(page.locator("header")).get_by_text("Canceled")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the SMS")).to_have_count(0)
    expect(observer_page.locator("header").get_by_text("Canceled")).to_be_visible()  # by the stream


def test_in_german(windows: Windows, sent: Sent) -> None:
    page = windows.open(path=f"/messages/{sent['status']}", locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS an tracker-1")
    expect(page.get_by_role("region", name="Was geschah")).to_be_visible()


def test_one_that_is_not_there(windows: Windows) -> None:
    page = windows.open(path="/messages/256")
    expect(page.get_by_text("has this id", exact=False)).to_be_visible()
