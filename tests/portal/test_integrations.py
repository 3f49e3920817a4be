"""Integrations: links, tokens, callbacks that fail and are told once more, SMPP accounts, upstreams."""

import re
from collections.abc import Iterator

import pytest
import smpplib.client
from playwright.sync_api import Page, expect

from tests.cli.program import Folder, free_port
from tests.portal.needs import chromium, fresh_portal
from tests.portal.place import NARROW, OBSERVER, Axe, Place, Windows, add_users, place_of
from tests.webhook.receiver import Receiver, Say, receiving

TABS = ["Tokens", "Callbacks", "SMPP accounts", "Upstreams", "Console links"]
SMPP = ("127.0.0.1", free_port())  # where the server of this file listens


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """As for all pages, but callbacks may go to this machine."""
    chromium()
    fresh_portal()
    folder = Folder(tmp_path_factory.mktemp("portal") / "data")
    settings = {"WEBHOOKS__ALLOW": "127.0.0.0/8", "SMPP__HOST": SMPP[0], "SMPP__PORT": str(SMPP[1])}
    with folder.serving(
        "--demo", **{f"HELIOGRAPH_{name}": value for name, value in settings.items()}
    ) as server:
        made = place_of(folder, server)
        add_users(made)
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def told_of(place: Place, receiver: Receiver) -> tuple[int, int]:
    """A callback there, and a device whose SMS it is told of."""
    callback = place.api("POST", "/v1/api_callback", {"url": receiver.url, "purpose": "till"})
    id = callback if isinstance(callback, int) else callback["id"]
    policy = place.api("GET", "/v1/service_profile?q=name:default")[0]["id"]
    change = {"api_callback": {"id": id}, "esme_interface_type": {"id": 1}}
    place.api("PATCH", f"/v1/service_profile/{policy}", change)
    device = place.api("GET", "/v1/endpoint?q=attached:true,status:0&per_page=1")[0]["id"]
    place.api("PATCH", f"/v1/endpoint/{device}", {"service_profile": {"id": policy}})
    return id, device


def yes(page: Page, name: str) -> None:
    """To the question that is asked."""
    page.get_by_role("dialog", name=re.compile(r"\?$")).get_by_role("button", name=name).click()


def shown_once(page: Page, name: str) -> str:
    box = page.get_by_role("dialog", name=name)
    secret = box.locator("pre").inner_text()
    box.get_by_role("button", name="I have kept it").click()
    expect(box).to_have_count(0)
    return secret


def test_a_link_is_made_shown_once_used_and_revoked(page: Page, windows: Windows, place: Place) -> None:
    place.api("GET", "/v1/endpoint?per_page=1")
    page.goto("/integrations/links")
    page.get_by_role("button", name="New link").click()
    form = page.get_by_role("dialog", name="New link")
    form.get_by_label("Name").fill("Workshop Berlin")
    form.get_by_role("combobox", name="Devices").fill("plain")
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    form.get_by_label("Label").fill("Restart")
    form.get_by_label("SMS text").fill("RESET#")
    form.get_by_label("PIN").fill("4711")
    form.get_by_role("button", name="Make the link").click()
    url = shown_once(page, "The link")
    assert "pin#hgl_" in url
    row = page.get_by_role("row").filter(has_text="Workshop Berlin")
    expect(row).to_contain_text("Active")
    outside = windows.open("", "/console?pin#" + url.partition("#")[2], viewport=NARROW)
    outside.get_by_label("PIN").fill("4711")
    outside.keyboard.press("Enter")
    expect(outside.get_by_role("button", name="Restart")).to_be_visible()
    row.click()
    panel = page.get_by_role("dialog", name="Workshop Berlin")
    expect(panel.get_by_role("listitem").filter(has_text="Opened")).to_be_visible()
    panel.get_by_role("button", name="Change").click()
    panel.get_by_label("SMS per hour").fill("7")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("7 per hour")).to_be_visible()
    panel.get_by_role("button", name="Revoke").click()
    yes(page, "Revoke")
    expect(row).to_contain_text("Revoked")
    expect(outside.get_by_role("heading", level=1)).to_have_text("This console is closed")


