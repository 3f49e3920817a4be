"""Networks: gates with the lanes before them, the virtual fleet, routes, and which way an SMS would go."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import ADMINISTRATOR, NARROW, Axe, Place, Windows

SIZES = pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", "viewport": NARROW}], ids=["wide", "narrow"]
)


@pytest.fixture(scope="module")
def fleet(place: Place) -> dict[str, int]:
    """meter-2 has left the network, and an SMS waits for it."""
    ids = {row["name"]: row["id"] for row in place.api("GET", "/v1/endpoint?per_page=100")}
    place.api("PATCH", f"/v1/simulator/device/{ids['meter-2']}", {"coverage": "detached"})
    place.api("POST", f"/v1/endpoint/{ids['meter-2']}/sms", {"payload": "READ", "source_address": "2020"})
    return ids


def choose(page: Page, name: str) -> None:
    """Of the choices of the panel that is open."""
    page.get_by_role("dialog").get_by_text(name, exact=True).click()


@SIZES
def test_the_map_leads_to_the_lanes(
    windows: Windows, place: Place, axe: Axe, fleet: dict[str, int], options: dict[str, object]
) -> None:
    page = windows.open(ADMINISTRATOR, "/networks", **options)
    gate = page.get_by_role("list", name="Gates, and the lanes before them").get_by_role("listitem").first
    expect(gate.get_by_text("Open", exact=True)).to_be_visible()
    assert axe(page) == []
    gate.get_by_role("link", name=re.compile(r"^\d+ lane")).click()
    expect(page).to_have_url(f"{place.url}/networks/lanes?gate=simulator")
    lanes = page.get_by_role("grid", name="Lanes")
    expect(lanes.get_by_role("row").filter(has_text="meter-2")).to_contain_text("Device away")
    assert axe(page) == []
    page.get_by_role("button", name="Remove: Gate: simulator").click()
    expect(page).to_have_url(f"{place.url}/networks/lanes")
    page.get_by_role("button", name="State").click()
    page.get_by_role("menuitemradio", name="Paused").click()
    expect(page.get_by_text("No lane is like this", exact=False)).to_be_visible()


def test_one_that_sleeps_gets_its_sms_when_it_wakes(
    windows: Windows, place: Place, axe: Axe, fleet: dict[str, int]
) -> None:
    """The one window wakes it, the other sees it live."""
    device = fleet["meter-1"]
    page = windows.open(path=f"/networks/simulator/{device}")
    panel = page.get_by_role("dialog", name="meter-1")
    expect(panel.get_by_text("Attached", exact=True)).to_be_visible()
    assert axe(page) == []
    choose(page, "Asleep")
    expect(panel.get_by_role("status").first).to_contain_text("Asleep")
    sms = place.api("POST", f"/v1/endpoint/{device}/sms", {"payload": "READ", "source_address": "2020"})
    other = windows.open(path="/networks/lanes")
    lane = other.get_by_role("row").filter(has_text="meter-1").filter(has_text="sleeps")
    expect(lane).to_be_visible()
    story = windows.open(path=f"/messages/{sms}")
    expect(story.locator("header").get_by_text("Waiting")).to_be_visible()
    choose(page, "Reachable")
    expect(story.locator("header").get_by_text("Delivered")).to_be_visible()
    expect(lane).to_have_count(0)
    expect(panel.get_by_role("region", name="Read last").get_by_text("READ", exact=True)).to_be_visible()


def test_out_of_coverage_full_and_made_to_send(
    windows: Windows, place: Place, axe: Axe, fleet: dict[str, int]
) -> None:
    page = windows.open(path="/networks/simulator?q=plain-1", viewport=NARROW)
    grid = page.get_by_role("grid", name="Virtual devices")
    expect(grid.locator("[role=rowgroup] [role=row]")).to_have_count(1)
    grid.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{place.url}/networks/simulator/{fleet['plain-1']}?q=plain-1")
    state = page.get_by_role("dialog").get_by_role("status").first
    choose(page, "Full")
    expect(state).to_contain_text("Memory full")
    choose(page, "Free")
    choose(page, "No coverage")
    expect(state).to_contain_text("Out of coverage")
    form = page.get_by_role("form", name="Let it send")
    form.get_by_label("To").fill("4444")
    form.get_by_label("Text").fill("hello from here")
    page.keyboard.press("Enter")
    expect(form.get_by_text("Waits for coverage")).to_be_visible()
    expect(form.get_by_text("Waits to be sent to 4444")).to_be_visible()
    assert axe(page) == []
    choose(page, "Reachable")
    expect(form.get_by_text("Waits to be sent to 4444")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(grid.get_by_text("Attached")).to_be_visible()


def test_a_route_is_made_and_asked(windows: Windows, place: Place, axe: Axe) -> None:
    page = windows.open(path="/networks/routes")
    expect(page.get_by_text("No routes yet")).to_be_visible()
    body = {"name": "carrier", "host": "127.0.0.1", "port": 9, "system_id": "x", "password": "y"}
    place.api("POST", "/v1/upstream", body)
    page.get_by_role("button", name="Add a route").click()
    panel = page.get_by_role("dialog", name="Add a route")
    panel.get_by_label("Numbers that begin with").fill("+49")
    panel.get_by_role("combobox", name="Upstream").click()
    page.get_by_role("option", name="carrier").click()
    assert axe(page) == []
    panel.get_by_role("button", name="Add a route").click()
    row = page.get_by_role("grid", name="Routes").get_by_role("row").filter(has_text="+49")
    expect(row).to_contain_text("carrier")
    page.get_by_role("button", name="Which way?").click()
    page.get_by_role("dialog").get_by_label("Number").fill("+491701234567")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("carrier")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    row.click()
    panel = page.get_by_role("dialog", name="Route")
    asks = page.get_by_role("dialog", name="Delete this route?")
    panel.get_by_role("button", name="Delete").click()
    expect(asks).to_be_visible()
    page.keyboard.press("Escape")
    expect(asks).to_be_hidden()
    panel.get_by_role("button", name="Delete").click()
    asks.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No routes yet")).to_be_visible()


def test_observers_look_and_do_not_touch(observer_page: Page, axe: Axe, fleet: dict[str, int]) -> None:
    observer_page.goto(f"/networks/simulator/{fleet['meter-2']}")
    panel = observer_page.get_by_role("dialog", name="meter-2")
    expect(panel.get_by_text("Electricity meter")).to_be_visible()
    expect(panel.get_by_role("radio")).to_have_count(0)
    expect(panel.get_by_role("form")).to_have_count(0)
    assert axe(observer_page) == []
    observer_page.goto("/networks/routes")
    expect(observer_page.get_by_text("No routes yet")).to_be_visible()
    expect(observer_page.get_by_role("button", name="Add a route")).to_have_count(0)


def test_in_german(windows: Windows, fleet: dict[str, int]) -> None:
    page = windows.open(path="/networks/lanes", locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Netze")
    row = page.get_by_role("row").filter(has_text="meter-2")
    expect(row).to_contain_text("Das Gerät hat das Netz verlassen.")
