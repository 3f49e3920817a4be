"""Settling: every class of outcome for every kind of delivery, and what follows in the lane."""

from collections.abc import Callable

import pytest

from heliograph.core.delivery import Job, Kind, LaneKey, Place
from heliograph.core.message import State
from heliograph.core.outcome import DELIVERED, Accepted, Outcome, Permanent, Returned, Temporary, Unknown
from heliograph.flow.requests import Received
from heliograph.flow.settle import Settled
from tests.engine import APP, START_MS, Lab, make_lab

LONG = "x" * 400  # three segments


@pytest.fixture
def lab() -> Lab:
    """Device 1 answers to an application, which is there."""
    lab = make_lab(application=APP)
    lab.application()
    return lab


def sms(lab: Lab) -> Job:
    lab.accept(receipt_to=APP, validity_seconds=3 * 24 * 3600)
    return lab.one()


def mo(lab: Lab) -> Job:
    assert isinstance(lab.receive(), Received)
    return lab.one()


def receipt(lab: Lab) -> Job:
    lab.accept(receipt_to=APP)
    lab.settle()
    return lab.one()


KINDS = pytest.mark.parametrize("make", [sms, mo, receipt])
Make = Callable[[Lab], Job]

# Per outcome: whether the delivery is over, its attempts, and when its lane is due, in seconds.
OUTCOMES: list[tuple[Outcome, bool, int, float]] = [
    (DELIVERED, True, 1, 0),
    (Permanent("rejected"), True, 1, 0),
    (Temporary("absent"), False, 1, 60),
    (Temporary("memory_full"), False, 1, 900),
    (Temporary("receiver_error"), False, 1, 5),
    (Temporary("what nobody knows"), False, 1, 30),
    (Temporary("absent", 7), False, 1, 7),
    (Temporary("absent", 0), False, 1, 1),
    (Temporary("sleeping", 10**9), False, 1, 24 * 3600),
    (Unknown("link_lost"), False, 1, 5),
    (Returned("gate_closed"), False, 0, 1),
]


@KINDS
@pytest.mark.parametrize(("outcome", "is_over", "attempts", "due_seconds"), OUTCOMES)
def test_every_outcome_of_every_kind(
    lab: Lab, make: Make, outcome: Outcome, is_over: bool, attempts: int, due_seconds: float
) -> None:
    job = make(lab)
    delivery = job.delivery
    lab.settle(outcome, job)
    rows = lab.sql("SELECT place, attempts, repeated FROM delivery WHERE id = ?", delivery.id)
    lane = lab.lane(delivery.key, delivery.receiver)
    gate = job.gate
    assert lab.gates.by_name[gate].in_flight == len([job for job in lab.jobs if job.gate == gate])
    if is_over:
        assert not rows
        assert lane is None
        return
    assert rows == [(Place.WAITING, attempts, isinstance(outcome, Unknown))]
    assert lane is not None
    if make is not sms and outcome == Unknown("link_lost"):  # another session may have it
        assert lane.due_at == START_MS
        return
    assert lane.due_at == START_MS + due_seconds * 1000
    assert lane.attempts == attempts
    lab.advance(due_seconds - 0.001)
    assert not [job for job in lab.jobs if job.delivery.id == delivery.id]
    again = next(job for job in lab.advance(0.001) if job.delivery.id == delivery.id)
    assert (again.delivery.attempts, again.lane_attempts) == (attempts + 1, attempts)
    assert again.delivery.repeated == isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    ("outcome", "state", "story"),
    [
        (DELIVERED, (State.DELIVERED, None), ["arrived", "final"]),
        (Permanent("barred"), (State.FAILED, "barred"), ["rejected", "final"]),
        (Permanent("two words"), (State.FAILED, "two_words"), ["rejected", "final"]),
        (Temporary("absent"), (State.BUFFERED, None), ["deferred"]),
        (Unknown("link_lost"), (State.BUFFERED, None), ["deferred"]),
        (Returned("gate_closed"), (State.BUFFERED, None), ["deferred"]),
        (Accepted("ref-1"), (State.IN_PROGRESS, None), ["taken_over"]),
    ],
)
def test_the_message_says_what_became_of_it(
    outcome: Outcome, state: tuple[State, str | None], story: list[str]
) -> None:
    lab = make_lab()
    id = lab.accept()
    lab.settle(outcome)
    assert lab.state(id) == state
    assert lab.story(id) == ["accepted", "attempt", *story]
    assert (lab.message(id).final_at is not None) == ("final" in story)


