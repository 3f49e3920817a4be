"""What a browser has to fetch before the first page is there."""

from playwright.sync_api import expect

from tests.portal.place import Windows

MOST_OCTETS = 250_000


def test_the_first_page_is_small(windows: Windows) -> None:
    page = windows.open("")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert fetched(page.evaluate(_SIZES)) <= MOST_OCTETS
    page = windows.open()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    assert 100_000 < fetched(page.evaluate(_SIZES)) <= MOST_OCTETS


# Bodies as they travelled, the page itself among them.
_SIZES = """() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])"""


def fetched(sizes: list[tuple[str, int]]) -> int:
    return sum(size for path, size in sizes if not path.startswith("/api/"))
