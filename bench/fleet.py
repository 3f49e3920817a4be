"""`bench fleet`: 100,000 devices asleep with 1,000,000 messages waiting; a restart; then all attach.

Each phase is a process of its own, so that memory and start are those of a fresh one.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.core import FarEnd
from bench.rig import ORGANISATION, Rig, add_fleet, device_id, running
from heliograph.core.content import Content, content_of_text
from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.requests import Submission

DEVICES = 100_000
PER_DEVICE = 10
BATCH = 500
DAY_SECONDS = 86_400


async def fill(path: Path) -> None:
    """Messages for devices that have left the network."""
    async with running(path, FarEnd()) as rig:
        ids = add_fleet(rig.engine, DEVICES, attached=False)
        for number in range(PER_DEVICE):
            for start in range(0, DEVICES, BATCH):
                batch = [_submission(id, number) for id in ids[start : start + BATCH]]
                await rig.store.run(rig.submit, batch)


def _submission(device: int, number: int) -> Submission:
    content = content_of_text(f"message {number} for device {device}, wake up")
    assert isinstance(content, Content)
    return Submission(ORGANISATION, device, content, "token:bench", validity_seconds=7 * DAY_SECONDS)


async def drain(path: Path, began: float) -> dict[str, float]:
    """Started `began` ago: ready when the gates are open. Then every device attaches."""
    far_end = FarEnd()
    async with running(path, far_end) as rig:
        start_s = time.time() - began
        await asyncio.sleep(2.0)
        rss_mib, sent_asleep = _rss_mib(), rig.dispatcher.counters.sent
        cpu, started = time.process_time(), time.perf_counter()
        attaching = asyncio.create_task(_attach_all(rig))
        first = 0.0
        while (settled := rig.dispatcher.counters.settled) < DEVICES * PER_DEVICE:
            first = first or (time.perf_counter() if settled else 0.0)
            if time.perf_counter() - started > 600:
                break
            await asyncio.sleep(0.02)
        ended = time.perf_counter()
        await attaching
    missing = sum(1 for text in _texts() if not far_end.texts[text])
    return {
        "rss_mib": rss_mib,
        "start_s": round(start_s, 2),
        "drain_per_s": round(settled / (ended - first)),
        "drain_cpu_us_per_message": round((time.process_time() - cpu) / settled * 1e6, 1),
        "rss_drain_mib": _rss_mib(peak=True),
        "attempts_while_asleep": sent_asleep,
        "lost": missing,
        "doubled": sum(count - 1 for count in far_end.texts.values() if count > 1),
        "repeated_after_unknown": far_end.repeated,
        "devices": DEVICES,
        "messages": DEVICES * PER_DEVICE,
    }


async def _attach_all(rig: Rig) -> None:
    for start in range(1, DEVICES + 1, BATCH):
        numbers = range(start, min(start + BATCH, DEVICES + 1))
        await rig.store.run(rig.attach, [Sighting(f"90128{n:010}", "", Presence.ATTACHED) for n in numbers])


def _texts() -> list[bytes]:
    return [
        f"message {number} for device {device_id(n)}, wake up".encode()
        for number in range(PER_DEVICE)
        for n in range(1, DEVICES + 1)
    ]


def _rss_mib(peak: bool = False) -> int:
    field = "VmHWM:" if peak else "VmRSS:"
    for text in Path("/proc/self/status").read_text().splitlines():
        if text.startswith(field):
            return int(text.split()[1]) // 1024
    return 0


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder:
        path = str(Path(folder) / "bench.db")
        subprocess.run([sys.executable, "-m", "bench.fleet", "fill", path], check=True)
        command = [sys.executable, "-m", "bench.fleet", "drain", path, str(time.time())]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        figures: dict[str, float] = json.loads(answer.stdout)
        return figures


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        uvloop.run(fill(Path(sys.argv[2])))
    else:
        print(json.dumps(uvloop.run(drain(Path(sys.argv[2]), float(sys.argv[3])))))
