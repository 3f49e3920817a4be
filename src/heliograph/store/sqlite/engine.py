"""The SQLite engine: opens and migrates the file, and runs one round of flows in one transaction.

Knows no thread and no loop: the writer (`store/sqlite/writer.py`) drives it, and so do tests and the
simulation.
"""

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import apsw
from msgspec import Struct

from heliograph.core.callback import EVENT_VALIDITY_MS
from heliograph.core.delivery import Job
from heliograph.core.gate import Gates
from heliograph.core.news import News
from heliograph.core.security.audit import Actor
from heliograph.flow.ports import Answers, Clock, Flow, Full
from heliograph.store.migrate import migrate
from heliograph.store.sequences import Sequences
from heliograph.store.sql.catalogue import READS
from heliograph.store.sqlite.audit_head import SealedHead
from heliograph.store.sqlite.counting import Counts, add
from heliograph.store.sqlite.firewall import Compiled
from heliograph.store.sqlite.transaction import SqliteTransaction

CACHE_KIB = 131_072
BUSY_MS = 10_000
STATEMENTS = 512  # all of the catalogue, in all widths


class Call(Struct, gc=False):
    """A caller's requests to one flow."""

    flow: Flow[Any, Any]
    requests: Sequence[Any]
    by: Actor | None = None


class Done(Struct):
    """What a round came to: per call its answers or the exception that it met, and what the dispatcher has
    to do.
    """

    results: list[list[Any] | BaseException]
    jobs: list[Job]
    wake_at: int | None
    news: list[News] = []


def connect(path: Path | str) -> apsw.Connection:
    """A connection that writes: durable at every commit, checkpoints made by us and not in passing."""
    connection = apsw.Connection(str(path), statementcachesize=STATEMENTS)
    connection.set_busy_timeout(BUSY_MS)
    # Without this promise SQLite plans a statement anew for each new LIMIT or key that is bound to it.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.execute(
        f"""PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CACHE_KIB};
        PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY"""
    ).fetchall()
    return connection


class SqliteEngine:
    """One open database."""

    def __init__(self, path: Path | str, gates: Gates, clock: Clock, lane_limit: int) -> None:
        self.path = path
        self._gates = gates
        self._clock = clock
        self._lane_limit = lane_limit
        self._sequences = Sequences()
        self._compiled = Compiled()
        self.event_validity_ms = EVENT_VALIDITY_MS
        self.watched: frozenset[int] = frozenset()  # organisations that somebody follows
        self.counts = Counts.none()
        self.head: SealedHead | None = None  # of the audit trail, where there are keys
        self.connection = connect(path)
        migrate(self.connection, path, clock.now())
        own: list[Any] = self.connection.execute(READS["countries"]).fetchall()
        self.countries: dict[int, str] = dict(own)

    def round(self, calls: Sequence[Call]) -> Done:
        """All calls in one transaction. If one fails, each is run alone, so that it harms no other."""
        began = monotonic()
        try:
            return self._transaction(calls)
        except (apsw.FullError, apsw.IOError, apsw.BusyError) as error:
            full = Full("store_full")
            full.__cause__ = error
            return Done([full for _ in calls], [], None)
        except Exception as error:
            self.counts.failed_rounds += 1
            if len(calls) == 1:
                return Done([error], [], None)
            return _together([self.round([call]) for call in calls])
        finally:
            self.counts.seconds += monotonic() - began

    def _transaction(self, calls: Sequence[Call]) -> Done:
        now = self._clock.now()
        rooms = self._gates.rooms(now)
        tx = SqliteTransaction(
            self.connection, self._sequences, rooms, now, self._lane_limit, self._compiled, self.watched
        )
        tx.event_validity_ms, tx.countries = self.event_validity_ms, self.countries
        self.connection.execute("BEGIN IMMEDIATE").fetchall()
        try:
            done = _fold(tx, calls)
            if self.head is not None:
                self.head.follow()
            self.connection.execute("COMMIT").fetchall()
        except BaseException:
            self._sequences.forget()
            self._compiled.forget()
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK").fetchall()
            if self.head is not None:
                self.head.forget()
            raise
        self._gates.settle(rooms)
        if tx.new_countries:
            self.countries = self.countries | tx.new_countries
        self.counts.rounds += 1
        self.counts.calls += len(calls)
        add(self.counts.accepted, tx.accepted)
        add(self.counts.ended, tx.ended)
        done.wake_at, done.news = tx.wake_at, tx.news
        return done

    def country_of(self, org: int, general: str) -> str:
        """As it stood after the last commit."""
        return self.countries.get(org, "") or general

    def close(self) -> None:
        self.connection.close()


def _fold(tx: SqliteTransaction, calls: Sequence[Call]) -> Done:
    """Calls of one actor to one flow form a batch; flows go in the order of their urgency."""
    results: list[list[Any] | BaseException] = [[] for _ in calls]
    jobs: list[Job] = []
    batches: dict[tuple[int, Actor | None], list[int]] = {}
    for index, call in enumerate(calls):
        batches.setdefault((id(call.flow), call.by), []).append(index)
    for indexes in sorted(batches.values(), key=lambda indexes: calls[indexes[0]].flow.urgency):
        requests = [request for index in indexes for request in calls[index].requests]
        tx.by = calls[indexes[0]].by
        answers = drive(calls[indexes[0]].flow(tx, requests))
        jobs += answers.jobs
        start = 0
        for index in indexes:
            end = start + len(calls[index].requests)
            results[index] = answers.answers[start:end]
            start = end
    return Done(results, jobs, None)


def drive(flow: Coroutine[None, None, Answers[Any]] | Any) -> Answers[Any]:
    """Runs a coroutine that never suspends."""
    try:
        flow.send(None)
    except StopIteration as stop:
        answers: Answers[Any] = stop.value
        return answers
    raise RuntimeError("a flow suspended on the writer thread")


def _together(rounds: Sequence[Done]) -> Done:
    wakes = [done.wake_at for done in rounds if done.wake_at is not None]
    return Done(
        [result for done in rounds for result in done.results],
        [job for done in rounds for job in done.jobs],
        min(wakes) if wakes else None,
        [news for done in rounds for news in done.news],
    )


Taken = Callable[[Sequence[Job], int | None], None]
