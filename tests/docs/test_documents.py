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


@pytest.mark.parametrize(
    ("maker", "made"),
    [("docs/reference.py", "docs/reference.md"), ("docs/api_reference.py", "docs/api/reference.md")],
)
def test_the_reference_is_made_from_the_code(maker: str, made: str) -> None:
    page = runpy.run_path(str(ROOT / maker))["page"]()
    assert (ROOT / made).read_text() == page, f"run python {maker}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [target for target in targets if ":" not in target and not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shown_commands_exist(page: Path) -> None:
    for command, _ in SHOWN.findall(page.read_text()):
        assert command in COMMANDS, f"{page.name}: heliograph {command}"
