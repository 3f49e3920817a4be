"""Connected devices: found as one types, many changed at once with a way back, imported and exported."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.portal.place import NARROW, Axe, Place, Windows

FLEET = """name,service_profile,tags,msisdn
pump-1,default,"pumps,north",491570000001
pump-2,nowhere,pumps,491570000002
meter-1,,"demo,metered",
pump-3,default,pumps,99900000001
"""


def table(page: Page) -> Locator:
    return page.get_by_role("grid", name="Devices")


def row(page: Page, name: str) -> Locator:
    return table(page).get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def chosen(page: Page, *names: str) -> Locator:
    for name in names:
        row(page, name).get_by_role("checkbox").click()
    return page.get_by_role("toolbar")


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()


def test_the_list_is_searched_as_one_types(windows: Windows) -> None:
    page = windows.open(path="/devices")
    expect(table(page)).to_have_attribute("aria-rowcount", "37")
    page.get_by_role("textbox", name="Search devices").fill("meter")
    expect(table(page)).to_have_attribute("aria-rowcount", "7")
    page.get_by_role("textbox", name="Search devices").fill("meter 99900000014")
    expect(table(page)).to_have_attribute("aria-rowcount", "2")
    expect(row(page, "meter-2")).to_be_visible()
    page.get_by_role("textbox", name="Search devices").fill("no such device")
    expect(page.get_by_text("No device is like that")).to_be_visible()
    page.get_by_role("link", name="Show all devices").click()
    expect(table(page)).to_have_attribute("aria-rowcount", "37")


def test_filters_stand_in_the_address(windows: Windows) -> None:
    page = windows.open(path="/devices")
    page.get_by_role("search").get_by_role("button", name="Policy").click()
    page.get_by_role("menuitemradio", name="metering").click()
    expect(page.get_by_role("button", name="Policy: metering")).to_be_visible()
    expect(table(page)).to_have_attribute("aria-rowcount", "13")
    page.get_by_role("search").get_by_role("button", name="Tags").click()
    page.get_by_role("combobox", name="Has all of these tags").fill("sim-profile=meter")
    page.keyboard.press("Enter")
    expect(table(page)).to_have_attribute("aria-rowcount", "7")
    page.keyboard.press("Escape")
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page).to_have_url(re.compile("sort=-name"))
    page.reload()
    expect(page.get_by_role("button", name="Tags: sim-profile=meter")).to_be_visible()
    expect(table(page).get_by_role("row").nth(1)).to_contain_text("meter-6")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(table(page)).to_have_attribute("aria-rowcount", "37")


def test_a_view_is_saved_and_deleted(windows: Windows) -> None:
    page = windows.open(path="/devices?q=status:enabled,search:tracker")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_role("textbox", name="Name").fill("Trackers")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Trackers").wait_for()
    page.goto("/devices")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Trackers").click()
    expect(page.get_by_role("textbox", name="Search devices")).to_have_value("tracker")
    expect(table(page)).to_have_attribute("aria-rowcount", "7")
    page.get_by_role("button", name="Trackers").click()
    page.get_by_role("menuitem", name="Delete “Trackers”").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Views")).to_be_visible()


def test_chosen_ones_are_changed_and_had_back(windows: Windows, axe: Axe) -> None:
    page = windows.open(path="/devices?q=search:plain")
    toolbar = chosen(page, "plain-1", "plain-2")
    expect(toolbar).to_contain_text("2 chosen")
    assert axe(page) == []
    toolbar.get_by_role("button", name="Status").click()
    page.get_by_role("menuitem", name="Disable").click()
    expect(row(page, "plain-1")).to_contain_text("Disabled")
    undo(page)
    expect(row(page, "plain-1")).to_contain_text("Enabled")
    toolbar.get_by_role("button", name="Tags").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Add").fill("north")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(row(page, "plain-2")).to_contain_text("north")
    undo(page)
    expect(row(page, "plain-2")).not_to_contain_text("north")
    toolbar.get_by_role("button", name="Policy").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Policy").click()
    page.get_by_role("option", name="tracking").click()
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(row(page, "plain-1")).to_contain_text("tracking")
    undo(page)
    expect(row(page, "plain-1")).to_contain_text("receive-only")


def test_all_that_a_search_finds_are_changed_after_a_question(
    windows: Windows, place: Place, tmp_path: Path
) -> None:
    crowd = tmp_path / "crowd.csv"
    crowd.write_text("name,msisdn,imsi\n" + "".join(f"crowd-{number},,\n" for number in range(120)))
    place.folder.ok("device", "import", str(crowd))
    page = windows.open(path="/devices?q=search:crowd")
    expect(row(page, "crowd-0")).to_be_visible()
    table(page).get_by_role("columnheader").get_by_role("checkbox").click()
    page.get_by_role("button", name="Choose all 120").click()
    expect(page.get_by_role("toolbar")).to_contain_text("120 chosen")
    page.get_by_role("toolbar").get_by_role("button", name="Status").click()
    page.get_by_role("menuitem", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Change them").click()
    expect(page.get_by_text("120 devices changed.")).to_be_visible()
    expect(row(page, "crowd-0")).to_contain_text("Disabled")


def test_a_file_is_tried_first_and_then_imported(windows: Windows, axe: Axe, tmp_path: Path) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(FLEET)
    page = windows.open(path="/devices?q=search:pump")
    page.get_by_role("button", name="Import").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)
    panel = page.get_by_role("dialog", name="Import devices")
    expect(panel.get_by_text("Checked 4 rows. Nothing is changed yet.")).to_be_visible()
    expect(panel.get_by_role("row").filter(has_text="pump-2")).to_contain_text("service_profile")
    expect(panel.get_by_role("row").filter(has_text="pump-3")).to_contain_text("99900000001")
    assert axe(page) == []
    expect(table(page)).to_have_attribute("aria-rowcount", "1")
    panel.get_by_role("button", name="Import 2 rows").click()
    expect(panel.get_by_text("Imported.")).to_be_visible()
    panel.get_by_role("button", name="Close").last.click()
    expect(row(page, "pump-1")).to_contain_text("north")


def test_the_list_is_exported(windows: Windows) -> None:
    page = windows.open(path="/devices?q=search:sleepy")
    expect(table(page)).to_have_attribute("aria-rowcount", "7")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0].startswith("id,name,status")
    assert len(lines) == 7


def test_observers_see_and_cannot_touch(observer_page: Page) -> None:
    observer_page.goto("/devices?q=search:meter")
    expect(row(observer_page, "meter-1")).to_be_visible()
    expect(observer_page.get_by_role("button", name="Export")).to_be_visible()
    expect(observer_page.get_by_role("button", name="Import")).to_have_count(0)
    expect(observer_page.get_by_role("checkbox")).to_have_count(0)


def test_dark_narrow_and_german(windows: Windows, axe: Axe) -> None:
    page = windows.open(path="/devices?q=search:meter", locale="de-DE", color_scheme="dark", viewport=NARROW)
    expect(page.get_by_role("heading", name="Geräte", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="meter-1", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Importieren")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
