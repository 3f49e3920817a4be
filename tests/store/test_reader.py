"""The reader: short snapshots beside the writer, bounded in rows and in time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import apsw
import pytest

from heliograph.core.changes import Happening
from heliograph.core.message import Message
from heliograph.flow.reads.port import TooSlow
from heliograph.flow.shown import DeviceFilter, EventFilter, Mark, MessageFilter
from heliograph.store.reads import questions
from heliograph.store.reads.people import READS
from heliograph.store.reads.reader import WAITING_QUESTIONS, Reader
from heliograph.store.reads.view import View
from heliograph.store.schema import MIGRATIONS
from tests.engine import START_MS, Lab, make_lab

SCHEMA = MIGRATIONS[-1].number
T = TypeVar("T")
NEWEST = Mark(2**62, 2**53)
FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make_lab(path=tmp_path / "heliograph.sqlite")


@pytest.fixture
def view(lab: Lab) -> Iterator[View]:
    made = View(lab.path)
    yield made
    made.close()


def read(lab: Lab, ask: Callable[[Reader], Awaitable[T]]) -> T:
    async def answer() -> T:
        reader = Reader(lab.path)
        try:
            return await ask(reader)
        finally:
            reader.close()

    return asyncio.run(answer())


def test_a_snapshot_sees_what_was_committed_and_nothing_half_done(lab: Lab, view: View) -> None:
    first = lab.accept()

    def look(view: View) -> tuple[int, int]:
        (before,) = view.connection.execute("SELECT count(*) FROM message").fetchall()
        lab.accept(device=2)
        (after,) = view.connection.execute("SELECT count(*) FROM message").fetchall()
        return before[0], after[0]  # type: ignore[return-value]  # two counts

    assert view.answer(look, 1) == (1, 1)
    assert view.answer(look, 1) == (2, 2)
    assert read(lab, lambda reader: reader.message(1, first)) == lab.message(first)


def test_nothing_can_be_written(lab: Lab, view: View) -> None:
    def write(view: View) -> None:
        view.connection.execute("DELETE FROM device").fetchall()

    with pytest.raises(apsw.ReadOnlyError):
        view.answer(write, 1)
    assert lab.count("device") == 3
    assert not view.connection.in_transaction


def test_a_question_that_takes_too_long_is_broken_off(lab: Lab, view: View) -> None:
    with pytest.raises(TooSlow):
        view.answer(lambda view: view.connection.execute(FOR_EVER).fetchall(), 0.05)
    assert not view.connection.in_transaction
    assert view.answer(lambda view: view.rows("schema"), 1) == [(SCHEMA,)]


def test_a_wrong_question_leaves_the_reader_able_to_answer(lab: Lab) -> None:
    async def ask(reader: Reader) -> list[object]:
        wrong = [reader._ask(lambda view: view.rows("no such question")) for _ in range(5)]  # a bug, planted
        found = list(await asyncio.gather(*wrong, return_exceptions=True))
        return [*map(type, found), await reader.account("nobody")]

    assert read(lab, ask) == [KeyError] * 5 + [None]


def test_many_questions_at_once_are_answered_and_too_many_refused(lab: Lab) -> None:
    async def ask(reader: Reader) -> tuple[int, int]:
        asked = [reader.device(1, "device-1") for _ in range(WAITING_QUESTIONS + 5)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        return sum(isinstance(one, TooSlow) for one in found), sum(one is None for one in found)

    assert read(lab, ask) == (5, 0)
    assert read(lab, lambda reader: reader.device(1, "device-1")) is not None


def plan(view: View, name: str, values: int) -> str:
    rows = view.connection.execute(f"EXPLAIN QUERY PLAN {READS[name]}", [1] * values).fetchall()
    return "\n".join(str(row[3]) for row in rows)


@pytest.mark.parametrize(
    ("name", "values", "index"),
    [
        ("messages", 9, "message_of_org (org=? AND accepted_at"),
        ("messages_end", 5, "message_of_org (org=? AND accepted_at"),
        ("counts", 5, "message_of_org (org=? AND accepted_at"),
        ("messages_of_device", 9, "message_of_origin (origin=?)"),
        ("devices", 9, "device_name (org=? AND name>?)"),
        ("events", 8, "event_of_org (org=? AND at"),
        ("delivery", 4, "delivery_lane (receiver=? AND key=?"),
        ("places", 2, "delivery_lane (receiver=? AND key=?"),
        ("ahead", 4, "delivery_lane (receiver=? AND key=?"),
        ("head", 2, "delivery_lane (receiver=? AND key=?"),
        ("under_way", 1, "message_of_device (device=?)"),
        ("under_way_to_application", 2, "message_of_origin (origin=?)"),
    ],
)
def test_a_question_uses_its_index(view: View, name: str, values: int, index: str) -> None:
    found = plan(view, name, values)
    assert index in found, found
    assert "CO-ROUTINE" in found or "SCAN" not in found, found  # what a subquery found is scanned


def slices_of(ask: Callable[[Mark], questions.Slice[T, Mark]]) -> tuple[list[T], int]:
    """All rows of a list, and in how many slices they came."""
    mark: Mark | None = NEWEST
    rows: list[T] = []
    count = 0
    while mark is not None:
        part = ask(mark)
        rows += part.rows
        count += 1
        mark = part.end
    return rows, count


def test_a_list_looks_at_a_slice_at_a_time(lab: Lab, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SCAN", 4)
    ids = [lab.accept(device=1 + number % 3) for number in range(10)]  # all in the same millisecond
    wanted = MessageFilter(text="nothing has this")
    rows, count = slices_of(lambda mark: questions.messages(view, 1, wanted, mark, 100))
    assert (rows, count) == ([], 3)
    rows, count = slices_of(lambda mark: questions.messages(view, 1, MessageFilter(), mark, 3))
    assert [row.id for row in rows] == sorted(ids, reverse=True)
    assert count == 4
    counted, count = slices_of(lambda mark: questions.counts(view, 1, 0, mark))
    assert sum(number for _, number in counted) == 10
    assert count == 3


def test_events_and_devices_come_in_slices_too(lab: Lab, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SCAN", 4)
    for id in range(10):
        lab.insert(Happening(id, 1, START_MS + id // 4, "mt_limit_used_up", 1, id % 2, None, ""))
    rows, _ = slices_of(lambda mark: questions.events(view, 1, EventFilter(device=1), mark, 100))
    assert [row.id for row in rows] == [9, 7, 5, 3, 1]
    for id in range(10, 20):
        lab.device(id)
    names: list[str] = []
    after: str | None = ""
    while after is not None:
        part = questions.devices(view, 1, DeviceFilter(text="DEVICE-1"), after, 3)
        names += [device.name for device in part.rows]
        after = part.end
    assert names == ["device-1", *(f"device-{id}" for id in range(10, 20))]


def test_facts_for_a_health_check(lab: Lab) -> None:
    for _ in range(50):
        lab.accept()
    facts = read(lab, lambda reader: reader.facts(10_000))
    assert (facts.schema, facts.integrity, facts.path) == (SCHEMA, "ok", str(lab.path))
    assert facts.wal_pages > 0
    assert facts.size_bytes > 0
    assert facts.free_disk_bytes > 0
    assert facts.page_bytes == 4096


def test_a_check_without_time_says_so(lab: Lab) -> None:
    for number in range(2000):
        lab.insert(
            Happening(number, 1, START_MS, "quota_used_up", 1, None, None, "detail of this event " * 20)
        )
    assert read(lab, lambda reader: reader.facts(0)).integrity == "unfinished"


def test_a_damaged_file_is_told(lab: Lab, tmp_path: Path) -> None:
    for _ in range(200):
        lab.accept()
    lab.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    root = lab.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'message_of_org'")[0][0]
    octets = bytearray(Path(lab.path).read_bytes())
    octets[(root - 1) * 4096 + 8 : root * 4096] = bytes(4096 - 8)
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(octets)
    lab.path = damaged
    assert read(lab, lambda reader: reader.facts(10_000)).integrity not in ("ok", "unfinished")


def test_a_row_is_the_row(lab: Lab, view: View) -> None:
    id = lab.accept(replace_key="k", priority=2)
    found = questions.messages_of_device(view, 1, MessageFilter(device=1), NEWEST, 10).rows
    assert found == [lab.message(id)]
    assert isinstance(found[0], Message)
