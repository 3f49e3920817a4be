"""What if, over much traffic: read in slices, within its bounds, and told how far it came."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from heliograph.core.firewall.rules import Rate, Rules
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.ports import Clock
from heliograph.flow.reads.port import LONGEST_SLICE, TooSlow
from heliograph.flow.reads.what_if import AT_ONCE, LONGEST_MS, Question, Tried, WhatIf
from heliograph.store.reads.firewall import SqliteFirewallReader
from heliograph.store.reads.reader import Reader
from tests.engine import START_MS, Lab, SetClock, make_lab

MANY = 2 * LONGEST_SLICE  # as many as may wait for one device
PERIOD = (START_MS - 1, START_MS + 1)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = make_lab((1,), tmp_path / "lab.db")
    lab.close()
    for _ in range(MANY // 200):
        lab.run(
            lab.flows.submit, *[lab.submission() for _ in range(100)], *[lab.submission() for _ in range(100)]
        )
    yield lab
    lab.engine.close()


async def at_once(work: Callable[[], None]) -> None:
    work()


class Hurried(SetClock):
    """Each look at it, all the time that a trial has is gone."""

    def now(self) -> int:
        self.now_ms += LONGEST_MS
        return self.now_ms


def ask(lab: Lab, question: Question, clock: Clock | None = None) -> Tried | Refusal:
    reader = Reader(lab.path)
    try:
        what_if = WhatIf(SqliteFirewallReader(reader), clock or lab.clock, at_once)
        return asyncio.run(what_if.ask(question))
    finally:
        reader.close()


def test_all_of_it_is_counted_once(lab: Lab) -> None:
    rules = Rules(rates=(Rate(700, "day"),))
    tried = ask(lab, Question(lab.rows(Policy)[0], rules, *PERIOD))
    assert isinstance(tried, Tried)
    assert (tried.looked_at, tried.found.judged, tried.reached) == (1000, 1000, None)
    assert (tried.found.passed, tried.found.would_block) == (700, 300)


def test_when_its_time_is_up_it_says_how_far_it_came(lab: Lab) -> None:
    tried = ask(lab, Question(lab.rows(Policy)[0], None, *PERIOD), Hurried())
    assert isinstance(tried, Tried)
    assert (tried.looked_at, tried.reached) == (LONGEST_SLICE, START_MS)


def test_the_period_has_two_ends(lab: Lab) -> None:
    for since, until in ((START_MS + 1, START_MS + 9), (START_MS - 9, START_MS)):
        tried = ask(lab, Question(lab.rows(Policy)[0], None, since, until))
        assert isinstance(tried, Tried)
        assert tried.looked_at == 0


def test_few_run_at_a_time(lab: Lab) -> None:
    reader = Reader(lab.path)

    async def crowd() -> list[object]:
        what_if = WhatIf(SqliteFirewallReader(reader), lab.clock, at_once)
        question = Question(lab.rows(Policy)[0], None, *PERIOD)
        return await asyncio.gather(
            *[what_if.ask(question) for _ in range(AT_ONCE + 2)], return_exceptions=True
        )

    answers = asyncio.run(crowd())
    reader.close()
    assert [isinstance(answer, TooSlow) for answer in answers] == [False] * AT_ONCE + [True] * 2
