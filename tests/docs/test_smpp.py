"""The page about SMPP: its shell blocks run, in order, against a server of their own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.program import Folder, free_port
from tests.docs.test_examples import BEGINNING, BLOCK, LONGEST_SECONDS

PAGE = Path(__file__).parents[2] / "docs" / "smpp.md"


def test_its_examples_run(tmp_path: Path) -> None:
    folder, port = Folder(tmp_path / "data"), str(free_port())
    script = BEGINNING + "\n".join(BLOCK.findall(PAGE.read_text()))
    variables = {
        **os.environ,
        "PAGES": str(PAGE.parent),
        "PYTHON": sys.executable,
        "DATA": str(folder.data),
        "SMPP_PORT": port,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    with folder.serving("--demo", HELIOGRAPH_SMPP__PORT=port):
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
    assert "answer:" in done.stdout
