"""A server for benchmarks: the program itself, as a process on a folder of its own, with a fleet."""

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.smpp_wire import number_of

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0
PROGRAM = [sys.executable, "-m", "heliograph"]


class Served:
    """A running server, spoken to by its own commands."""

    def __init__(self, data: Path, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.data = data
        self.process = process
        self.port = port

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [*PROGRAM, *words, "--data", str(self.data)], capture_output=True, text=True, check=True
        )
        return done.stdout

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process.pid)

    def peak_mib(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, all threads. proc(5): fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Served]:
    """Settings are variables without their prefix."""
    chosen = {"HTTP__PORT": "0", "SMPP__PORT": "0"} | settings
    environment = os.environ | {f"HELIOGRAPH_{name}": value for name, value in chosen.items()}
    data = folder / "data"
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--json", "--data", str(data)], env=environment, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        started: dict[str, Any] = json.loads(process.stdout.readline())
        port = int(started["api"].rpartition(":")[2].partition("/")[0])
        yield Served(data, process, port)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def add_fleet(server: Served, devices: int, network: str = "simulator") -> None:
    path = server.data.parent / "fleet.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "msisdn", "imsi", "network"])
        rows.writerows((f"bench-{n}", number_of(n), f"90128{n:010}", network) for n in range(1, devices + 1))
    server.command("device", "import", str(path))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def device_ids(server: Served) -> list[int]:
    query = "SELECT id FROM device ORDER BY id"
    return [row[0] for row in rows(server, query)]


def rows(server: Served, query: str) -> list[tuple[Any, ...]]:
    """Read beside the server, from its file."""
    import apsw

    connection = apsw.Connection(str(server.data / "heliograph.db"), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(10_000)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def wait_until_final(server: Served, seconds: float = 120.0) -> None:
    """All that was accepted is delivered and settled."""
    end = time.monotonic() + seconds
    while rows(server, "SELECT count(*) FROM message WHERE final_at IS NULL")[0][0]:
        if time.monotonic() > end:
            raise TimeoutError("messages are still not final")
        time.sleep(0.2)
