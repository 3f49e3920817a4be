"""Expiring: on time, also after the process was down, never under an attempt; and schedules that fall due."""

from pathlib import Path

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import State
from heliograph.core.outcome import Returned, Temporary
from heliograph.flow.expire import SLICE
from tests.engine import APP, START_MS, Lab, make_lab

DAY_SECONDS = 24 * 3600
LONG = "x" * 400


def test_a_waiting_message_expires_on_time_and_its_sender_hears(lab: Lab) -> None:
    lab.application()
    lab.close()
    id = lab.accept(validity_seconds=10, receipt_to=APP)
    lab.advance(9.999)
    assert lab.state(id) == (State.PENDING, None)
    lab.advance(0.001)
    assert lab.state(id) == (State.EXPIRED, "validity")
    assert lab.message(id).final_at == START_MS + 10_000
    assert lab.one().delivery.kind == Kind.RECEIPT
    assert lab.count("delivery") == 1


def test_the_next_timer_is_known(lab: Lab) -> None:
    lab.close()
    lab.accept(validity_seconds=100)
    lab.accept(not_before=START_MS + 50_000)
    assert lab.expire().next_at == START_MS + 50_000
    lab.advance(50)
    assert lab.expire().next_at == START_MS + 100_000


def test_it_expires_while_the_process_was_down(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "db")
    lab.close()
    id = lab.accept(validity_seconds=10)
    lab.restart(after_seconds=DAY_SECONDS)
    lab.gate()
    assert not lab.poll()
    assert lab.state(id) == (State.EXPIRED, "validity")


@pytest.mark.parametrize(("attempted", "used"), [(False, 0), (True, 2)], ids=["never sent", "sent once"])
def test_only_what_was_never_sent_is_given_back(attempted: bool, used: int) -> None:
    lab = make_lab(price_mt=5, quota=1)
    lab.quota(1, 10)
    if not attempted:
        lab.close()
    id = lab.accept(text="x" * 200, validity_seconds=10)
    if attempted:
        lab.settle(Temporary("absent"))
    lab.advance(10)
    assert lab.state(id)[0] == State.EXPIRED
    assert (lab.tally().mt, lab.tally().cost_mt) == (used, used * 5)
    assert lab.sql("SELECT remaining FROM quota") == [(10 - used,)]
    assert ("given_back" in lab.story(id)) == (not attempted)


def test_returned_attempts_were_never_sent(lab: Lab) -> None:
    lab.accept(validity_seconds=10)
    lab.settle(Returned("gate_closed"))
    lab.close()
    lab.advance(10)
    assert lab.tally().mt == 0


def test_what_is_given_back_is_what_was_counted() -> None:
    lab = make_lab(price_mt=5)
    lab.close()
    lab.accept(validity_seconds=10)
    lab.sql("UPDATE policy SET price_mt = 1")
    lab.advance(10)
    assert lab.tally().cost_mt == 0


def test_a_closed_month_gives_nothing_back() -> None:
    lab = make_lab(mt_limit=5)
    lab.close()
    lab.accept(validity_seconds=45 * DAY_SECONDS)
    lab.clock.now_ms += 40 * DAY_SECONDS * 1000
    lab.accept(validity_seconds=60 * DAY_SECONDS)
    lab.advance(5 * DAY_SECONDS)
    assert lab.count("delivery") == 1
    assert lab.tally().mt == 1


def test_an_attempt_in_flight_is_waited_for(lab: Lab) -> None:
    id = lab.accept(validity_seconds=10)
    job = lab.one()
    lab.advance(3600)
    assert lab.state(id)[0] == State.IN_PROGRESS
    lab.settle(job=job)
    assert lab.state(id) == (State.DELIVERED, None)


def test_those_behind_an_expired_head_go_on(lab: Lab) -> None:
    lab.accept(validity_seconds=30)
    behind = lab.accept()
    lab.settle(Temporary("absent"))
    lab.advance(30)
    assert [lab.advance(29.999), lab.waiting()] == [[], [behind]]  # the lane's clock goes on
    assert [job.message.id for job in lab.advance(0.001)] == [behind]


def test_an_empty_lanes_clock_still_holds(lab: Lab) -> None:
    lab.accept(validity_seconds=30)
    lab.settle(Temporary("absent"))
    lab.advance(30)
    later = lab.accept()
    assert not lab.jobs
    assert [job.message.id for job in lab.advance(30)] == [later]


def test_a_long_message_expires_between_two_segments(lab: Lab) -> None:
    id = lab.accept(text=LONG, validity_seconds=10)
    lab.close()
    lab.settle()
    lab.advance(10)
    assert lab.state(id) == (State.EXPIRED, "validity")
    assert lab.tally().mt == 3


def test_mo_and_receipts_expire_when_their_application_stays_away(lab: Lab) -> None:
    lab.sql("UPDATE policy SET application = ?", APP)
    received = lab.receive().message
    sent = lab.accept(receipt_to=APP)
    lab.settle()
    lab.advance(7 * DAY_SECONDS)
    assert lab.state(received) == (State.EXPIRED, "validity")
    assert lab.state(sent) == (State.DELIVERED, None)
    assert lab.step(sent, "receipt_lost") == (str(APP), "validity")
    assert lab.count("delivery") == 0
    assert lab.tally().mo == 1  # it was used when it came


def test_a_slice_at_a_time_and_none_is_left(lab: Lab) -> None:
    lab.close()
    for _ in range(SLICE + 3):
        lab.accept(validity_seconds=5)
    lab.clock.now_ms += 5000
    assert [lab.expire().more, lab.expire().more] == [True, False]
    assert lab.count("delivery") == 0


def test_a_scheduled_message_is_never_sent_once_its_validity_is_over(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "db")
    id = lab.accept(not_before=START_MS + 10_000, validity_seconds=10)
    lab.restart(after_seconds=20)
    lab.gate()
    assert not lab.poll()
    assert lab.state(id)[0] == State.EXPIRED
