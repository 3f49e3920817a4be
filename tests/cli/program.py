"""The program as a person runs it: commands and servers as processes on a folder of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

PATIENCE_SECONDS = 30.0
LONGEST_LIFE_SECONDS = 240.0  # of a process that a test starts; a read from it ends then
POLL_SECONDS = 0.02
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("HELIOGRAPH_")},
    "HELIOGRAPH_HTTP__PORT": "0",
    "HELIOGRAPH_SMPP__PORT": "0",  # many servers run at a time
    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    "COLUMNS": "200",
}
PROGRAM = [sys.executable, "-m", "heliograph"]
SOCKET = "control.sock"


class Said(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


def hear_ctrl_c() -> None:
    """Whoever starts the tests in the background ignores SIGINT, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running(subprocess.Popen[str]):
    """A process that is left running. It never outlives its `with`, nor `LONGEST_LIFE_SECONDS`."""

    def __enter__(self) -> "Running":
        self._end = threading.Timer(LONGEST_LIFE_SECONDS, self.kill)
        self._end.daemon = True
        self._end.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.cancel()
        if self.poll() is None:
            self.kill()
        super().__exit__(kind, error, trace)


class Folder:
    """A data folder, and commands on it."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: object, stdin: str = "", **variables: str) -> Said:
        done = subprocess.run(
            [*PROGRAM, *map(str, words), "--data", str(self.data)],
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=PATIENCE_SECONDS * 2,
            env={**ENVIRONMENT, **variables},
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def ok(self, *words: object, **variables: str) -> Said:
        said = self.run(*words, **variables)
        assert said.code == 0, said
        return said

    def document(self, *words: object) -> Any:
        return self.ok(*words, "--json").document

    def rows(self, *words: object) -> list[Any]:
        return self.ok(*words, "--json").rows

    def start(self, *words: str, **variables: str) -> Running:
        """Any command, left running."""
        return Running(
            [*PROGRAM, *words, "--data", str(self.data)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**ENVIRONMENT, **variables},
            preexec_fn=hear_ctrl_c,  # it calls the kernel once and takes no lock
        )

    @contextmanager
    def serving(self, *words: str, **variables: str) -> Iterator["Server"]:
        """A server; it is stopped at the end, if it still runs."""
        with self.start("serve", "--json", *words, **variables) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                assert line, process.communicate()[1]
                yield Server(process, json.loads(line))
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                process.communicate()


class Server(NamedTuple):
    process: subprocess.Popen[str]
    started: dict[str, Any]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float, str]:
        """Exit code, seconds that it took, and what it logged."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, time.monotonic() - began, log


def free_port() -> int:
    """Nobody listens there; it is not kept."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """The first true answer, asked for until it comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        select_nothing(POLL_SECONDS)
    raise AssertionError(f"never came: {what}")


def select_nothing(seconds: float) -> None:
    """Lets other processes work between two looks."""
    import select

    select.select([], [], [], seconds)
