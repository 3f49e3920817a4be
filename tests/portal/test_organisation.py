"""The organisation: people come and go; a second factor; logins; settings; the audit log; observers."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import NARROW, OBSERVER, PASSWORD, USER, WIDE, Axe, Place, Windows

AT = "/organisation"


def copied(page: Page, title: str) -> str:
    """What a dialog shows this once."""
    once = page.get_by_role("dialog", name=title)
    secret = once.locator("pre").inner_text()
    once.get_by_role("button", name="I have kept it").click()
    expect(once).to_have_count(0)
    return secret


def give_password(page: Page, title: str) -> None:
    asking = page.get_by_role("dialog", name=title)
    asking.get_by_label("Current password").fill(PASSWORD)
    asking.get_by_role("button", name="Continue").click()


def test_somebody_is_invited_promoted_suspended_and_deleted(windows: Windows, place: Place, axe: Axe) -> None:
    page = windows.open(path=AT)
    grid = page.get_by_role("grid", name="Users")
    expect(grid.get_by_role("row").filter(has_text=USER)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Invite").click()
    page.get_by_label("E-mail or user name").fill("ada@example.net")
    page.get_by_role("button", name="Create invitation").click()
    link = copied(page, "Link to set a password")
    assert link.startswith(f"{place.url}/signin#invitation=")
    expect(grid.get_by_role("row").filter(has_text="ada@example.net")).to_contain_text("Invited")
    grid.get_by_role("row").filter(has_text="ada@example.net").click()
    panel = page.get_by_role("dialog", name="ada@example.net")
    panel.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="Observer").click()
    expect(page.get_by_text("ada@example.net is now: Observer.")).to_be_visible()
    assert axe(page) == []
    panel.get_by_role("button", name="Suspend").click()
    expect(panel.get_by_role("button", name="Make active")).to_be_visible()
    panel.get_by_role("button", name="Delete user").click()
    page.get_by_role("dialog", name="Delete ada@example.net?").get_by_role(
        "button", name="Delete user"
    ).click()
    expect(grid.get_by_role("row").filter(has_text="ada@example.net")).to_have_count(0)


def test_a_second_factor_is_set_up_with_recovery_codes_and_removed(
    windows: Windows, place: Place, axe: Axe
) -> None:
    page = windows.open(USER, f"{AT}/security")
    page.get_by_role("button", name="Set up").click()
    give_password(page, "Set up a second factor")
    key = page.get_by_label("Key for the app").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(pyotp.TOTP(key).now())
    assert axe(page) == []
    page.get_by_role("button", name="Turn on").click()
    codes = copied(page, "Recovery codes").split("\n")
    assert len(codes) == 10
    factor = page.get_by_role("region", name="Second factor")
    expect(factor.get_by_text("10 left")).to_be_visible()
    body = {"username": USER, "password": PASSWORD}
    waiting = place.ask("POST", "/v1/authenticate", body)[2]["mfa_token"]
    assert place.ask("POST", "/v1/authenticate", {"mfa_token": waiting, "code": codes[0]})[0] == 200
    factor.get_by_role("button", name="New codes").click()
    give_password(page, "New codes")
    assert codes[1] not in copied(page, "Recovery codes").split("\n")
    factor.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(factor.get_by_role("button", name="Set up")).to_be_visible()


def test_logins_are_seen_and_ended(windows: Windows, place: Place, axe: Axe) -> None:
    page = windows.open(USER, f"{AT}/security", color_scheme="dark")
    place.sign_in(USER)
    page.reload()
    logins = page.get_by_role("region", name="Logins")
    expect(logins.get_by_text("This one")).to_have_count(1)
    assert axe(page) == []
    logins.get_by_role("button", name="End all others").click()
    page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    expect(logins.get_by_role("group")).to_have_count(1)
    expect(logins.get_by_text("This one")).to_be_visible()


def test_settings_are_saved_and_undone(windows: Windows, place: Place, axe: Axe) -> None:
    page = windows.open(path=f"{AT}/settings")
    page.get_by_label("Days for which texts are kept").fill("30")
    page.get_by_role("textbox", name="Country code").fill("49")
    unsaved = page.get_by_role("region", name="Unsaved changes")
    expect(unsaved.get_by_text("2 changes not saved")).to_be_visible()
    assert axe(page) == []
    unsaved.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    found = place.api("GET", "/v1/organisation/my")
    assert (found["body_days"], found["country_code"]) == (30, "49")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Days for which texts are kept")).to_have_value("")


def test_the_audit_log_tells_who_changed_what(windows: Windows, place: Place, axe: Axe) -> None:
    profile = place.api("POST", "/v1/service_profile", {"name": "audited"})["id"]
    place.api("PATCH", f"/v1/service_profile/{profile}", {"name": "audited twice"})
    page = windows.open(path=f"{AT}/audit?kind=service_profile&action=change")
    row = page.get_by_role("grid", name="Audit log").get_by_role("row").filter(has_text=str(profile))
    expect(row).to_contain_text("admin")
    assert axe(page) == []
    row.click()
    change = page.get_by_role("dialog", name="Changed · Policy").get_by_role("row").filter(has_text="audited")
    expect(change.first).to_contain_text("audited twice")
    assert axe(page) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_observer_sees_and_cannot_touch(windows: Windows, axe: Axe, size: dict[str, int]) -> None:
    page = windows.open(OBSERVER, AT, viewport=size, color_scheme="dark")
    row = page.get_by_role("row").filter(has_text=USER)
    expect(row).to_be_visible()
    expect(page.get_by_role("button", name="Invite")).to_have_count(0)
    expect(page.get_by_role("link", name="Audit log")).to_have_count(0)
    row.click()
    expect(page.get_by_role("dialog").get_by_text("Works with devices", exact=False)).to_be_visible()
    for name in ("Suspend", "Make link", "Delete user"):
        assert page.get_by_role("button", name=name).count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Roles").click()
    expect(page.get_by_role("heading", name="Observer (yours)")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("Days for which texts are kept")).to_be_visible()
    assert page.get_by_role("textbox").count() == 0
    assert axe(page) == []


def test_in_german(windows: Windows) -> None:
    page = windows.open(path=f"{AT}/roles", locale="de-DE")
    expect(page.get_by_role("heading", name="Beobachter")).to_be_visible()
    expect(page.get_by_role("link", name="Prüfprotokoll")).to_be_visible()
