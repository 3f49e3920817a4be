"""Signing in and out, and the frame around the pages."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, Route, expect

from tests.portal.place import ADMINISTRATOR, NARROW, OBSERVER, PASSWORD, USER, Axe, Place, Windows

PLACES = [
    "Overview",
    "Devices",
    "Messages",
    "Batches",
    "Policies",
    "Integrations",
    "Networks",
    "Organisation",
]


def fill(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Account: {name}").click()
    page.get_by_role("menuitem", name="Sign out").click()


def test_wrong_then_right_then_out(windows: Windows, place: Place) -> None:
    page = windows.open("", "/devices")
    expect(page).to_have_title("Sign in · Heliograph")
    fill(page, ADMINISTRATOR, "not this one")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    fill(page, ADMINISTRATOR, place.passwords[ADMINISTRATOR])
    expect(page.get_by_role("heading", name="Devices", level=1)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Live")
    assert urlsplit(page.url).path == "/devices"
    kept = page.evaluate("JSON.parse(localStorage.getItem('heliograph.session'))")
    with (
        page.expect_response(lambda answer: answer.request.method == "DELETE"),
        page.expect_event("requestfailed", lambda asked: asked.url.endswith("/stream")),
    ):
        sign_out(page, ADMINISTRATOR)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.getItem('heliograph.session')") is None
    assert place.ask("GET", "/v1/user/my", token=kept["auth"])[0] == 401


def test_a_code_is_asked_for(windows: Windows, place: Place) -> None:
    key = place.api("POST", "/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, USER)
    codes = pyotp.TOTP(key["secret_key"])
    body = {"status": {"id": 1}, "code": codes.now()}
    token = place.sign_in(USER)["auth_token"]
    assert place.ask("PATCH", f"/v1/user/mfa/{key['id']}", body, token)[0] == 204
    page = windows.open("")
    fill(page, USER, PASSWORD)
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_focused()
    code.fill("000 000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("The code is wrong"))
    page.get_by_role("button", name="Use a recovery code").click()
    expect(page.get_by_label("Recovery code", exact=True)).to_be_focused()
    page.get_by_role("button", name="Use a code from the app").click()
    # The code that switched it on was used: the next one counts.
    code.fill(codes.at(codes.timecode(datetime.now(UTC)) * codes.interval + codes.interval))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def test_a_recovery_code_is_as_good(windows: Windows, place: Place) -> None:
    name = "rita"
    place.api("POST", "/v1/user", {"username": name, "password": PASSWORD, "roles": [{"id": 2}]})
    place.passwords[name] = PASSWORD
    token = place.sign_in(name)["auth_token"]
    wish = {"type": {"id": 0}, "password": PASSWORD}
    _, _, key = place.ask("POST", "/v1/user/mfa", wish, token)
    active = {"status": {"id": 1}, "code": pyotp.TOTP(key["secret_key"]).now()}
    assert place.ask("PATCH", f"/v1/user/mfa/{key['id']}", active, token)[0] == 204
    path = f"/v1/user/mfa/{key['id']}/recovery_code"
    _, _, made = place.ask("POST", path, {"password": PASSWORD}, token)
    page = windows.open("")
    fill(page, name, PASSWORD)
    page.get_by_role("button", name="Use a recovery code").click()
    recovery = page.get_by_label("Recovery code", exact=True)
    recovery.fill("aaaa-aaaa-aaaa-aaaa")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_have_text("This recovery code is wrong, or was used before.")
    recovery.fill(made["recovery_codes"][3].upper())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def invited(place: Place, name: str) -> str:
    """Where the link leads."""
    user = place.api("POST", "/v1/user", {"username": name, "roles": [{"id": 3}]})
    url = urlsplit(place.api("POST", f"/v1/user/{user}/invitation")["url"])
    return f"{url.path}#{url.fragment}"


def test_who_is_invited_chooses_a_password_and_is_in(windows: Windows, place: Place, axe: Axe) -> None:
    link = invited(place, "nora@example.net")
    page = windows.open("", link)
    expect(page.get_by_text("Choose a password for nora@example.net.")).to_be_visible()
    assert urlsplit(page.url).fragment == ""
    assert axe(page) == []
    password = page.get_by_label("New password", exact=True)
    expect(password).to_be_focused()
    password.fill("short")
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_role("alert")).to_have_text("A password has at least 8 characters.")
    password.fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Account: nora@example.net")).to_be_visible()
    again = windows.open("", link, color_scheme="dark")
    expect(again.get_by_role("alert")).to_have_text(re.compile("was used"))
    assert axe(again) == []
    again.get_by_role("button", name="To the sign-in").click()
    expect(again.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_invitation_in_german_opens_for_who_is_signed_in_too(windows: Windows, place: Place) -> None:
    page = windows.open(OBSERVER, invited(place, "olaf@example.net"), locale="de-DE", viewport=NARROW)
    expect(page.get_by_text("Wählen Sie ein Kennwort für olaf@example.net.")).to_be_visible()
    kept = page.evaluate("JSON.parse(localStorage.getItem('heliograph.session'))")
    page.get_by_role("button", name="Jetzt nicht").click()
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()
    page.goto(invited(place, "olga@example.net"))
    page.get_by_label("Neues Kennwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Kennwort setzen und anmelden").click()
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()
    new = page.evaluate("JSON.parse(localStorage.getItem('heliograph.session'))")
    assert place.ask("GET", "/v1/user/my", token=new["auth"])[2]["username"] == "olga@example.net"
    assert place.ask("GET", "/v1/user/my", token=kept["auth"])[0] == 401


def test_who_comes_back_from_a_provider_is_in(windows: Windows, place: Place) -> None:
    """The provider's part is played; the real one is in `tests/interop/test_oidc.py`."""
    page = windows.open("")
    asked: list[object] = []

    def answer(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json=place.sign_in(OBSERVER))

    page.route("**/api/v1/authenticate", answer)
    page.goto("/signin#oidc_code=good-once")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert asked == [{"oidc_code": "good-once"}]
    assert urlsplit(page.url)[2:] == ("/", "", "")


