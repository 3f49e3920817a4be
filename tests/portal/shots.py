"""Pictures of pages for looking at: `python -m tests.portal.shots FOLDER [PATH ...]`, of the demo fleet."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.cli.program import Folder
from tests.portal.conftest import ARGUMENTS
from tests.portal.needs import chromium, fresh_portal
from tests.portal.place import ADMINISTRATOR, NARROW, WIDE, Windows, place_of

SCHEMES = ("light", "dark")


def main(folder: Path, paths: list[str]) -> None:
    fresh_portal()
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        Folder(Path(data) / "data").serving("--demo") as server,
        sync_playwright() as playwright,
    ):
        place = place_of(Folder(Path(data) / "data"), server)
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        windows = Windows(running, place)
        for path in paths:
            for scheme in SCHEMES:
                for size in (WIDE, NARROW):
                    user = "" if path == "/signin" else ADMINISTRATOR
                    page = windows.open(user, path, color_scheme=scheme, viewport=size)
                    page.get_by_role("heading", level=1).wait_for()
                    page.evaluate("document.fonts.ready")
                    name = path.strip("/").replace("/", "-") or "overview"
                    page.screenshot(path=folder / f"{name}-{scheme}-{size['width']}.png")
        windows.close()
        running.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or ["/signin", "/"])
