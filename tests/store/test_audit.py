"""The audit trail: written with the change, chained, and silent about secrets."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from heliograph.core.gate import Gates
from heliograph.core.organisation import Token
from heliograph.core.policy import Policy
from heliograph.core.security.audit import HIDDEN, START, Actor, Entry, link
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.store.sqlite.engine import Call, SqliteEngine
from tests.engine import SetClock

ANNA = Actor("user:3", "192.0.2.7")


class Administer:
    """A flow that does to rows what it is asked."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[tuple[str, Any]]) -> Answers[None]:
        for verb, row in requests:
            await getattr(tx.admin, verb)([row])
        return Answers([None] * len(requests), [])


ADMINISTER = Administer()
POLICY = Policy(77, 1, "meters")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SqliteEngine]:
    engine = SqliteEngine(tmp_path / "audit.db", Gates(), SetClock(), 10)
    yield engine
    engine.close()


def entries(engine: SqliteEngine) -> list[Entry]:
    return [Entry(*row) for row in engine.connection.execute("SELECT * FROM audit ORDER BY number")]


def test_a_change_is_written_with_who_made_it_and_what_changed(engine: SqliteEngine) -> None:
    engine.round([Call(ADMINISTER, [("add", POLICY)], ANNA)])
    engine.round([Call(ADMINISTER, [("change", replace(POLICY, mt=0, mt_limit=5))], ANNA)])
    engine.round([Call(ADMINISTER, [("drop", replace(POLICY, mt=0, mt_limit=5))])])
    created, changed, deleted = entries(engine)
    assert (created.action, created.kind, created.row, created.org) == ("create", "policy", 77, 1)
    assert (created.actor, created.address) == ("user:3", "192.0.2.7")
    assert (changed.before, changed.after) == ('{"mt":1,"mt_limit":null}', '{"mt":0,"mt_limit":5}')
    assert (deleted.action, deleted.actor, deleted.after) == ("delete", "heliograph", "")
    assert json.decode(deleted.before)["name"] == "meters"


def test_a_change_of_nothing_leaves_no_entry(engine: SqliteEngine) -> None:
    engine.round([Call(ADMINISTER, [("add", POLICY)], ANNA)])
    engine.round([Call(ADMINISTER, [("change", POLICY)], ANNA)])
    assert len(entries(engine)) == 1


def test_what_two_people_do_in_one_round_is_told_apart(engine: SqliteEngine) -> None:
    ben = Actor("user:4")
    engine.round(
        [
            Call(ADMINISTER, [("add", POLICY)], ANNA),
            Call(ADMINISTER, [("add", replace(POLICY, id=78, name="b"))], ben),
        ]
    )
    assert [(entry.actor, entry.row) for entry in entries(engine)] == [("user:3", 77), ("user:4", 78)]


def test_the_chain_holds_over_rounds(engine: SqliteEngine) -> None:
    engine.round([Call(ADMINISTER, [("add", POLICY), ("change", replace(POLICY, mt=0))], ANNA)])
    engine.round([Call(ADMINISTER, [("change", POLICY)], ANNA)])
    found = entries(engine)
    hashes = [START, *(entry.hash for entry in found)]
    assert [link(before, entry) for before, entry in zip(hashes, found, strict=False)] == hashes[1:]


def test_no_secret_is_shown(engine: SqliteEngine) -> None:
    token = Token(5, 1, "t", b"\x01" * 32, "admin", 0)
    engine.round([Call(ADMINISTER, [("add", token)], ANNA)])
    engine.round([Call(ADMINISTER, [("change", replace(token, hash=b"\x02" * 32))], ANNA)])
    created, changed = entries(engine)
    assert json.decode(created.after)["hash"] == HIDDEN
    assert changed.after == '{"hash":"(hidden)"}'


def test_a_round_that_fails_leaves_no_entry(engine: SqliteEngine) -> None:
    engine.round([Call(ADMINISTER, [("add", POLICY)], ANNA)])
    engine.round([Call(ADMINISTER, [("add", POLICY)], ANNA)])  # the same id again
    assert [entry.number for entry in entries(engine)] == [1]