def test_the_provider_is_offered_after_signing_out_too(windows: Windows) -> None:
    page = windows.open("")
    named = {"password": True, "oidc": {"name": "Acme ID", "url": "/api/v1/authenticate/oidc"}}
    page.route("**/api/v1/authenticate/methods", lambda route: route.fulfill(json=named))
    page.reload()
    way = page.get_by_role("link", name="Sign in with Acme ID")
    expect(way).to_have_attribute("href", "/api/v1/authenticate/oidc")
    fill(page, OBSERVER, PASSWORD)
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    sign_out(page, "Otto")
    expect(way).to_be_visible()


def test_who_does_not_come_in_by_a_provider_hears_why(windows: Windows, axe: Axe) -> None:
    page = windows.open("", "/signin#error=oidc_not_allowed")
    expect(page.get_by_role("alert")).to_have_text(re.compile("Ask your administrator for access"))
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert urlsplit(page.url).fragment == ""
    assert axe(page) == []
    page.goto("/signin#oidc_code=of-nobody")
    expect(page.get_by_role("alert")).to_have_text(re.compile("took too long"))
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("zu lange gedauert"))


def test_signing_out_ends_the_login_of_a_token_that_is_over(windows: Windows, place: Place) -> None:
    page = windows.open()
    expect(page.get_by_role("status")).to_have_text("Live")
    kept = page.evaluate("JSON.parse(localStorage.getItem('heliograph.session'))")
    page.evaluate(
        "kept => { localStorage.setItem('heliograph.session', JSON.stringify({ ...kept, auth: 'over' }));"
        " window.dispatchEvent(new StorageEvent('storage', { key: 'heliograph.session' })); }",
        kept,
    )
    with page.expect_response(lambda one: one.request.method == "DELETE" and one.status == 204):
        sign_out(page, ADMINISTRATOR)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert place.ask("POST", "/v1/authenticate", {"refresh_token": kept["refresh"]})[0] == 401


def test_a_session_that_was_ended_elsewhere_ends_here(page: Page, place: Place) -> None:
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    token = page.evaluate("JSON.parse(localStorage.getItem('heliograph.session')).auth")
    assert place.ask("DELETE", "/v1/authenticate", token=token)[0] == 204
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_tabs_share_one_session(page: Page, windows: Windows) -> None:
    other = page.context.new_page()
    windows.listen(other)
    other.goto("/devices")
    expect(other.get_by_role("heading", name="Devices", level=1)).to_be_visible()
    sign_out(page, ADMINISTRATOR)
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_access_token_that_is_over_is_renewed(page: Page) -> None:
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.evaluate(
        "const kept = JSON.parse(localStorage.getItem('heliograph.session'));"
        "localStorage.setItem('heliograph.session', JSON.stringify({ ...kept, auth: 'over.over.over' }))"
    )
    page.reload()
    expect(page.get_by_role("button", name=f"Account: {ADMINISTRATOR}")).to_be_visible()
    assert page.evaluate("JSON.parse(localStorage.getItem('heliograph.session')).auth") != "over.over.over"


def test_the_frame_leads_everywhere(page: Page) -> None:
    links = page.get_by_role("navigation", name="Places").get_by_role("link")
    expect(links).to_have_text(PLACES)
    for name in PLACES:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


def test_an_address_that_leads_nowhere_says_so(page: Page) -> None:
    page.goto("/nothing/here")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("link", name="To the overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def test_in_german(page: Page) -> None:
    page.get_by_role("button", name=f"Account: {ADMINISTRATOR}").click()
    page.get_by_role("menuitem", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.reload()
    expect(page.get_by_role("heading", name="Übersicht", level=1)).to_be_visible()


def test_on_a_small_screen_the_places_are_a_drawer(windows: Windows) -> None:
    page = windows.open(OBSERVER, viewport=NARROW)
    page.get_by_role("button", name="Open the menu").click()
    page.get_by_role("dialog").get_by_role("link", name="Devices").click()
    expect(page.get_by_role("heading", name="Devices", level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(windows: Windows, axe: Axe, scheme: str) -> None:
    before = windows.open("", color_scheme=scheme)
    expect(before.get_by_role("button", name="Sign in")).to_be_visible()
    assert axe(before) == []
    page = windows.open(color_scheme=scheme)
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Live")
    assert axe(page) == []
    page.get_by_role("button", name=f"Account: {ADMINISTRATOR}").click()
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    assert axe(page) == []