def test_a_short_identifier_is_warned_of(page: Page, place: Place) -> None:
    device = place.api("GET", "/v1/endpoint?per_page=1&sort=-name")[0]
    place.api("PATCH", f"/v1/endpoint/{device['id']}", {"tags": "sms-SHORT1"})
    page.goto("/integrations/links")
    expect(page.get_by_text("1 device opens with an identifier of fewer than 12")).to_be_visible()
    page.get_by_role("link", name=device["name"], exact=True).click()
    expect(page).to_have_url(f"{place.url}/devices/{device['id']}")


def test_a_token_is_made_shown_once_and_revoked(page: Page, place: Place) -> None:
    page.goto("/integrations/tokens")
    page.get_by_role("button", name="New token").first.click()
    form = page.get_by_role("dialog", name="New token")
    form.get_by_label("Name").fill("billing")
    form.get_by_label("SMS: Send").uncheck()
    form.get_by_role("button", name="Make the token").click()
    token = shown_once(page, "The token")
    assert place.ask("GET", "/v1/endpoint", token=token)[0] == 200
    assert place.ask("POST", "/v1/sms", {}, token=token)[0] == 403
    row = page.get_by_role("row").filter(has_text="billing")
    row.click()
    page.get_by_role("dialog", name="billing").get_by_role("button", name="Revoke").click()
    yes(page, "Revoke")
    expect(row).to_contain_text("Revoked")
    assert place.ask("GET", "/v1/endpoint", token=token)[0] == 401


def test_a_callback_is_down_its_log_says_so_and_it_is_told_once_more(
    page: Page, place: Place, receiver: Receiver
) -> None:
    callback, device = told_of(place, receiver)
    page.goto(f"/integrations/callbacks/{callback}")
    panel = page.get_by_role("dialog", name=receiver.url)
    panel.get_by_role("button", name="Make a test call").click()
    expect(panel.get_by_role("status")).to_contain_text("204")
    receiver.script = lambda _: Say(500)
    place.api("POST", f"/v1/endpoint/{device}/sms", {"dest_address": "4242", "payload": "level 12"})
    failed = panel.get_by_role("listitem").filter(has_text="500")
    expect(failed.first).to_be_visible()
    receiver.script = lambda _: Say(204)
    with page.expect_response(lambda answer: answer.url.endswith("/replay")):
        failed.first.get_by_role("button", name="Tell once more").click()
    expect(panel.get_by_role("listitem").filter(has_text="204").filter(has_text="SMS")).to_be_visible()
    assert "level 12" in [heard.text for heard in receiver.of("POST")]
    panel.get_by_role("button", name="Disable").click()
    yes(page, "Disable")
    expect(panel.get_by_text("Disabled", exact=True)).to_be_visible()


def test_a_callback_and_its_secret_are_made(page: Page, receiver: Receiver) -> None:
    page.goto("/integrations/callbacks/secrets")
    panel = page.get_by_role("dialog", name="Secrets")
    panel.get_by_label("Purpose").fill("till signs")
    panel.get_by_role("button", name="Make a secret").click()
    assert shown_once(page, "The secret").startswith("whsec_")
    page.goto("/integrations/callbacks/new")
    form = page.get_by_role("dialog", name="New callback")
    form.get_by_label("URL").fill(receiver.url + "/two")
    form.get_by_role("combobox", name="Signed with").click()
    page.get_by_role("option", name="till signs").click()
    form.get_by_role("button", name="Save").click()
    made = page.get_by_role("dialog", name=receiver.url + "/two")
    made.get_by_role("button", name="Make a test call").click()
    expect(made.get_by_role("status")).to_contain_text("204")
    assert "webhook-signature" in receiver.wait()[0].headers


