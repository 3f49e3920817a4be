"""Recovering: what an earlier boot left under way is Unknown, before any gate opens."""

from pathlib import Path

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import State
from heliograph.core.outcome import Temporary
from heliograph.flow.recover import SLICE
from tests.engine import APP, Lab, make_lab

LONG = "x" * 400


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return make_lab(path=tmp_path / "db")


def test_an_attempt_under_way_is_repeated_and_marked(lab: Lab) -> None:
    id = lab.accept()
    assert lab.restart() == 1
    assert lab.state(id) == (State.BUFFERED, None)
    assert lab.step(id, "deferred")[0] == "restart"
    lab.gate()
    assert not lab.advance(4.999)
    job = lab.advance(0.001)[0]
    assert (job.message.id, job.delivery.repeated, job.delivery.attempts) == (id, 1, 2)
    assert lab.step(id, "attempt") == ("2", "radio", "1", "1")
    lab.settle()
    assert lab.state(id) == (State.DELIVERED, None)


def test_it_comes_before_those_that_waited_behind_it(lab: Lab) -> None:
    ids = [lab.accept() for _ in range(3)]
    lab.restart()
    lab.gate()
    lab.advance(5)
    sent = []
    while lab.jobs:
        sent.append((lab.jobs[0].message.id, lab.jobs[0].delivery.repeated))
        lab.settle()
    assert sent == [(ids[0], 1), (ids[1], 0), (ids[2], 0)]


def test_at_most_once_is_never_repeated_and_those_behind_go_on(lab: Lab) -> None:
    id = lab.accept(at_most_once=True, receipt_to=APP)
    behind = lab.accept()
    lab.restart()
    assert lab.state(id) == (State.FAILED, "unknown_outcome")
    lab.gate()
    lab.application()
    assert sorted((job.delivery.kind, job.message.id) for job in lab.poll()) == [
        (Kind.SMS, behind),
        (Kind.RECEIPT, id),
    ]


def test_all_kinds_are_found(lab: Lab) -> None:
    lab.sql("UPDATE policy SET application = ?", APP)
    lab.application()
    sent = lab.accept(2, receipt_to=APP)
    lab.settle()
    received = lab.receive(1).message
    under_way = lab.accept(3)
    assert len(lab.jobs) == 3
    assert lab.restart() == 3
    lab.gate()
    lab.application()
    jobs = lab.advance(5)
    assert {(job.delivery.kind, job.message.id) for job in jobs} == {
        (Kind.RECEIPT, sent),
        (Kind.MO, received),
        (Kind.SMS, under_way),
    }
    assert {job.delivery.repeated for job in jobs} == {1}


def test_the_segment_under_way_is_repeated_and_no_other(lab: Lab) -> None:
    lab.accept(text=LONG)
    lab.settle()
    lab.restart()
    lab.gate()
    assert [(job.delivery.segment, job.delivery.repeated) for job in lab.advance(5)] == [(1, 1)]


def test_the_lanes_clock_outlives_the_process(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Temporary("absent"))
    lab.advance(60)
    assert len(lab.jobs) == 1
    lab.restart()  # in the second attempt: a failure more, by the schedule of the unknown
    lab.gate()
    assert not lab.advance(29.999)
    assert len(lab.advance(0.001)) == 1
    lab.settle(Temporary("absent"))
    assert lab.step(id, "deferred")[1] == str(lab.clock.now_ms + 900_000)


def test_what_waited_is_neither_found_nor_marked(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    assert lab.restart() == 0
    lab.gate()
    job = lab.poll()[0]
    assert (job.message.id, job.delivery.repeated) == (id, 0)


def test_an_attempt_whose_validity_ended_meanwhile_is_over(lab: Lab) -> None:
    id = lab.accept(validity_seconds=10)
    lab.restart(after_seconds=60)
    assert lab.state(id) == (State.EXPIRED, "restart")


def test_more_than_a_slice(tmp_path: Path) -> None:
    lab = make_lab(devices=range(1, SLICE + 4), path=tmp_path / "db")
    lab.run(lab.flows.submit, *map(lab.submission, range(1, SLICE + 4)))
    assert lab.restart() == SLICE + 3
    assert lab.run(lab.flows.recover, None) == [0]


def test_ids_and_positions_go_on_after_a_restart(lab: Lab) -> None:
    before = lab.accept()
    lab.restart()
    lab.gate()
    after = lab.accept()
    assert after > before
    lab.advance(5)
    assert [lab.settle().message.id, lab.settle().message.id] == [before, after]
