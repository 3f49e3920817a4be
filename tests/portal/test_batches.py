"""Bulk: made with a preview, watched live, held, let go on, canceled, sent again, and its results."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.portal.place import NARROW, Axe, Place, Windows

CROWD = 1_000
PEOPLE = "msisdn,code\n99900000013,A1\n99900000014,B2\n,C3\n"


@pytest.fixture(scope="module")
def crowd(place: Place, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Devices that answer at once."""
    file = tmp_path_factory.mktemp("crowd") / "crowd.csv"
    rows = (f"crowd-{n},{888_000_000_000 + n},90155{n:010},crowd\n" for n in range(CROWD))
    file.write_text("name,msisdn,imsi,tags\n" + "".join(rows))
    place.folder.ok("device", "import", str(file))
    return CROWD


def new_batch(page: Page, text: str, name: str = "") -> Locator:
    page.get_by_role("textbox", name="Text", exact=True).fill(text)
    if name:
        page.get_by_label("Name of the batch").fill(name)
    return page.get_by_role("region", name="Preview")


def send(page: Page, to: str) -> None:
    page.get_by_role("button", name=to).click()
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(page).to_have_url(re.compile(r"/batches/\d+$"))


def results(page: Page) -> Locator:
    return page.get_by_role("grid", name="Results")


def test_bulk_to_a_thousand_is_paused_and_goes_on(windows: Windows, crowd: int) -> None:
    page = windows.open(path="/batches/new")
    page.get_by_role("textbox", name="Search devices").fill("crowd")
    expect(page.get_by_text("1,000 devices are found")).to_be_visible()
    preview = new_batch(page, "Hello {{ device.name }}", "Everybody")
    expect(preview.get_by_text("Hello crowd-", exact=False)).to_have_count(3)
    page.get_by_label("At most").fill("150")
    page.get_by_role("combobox", name="Pace per").click()
    page.get_by_role("option", name="per second").click()
    expect(preview.get_by_text("takes about")).to_be_visible()
    send(page, "Send to 1,000 recipients")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    other = windows.open(path=page.url)
    bar = other.get_by_role("progressbar")
    expect(bar).not_to_have_attribute("aria-valuenow", "100")
    page.get_by_role("button", name="Resume").click()
    expect(bar).to_have_attribute("aria-valuenow", "100", timeout=30_000)
    expect(other.get_by_text("Finished", exact=True).first).to_be_visible()
    expect(results(other).get_by_role("row").nth(1)).to_contain_text("Delivered")
    with other.expect_download() as download:
        other.get_by_role("button", name="Results as CSV").click()
    with Path(download.value.path()).open() as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["DELIVERED"] * crowd


def test_people_and_rows_of_a_file(windows: Windows, axe: Axe, tmp_path: Path) -> None:
    page = windows.open(path="/batches/new")
    page.get_by_text("Phone numbers", exact=True).click()
    page.get_by_role("textbox", name="Phone numbers").fill("99900000013, +49 151 2345678")
    preview = new_batch(page, "Tea is ready €")
    expect(preview).to_contain_text("No route leads")
    expect(page.get_by_role("button", name="Send to 1 recipient")).to_be_enabled()
    assert axe(page) == []
    page.get_by_text("CSV file", exact=True).click()
    (tmp_path / "people.csv").write_text(PEOPLE)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(tmp_path / "people.csv")
    expect(page.get_by_text("2 recipients in people.csv, by its column msisdn.")).to_be_visible()
    expect(page.get_by_text("line 4")).to_be_visible()
    page.get_by_role("textbox", name="Text", exact=True).fill("Your code is ")
    page.get_by_role("button", name="Variable").click()
    page.get_by_role("menuitem", name="code", exact=True).click()
    expect(preview.get_by_text("Your code is A1")).to_be_visible()
    expect(preview.get_by_text("Your code is B2")).to_be_visible()
    page.get_by_role("textbox", name="Text", exact=True).fill("{{ nothing }}")
    expect(page.get_by_role("alert")).to_contain_text("nothing")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def test_the_counter_and_what_forces_the_encoding(windows: Windows) -> None:
    page = windows.open(path="/batches/new")
    new_batch(page, "x" * 161)
    expect(page.get_by_text("2 segments · GSM 7-bit")).to_be_visible()
    new_batch(page, "x" * 20 + "ł")
    expect(page.get_by_text("Unicode because of ł")).to_be_visible()


