"""What tests of the portal need. Where it is not there, they skip and say what to install."""

import runpy
import shutil
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2] / "portal"
AXE = PORTAL / "node_modules/axe-core/axe.min.js"


def chromium() -> str:
    """Its path."""
    found = shutil.which("chromium", path="/usr/bin:/usr/local/bin:/snap/bin") or shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    return found


def fresh_portal() -> None:
    """What is looked at is what the sources say now."""
    build = runpy.run_path(str(PORTAL / "build.py"))
    if not build["is_wanted"]():
        pytest.skip("the portal was left out (HELIOGRAPH_PORTAL=no)")
    build["build"](only_if_changed=True)


def axe_source() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (python portal/build.py npm ci)")
    return AXE.read_text("utf-8")
