"""The writer: many callers, few commits; nothing is answered before its commit; a bad call harms no other."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import apsw
import pytest
from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.gate import Gates
from heliograph.core.outcome import DELIVERED
from heliograph.flow.ports import Answers, Full, Transaction, Urgency
from heliograph.flow.requests import Submitted
from heliograph.flow.settle import Settled
from heliograph.store.sqlite import writer
from heliograph.store.sqlite.engine import Call, Done, SqliteEngine
from heliograph.store.sqlite.writer import ROUND_UNITS, Writer
from tests.engine import Lab, SetClock, make_lab
from tests.store.rows import changes, message

TIMEOUT_SECONDS = 30


class Opened(Struct):
    writer: Writer
    engine: "Watched"
    path: Path


class Watched(SqliteEngine):
    """The real engine, which counts its rounds and can be held before one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Gates(), SetClock(), 1000)
        self.rounds: list[list[Call]] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.begun = threading.Event()

    def round(self, calls: Sequence[Call]) -> Done:
        self.begun.set()
        assert self.may_go.wait(TIMEOUT_SECONDS)
        self.rounds.append(list(calls))
        return super().round(calls)


class Insert:
    """A flow that writes a message per request and answers with the request."""

    def __init__(self, urgency: Urgency = Urgency.ACCEPT) -> None:
        self.urgency = urgency

    async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[int]:
        await tx.write(changes(messages=[message(id) for id in requests]))
        if -1 in requests:
            raise ValueError("planted")
        return Answers(list(requests), [])


