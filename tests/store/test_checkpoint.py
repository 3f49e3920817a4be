"""Checkpoints on real files: the log starts over under load, and what it holds is never lost."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from msgspec import Struct

from heliograph.store.sqlite.checkpoint import PASSES, Checkpointer, Limits
from heliograph.store.sqlite.engine import connect

LIMITS = Limits(begin=200, more=400, few=20, some=60)
PAGE = b"x" * 3_500
PATIENCE = 2_000  # commits


class Log(Struct):
    """A database with a writer, its checkpointer, and how long its log was after each commit."""

    path: Path
    connection: apsw.Connection
    checkpointer: Checkpointer
    lengths: list[int]
    rows: int = 0

    def commit(self) -> None:
        """One row, on a page of its own."""
        self.connection.execute("INSERT INTO page VALUES(?, ?)", (self.rows, PAGE)).fetchall()
        self.rows += 1
        self.checkpointer.after_commit(self.connection)
        self.lengths.append(self.checkpointer._pages)

    def started_over(self) -> bool:
        return self.lengths != sorted(self.lengths)

    def commit_until_it_starts_over(self) -> None:
        while not self.started_over() and len(self.lengths) < PATIENCE:
            self.commit()

    def in_file_alone(self, folder: Path) -> int:
        """How many rows the database file holds without its log."""
        copy = folder / "without-log"
        copy.write_bytes(self.path.read_bytes())
        rows = apsw.Connection(str(copy)).execute("SELECT count(*) FROM page").fetchall()
        return int(str(rows[0][0]))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    path = tmp_path / "db"
    connection = connect(path)
    connection.execute("CREATE TABLE page(id INTEGER PRIMARY KEY, body BLOB)").fetchall()
    log = Log(path, connection, Checkpointer(path, LIMITS), [])
    yield log
    log.checkpointer.stop()
    connection.close()


def test_a_short_log_is_left_alone(log: Log, tmp_path: Path) -> None:
    while len(log.lengths) < 10 or log.lengths[-1] < LIMITS.begin - 10:
        log.commit()
    assert not log.started_over()
    assert log.checkpointer._carried == 0


def test_under_load_the_log_starts_over(log: Log) -> None:
    log.commit_until_it_starts_over()
    assert log.started_over()
    assert max(log.lengths) <= LIMITS.begin + LIMITS.more + 10
    rows = apsw.Connection(str(log.path)).execute("SELECT count(*) FROM page").fetchall()
    assert rows == [(log.rows,)]


def test_what_is_long_is_left_to_the_thread(log: Log) -> None:
    log.checkpointer.stop()
    log.checkpointer = Checkpointer(log.path, Limits(LIMITS.begin, 1_000_000, LIMITS.few, LIMITS.few))
    carried: list[tuple[str, int]] = []
    carry = log.checkpointer._carry

    def watched(connection: apsw.Connection) -> None:
        left = log.checkpointer._pages - log.checkpointer._carried
        carried.append((threading.current_thread().name, left))
        carry(connection)

    log.checkpointer._carry = watched  # type: ignore[method-assign] # it only watches
    while not log.started_over() and len(log.lengths) < PATIENCE:
        log.commit()
        if log.checkpointer._wanted.is_set() or log.checkpointer._carrying.locked():
            with log.checkpointer._carrying:
                """A slow writer: each pass of the thread ends before the next commit."""
    assert carried[0][0] == "checkpoint"
    assert carried[0][1] >= LIMITS.begin
    assert [left for name, left in carried if name != "checkpoint" and left > LIMITS.few] == []


def test_the_writer_carries_the_few_that_are_left(log: Log, tmp_path: Path) -> None:
    """A reader keeps the last pages from a pass of the thread, which is played here."""
    log.checkpointer.stop()
    while not log.lengths or log.lengths[-1] <= LIMITS.begin:
        log.commit()
    reader, thread = apsw.Connection(str(log.path)), apsw.Connection(str(log.path))
    reader.execute("BEGIN").fetchall()
    assert reader.execute("SELECT count(*) FROM page").fetchall() == [(log.rows,)]
    log.commit()
    thread.execute("SELECT count(*) FROM page").fetchall()
    log.checkpointer._carry(thread)
    assert 0 < log.checkpointer._pages - log.checkpointer._carried <= LIMITS.few
    reader.execute("COMMIT").fetchall()
    log.commit()
    assert log.in_file_alone(tmp_path) == log.rows
    log.commit()
    assert log.started_over()


def test_a_thread_that_carries_nothing_leaves_all_to_the_writer_at_the_limit(log: Log) -> None:
    log.checkpointer.stop()
    log.commit_until_it_starts_over()
    assert log.started_over()
    assert LIMITS.begin + LIMITS.more <= max(log.lengths) <= LIMITS.begin + LIMITS.more + 10


def test_a_reader_keeps_the_log_and_not_every_commit_tries_it_again(log: Log) -> None:
    log.commit()
    reader = apsw.Connection(str(log.path))
    reader.execute("BEGIN").fetchall()
    seen = reader.execute("SELECT count(*) FROM page").fetchall()
    while log.lengths[-1] <= LIMITS.begin + LIMITS.more:
        log.commit()
    begin_at = log.checkpointer._begin_at
    assert begin_at > LIMITS.begin + LIMITS.more
    log.commit()
    assert log.checkpointer._begin_at == begin_at
    assert reader.execute("SELECT count(*) FROM page").fetchall() == seen


def test_another_program_that_carries_stops_nobody(log: Log) -> None:
    log.commit()
    reader, other = apsw.Connection(str(log.path)), apsw.Connection(str(log.path))
    for connection in (reader, other):
        connection.execute("BEGIN").fetchall()
        assert connection.execute("SELECT count(*) FROM page").fetchall() == [(1,)]
    other.execute("COMMIT").fetchall()
    log.commit()
    holds, may_end = threading.Event(), threading.Event()

    def waits_for_the_reader(tries: int) -> bool:
        holds.set()
        return not may_end.wait(0.01)

    other.set_busy_handler(waits_for_the_reader)
    checkpoint = threading.Thread(target=_restart, args=(other,))
    checkpoint.start()
    assert holds.wait(10)
    log.checkpointer._finish(log.connection)
    may_end.set()
    checkpoint.join()
    log.commit()
    assert log.checkpointer._carried == 0


def test_the_writer_carries_some_when_each_pass_leaves_as_many(log: Log, tmp_path: Path) -> None:
    """A disk so slow that 15 rows are written during a pass, which is played here."""
    log.checkpointer.stop()
    while not log.lengths or log.lengths[-1] <= LIMITS.begin:
        log.commit()
    reader, thread = apsw.Connection(str(log.path)), apsw.Connection(str(log.path))
    for number in range(PASSES):
        if number:
            log.commit()
            assert log.checkpointer._pages - log.checkpointer._carried > LIMITS.few
        reader.execute("BEGIN").fetchall()
        assert reader.execute("SELECT count(*) FROM page").fetchall() == [(log.rows,)]
        for _ in range(15):
            log.commit()
        log.checkpointer._pass(thread)
        reader.execute("COMMIT").fetchall()
    log.commit()
    assert log.in_file_alone(tmp_path) == log.rows


def _restart(connection: apsw.Connection) -> None:
    with contextlib.suppress(apsw.BusyError):
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)


def test_an_idle_writer_leaves_a_log_that_starts_over(log: Log, tmp_path: Path) -> None:
    while len(log.lengths) < LIMITS.few * 2:
        log.commit()
    log.checkpointer.when_idle(log.connection)
    assert log.in_file_alone(tmp_path) == log.rows
    log.commit()
    assert log.started_over()


def test_a_few_pages_are_not_worth_a_checkpoint(log: Log, tmp_path: Path) -> None:
    log.commit()
    log.checkpointer.when_idle(log.connection)
    assert log.checkpointer._carried == 0
