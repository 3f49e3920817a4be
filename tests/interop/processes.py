"""Processes of other people: started for a test, ended by it, never living longer than a test may."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cli.program import LONGEST_LIFE_SECONDS


@contextmanager
def running(
    words: Sequence[str], log: Path, variables: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Until the block ends. `log` is where it says what it says."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(variables or {})},
            cwd=cwd,
        )
    end = threading.Timer(LONGEST_LIFE_SECONDS, process.kill)
    end.daemon = True
    end.start()
    with process:
        try:
            yield process
        finally:
            end.cancel()
            process.kill()
