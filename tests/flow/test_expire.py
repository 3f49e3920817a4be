"""Expiring: on time, also after the process was down, never under an attempt; and schedules that fall due."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import Direction, State
from heliograph.core.outcome import Returned, Temporary
from heliograph.core.story.timeline import read
from heliograph.flow import turns
from heliograph.flow.expire import SLICE
from tests.engine import APP, START_MS, Lab, make_lab, msisdn_of

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
    assert lab.state(received) == (State.FAILED, "validity")
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


def take_turns(lab: Lab, seconds: int) -> list[int]:
    """Everything arrives at once as soon as it is in its lane. When P2P left for it, second by second."""
    entered = []
    for second in range(seconds + 1):
        lab.advance(1 if second else 0)
        while lab.jobs:
            job = lab.jobs.pop(0)
            if job.message.direction == Direction.P2P:
                entered.append(lab.clock.now())
            lab.settle(job=job)
    return entered


@pytest.fixture
def missed(tmp_path: Path) -> Iterator[Lab]:
    """Twenty P2P to device 3, whose rate is six: fourteen wait for their turns, and the process dies."""
    lab = make_lab(path=tmp_path / "db", p2p_sent_per_day=100)
    for number in range(20):
        lab.receive(1, msisdn_of(3), text=str(number))
    assert len(take_turns(lab, 30)) == 6
    yield lab
    lab.engine.close()


@pytest.mark.parametrize("down_seconds", [32, 3600], ids=["a turn", "an hour"])
def test_turns_that_passed_while_the_process_was_down_keep_the_rate(missed: Lab, down_seconds: int) -> None:
    lab = missed
    before = lab.clock.now() - 30_000
    lab.restart(down_seconds)
    lab.gate()
    back = lab.clock.now()
    entered = take_turns(lab, 180)
    assert entered == [back] * 6 + [back + 60_000] * 6 + [back + 120_000] * 2
    assert back - before >= 60_000
    arrived = lab.sql("SELECT body FROM message ORDER BY final_at, rowid")
    assert [int(body) for (body,) in arrived] == list(range(20))
    last = lab.sql("SELECT id FROM message ORDER BY id DESC LIMIT 1")[0][0]
    assert [step[0] for step in rate_steps(lab, last)] == [str(before + 180_000), str(back + 120_000)]


def rate_steps(lab: Lab, id: int) -> list[tuple[str, ...]]:
    return [step.arguments for step in read(lab.message(id).timeline) if step.code == "rate"]


def test_what_comes_after_a_downtime_queues_behind_the_missed_turns(missed: Lab) -> None:
    lab = missed
    lab.restart(3600)
    lab.gate()
    back = lab.clock.now()
    assert len(take_turns(lab, 1)) == 6
    late = lab.receive(2, msisdn_of(3)).message
    assert lab.delivery(late).enter_at == back + 120_000  # type: ignore[union-attr]  # it waits
    a2p = lab.accept(3)
    assert lab.state(a2p)[0] == State.IN_PROGRESS  # never held up
    assert len(take_turns(lab, 180)) == 9


def test_a_missed_turn_does_not_lengthen_the_validity(missed: Lab) -> None:
    lab = missed
    lab.sql("UPDATE delivery SET expires_at = ?", lab.clock.now() + 3_600_000 + 90_000)
    lab.restart(3600)
    lab.gate()
    assert len(take_turns(lab, 180)) == 12
    assert lab.sql("SELECT state, reason, count(*) FROM message GROUP BY 1, 2 ORDER BY 1") == [
        (State.DELIVERED, None, 18),
        (State.EXPIRED, "validity", 2),
    ]


def test_missed_turns_are_moved_a_slice_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SLICE", 3)  # two receivers with two each
    lab = make_lab(path=tmp_path / "db", devices=(1, 2, 3, 4), p2p_sent_per_day=100)
    for receiver in (2, 3, 4):
        for _ in range(8):
            lab.receive(1, msisdn_of(receiver))
    lab.restart(3600)
    lab.gate()
    for left in (2, 0):
        timers = lab.expire()
        assert lab.sql("SELECT count(*) FROM delivery WHERE place = 2") == [(left,)]
        assert timers.next_at is not None
        assert (timers.next_at <= lab.clock.now()) == bool(left)  # the loop comes back for more
    lab.engine.close()