@pytest.mark.parametrize(("outcome", "reason"), [(DELIVERED, None), (Permanent("rejected"), "rejected")])
def test_a_final_state_sends_a_receipt_at_once(lab: Lab, outcome: Outcome, reason: str | None) -> None:
    id = lab.accept(receipt_to=APP)
    lab.settle(outcome)
    job = lab.one()
    assert (job.delivery.kind, job.delivery.receiver, job.delivery.key) == (Kind.RECEIPT, APP, 1)
    assert (job.gate, job.message.id, job.message.reason) == (f"application:{APP}", id, reason)
    lab.settle(job=job)
    assert lab.story(id)[-2:] == ["receipt", "receipt_delivered"]
    assert lab.count("delivery") == 0


@pytest.mark.parametrize(
    ("outcome", "last"),
    [
        (Permanent("application_rejected"), "receipt_lost"),
        (Temporary("receiver_error"), "receipt_deferred"),
        (Unknown("receiver_gone"), "receipt_deferred"),
        (Returned("gate_closed"), "receipt_deferred"),
    ],
)
def test_a_receipt_never_moves_its_message(lab: Lab, outcome: Outcome, last: str) -> None:
    id = lab.accept(receipt_to=APP)
    lab.settle()
    before = lab.message(id)
    lab.settle(outcome)
    after = lab.message(id)
    assert (after.state, after.attempts, after.final_at) == (before.state, before.attempts, before.final_at)
    assert lab.story(id)[-1] == last


def test_an_application_that_takes_something_over_has_it(lab: Lab) -> None:
    for make in (mo, receipt):
        job = make(lab)
        lab.settle(Accepted("reference"), job)
        assert lab.state(job.message.id)[0] == State.DELIVERED
    assert lab.count("delivery") == lab.count("reference") == 0


def test_receipts_of_one_device_stay_in_order_behind_one_that_waits(lab: Lab) -> None:
    ids = [lab.accept(receipt_to=APP) for _ in range(3)]
    for _ in ids:
        job = next(job for job in lab.jobs if job.delivery.kind == Kind.SMS)
        lab.jobs.remove(job)
        lab.settle(job=job)
    assert [job.message.id for job in lab.jobs] == ids[:1]
    lab.settle(Temporary("receiver_error"))
    told = [job.message.id for job in lab.advance(5)]
    while lab.jobs:
        lab.settle()
        told += [job.message.id for job in lab.jobs]
    assert told == ids


def test_a_closed_application_costs_nothing_and_hears_all_when_it_is_back(lab: Lab) -> None:
    gate = f"application:{APP}"
    lab.close(gate)
    ids = [lab.accept(receipt_to=APP, device=device) for device in (1, 2)]
    for job in lab.take():
        lab.settle(job=job)
    lab.advance(3600)
    assert not lab.jobs
    assert lab.lane(1, APP) is None
    lab.open(gate)
    assert sorted(job.message.id for job in lab.poll()) == sorted(ids)
    assert {job.delivery.attempts for job in lab.jobs} == {1}


def test_the_retry_clock_belongs_to_the_lane(lab: Lab) -> None:
    """Three messages, one absent device: the schedule goes on whichever message is at the head."""
    lab.accept(validity_seconds=400)
    urgent_at = 2
    for failed, delay_seconds in enumerate((60, 300, 900, 1800), 1):
        lab.settle(Temporary("absent"))
        lane = lab.lane()
        assert lane is not None
        assert (lane.attempts, lane.due_at) == (failed, lab.clock.now_ms + delay_seconds * 1000)
        if failed == urgent_at:
            lab.accept(priority=3, validity_seconds=24 * 3600)
        lab.advance(delay_seconds)
    assert len(lab.jobs) == 1


def test_success_starts_the_lanes_clock_anew(lab: Lab) -> None:
    lab.accept()
    second = lab.accept()
    lab.settle(Temporary("absent"))
    lab.advance(60)
    lab.settle(Temporary("absent"))
    lab.advance(300)
    lab.settle()
    lab.settle(Temporary("absent"))
    lane = lab.lane()
    assert lane is not None
    assert (lane.attempts, lane.due_at) == (1, lab.clock.now_ms + 60_000)
    assert lab.state(second) == (State.BUFFERED, None)


def test_a_lane_that_fails_does_not_slow_others(lab: Lab) -> None:
    for device in (1, 2, 3):
        lab.accept(device)
        lab.accept(device)
    jobs = lab.take()
    for job in jobs:
        lab.settle(Temporary("absent") if job.delivery.key == 1 else DELIVERED, job)
    assert sorted(job.delivery.key for job in lab.jobs) == [2, 3]


