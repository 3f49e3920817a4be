"""The examples of the API's pages run: each page's shell blocks, in order, against a server of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import Folder

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "api").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST_SECONDS = 60
# Any status that is no success ends the page there, as a reader would stop.
BEGINNING = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; }
heliograph() { "$PYTHON" -m heliograph "$@" --data "$DATA"; }
"""
RUNNING = [page for page in PAGES if BLOCK.search(page.read_text())]


def test_pages_have_examples() -> None:
    assert {"first-steps.md", "receive.md", "callbacks.md", "policies.md", "security.md", "emnify.md"} <= {
        page.name for page in RUNNING
    }


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.stem)
def test_its_examples_run(page: Path, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    script = BEGINNING + "\n".join(BLOCK.findall(page.read_text()))
    with folder.serving("--demo", HELIOGRAPH_WEBHOOKS__ALLOW="127.0.0.0/8") as server:
        token = folder.run("token", "create", "--name", "examples", "--scope", "admin").out.strip()
        variables = {
            **os.environ,
            "API": server.started["api"],
            "TOKEN": token,
            "PAGES": str(page.parent),
            "PYTHON": sys.executable,
            "DATA": str(folder.data),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
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


def test_the_first_call_that_is_printed_works(tmp_path: Path) -> None:
    with Folder(tmp_path / "data").serving("--demo") as server:
        assert server.started["reference"].endswith("/api/docs")
        done = subprocess.run(
            ["bash", "-c", server.started["call"]],
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    assert done.stdout.startswith("HTTP/1.1 201 "), done.stdout
