"""Nothing acknowledged is lost, nothing is final twice, and a repeat is one that was in flight at a kill.

Counted at the far end: the virtual devices append what they receive to a file before they answer, and that
file is read by its unique texts. The store is opened only to see that it agrees.
"""

import json
import random
import signal
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from heliograph.core.message import State
from tests.cli.program import Folder, eventually
from tests.crash.load import Books, start

KILLS = 50
DEVICES = 40
WINDOW = 200  # of the simulator's gate: as many may be in flight at a kill
LOAD_SECONDS = (0.05, 0.5)
SEED = 20261121


class Heard(Struct):
    """One SMS at the far end."""

    cycle: int
    message: int
    repeated: bool


def _import_fleet(folder: Folder, tmp_path: Path) -> None:
    """Most answer at once; some are slow or busy now and then, so that there is something in flight."""
    rows = ["name,msisdn,imsi,policy,network,tags"]
    for number in range(DEVICES):
        tag = "sim-profile=slow_and_lossy" if number % 10 == 0 else ""
        rows.append(f"d{number},4915000000{number:03},90128000000{number:04},,,{tag}")
    table = tmp_path / "fleet.csv"
    table.write_text("\n".join(rows) + "\n")
    folder.ok("device", "import", table)


def _profiles(tmp_path: Path) -> Path:
    shelf = tmp_path / "profiles"
    shelf.mkdir()
    (shelf / "slow_and_lossy.toml").write_text(PROFILE)
    return shelf


PROFILE = """
description = "answers late, and now and then not at all"
[network]
answer_seconds = [0.002, 0.02]
faults = [{ answer = "congestion", chance = 0.02 }]
"""


def _far_end(journal: Path, ends: list[int]) -> dict[str, list[Heard]]:
    """By text. `ends` are the sizes of the file at each kill: they tell in which cycle a line was written."""
    heard: dict[str, list[Heard]] = defaultdict(list)
    offset, cycle = 0, 0
    for line in journal.read_bytes().splitlines(keepends=True):
        while cycle < len(ends) and offset >= ends[cycle]:
            cycle += 1
        offset += len(line)
        row: dict[str, Any] = json.loads(line)
        heard[row["text"]].append(Heard(cycle, row["message"], row["repeated"]))
    return heard


def _all_final(database: Path) -> bool:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5000)
    query = "SELECT count(*) FROM message WHERE final_at IS NULL"
    waiting = connection.execute(query).fetchall()[0][0]
    connection.close()
    return waiting == 0


def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    folder, journal, books = Folder(tmp_path / "data"), tmp_path / "far-end.jsonl", Books()
    settings = {
        "HELIOGRAPH_HTTP__PORT": "0",
        "HELIOGRAPH_SMPP__PORT": "0",
        "HELIOGRAPH_SIMULATOR__JOURNAL": str(journal),
        "HELIOGRAPH_SIMULATOR__WINDOW": str(WINDOW),
        "HELIOGRAPH_SIMULATOR__PROFILES": str(_profiles(tmp_path)),
        "HELIOGRAPH_RETRY__CONGESTION": "1",
        "HELIOGRAPH_RETRY__UNKNOWN": "1",
    }
    _import_fleet(folder, tmp_path)
    chance, ends = random.Random(SEED), []
    for cycle in range(KILLS):
        with folder.serving(**settings) as server:
            callers = start(folder.data, books, DEVICES, cycle)
            callers[0].join(chance.uniform(*LOAD_SECONDS))
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            for caller in callers:
                caller.join()
            ends.append(journal.stat().st_size if journal.exists() else 0)
    with folder.serving(**settings) as server:
        eventually(lambda: _all_final(folder.data / "heliograph.db"), "every message final")
        assert server.stop()[0] == 0
    assert not books.strange
    assert len(books.acknowledged) > KILLS * 10
    _check_far_end(books, _far_end(journal, ends))
    _check_store(books, folder.data / "heliograph.db")


def _check_far_end(books: Books, heard: dict[str, list[Heard]]) -> None:
    lost = [text for text in books.acknowledged if text not in heard]
    assert not lost, f"acknowledged and never received: {lost[:5]} of {len(lost)}"
    repeats: dict[int, int] = defaultdict(int)
    for text, copies in heard.items():
        assert len({copy.message for copy in copies}) == 1, f"{text}: two ids"
        for before, again in pairwise(copies):
            assert again.repeated, f"{text}: came twice without a mark"
            assert again.cycle > before.cycle, f"{text}: repeated without a kill between"
            repeats[before.cycle] += 1
    assert all(count <= WINDOW for count in repeats.values()), "more repeats than could be in flight"


def _check_store(books: Books, database: Path) -> None:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT id, state, timeline, receipt FROM message").fetchall()
    finals = {id: timeline.count("\nfinal ") for id, _, timeline, _ in rows}
    states = {id: state for id, state, _, _ in rows}
    receipts = dict(
        connection.execute(
            "SELECT message, count(*) FROM delivery WHERE kind = 2 GROUP BY message"
        ).fetchall()
    )
    for text, id in books.acknowledged.items():
        assert states.get(id) == State.DELIVERED, f"{text}: {states.get(id)}"
        assert finals[id] == 1, f"{text}: final {finals[id]} times"
    wanted = {id for id, _, _, receipt in rows if receipt}
    assert dict.fromkeys(wanted, 1) == receipts, "a receipt is missing, or there are two"
    assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
