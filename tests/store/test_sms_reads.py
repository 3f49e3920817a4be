"""Reads of SMS for the API go by an index, give up no order, and end in bounded time."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heliograph.core.ids import LARGEST_ID
from heliograph.core.message_label import Label
from heliograph.flow.reads.browse import NEWEST
from heliograph.flow.reads.sms import SmsBrowse
from heliograph.flow.reads.sms_port import SmsFilter
from heliograph.flow.shown import Mark
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.sms import SCAN, SmsReads
from heliograph.store.reads.sms_sql import READS
from tests.engine import Lab, make_lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = make_lab(path=tmp_path / "heliograph.sqlite")
    made.close()
    yield made
    made.engine.close()


@pytest.fixture
def reads(lab: Lab) -> Iterator[SmsReads]:
    reader = Reader(lab.path)
    yield SmsReads(reader)
    reader.close()


@pytest.mark.parametrize("name", sorted(READS))
def test_every_read_searches_an_index_and_sorts_nothing(lab: Lab, name: str) -> None:
    read = READS[name]
    values = read.values(defaultdict(lambda: 1))
    steps = [str(row[3]) for row in lab.sql(f"EXPLAIN QUERY PLAN {read.text}", *values)]
    assert not [step for step in steps if "TEMP B-TREE" in step]
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert scanned <= {"json_each", "s", "CONSTANT", "received", "sent"}


def test_rows_of_one_millisecond_keep_their_order_over_pages(lab: Lab, reads: SmsReads) -> None:
    made = [lab.accept(text=f"{number}") for number in range(7)]
    seen: list[int] = []
    mark = NEWEST
    while rows := asyncio.run(reads.of_device(1, 1, mark, 2)):
        seen += [row.id for row in rows]
        mark = Mark(rows[-1].accepted_at, rows[-1].id)
    assert seen == made[::-1]


def test_a_search_that_finds_little_stops_after_a_slice_and_goes_on(lab: Lab, reads: SmsReads) -> None:
    """A rare one lies behind more rows than a slice looks at."""
    rare = lab.accept(text="needle")
    lab.sql(
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        INSERT INTO message SELECT id + i * 256, org, direction, device, origin, application, sender, source,
        destination, CAST('hay' AS BLOB), dcs, pid, udh, languages, segments, priority, receipt, at_most_once,
        replace_key, price, state, reason, accepted_at + i, not_before, expires_at, final_at, attempts,
        timeline, service_type FROM message, n WHERE id = ?2""",
        SCAN + 10,
        rare,
    )
    wanted = SmsFilter(text="needle")
    first = asyncio.run(reads.search(1, wanted, NEWEST, 10))
    assert (first.rows, first.end is None) == ([], False)
    assert first.end is not None
    second = asyncio.run(reads.search(1, wanted, first.end, 10))
    assert ([row.id for row in second.rows], second.end) == ([rare], None)
    whole = asyncio.run(SmsBrowse(reads).search(1, wanted, None, 10))
    assert ([sms.message.id for sms in whole.rows], whole.end) == ([rare], None)


def test_counting_stops_where_it_is_told(lab: Lab, reads: SmsReads) -> None:
    for number in range(5):
        lab.accept(text=f"{number}")
    assert [asyncio.run(reads.count(1, 1, most)) for most in (3, 5, 100)] == [3, 5, 5]


def test_every_read_names_the_organisation(lab: Lab, reads: SmsReads) -> None:
    sms = lab.accept(label=Label("r", "t"))
    for wanted in (SmsFilter(), SmsFilter(device=1), SmsFilter(tag="t"), SmsFilter(reference="r")):
        mine, theirs = (asyncio.run(reads.search(org, wanted, NEWEST, 10)).rows for org in (1, 2))
        assert ([row.id for row in mine], theirs) == ([sms], [])
    asked: list[Any] = [reads.of_device(2, 1, NEWEST, 10), reads.message(2, sms), reads.device(2, 1)]
    assert [asyncio.run(one) for one in asked] == [[], None, None]
    assert asyncio.run(reads.count(2, 1, 10)) == 0


@pytest.mark.parametrize("id", [0, -1, LARGEST_ID + 1, 2**63])
def test_ids_that_nothing_has(reads: SmsReads, id: int) -> None:
    assert getattr(asyncio.run(SmsBrowse(reads).device(1, id)), "code", "") == "unknown_device"
    assert getattr(asyncio.run(SmsBrowse(reads).one(1, 1, id)), "code", "") == "unknown_message"
