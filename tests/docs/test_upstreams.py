"""The page about upstreams: its shell blocks run, in order, against a server and operators of their own."""

import os
import subprocess
import sys
from pathlib import Path

from heliograph.config.upstreams import UpstreamSettings
from tests.cli.program import Folder
from tests.docs.test_examples import BEGINNING, BLOCK, LONGEST_SECONDS
from tests.docs.test_smpp import free_port

PAGE = Path(__file__).parents[2] / "docs" / "upstreams.md"
SAID_APART = {"organisation", "password_file"}


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


def test_it_tells_of_every_setting() -> None:
    page = PAGE.read_text()
    names = {*UpstreamSettings.__struct_fields__} - SAID_APART
    assert sorted(name for name in names if f"`{name}`" not in page) == []
