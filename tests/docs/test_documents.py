"""The reference is what the code says, links lead somewhere, and commands that are shown exist."""

import re
import runpy
from pathlib import Path

import click
import pytest

from heliograph.cli import heliograph as program

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
COMMANDS = program.list_commands(click.Context(program))
SHOWN = re.compile(r"^\$ heliograph ([a-z-]+)(?: ([a-z-]+))?", re.MULTILINE)


def test_the_reference_is_made_from_the_code() -> None:
    made = runpy.run_path(str(ROOT / "docs/reference.py"))["page"]()
    assert (ROOT / "docs/reference.md").read_text() == made, "run python docs/reference.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [target for target in targets if ":" not in target and not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shown_commands_exist(page: Path) -> None:
    for command, _ in SHOWN.findall(page.read_text()):
        assert command in COMMANDS, f"{page.name}: heliograph {command}"
