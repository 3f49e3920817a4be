"""The portal as people have it: a real server with the demo fleet, and Debian's Chromium.

Everything lasts as long as one file of tests: Playwright's loop would be in the way of tests that have one of
their own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.cli.program import Folder
from tests.portal.needs import chromium, fresh_portal
from tests.portal.place import ADMINISTRATOR, LONGEST_MS, OBSERVER, Place, Windows, add_users, place_of
from tests.portal.reading import axe_findings

expect.set_options(timeout=LONGEST_MS)

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-color-profile=srgb",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server with the demo fleet, and its users."""
    chromium()
    fresh_portal()
    folder = Folder(tmp_path_factory.mktemp("portal") / "data")
    with folder.serving("--demo") as server:
        made = place_of(folder, server)
        add_users(made)
        yield made


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def windows(browser: Browser, place: Place) -> Iterator[Windows]:
    """`windows.open(user)`: another window, signed in, or with "" not. At the end none of them may have
    complained, or asked anybody but the server.
    """
    made = Windows(browser, place)
    yield made
    made.close()


@pytest.fixture
def page(windows: Windows) -> Page:
    """Signed in as administrator, at the overview."""
    return windows.open(ADMINISTRATOR)


@pytest.fixture
def observer_page(windows: Windows) -> Page:
    return windows.open(OBSERVER)


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds on a page as it stands; none is what there should be."""
    return axe_findings


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures for looking at go."""
    folder = Path(__file__).parents[2] / ".shots"
    folder.mkdir(exist_ok=True)
    return folder
