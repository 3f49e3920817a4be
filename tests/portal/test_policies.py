"""Device policies: a draft is tried on last week's SMS, saved, undone; interfaces; observers look only."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.portal.place import ADMINISTRATOR, NARROW, OBSERVER, Axe, Place, Windows


@pytest.fixture(scope="module")
def metering(place: Place) -> int:
    """A policy with traffic of its own, and rules."""
    policy: int = place.api("GET", "/v1/service_profile?q=name:metering")[0]["id"]
    place.api(
        "PUT",
        f"/v1/service_profile/{policy}/firewall",
        {
            "block": [{"peer": "CASINO"}],
            "content": [{"name": "links", "pattern": "https?://"}],
            "pending": 20,
        },
    )
    for number in (1, 2):
        device = place.api("GET", f"/v1/endpoint?q=name:meter-{number}")[0]["id"]
        place.api("POST", f"/v1/endpoint/{device}/sms", {"payload": "LEVEL", "source_address": "2020"})
    return policy


def blocked_by(place: Place, policy: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = place.api("GET", f"/v1/service_profile/{policy}/firewall")["block"]
    return found


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Unsaved changes")


def test_a_policy_is_made_found_and_deleted(page: Page, axe: Axe) -> None:
    page.goto("/policies")
    grid = page.get_by_role("grid", name="Device policies")
    expect(grid.get_by_role("row").filter(has_text="metering")).to_contain_text("100 a month")
    assert axe(page) == []
    page.get_by_role("button", name="New policy").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("metering")
    page.get_by_role("button", name="Create policy").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()  # the name is taken
    page.get_by_role("textbox", name="Name", exact=True).fill("valves")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("valves")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete policy").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete policy").click()
    expect(grid).to_be_visible()
    expect(grid.get_by_role("row").filter(has_text="valves")).to_have_count(0)


def test_a_change_is_tried_on_last_weeks_sms_before_it_is_saved_and_undone(
    windows: Windows, place: Place, axe: Axe, metering: int
) -> None:
    page = windows.open(path=f"/policies/{metering}/firewall")
    blocked = page.get_by_role("region", name="Blocked")
    blocked.get_by_role("button", name="Add").click()
    page.keyboard.type("2020")  # the new line has the focus
    expect(bar(page).get_by_text("1 change not saved")).to_be_visible()
    bar(page).get_by_role("button", name="Try on last week’s SMS").click()
    panel = page.get_by_role("dialog", name="What if: the last 7 days")
    expect(panel.get_by_role("status").filter(has_text="would have blocked 2 that passed")).to_be_visible()
    expect(panel.get_by_text('block list "2020"', exact=False)).to_be_visible()
    expect(panel.get_by_role("link", name="2020 to", exact=False)).to_have_count(2)
    assert axe(page) == []
    assert len(blocked_by(place, metering)) == 1  # nothing is in force
    panel.get_by_role("button", name="Save it").click()
    expect(page.get_by_text("metering is saved and in force.")).to_be_visible()
    expect(bar(page)).to_have_count(0)
    assert len(blocked_by(place, metering)) == 2
    page.get_by_role("button", name="Undo").click()
    expect(blocked.get_by_role("group", name="Blocked, rule 2")).to_have_count(0)
    assert blocked_by(place, metering) == [{"peer": "CASINO"}]


def test_switches_and_limits_are_a_draft_that_stays_while_one_looks_elsewhere(
    windows: Windows, place: Place, metering: int
) -> None:
    page = windows.open(path=f"/policies/{metering}")
    to_device = page.get_by_role("region", name="SMS to the device")
    to_device.get_by_label("Monthly limit").fill("7")
    page.get_by_text("To devices of the organisation").click()
    page.get_by_role("link", name="Interface").click()
    expect(bar(page).get_by_text("2 changes not saved")).to_be_visible()
    page.get_by_role("link", name="Devices", exact=True).click()
    page.go_back()
    expect(bar(page).get_by_text("2 changes not saved")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("metering is saved and in force.")).to_be_visible()
    found = place.api("GET", f"/v1/service_profile/{metering}")
    limits = {one["id"]: one["traffic_limit"]["volume"] for one in found["service"]}
    assert (limits, found["sms_p2p_int"]) == ({6: 7, 32: 1000}, True)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Switches and limits").click()
    expect(to_device.get_by_label("Monthly limit")).to_have_value("100")


def test_what_the_api_refuses_lands_on_its_field(windows: Windows, metering: int) -> None:
    page = windows.open(path=f"/policies/{metering}/firewall")
    page.get_by_role("group", name="Texts, rule 1").get_by_label("Pattern").fill("(")
    bar(page).get_by_role("button", name="Save").click()
    field = page.get_by_role("group", name="Texts, rule 1").get_by_label("Pattern")
    expect(field).to_have_attribute("aria-invalid", "true")
    bar(page).get_by_role("button", name="Discard").click()
    expect(field).to_have_value("https?://")


def test_a_quota_is_given_and_taken_away(windows: Windows, metering: int) -> None:
    page = windows.open(path=f"/policies/{metering}")
    page.get_by_role("combobox", name="Quota of a device").click()
    page.get_by_role("option", name="meter-2").click()
    expect(page.get_by_text("This device has no quota.")).to_be_visible()
    page.get_by_label("Amount of SMS").fill("25")
    page.get_by_role("button", name="Give quota").click()
    expect(page.get_by_text("25 left of 25 SMS")).to_be_visible()
    page.get_by_role("button", name="Take away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(page.get_by_text("This device has no quota.")).to_be_visible()


def test_a_webhook_is_made_signed_and_tested(windows: Windows, axe: Axe, metering: int) -> None:
    page = windows.open(path=f"/policies/{metering}/interface")
    hook = page.get_by_role("region", name="Webhook")
    hook.get_by_role("button", name="New").first.click()
    page.get_by_label("Address").fill("http://127.0.0.1:9/sms")
    page.get_by_label("What it is for").fill("Backend")
    page.get_by_role("button", name="Create").click()
    expect(hook.get_by_role("combobox", name="Callback")).to_have_value("Backend")
    hook.get_by_role("button", name="New").nth(1).click()
    page.get_by_role("button", name="Create").click()
    once = page.get_by_role("dialog", name="Secret of the webhook")
    expect(once.locator("pre")).not_to_be_empty()
    once.get_by_role("button", name="I have kept it").click()
    hook.get_by_role("button", name="Send a test").click()
    expect(hook.get_by_text("Not taken, after", exact=False)).to_be_visible()
    assert axe(page) == []
    bar(page).get_by_role("button", name="Discard").click()


def test_an_smpp_account_is_made_and_its_password_reset(windows: Windows, axe: Axe, metering: int) -> None:
    page = windows.open(path=f"/policies/{metering}/interface", color_scheme="dark")
    page.get_by_text("SMPP", exact=True).click()
    smpp = page.get_by_role("region", name="SMPP")
    smpp.get_by_role("button", name="New").click()
    page.get_by_label("system_id").fill("meters")
    page.get_by_role("button", name="Create").click()
    once = page.get_by_role("dialog", name="Password")
    first = once.locator("pre").inner_text()
    once.get_by_role("button", name="I have kept it").click()
    expect(smpp.get_by_text("Nobody is bound")).to_be_visible()
    smpp.get_by_role("button", name="Reset password").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset password").click()
    expect(once.locator("pre")).not_to_have_text(first)
    once.get_by_role("button", name="I have kept it").click()
    expect(once).to_have_count(0)
    assert axe(page) == []
    bar(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("metering is saved and in force.")).to_be_visible()


def test_an_observer_sees_and_cannot_touch(windows: Windows, axe: Axe, metering: int) -> None:
    page = windows.open(OBSERVER, "/policies", color_scheme="dark", viewport=NARROW)
    expect(page.get_by_role("row").filter(has_text="metering")).to_be_visible()
    expect(page.get_by_role("button", name="New policy")).to_have_count(0)
    for path, words in (("", "Monthly limit"), ("/interface", "SMPP"), ("/firewall", "Unusual traffic")):
        page.goto(f"/policies/{metering}{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        assert page.get_by_role("switch").count() == 0
        assert page.get_by_role("button", name="Add").count() == 0
        assert page.get_by_role("button", name="Save").count() == 0
        assert axe(page) == []
    field = page.get_by_role("group", name="Blocked, rule 1").get_by_label("Number or name")
    expect(field).not_to_be_editable()


def test_in_german(windows: Windows, metering: int) -> None:
    page = windows.open(ADMINISTRATOR, f"/policies/{metering}/firewall", locale="de-DE")
    expect(page.get_by_role("region", name="Gesperrt")).to_be_visible()
    expect(page.get_by_role("link", name="Schalter und Limits")).to_be_visible()


def test_one_that_is_not_there(windows: Windows) -> None:
    page = windows.open(path="/policies/256")
    expect(page.get_by_text("No policy has this id")).to_be_visible()