def test_chosen_devices_get_a_later_one_that_is_canceled(windows: Windows, axe: Axe) -> None:
    page = windows.open(path="/devices?q=search:tracker")
    page.get_by_role("grid").get_by_role("checkbox").nth(1).click()
    page.get_by_role("grid").get_by_role("checkbox").nth(2).click()
    page.get_by_role("toolbar").get_by_role("button", name="SMS").click()
    expect(page.get_by_text("2 devices that you chose in the list.")).to_be_visible()
    new_batch(page, "Later", "Tomorrow")
    page.get_by_label("Begin at").fill("2999-01-01T08:00")
    expect(page.get_by_role("button", name="Schedule for 2 recipients")).to_be_enabled()
    page.get_by_label("Begin at").fill("")
    page.get_by_label("At most").fill("1")
    send(page, "Send to 2 recipients")
    expect(results(page).get_by_role("row")).to_have_count(3)
    assert axe(page) == []
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the batch").click()
    expect(results(page).get_by_text("Canceled").first).to_be_visible()
    page.get_by_role("link", name="Batches").first.click()
    expect(page.get_by_role("grid").get_by_role("row").filter(has_text="Tomorrow")).to_contain_text(
        "Canceled"
    )


def test_failed_ones_are_sent_again(windows: Windows, place: Place) -> None:
    device = place.api("GET", "/v1/endpoint?q=name:plain-1")[0]["id"]
    place.api("PATCH", f"/v1/simulator/device/{device}", {"fault": "rejected"})
    wanted = {"payload": "x", "recipients": {"endpoints": [device]}, "name": "In vain"}
    page = windows.open(path=f"/batches/{place.api('POST', '/v1/sms', wanted)['id']}")
    again = page.get_by_role("button", name="Retry 1 failed")
    expect(again).to_be_visible()
    place.api("PATCH", f"/v1/simulator/device/{device}", {"fault": None})
    again.click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("once more of batch")).to_be_visible()
    expect(results(page).get_by_text("Delivered")).to_be_visible()


def test_observers_see_and_cannot_touch(observer_page: Page, place: Place) -> None:
    batch = place.api(
        "POST", "/v1/sms", {"payload": "x", "recipients": {"q": "search:meter"}, "per_minute": 1}
    )
    observer_page.goto("/batches")
    expect(observer_page.get_by_role("grid").get_by_role("row").nth(1)).to_be_visible()
    expect(observer_page.get_by_role("button", name="New batch")).to_have_count(0)
    observer_page.goto(f"/batches/{batch['id']}")
    expect(results(observer_page).get_by_role("row").nth(1)).to_be_visible()
    expect(observer_page.get_by_role("button", name="Results as CSV")).to_be_visible()
    expect(observer_page.get_by_role("button", name="Pause")).to_have_count(0)
    observer_page.goto("/batches/new")
    expect(observer_page.get_by_text("You may look, and not send")).to_be_visible()


def test_dark_narrow_and_german(windows: Windows, axe: Axe, place: Place) -> None:
    batch = place.api(
        "POST", "/v1/sms", {"payload": "x", "recipients": {"q": "search:meter"}, "name": "Alle"}
    )
    page = windows.open(path="/batches", locale="de-DE", color_scheme="dark", viewport=NARROW)
    expect(page.get_by_role("link", name="Alle").first).to_be_visible()
    assert axe(page) == []
    page.goto(f"/batches/{batch['id']}")
    expect(page.get_by_role("grid", name="Ergebnisse").get_by_text("Zugestellt").first).to_be_visible()
    assert axe(page) == []
    page.goto("/batches/new")
    expect(page.get_by_text("Wer es bekommt").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
