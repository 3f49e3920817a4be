"""Processes of other people: started for a test, ended by it, never living longer than a test may."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cli.program import LONGEST_LIFE_SECONDS, eventually

Place = tuple[str, int]  # address and port


@contextmanager
def serving(
    words: Sequence[str],
    log: Path,
    *places: Place,
    variables: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[None]:
    """From when it listens in all these places until the block ends. `log` is where it says what it says."""
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

    def is_ready() -> bool:
        said = log.read_text(errors="replace")
        assert process.poll() is None, f"{words[0]} ended:\n{said[-2000:]}"
        return all(_listens(place) for place in places)

    with process:
        try:
            eventually(is_ready, words[0])
            yield
        finally:
            end.cancel()
            process.kill()


def _listens(place: Place) -> bool:
    try:
        socket.create_connection(place, timeout=1).close()
    except OSError:
        return False
    return True