def test_a_long_message_goes_segment_by_segment_and_ends_once(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    behind = lab.accept(priority=3)
    sent = []
    for _ in range(3):
        job = lab.one()
        sent.append((job.message.id, job.delivery.segment))
        lab.settle(job=job)
    assert sent == [(id, 0), (id, 1), (id, 2)]  # a begun message is finished before an urgent one
    assert lab.state(id) == (State.DELIVERED, None)
    assert [step for step in lab.story(id) if step in ("arrived", "final")] == ["arrived"] * 3 + ["final"]
    assert lab.one().message.id == behind


def test_a_failed_segment_is_tried_again_and_no_other(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle()
    lab.settle(Temporary("absent"))
    assert lab.state(id)[0] == State.BUFFERED
    job = lab.advance(60)[0]
    assert (job.delivery.segment, job.delivery.repeated) == (1, 0)
    lab.settle(Permanent("rejected"))
    assert lab.state(id) == (State.FAILED, "rejected")
    assert not lab.jobs


def test_the_repeated_mark_belongs_to_one_segment(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Unknown("link_lost"))
    assert lab.advance(5)[0].delivery.repeated == 1
    assert lab.step(id, "attempt")[3] == "1"
    lab.settle()
    assert lab.one().delivery.repeated == 0
    assert lab.step(id, "attempt")[3] == "0"


def test_a_long_message_rests_between_two_segments_when_the_gate_closes(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.close()
    lab.settle()
    assert lab.state(id)[0] == State.BUFFERED
    lab.open()
    lab.poll()
    assert lab.one().delivery.segment == 1


def test_at_most_once_fails_where_nobody_knows(lab: Lab) -> None:
    id = lab.accept(at_most_once=True, receipt_to=APP)
    lab.settle(Unknown("link_lost"))
    assert lab.state(id) == (State.FAILED, "unknown_outcome")
    assert lab.step(id, "unknown") == ("link_lost",)
    lab.settle(Unknown("receiver_gone"))  # its receipt may be told twice
    assert lab.count("delivery") == 1


def test_at_most_once_is_tried_again_where_it_surely_did_not_arrive(lab: Lab) -> None:
    id = lab.accept(at_most_once=True)
    lab.settle(Temporary("absent"))
    assert lab.state(id)[0] == State.BUFFERED


def test_returned_spends_no_attempt_and_keeps_the_lanes_clock(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Temporary("absent"))
    lab.advance(60)
    lab.settle(Returned("gate_closed"))
    lane = lab.lane()
    assert lane is not None
    assert (lane.attempts, lab.message(id).attempts) == (1, 1)
    lab.advance(1)
    lab.settle(Temporary("absent"))
    assert lab.step(id, "deferred")[1] == str(lab.clock.now_ms + 300_000)


@pytest.mark.parametrize("outcome", [Temporary("absent"), Unknown("no_answer")])
def test_an_attempt_that_outlived_its_validity_ends_with_its_outcome(lab: Lab, outcome: Outcome) -> None:
    id = lab.accept(validity_seconds=10, receipt_to=APP)
    job = lab.one()
    lab.advance(20)
    assert lab.state(id)[0] == State.IN_PROGRESS  # expiry waits for an attempt in flight
    lab.settle(outcome, job)
    assert lab.state(id)[0] == State.EXPIRED
    assert lab.one().delivery.kind == Kind.RECEIPT


def test_an_alert_during_the_attempt_makes_the_lane_due_after_the_settling_delay(lab: Lab) -> None:
    lab.accept()
    job = lab.one()
    job.alerted = True
    lab.settle(Temporary("absent"), job)
    lane = lab.lane()
    assert lane is not None
    assert (lane.due_at, lane.attempts) == (START_MS + 2000, 0)
    assert len(lab.advance(2)) == 1


def test_policy_is_asked_again_before_the_next_head_and_the_next_segment(lab: Lab) -> None:
    long = lab.accept(text=LONG)
    waits = lab.accept()
    job = lab.one()
    lab.sql("UPDATE policy SET mt = 0")
    lab.settle(job=job)
    lab.poll()
    assert lab.state(long) == lab.state(waits) == (State.FAILED, "mt_off")
    assert not lab.jobs


def test_the_gates_window_is_free_again_with_the_settle(lab: Lab) -> None:
    lab.accept()
    job = lab.one()
    assert lab.gates.by_name["radio"].in_flight == 1
    assert lab.gates.lanes == {LaneKey(0, 1)}
    lab.settle(job=job)
    assert lab.gates.by_name["radio"].in_flight == 0
    assert not lab.gates.lanes


def test_a_receipt_for_a_head_that_policy_ended_is_never_forgotten(lab: Lab) -> None:
    """The receipts' lane frees in the batch in which the message ends between two segments."""
    first = lab.accept(receipt_to=APP)
    lab.settle()
    told = lab.one()
    long = lab.accept(text=LONG, receipt_to=APP)
    job = lab.one()
    lab.sql("UPDATE policy SET mt = 0")
    lab.run(lab.flows.settle, Settled(told, DELIVERED), Settled(job, DELIVERED))
    lab.poll()
    assert lab.story(first)[-1] == "receipt_delivered"
    assert lab.state(long) == (State.FAILED, "mt_off")
    assert lab.one().message.id == long
