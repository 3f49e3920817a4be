"""The page about upstreams: its shell blocks run, in order, against a server and operators of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

from heliograph.cli.commands.upstreams import upstream
from heliograph.config.upstreams import RouteSettings, UpstreamSettings
from heliograph.interfaces.rest.translate.upstreams import NewUpstreamBody
from tests.cli.program import Folder, free_port
from tests.docs.test_examples import BEGINNING, BLOCK, LONGEST_SECONDS

PAGE = Path(__file__).parents[2] / "docs" / "upstreams.md"
NAME = re.compile("`([a-z0-9_]+)`")
SAID_IN_WORDS = {"host", "organisation", "tls_server_name", "tls_ca"}
EVERYWHERE = {"data", "config", "org", "as_json", "name", "key"}  # of each command, and what it is about


def test_its_examples_run(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    script = BEGINNING + "\n".join(BLOCK.findall(PAGE.read_text()))
    variables = {
        **os.environ,
        "PAGES": str(PAGE.parent),
        "PYTHON": sys.executable,
        "DATA": str(folder.data),
        "ACME_PORT": str(free_port()),
        "BETA_PORT": str(free_port()),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    with folder.serving("--demo"):
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def table(heading: str) -> list[list[str]]:
    """The cells of the page's table whose first column is called so."""
    text = PAGE.read_text()
    body = text[text.index(f"\n| {heading}".rstrip() + " |") + 1 :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()[2:]]


def said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in ("", ()):
        return "none"
    return f"`{value}`" if isinstance(value, str) else str(value)


def test_its_table_is_the_settings_and_their_defaults() -> None:
    told = {
        name: default
        for names, _, defaults in table("setting")
        for name, default in zip(NAME.findall(names), defaults.split(", "), strict=True)
    }
    assert sorted(told) == sorted(UpstreamSettings.__struct_fields__)
    as_they_are = UpstreamSettings(host="")
    compared = {name: text for name, text in told.items() if name not in SAID_IN_WORDS}
    assert compared == {name: said(getattr(as_they_are, name)) for name in compared}


def test_it_tells_where_the_command_line_and_the_api_differ() -> None:
    rows = table("")
    settings, api = ({name for row in rows for name in NAME.findall(row[n])} for n in (1, 3))
    options = {name.replace("-", "_") for row in rows for name in re.findall("--([a-z-]+)", row[2])}
    same = {*UpstreamSettings.__struct_fields__} - settings
    assert {*NewUpstreamBody.__struct_fields__} == same | api
    typed = {one.name for name in ("create", "set") for one in upstream.commands[name].params}
    assert typed - EVERYWHERE == same | options - EVERYWHERE


def test_the_page_about_routes_tells_of_every_setting_of_one() -> None:
    page = PAGE.with_name("routes.md").read_text()
    told = {name for line in page.splitlines() for name in re.findall("^\\| `([a-z]+)` \\|", line)}
    assert told >= {*RouteSettings.__struct_fields__}
