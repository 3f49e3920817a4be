"""`bench rest`: the program as a process, its API called over keep-alive connections from another process.
Policies on, every answer after its commit; counted at the far end, by unique text.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

from bench.callers import Orders
from bench.server import Served, add_fleet, device_ids, rows, served, wait_until_final

DEVICES = 20_000
CONNECTIONS = 64
SECONDS = 8.0
WARM_SECONDS = 2.0
LIMIT = 1_000_000_000  # a policy that counts and never refuses


def call(server: Served, token: str, ids: list[int], name: str, **more: float) -> dict[str, float]:
    """One stretch of load; with what it cost the server."""
    orders = Orders(name, server.port, token, ids, CONNECTIONS, **{"seconds": SECONDS, **more})
    cpu = server.cpu_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "bench.callers"],
        input=msgspec.json.encode(orders),
        capture_output=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    figures["cpu_s"] = server.cpu_seconds() - cpu
    if figures["refused"]:
        raise RuntimeError(f"{name}: {figures['refused']} calls were refused")
    return figures


def _run(folder: Path) -> dict[str, float]:
    journal = folder / "far-end.jsonl"
    with served(folder, SIMULATOR__JOURNAL=str(journal), SIMULATOR__WINDOW="5000") as server:
        add_fleet(server, DEVICES)
        server.command("policy", "set", "default", "--mt-limit", str(LIMIT))
        token = server.command("token", "create", "--scope", "sms:send", "--scope", "sms:read").strip()
        ids = device_ids(server)
        server.command("simulator", "crowd", "detached")
        asleep = [call(server, token, ids, "warm", seconds=WARM_SECONDS), call(server, token, ids, "asleep")]
        server.command("simulator", "crowd", "attached")
        wait_until_final(server)
        awake = call(server, token, ids, "awake")
        started = time.perf_counter()
        wait_until_final(server)
        settled_s = awake["wall_s"] + time.perf_counter() - started
        half = call(
            server, token, ids, "half", per_second=asleep[1]["acknowledged"] / asleep[1]["wall_s"] / 2
        )
        wait_until_final(server)
        receipts = rows(server, "SELECT count(*) FROM delivery WHERE kind = 2")[0][0]
        peak_mib = server.peak_mib()
    acknowledged = sum(int(one["acknowledged"]) for one in (*asleep, awake, half))
    single = asleep[1]
    return {
        "single_per_s": round(single["acknowledged"] / single["wall_s"]),
        "single_receipted_per_s": round(awake["acknowledged"] / settled_s),
        "cpu_us_per_request": round(single["cpu_s"] / single["acknowledged"] * 1e6, 1),
        "cpu_us_per_request_receipted": round(awake["cpu_s"] / awake["acknowledged"] * 1e6, 1),
        "p50_ms": single["p50_ms"],
        "p99_ms": single["p99_ms"],
        "p50_ms_half_load": half["p50_ms"],
        "p99_ms_half_load": half["p99_ms"],
        **_books(journal, acknowledged),
        "receipts_missing": acknowledged - receipts,
        "peak_mib": round(peak_mib),
        "devices": DEVICES,
        "connections": CONNECTIONS,
    }


def _books(journal: Path, acknowledged: int) -> dict[str, float]:
    """Texts are unique, so more of one than one is a double; a repeat says that it is one."""
    texts: Counter[str] = Counter()
    repeated = 0
    for line in journal.open("rb"):
        heard = msgspec.json.decode(line)
        repeated += heard["repeated"]
        texts[heard["text"]] += not heard["repeated"]
    return {
        "acknowledged": acknowledged,
        "lost": acknowledged - sum(1 for count in texts.values() if count),
        "doubled": sum(count - 1 for count in texts.values() if count > 1),
        "repeated_after_unknown": repeated,
    }


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder:
        return _run(Path(folder).absolute())