def test_an_smpp_account_is_bound_traced_and_gets_a_new_password(page: Page) -> None:
    page.goto("/integrations/smpp/new")
    form = page.get_by_role("dialog", name="New account")
    form.get_by_label("system_id").fill("crm")
    form.get_by_role("button", name="Make the account").click()
    password = shown_once(page, "The password")
    panel = page.get_by_role("dialog", name="crm")
    expect(panel.get_by_text("Nobody is bound.")).to_be_visible()
    client = smpplib.client.Client(*SMPP, timeout=10, allow_unknown_opt_params=True)
    client.connect()
    client.bind_transceiver(system_id="crm", password=password)
    unbind = panel.get_by_role("button", name="Unbind")
    expect(unbind).to_be_visible(timeout=10_000)
    trace = panel.get_by_role("group", name="Last PDUs")
    expect(trace).to_contain_text("bind_transceiver")
    trace.get_by_text("bind_transceiver", exact=True).click()
    expect(trace.get_by_text("crm").first).to_be_visible()
    panel.get_by_role("button", name="New password").click()
    yes(page, "New password")
    assert shown_once(page, "The password") != password
    unbind.click()
    yes(page, "Unbind")
    expect(panel.get_by_text("Nobody is bound.")).to_be_visible(timeout=10_000)
    client.disconnect()


def test_an_upstream_that_is_not_there_says_why(page: Page) -> None:
    page.goto("/integrations/upstreams/new")
    form = page.get_by_role("dialog", name="New upstream")
    form.get_by_label("Name").fill("acme")
    form.get_by_label("Host").fill("127.0.0.1")
    form.get_by_label("Port").fill("1")
    form.get_by_label("system_id").fill("us")
    form.get_by_role("button", name="Connect").click()
    panel = page.get_by_role("dialog", name="acme")
    expect(panel.get_by_text("Not connected")).to_be_visible()
    panel.get_by_role("button", name="Try a bind").click()
    expect(panel.get_by_role("status")).to_contain_text("It cannot be connected:")
    expect(panel.get_by_role("heading", name="Health")).to_be_visible()


def test_an_observer_sees_and_cannot_touch(observer_page: Page) -> None:
    page = observer_page
    for name in TABS:
        page.goto("/integrations")
        page.get_by_role("navigation", name="Integrations").get_by_role("link", name=name).click()
        expect(page.get_by_role("grid", name=name)).to_have_attribute("aria-busy", "false")
        expect(page.get_by_role("button", name="New ")).to_have_count(0)
    page.goto("/integrations/links/new")
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_in_german_by_keyboard(windows: Windows) -> None:
    page = windows.open(path="/integrations/links", locale="de-DE")
    page.get_by_role("button", name="Neuer Link").first.press("Enter")
    expect(page.get_by_role("dialog", name="Neuer Link").get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("grid").press("Enter")


FORMS = [("links/new", "New link"), ("tokens/new", "New token")]
PANELS = {"smpp_account": "smpp", "upstream": "upstreams", "api_callback": "callbacks"}


def test_axe_finds_nothing_in_the_light(windows: Windows, axe: Axe) -> None:
    page = windows.open(path="/integrations")
    for name in TABS:
        page.get_by_role("navigation", name="Integrations").get_by_role("link", name=name).click()
        expect(page.get_by_role("grid", name=name)).to_have_attribute("aria-busy", "false")
        assert axe(page) == [], name
    for path, title in FORMS:
        page.goto(f"/integrations/{path}")
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert axe(page) == [], path


def test_axe_finds_nothing_in_the_dark(windows: Windows, place: Place, axe: Axe) -> None:
    page = windows.open(path="/integrations/links/new", color_scheme="dark")
    expect(page.get_by_role("dialog", name="New link")).to_be_visible()
    assert axe(page) == []
    for kind, tab in PANELS.items():
        row = place.api("GET", f"/v1/{kind}?per_page=1")[0]
        page.goto(f"/integrations/{tab}/{row['id']}")
        expect(page.get_by_role("dialog").get_by_role("heading", level=3).first).to_be_visible()
        assert axe(page) == [], kind


def test_nothing_is_wider_than_a_phone(windows: Windows) -> None:
    page = windows.open(OBSERVER, "/integrations/tokens", viewport=NARROW)
    expect(page.get_by_role("grid")).to_have_attribute("aria-busy", "false")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
