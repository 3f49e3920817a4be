"""Pictures of pages for looking at: `python -m tests.portal.shots FOLDER [PATH ...]`, of the demo fleet after
some traffic. Without paths: of every page, as they lie in `docs/pictures`.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.cli.program import Folder, eventually
from tests.portal.conftest import ARGUMENTS
from tests.portal.needs import chromium, fresh_portal
from tests.portal.place import ADMINISTRATOR, NARROW, WIDE, Place, Windows, place_of

SCHEMES = ("light", "dark")
TEXTS = ("STATUS", "POSITION", "INTERVAL 15", "Grüße aus der Werkstatt", "VERSION?", "STATUS")
AWAY, SILENT = "meter-1", "meter-2"  # detached; out of coverage, so its lane is in trouble


def live(place: Place) -> dict[str, int]:
    """Some traffic: delivered and answered, waiting, in trouble, a batch. The ids that pages show."""
    found = {one["name"]: one["id"] for one in place.api("GET", "/v1/endpoint?per_page=100")}
    place.api("PATCH", f"/v1/simulator/device/{found[AWAY]}", {"coverage": "detached"})
    place.api("PATCH", f"/v1/simulator/device/{found[SILENT]}", {"coverage": "no_answer"})
    for number in range(1, 7):
        for text in TEXTS[:number]:
            _send(place, found[f"tracker-{number}"], text)
    for name in (AWAY, SILENT):
        _send(place, found[name], "wake up")
    told = _send(
        place, found["tracker-1"], "The firmware of this device is old. Fetch 4.2.1 when it charges. " * 3
    )
    many = [id for name, id in found.items() if name.startswith("meter")]
    batch = place.api(
        "POST", "/v1/sms", {"payload": "LEVEL", "source_address": "2020", "recipients": {"endpoints": many}}
    )
    eventually(lambda: place.api("GET", f"/v1/sms/{told}")["final_date"], "the end of the long one")
    policy = place.api("GET", "/v1/service_profile")[0]["id"]
    return {"device": found["tracker-1"], "message": told, "batch": batch["id"], "policy": policy}


def _send(place: Place, device: int, text: str) -> int:
    body = {"payload": text, "source_address": "2020"}
    return int(place.api("POST", f"/v1/endpoint/{device}/sms", body))


def every_page(ids: dict[str, int]) -> dict[str, str]:
    """By the name of its picture."""
    return {
        "signin": "/signin",
        "overview": "/",
        "devices": "/devices",
        "device": f"/devices/{ids['device']}",
        "messages": "/messages",
        "message": f"/messages/{ids['message']}",
        "batches": "/batches",
        "batch": f"/batches/{ids['batch']}",
        "policies": "/policies",
        "policy": f"/policies/{ids['policy']}",
        "integrations": "/integrations",
        "networks": "/networks",
        "organisation": "/organisation",
        "console": "/console",
    }


def _shoot(page: Page, file: Path) -> None:
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file)


def main(folder: Path, paths: list[str]) -> None:
    fresh_portal()
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        Folder(Path(data) / "data").serving("--demo") as server,
        sync_playwright() as playwright,
    ):
        place = place_of(Folder(Path(data) / "data"), server)
        pages = every_page(live(place))
        if paths:
            pages = {path.strip("/").replace("/", "-") or "overview": path for path in paths}
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        windows = Windows(running, place)
        for name, path in pages.items():
            user = "" if name in ("signin", "console") else ADMINISTRATOR
            for scheme in SCHEMES:
                for size in (WIDE, NARROW):
                    options: dict[str, Any] = {"color_scheme": scheme, "viewport": size}
                    file = folder / f"{name}-{scheme}-{size['width']}.png"
                    _shoot(windows.open(user, path, **options), file)
        windows.close()
        running.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
