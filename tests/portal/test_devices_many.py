"""100,000 devices: scrolling and searching keep the page free. Nothing of it holds the browser for 50 ms."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.portal.place import Place, Windows

MANY = 100_000
TRIES = 25  # other work on the machine stretches what the browser does; a page that is slow is slow each time

_WATCH = """() => {
    window.tasks = [];
    window.watcher = new PerformanceObserver((list) => window.tasks.push(...list.getEntries()));
    window.watcher.observe({ type: 'longtask' });
}"""
_SEEN = """async () => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    window.tasks.push(...window.watcher.takeRecords());
    window.watcher.disconnect();
    return window.tasks.map((task) => task.duration);
}"""
_SCROLL = """async (step) => {
    const grid = document.querySelector('[role=grid]');
    for (let n = 0; n < 40; n += 1) {
        grid.scrollTop += step;
        await new Promise(requestAnimationFrame);
    }
}"""


@pytest.fixture(scope="module")
def many(place: Place, tmp_path_factory: pytest.TempPathFactory) -> int:
    file = tmp_path_factory.mktemp("many") / "many.csv"
    rows = (f'unit-{n:06},{777_000_000_000 + n},90177{n:010},"many,g{n % 50}"\n' for n in range(MANY))
    file.write_text("name,msisdn,imsi,tags\n" + "".join(rows))
    place.folder.ok("device", "import", str(file))
    return MANY


def long_tasks(page: Page, act: Callable[[], object]) -> list[float]:
    """The fewest of some tries."""
    fewest: list[float] = []
    for number in range(TRIES):
        page.evaluate(_WATCH)
        act()
        found: list[float] = page.evaluate(_SEEN)
        fewest = found if number == 0 or len(found) < len(fewest) else fewest
        if not fewest:
            break
    return fewest


def test_no_long_task(windows: Windows, many: int) -> None:
    page = windows.open(path="/devices?q=tags:many")
    grid = page.get_by_role("grid", name="Devices")
    search = page.get_by_role("textbox", name="Search devices")
    expect(grid).to_have_attribute("aria-rowcount", str(many + 1))

    def look() -> None:
        search.press_sequentially("unit-0420")
        expect(grid).to_have_attribute("aria-rowcount", "101")
        search.fill("")
        expect(grid).to_have_attribute("aria-rowcount", str(many + 1))

    assert long_tasks(page, lambda: page.evaluate(_SCROLL, 300)) == []
    assert long_tasks(page, lambda: page.evaluate(_SCROLL, 60_000)) == []
    assert long_tasks(page, look) == []
    grid.focus()
    page.keyboard.press("End")
    expect(grid.locator(f"[aria-rowindex='{many + 1}']")).to_contain_text(f"unit-{many - 1:06}")
