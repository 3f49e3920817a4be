"""Processes of a peer: started here, measured together, ended by their own id."""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.server import cpu_seconds

START_SECONDS = 60.0
END_SECONDS = 15.0


class Missing(Exception):
    """A peer cannot be had; the message is for people."""


class Processes:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, command: Sequence[str], **more: Any) -> None:
        output = (self._folder / f"{Path(command[0]).name}.out").open("ab")
        more.setdefault("stderr", output)
        self._running.append(subprocess.Popen(command, stdout=output, stdin=subprocess.DEVNULL, **more))

    def cpu_seconds(self) -> float:
        """Of all of them and their children."""
        return sum(cpu_seconds(pid) for process in self._running for pid in _family(process.pid))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def wait_for_port(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Missing(f"nobody listens on {port} after {START_SECONDS:.0f} s; its output is gone with its folder")


def without_ours(environment: dict[str, str]) -> dict[str, str]:
    """For programs that live in another virtual environment."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if name not in ours} | environment