def run(path: Path, work: Callable[[Opened], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        engine = Watched(path)
        opened = Opened(Writer(engine), engine, path)
        try:
            return await asyncio.wait_for(work(opened), TIMEOUT_SECONDS)
        finally:
            engine.may_go.set()
            await opened.writer.stop()

    return asyncio.run(main())


def written(path: Path) -> list[int]:
    """As another process sees it."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT id FROM message ORDER BY id").fetchall()
    connection.close()
    return [row[0] for row in rows]


def start(work: Awaitable[Any]) -> "asyncio.Future[Any]":
    return asyncio.ensure_future(work)


async def reached(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, TIMEOUT_SECONDS)


def test_many_callers_share_few_commits(tmp_path: Path) -> None:
    insert = Insert()

    async def work(opened: Opened) -> int:
        answers = await asyncio.gather(*(opened.writer.run(insert, [id]) for id in range(1, 501)))
        assert answers == [[id] for id in range(1, 501)]
        return len(opened.engine.rounds)

    assert run(tmp_path / "db", work) <= 3
    assert written(tmp_path / "db") == list(range(1, 501))


def test_nothing_is_answered_before_its_commit(tmp_path: Path) -> None:
    wrote, may_commit = threading.Event(), threading.Event()

    class Held(Insert):
        async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[int]:
            answers = await super().__call__(tx, requests)
            wrote.set()
            assert may_commit.wait(TIMEOUT_SECONDS)
            return answers

    async def work(opened: Opened) -> None:
        task = start(opened.writer.run(Held(), [1]))
        await reached(wrote)
        assert not task.done()
        assert written(opened.path) == []  # a kill now leaves nothing, and nobody was told otherwise
        may_commit.set()
        assert await task == [1]
        assert written(opened.path) == [1]

    run(tmp_path / "db", work)


def test_what_arrives_during_a_round_forms_the_next_the_urgent_first(tmp_path: Path) -> None:
    flows = {urgency: Insert(urgency) for urgency in Urgency}

    async def work(opened: Opened) -> list[Urgency]:
        opened.engine.may_go.clear()
        first = start(opened.writer.run(flows[Urgency.BULK], [1]))
        await reached(opened.engine.begun)
        tasks = []
        for number, urgency in enumerate(reversed(Urgency), 2):
            requests = list(range(number * 1000, number * 1000 + ROUND_UNITS))
            tasks.append(start(opened.writer.run(flows[urgency], requests)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        opened.engine.may_go.set()
        await asyncio.gather(first, *tasks)
        return [calls[0].flow.urgency for calls in opened.engine.rounds[1:]]

    assert run(tmp_path / "db", work) == sorted(Urgency)


def test_a_round_holds_so_much_and_a_larger_call_has_its_own(tmp_path: Path) -> None:
    insert = Insert()
    sizes = [1, ROUND_UNITS - 1, 1, ROUND_UNITS * 2, 1]

    async def work(opened: Opened) -> list[int]:
        opened.engine.may_go.clear()
        starts = [10_000 * number for number in range(1, 6)]
        tasks = [
            start(opened.writer.run(insert, list(range(first, first + size))))
            for first, size in zip(starts, sizes, strict=True)
        ]
        await asyncio.sleep(0)
        await reached(opened.engine.begun)
        opened.engine.may_go.set()
        await asyncio.gather(*tasks)
        return [sum(len(call.requests) for call in calls) for calls in opened.engine.rounds]

    assert run(tmp_path / "db", work) == [ROUND_UNITS, 1, ROUND_UNITS * 2, 1]


def rounds_of_a_bulk(path: Path, others: int) -> list[list[tuple[Urgency, int]]]:
    """Slices of a bulk are handed in, and single calls, while a round is held; what the next rounds are."""
    slices = 2 * writer.BULK_UNITS // writer.BULK_UNITS_BESIDE

    async def work(opened: Opened) -> list[list[tuple[Urgency, int]]]:
        opened.engine.may_go.clear()
        held = start(opened.writer.run(Insert(Urgency.SETTLE), [1]))
        await reached(opened.engine.begun)
        tasks = [held]
        for number in range(2, 2 + slices):
            requests = list(range(number * 1000, number * 1000 + writer.BULK_UNITS_BESIDE))
            tasks.append(start(opened.writer.run(Insert(Urgency.BULK), requests)))
        tasks += [start(opened.writer.run(Insert(), [id])) for id in range(100, 100 + others)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        opened.engine.may_go.set()
        await asyncio.gather(*tasks)
        return [_units(calls) for calls in opened.engine.rounds[1:]]

    found: list[list[tuple[Urgency, int]]] = run(path, work)
    return found


def _units(calls: Sequence[Call]) -> list[tuple[Urgency, int]]:
    counted: dict[Urgency, int] = {}
    for call in calls:
        counted[call.flow.urgency] = counted.get(call.flow.urgency, 0) + len(call.requests)
    return list(counted.items())


def test_a_bulk_that_is_alone_has_long_rounds(tmp_path: Path) -> None:
    assert rounds_of_a_bulk(tmp_path / "db", 0) == [[(Urgency.BULK, writer.BULK_UNITS)]] * 2


def test_a_bulk_beside_others_has_short_rounds_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BESIDE_SECONDS", TIMEOUT_SECONDS)
    first, *rest = rounds_of_a_bulk(tmp_path / "db", 3)
    assert first == [(Urgency.ACCEPT, 3), (Urgency.BULK, writer.BULK_UNITS_BESIDE)]
    assert rest == [[(Urgency.BULK, writer.BULK_UNITS_BESIDE)]] * len(rest)


def test_a_large_call_of_a_bulk_is_taken_where_there_is_room(tmp_path: Path) -> None:
    async def work(opened: Opened) -> list[list[tuple[Urgency, int]]]:
        opened.engine.may_go.clear()
        held = start(opened.writer.run(Insert(Urgency.SETTLE), [1]))
        await reached(opened.engine.begun)
        large = start(opened.writer.run(Insert(Urgency.BULK), list(range(1_000, 1_000 + ROUND_UNITS - 1))))
        single = start(opened.writer.run(Insert(), [2]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        opened.engine.may_go.set()
        await asyncio.gather(held, large, single)
        return [_units(calls) for calls in opened.engine.rounds[1:]]

    assert run(tmp_path / "db", work) == [[(Urgency.ACCEPT, 1), (Urgency.BULK, ROUND_UNITS - 1)]]


def test_a_failing_call_harms_no_other_of_its_round(tmp_path: Path) -> None:
    async def work(opened: Opened) -> list[Any]:
        calls = [opened.writer.run(Insert(), requests) for requests in ([1], [2, -1], [3])]
        return await asyncio.gather(*calls, return_exceptions=True)

    first, failed, third = run(tmp_path / "db", work)
    assert (first, third) == ([1], [3])
    assert isinstance(failed, ValueError)
    assert written(tmp_path / "db") == [1, 3]


def test_a_flow_that_suspends_is_a_bug_that_harms_no_other(tmp_path: Path) -> None:
    class Suspends(Insert):
        async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[int]:
            await asyncio.sleep(0)
            return Answers([], [])

    async def work(opened: Opened) -> list[Any]:
        calls = [opened.writer.run(Suspends(), [1]), opened.writer.run(Insert(), [2])]
        return await asyncio.gather(*calls, return_exceptions=True)

    failed, answers = run(tmp_path / "db", work)
    assert isinstance(failed, RuntimeError)
    assert answers == [2]


def test_a_full_queue_takes_nothing_but_what_ends_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUEUE_UNITS", 10)

    async def work(opened: Opened) -> None:
        opened.engine.may_go.clear()
        held = start(opened.writer.run(Insert(), list(range(1, 11))))
        await asyncio.sleep(0)
        with pytest.raises(Full, match="store_full"):
            await opened.writer.run(Insert(), [11])
        settling = start(opened.writer.run(Insert(Urgency.SETTLE), [12]))
        await asyncio.sleep(0)
        opened.engine.may_go.set()
        await asyncio.gather(held, settling)
        assert await opened.writer.run(Insert(), [13]) == [13]  # there is room again

    run(tmp_path / "db", work)
    assert written(tmp_path / "db") == [*range(1, 11), 12, 13]


def test_stop_finishes_what_was_handed_in_and_takes_nothing_more(tmp_path: Path) -> None:
    async def work(opened: Opened) -> None:
        tasks = [start(opened.writer.run(Insert(), [id])) for id in range(1, 100)]
        await asyncio.sleep(0)
        stopping = start(opened.writer.stop())
        await asyncio.sleep(0)
        with pytest.raises(Full, match="stopping"):
            await opened.writer.run(Insert(), [100])
        await stopping
        assert [task.result() for task in tasks] == [[id] for id in range(1, 100)]

    run(tmp_path / "db", work)
    assert written(tmp_path / "db") == list(range(1, 100))


def test_a_caller_that_gave_up_harms_nobody(tmp_path: Path) -> None:
    async def work(opened: Opened) -> None:
        opened.engine.may_go.clear()
        gone, stays = (start(opened.writer.run(Insert(), [id])) for id in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        opened.engine.may_go.set()
        assert await stays == [2]

    run(tmp_path / "db", work)
    assert written(tmp_path / "db") == [1, 2]  # it had been handed in


def test_the_disk_is_full(tmp_path: Path) -> None:
    async def work(opened: Opened) -> None:
        pages = opened.engine.connection.execute("PRAGMA page_count").fetchall()[0][0]
        opened.engine.connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        big = Insert()
        with pytest.raises(Full, match="store_full"):
            await opened.writer.run(big, list(range(1, 5000)))
        opened.engine.connection.execute("PRAGMA max_page_count = 1000000").fetchall()
        assert await opened.writer.run(big, [1]) == [1]

    run(tmp_path / "db", work)
    assert written(tmp_path / "db") == [1]


def test_jobs_go_to_the_dispatcher_on_the_loop_after_the_commit(tmp_path: Path) -> None:
    lab: Lab = make_lab(path=tmp_path / "db")
    lab.engine.close()

    async def main() -> None:
        engine = SqliteEngine(lab.path, lab.gates, lab.clock, 1000)
        store = Writer(engine)
        taken: list[Job] = []
        seen: list[list[int]] = []

        def on_taken(jobs: Sequence[Job], wake_at: int | None) -> None:
            assert asyncio.get_running_loop()
            taken.extend(jobs)
            seen.append(written(tmp_path / "db"))

        store.on_taken = on_taken
        answers = await store.run(lab.flows.submit, [lab.submission()])
        assert isinstance(answers[0], Submitted)
        assert ([job.message.id for job in taken], seen) == ([answers[0].id], [[answers[0].id]])
        await store.run(lab.flows.settle, [Settled(taken[0], DELIVERED)])
        await store.stop()

    asyncio.run(main())
    assert written(tmp_path / "db")
