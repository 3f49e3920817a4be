"""`bench core`: submit by 256 concurrent callers → durable → acknowledged → delivered by the simulator →
settled → receipt recorded. Counted at the simulator's end, by unique text.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import uvloop
from msgspec import Struct, field

from bench.rig import APPLICATION, ORGANISATION, Rig, add_fleet, running
from heliograph.core.content import Content, content_of_text
from heliograph.core.delivery import Job
from heliograph.flow.requests import Submission, Submitted

DEVICES = 20_000
CALLERS = 256
WARM_SECONDS = 2.0
SECONDS = 10.0
LIST = 20


class FarEnd(Struct):
    """What the virtual devices received, by text."""

    texts: Counter[bytes] = field(default_factory=Counter)
    repeated: int = 0

    def __call__(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.delivery.repeated:
                self.repeated += 1
            else:
                self.texts[job.message.body or b""] += 1


class Load(Struct):
    """One stretch of load: what was acknowledged, and how long each caller waited for it."""

    name: str
    acknowledged: list[bytes] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.acknowledged) / self.wall_s

    def wait_ms(self, share: float) -> float:
        waits = sorted(self.waits)
        return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 2)


async def caller(
    rig: Rig, ids: list[int], load: Load, number: int, until: float, size: int, pause: float
) -> None:
    """Submits, waits for the acknowledgement, submits again; `pause` keeps to a pace."""
    chance = random.Random(f"{load.name} {number}")
    next_at = time.perf_counter() + pause * chance.random()
    count = 0
    while time.perf_counter() < until:
        if pause:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            next_at += pause
        texts = [f"{load.name}: message {count + n} of caller {number}, please answer" for n in range(size)]
        count += size
        started = time.perf_counter()
        answers = await rig.store.run(rig.submit, [_submission(ids, chance, text) for text in texts])
        load.waits.append(time.perf_counter() - started)
        load.acknowledged += [
            text.encode()
            for text, answer in zip(texts, answers, strict=True)
            if isinstance(answer, Submitted)
        ]


def _submission(ids: list[int], chance: random.Random, text: str) -> Submission:
    content = content_of_text(text)
    assert isinstance(content, Content)
    device = ids[chance.randrange(len(ids))]
    return Submission(ORGANISATION, device, content, "token:bench", "12345", receipt_to=APPLICATION)


async def stretch(
    rig: Rig, ids: list[int], name: str, seconds: float, size: int = 1, pause: float = 0.0
) -> Load:
    """Load by all callers, and the time until the last of it is settled with its receipt recorded."""
    load = Load(name)
    settled = rig.dispatcher.counters.settled
    started, cpu = time.perf_counter(), time.process_time()
    until = started + seconds
    await asyncio.gather(*(caller(rig, ids, load, n, until, size, pause) for n in range(CALLERS)))
    counters, target = rig.dispatcher.counters, settled + len(load.acknowledged)
    while counters.settled < target:  # noqa: ASYNC110 # a plain counter
        await asyncio.sleep(0.005)
    load.wall_s, load.cpu_s = time.perf_counter() - started, time.process_time() - cpu
    return load


async def _run(path: Path) -> dict[str, float]:
    far_end = FarEnd()
    async with running(path, far_end) as rig:
        ids = add_fleet(rig.engine, DEVICES, attached=True)
        warm = await stretch(rig, ids, "warm", WARM_SECONDS)
        full = await stretch(rig, ids, "full", SECONDS)
        half = await stretch(rig, ids, "half", SECONDS, pause=2 * CALLERS / full.rate)
        lists = await stretch(rig, ids, "lists", SECONDS, size=LIST)
    loads = (warm, full, half, lists)
    return {
        "messages_per_s": round(full.rate),
        "cpu_us_per_message": round(full.cpu_s / len(full.acknowledged) * 1e6, 1),
        "accept_p50_ms": full.wait_ms(0.5),
        "accept_p99_ms": full.wait_ms(0.99),
        "accept_p99_ms_half_load": half.wait_ms(0.99),
        "half_load_messages_per_s": round(half.rate),
        "messages_per_s_lists": round(lists.rate),
        "cpu_us_per_message_lists": round(lists.cpu_s / len(lists.acknowledged) * 1e6, 1),
        **_books(loads, far_end),
        "receipts_missing": _receipts_missing(path, loads),
        "devices": DEVICES,
        "callers": CALLERS,
    }


def _books(loads: Sequence[Load], far_end: FarEnd) -> dict[str, float]:
    acknowledged = [text for load in loads for text in load.acknowledged]
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(1 for text in acknowledged if not far_end.texts[text]),
        "doubled": sum(count - 1 for count in far_end.texts.values() if count > 1),
        "repeated_after_unknown": far_end.repeated,
    }


def _receipts_missing(path: Path, loads: Sequence[Load]) -> int:
    """After the stop, from the file: every delivered message has its receipt on the application's lane."""
    import apsw

    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    query = "SELECT count(*) FROM delivery WHERE kind = 2 AND receiver = ?"
    recorded = connection.execute(query, (APPLICATION,)).fetchall()[0][0]
    return sum(len(load.acknowledged) for load in loads) - recorded


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder:
        return uvloop.run(_run(Path(folder) / "bench.db"))
