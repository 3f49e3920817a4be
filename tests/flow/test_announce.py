"""Events on the lanes of callbacks: written with what happened, brought in order, repeated, given up."""

from pathlib import Path

import pytest

from heliograph.core.announcement import carried, happening_of
from heliograph.core.callback import EVENT_VALIDITY_MS, Callback
from heliograph.core.changes import Happening
from heliograph.core.delivery import Kind
from heliograph.core.outcome import DELIVERED, Returned, Temporary, Unknown
from tests.engine import APP, START_MS, TABLES, Lab, make_lab

TYPE = "mo_limit_used_up"
OTHER = 10


def subscribe(lab: Lab, id: int = APP, events: str = TYPE, org: int = 1) -> None:
    TABLES.setdefault(Callback, "callback")
    lab.insert(Callback(id, org, "http://receiver.example/", "", events, None, None, "", 0))
    lab.application(id)


@pytest.fixture
def lab() -> Lab:
    """A device may send one SMS a month; its application hears of that."""
    return make_lab(application=APP, mo_limit=1)


def test_what_happened_goes_behind_the_sms_that_made_it_happen(lab: Lab) -> None:
    subscribe(lab)
    lab.receive()
    (sms,) = lab.take()
    assert sms.delivery.kind == Kind.MO
    assert not lab.poll()  # the lane is under way
    lab.settle(DELIVERED, sms)
    event = lab.one()
    assert (event.delivery.kind, event.gate, event.delivery.key) == (Kind.EVENT, sms.gate, 1)
    happening = happening_of(event.message)
    assert (happening.type, happening.device, happening.org) == (TYPE, 1, 1)
    assert happening.id == event.delivery.message
    lab.settle(DELIVERED, event)
    assert lab.count("delivery") == 0
    assert not lab.poll()


@pytest.mark.parametrize("events", ["", "device_attached", "mo_limit"])
def test_what_nobody_wants_is_not_written(lab: Lab, events: str) -> None:
    subscribe(lab, events=events)
    lab.receive()
    assert TYPE in lab.events()
    assert lab.count("delivery") == 1  # the SMS


def test_every_type_and_several_callbacks(lab: Lab) -> None:
    subscribe(lab, APP, "*")
    subscribe(lab, OTHER, f"device_attached,{TYPE}")
    subscribe(lab, OTHER + 1, "*", org=2)
    lab.receive()
    kinds = lab.sql("SELECT receiver, count(*) FROM delivery WHERE kind = 4 GROUP BY receiver")
    assert dict(kinds)[OTHER] == 1
    assert dict(kinds)[APP] == len(lab.events())
    assert OTHER + 1 not in dict(kinds)
    lab.poll()
    assert [job.delivery.receiver for job in lab.take() if job.delivery.kind == Kind.EVENT] == [OTHER]


def test_outcomes_of_events(lab: Lab) -> None:
    subscribe(lab, OTHER)
    lab.receive()
    lab.poll()
    event = next(job for job in lab.take() if job.delivery.kind == Kind.EVENT)
    lab.settle(Temporary("receiver_error"), event)
    (again,) = lab.advance(5)
    assert (again.delivery.id, again.delivery.attempts, again.lane_attempts) == (event.delivery.id, 2, 1)
    lab.settle(Unknown("link_lost"), again)
    (repeat,) = lab.advance(30)
    assert repeat.delivery.repeated == 1
    lab.settle(Returned("gate_closed"), repeat)
    (last,) = lab.advance(1)
    lab.settle(DELIVERED, last)
    assert not lab.sql("SELECT 1 FROM delivery WHERE kind = 4")


def test_a_crash_repeats_what_was_under_way(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "db", application=APP, mo_limit=1)
    lab.application()
    subscribe(lab, OTHER)
    lab.receive()
    lab.poll()
    assert lab.restart() == 2  # the SMS and its event
    lab.application(OTHER)
    lab.application()
    again = lab.advance(10)
    assert {(job.delivery.kind, job.delivery.repeated) for job in again} == {(Kind.MO, 1), (Kind.EVENT, 1)}


def test_an_event_is_given_up_in_the_end(lab: Lab) -> None:
    lab.application()
    subscribe(lab, OTHER)
    lab.close(f"application:{OTHER}")
    lab.receive()
    assert lab.sql("SELECT expires_at FROM delivery WHERE kind = 4") == [(START_MS + EVENT_VALIDITY_MS,)]
    lab.settle(DELIVERED, lab.one())
    lab.advance(EVENT_VALIDITY_MS / 1000)
    assert lab.count("delivery") == 0
    assert TYPE in lab.events()


def test_an_event_that_retention_removed_is_still_a_job(lab: Lab) -> None:
    """Or its lane would stand still."""
    subscribe(lab, OTHER)
    lab.receive()
    lab.sql("DELETE FROM event")
    lab.poll()
    event = next(job for job in lab.take() if job.delivery.kind == Kind.EVENT)
    assert happening_of(event.message).type == ""
    lab.settle(DELIVERED, event)


def test_an_event_comes_back_as_it_was() -> None:
    happening = Happening(257, 1, START_MS, TYPE, 2, 5, 513, "policy “a”: 5")
    assert happening_of(carried(happening)) == happening
    bare = Happening(257, 1, START_MS, TYPE, 0, None, None, "")
    assert happening_of(carried(bare)) == bare
