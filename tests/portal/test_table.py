"""The table that pages share, shown by the devices: only rows on screen are there, keys and sorting work."""

import re

from playwright.sync_api import Page, expect

from tests.portal.place import Axe, Windows


def rows(page: Page) -> list[str]:
    return page.get_by_role("grid").locator("[role=rowgroup] [role=row]").all_inner_texts()


def test_rows_keys_and_order(windows: Windows, axe: Axe) -> None:
    page = windows.open(path="/devices")
    grid = page.get_by_role("grid", name="Devices")
    first = grid.get_by_role("row").filter(has_text="meter-1")
    expect(first).to_be_visible()
    expect(grid).to_have_attribute("aria-busy", "false")
    assert axe(page) == []
    total = int(grid.get_attribute("aria-rowcount") or "0") - 1
    assert 0 < len(rows(page)) <= total
    grid.focus()
    page.keyboard.press("End")
    expect(grid.locator(f"[aria-rowindex='{total + 1}']")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(grid.locator("[aria-rowindex='2']")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Shift+ArrowDown")
    expect(grid.locator("[aria-selected=true]")).to_have_count(2)
    page.get_by_role("button", name="Choose none").click()
    expect(grid.locator("[aria-selected=true]")).to_have_count(0)
    lowest = rows(page)[0]
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    expect(grid.locator("[aria-rowindex='2']")).not_to_have_text(lowest)
    grid.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/devices/\d+$"))
