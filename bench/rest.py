"""`bench rest`: the program as a process, its API called over keep-alive connections from another process.
Policies on, every answer after its commit; counted at the far end, by unique text.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
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
BULK = 10_000
BULKS = 3
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


def bulk(server: Served, token: str, ids: list[int], payload: str) -> tuple[int, float]:
    """One call to many, as fast as it is answered: recipients accepted, and the seconds until the 202."""
    site = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    body = json.dumps({"payload": payload, "recipients": {"endpoints": ids}})
    started = time.perf_counter()
    site.request("POST", "/api/v1/sms", body, {"Authorization": f"Bearer {token}"})
    answer = site.getresponse()
    text = answer.read()
    seconds = time.perf_counter() - started
    site.close()
    if answer.status != 202:
        raise RuntimeError(f"a bulk was answered {answer.status}: {text[:200]!r}")
    return json.loads(text)["accepted"], seconds


def bulks(server: Served, token: str, ids: list[int], payload: str) -> tuple[int, float]:
    """Several calls, each with a text of its own; the recipients and the seconds of them all."""
    done = [bulk(server, token, ids[:BULK], f"{payload} {number}") for number in range(BULKS)]
    return sum(count for count, _ in done), sum(seconds for _, seconds in done)


def _run(folder: Path) -> dict[str, float]:
    journal = folder / "far-end.jsonl"
    with served(folder, SIMULATOR__JOURNAL=str(journal), SIMULATOR__WINDOW="5000") as server:
        add_fleet(server, DEVICES)
        server.command("policy", "set", "default", "--mt-limit", str(LIMIT))
        token = server.command("token", "create", "--scope", "sms:send", "--scope", "sms:read").strip()
        ids = device_ids(server)
        server.command("simulator", "crowd", "detached")
        asleep = [call(server, token, ids, "warm", seconds=WARM_SECONDS), call(server, token, ids, "asleep")]
        static, static_s = bulks(server, token, ids, "to all of you: bulk")
        templated, templated_s = bulks(server, token, ids, "{{ device.name }}, this is bulk")
        server.command("simulator", "crowd", "attached")
        wait_until_final(server)
        awake = call(server, token, ids, "awake")
        started = time.perf_counter()
        wait_until_final(server)
        settled_s = awake["wall_s"] + time.perf_counter() - started
        half = call(server, token, ids, "half", per_second=_rate(asleep[1]) / 2)
        wait_until_final(server)
        server.command("simulator", "crowd", "detached")
        beside = threading.Thread(target=lambda: bulks(server, token, ids, "beside single sends: bulk"))
        beside.start()
        both = call(server, token, ids, "beside", per_second=_rate(half))
        beside.join()
        server.command("simulator", "crowd", "attached")
        wait_until_final(server)
        receipts = rows(server, "SELECT count(*) FROM delivery WHERE kind = 2")[0][0]
        peak_mib = server.peak_mib()
    singles = sum(int(one["acknowledged"]) for one in (*asleep, awake, half, both))
    acknowledged = singles + static + templated + BULK * BULKS
    single = asleep[1]
    return {
        "single_per_s": round(_rate(single)),
        "single_receipted_per_s": round(awake["acknowledged"] / settled_s),
        "cpu_us_per_request": round(single["cpu_s"] / single["acknowledged"] * 1e6, 1),
        "cpu_us_per_request_receipted": round(awake["cpu_s"] / awake["acknowledged"] * 1e6, 1),
        "p50_ms": single["p50_ms"],
        "p99_ms": single["p99_ms"],
        "p50_ms_half_load": half["p50_ms"],
        "p99_ms_half_load": half["p99_ms"],
        "p99_ms_half_load_with_bulk": both["p99_ms"],
        "bulk_recipients_per_s": round(static / static_s),
        "bulk_templated_per_s": round(templated / templated_s),
        **_books(journal, acknowledged),
        "receipts_missing": acknowledged - receipts,
        "peak_mib": round(peak_mib),
        "devices": DEVICES,
        "connections": CONNECTIONS,
    }


def _rate(load: dict[str, float]) -> float:
    return load["acknowledged"] / load["wall_s"]


def _books(journal: Path, acknowledged: int) -> dict[str, float]:
    """A text comes once to a device, so more of one than one is a double; a repeat says that it is one."""
    texts: Counter[str] = Counter()
    repeated = 0
    for line in journal.open("rb"):
        heard = msgspec.json.decode(line)
        repeated += heard["repeated"]
        texts[f"{heard['msisdn']} {heard['text']}"] += not heard["repeated"]
    return {
        "acknowledged": acknowledged,
        "lost": acknowledged - sum(1 for count in texts.values() if count),
        "doubled": sum(count - 1 for count in texts.values() if count > 1),
        "repeated_after_unknown": repeated,
    }


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder:
        return _run(Path(folder).absolute())
