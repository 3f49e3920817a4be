"""A skip that nobody allowed fails the run, here tried on a small run of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.source import PROJECT

TESTS = """
import pytest

def test_passes():
    assert 1 + 1 == 2

@pytest.mark.skip(reason="tshark is not installed")
def test_oracle():
    assert 1 + 1 == 2

@pytest.mark.xfail(reason="known gap")
def test_gap():
    assert 1 + 1 == 3
"""
BOTH = "test_small.py::test_oracle -- tshark is not installed\n*::test_gap -- known gap\n"


def run_small(folder: Path, allowed: str, *arguments: str) -> tuple[int, str]:
    folder.joinpath("conftest.py").write_text((PROJECT / "tests/conftest.py").read_text())
    folder.joinpath("test_small.py").write_text(TESTS)
    folder.joinpath("allowed").write_text(allowed)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--allowed-skips=allowed", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_listed_skip_passes_and_another_fails_the_run(tmp_path: Path, workers: str) -> None:
    code, output = run_small(tmp_path, BOTH, "-n", workers)
    assert code == pytest.ExitCode.OK, output
    code, output = run_small(tmp_path, "*::test_gap -- known gap\n", "-n", workers)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "test_small.py::test_oracle -- Skipped: tshark is not installed" in output


def test_a_skip_for_another_reason_is_not_excused(tmp_path: Path) -> None:
    code, output = run_small(tmp_path, BOTH.replace("known gap", "another gap"))
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "test_small.py::test_gap -- known gap" in output


def test_a_line_without_a_reason_is_refused(tmp_path: Path) -> None:
    code, output = run_small(tmp_path, "*::test_oracle\n")
    assert code != pytest.ExitCode.OK
    assert "is not NODE-ID-GLOB" in output
