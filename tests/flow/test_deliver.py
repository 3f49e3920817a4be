"""Delivering: the poll takes due lanes, oldest first, as far as their gate has room, and asks policy."""

import pytest

from heliograph.core.delivery import Kind, Place
from heliograph.core.message import State
from heliograph.core.outcome import Temporary
from heliograph.core.routing import Capability, Routes
from heliograph.core.story.timeline import spoken
from heliograph.core.waking import AWAY_RETRY_MS
from heliograph.flow.attach import Presence
from heliograph.flow.deliver import SLICE
from tests.engine import APP, START_MS, Lab, make_lab

DAY_SECONDS = 24 * 3600


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("UPDATE policy SET mt = 0", "mt_off", "policy policy-1: mt"),
        ("UPDATE device SET status = 1", "device_disabled", "device device-1: status"),
    ],
)
def test_policy_is_asked_again_before_each_attempt(text: str, code: str, rule: str) -> None:
    lab = make_lab(price_mt=5)
    lab.application()
    lab.close()
    id = lab.accept(receipt_to=APP)
    lab.sql(text)
    lab.open()
    lab.poll()
    assert lab.state(id) == (State.FAILED, code)
    assert spoken(*lab.step(id, "forbidden")) == rule
    assert lab.one().delivery.kind == Kind.RECEIPT
    assert (lab.tally().mt, lab.tally().cost_mt) == (0, 0)  # nothing of it was ever sent
    assert lab.step(id, "given_back") == ("1",)


def test_what_was_tried_before_policy_ended_it_stays_counted(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Temporary("absent"))
    lab.sql("UPDATE policy SET mt = 0")
    lab.advance(60)
    assert lab.state(id) == (State.FAILED, "mt_off")
    assert lab.tally().mt == 1
    assert "given_back" not in lab.story(id)


def test_the_poll_goes_on_behind_heads_that_may_not_go(lab: Lab) -> None:
    lab.close()
    ids = [lab.accept(validity_seconds=seconds) for seconds in (5, 5, DAY_SECONDS)]
    lab.clock.now_ms += 10_000
    lab.open()
    polls = 0
    while not lab.jobs:
        lab.deliver()  # alone: the poll itself ends what is over
        polls += 1
        assert polls < 5
    assert [lab.state(id)[0] for id in ids] == [State.EXPIRED, State.EXPIRED, State.IN_PROGRESS]
    assert lab.tally().mt == 1


def test_lanes_go_by_the_age_of_their_head_as_far_as_there_is_room() -> None:
    lab = make_lab()
    lab.gate(window=2)
    for device in (3, 1, 2):
        lab.accept(device)
        lab.clock.now_ms += 1
    jobs = lab.take()
    assert [job.delivery.key for job in jobs] == [3, 1]
    assert lab.deliver().crowded
    assert not lab.jobs
    lab.settle(job=jobs[0])
    polled = lab.deliver()
    assert [job.delivery.key for job in lab.jobs] == [2]
    assert not polled.crowded
    assert polled.next_due_at is None


def test_a_rate_refills_with_time() -> None:
    lab = make_lab(devices=range(1, 8))
    lab.gate(rate_per_s=2)
    for device in range(1, 8):
        lab.accept(device)
    taken = [len(lab.take())]
    for _ in range(3):
        lab.advance(1)
        taken.append(len(lab.take()))
    assert taken == [2, 2, 2, 1]


def test_an_open_circuit_costs_nothing_and_half_open_lets_one_through(lab: Lab) -> None:
    gate = lab.gates.by_name["radio"]
    for _ in range(5):
        gate.far.failed(lab.clock.now())
    for device in (1, 2):
        lab.accept(device)
    lab.advance(4.9)
    assert not lab.jobs
    lab.advance(0.1)
    assert len(lab.jobs) == 1
    gate.far.worked()
    lab.settle()
    lab.poll()
    assert len(lab.jobs) == 1


def test_a_detached_device_whose_lane_rested_costs_nothing_and_ends_the_polling(lab: Lab) -> None:
    lab.accept()
    lab.settle(Temporary("absent"))
    lab.sight(Presence.DETACHED)
    assert not lab.advance(60)
    polled = lab.deliver()
    assert polled.next_due_at == lab.clock.now_ms + AWAY_RETRY_MS
    lane = lab.lane()
    assert lane is not None
    assert lane.attempts == 1
    lab.sight(Presence.ATTACHED)
    assert len(lab.advance(2)) == 1


def test_a_slice_is_taken_at_a_time() -> None:
    lab = make_lab(devices=range(1, SLICE + 11))
    lab.close()
    for device in range(1, SLICE + 11):
        lab.accept(device)
    lab.open()
    lab.gates.by_name["radio"].window = 10_000
    assert [len(lab.poll()), len(lab.poll()), len(lab.poll())] == [SLICE, 10, 0]


def test_a_lane_left_empty_is_put_to_rest(lab: Lab) -> None:
    lab.sql("INSERT INTO lane VALUES(0, 1, 'radio', ?, 0, '')", START_MS)
    assert lab.deliver().next_due_at is None
    assert lab.lane() is None


def test_a_lane_under_way_is_not_taken_again(lab: Lab) -> None:
    lab.accept()
    lab.accept()
    lab.sql("INSERT INTO lane VALUES(0, 1, 'radio', ?, 0, '')", START_MS)
    assert len(lab.take()) == 1
    assert not lab.poll()
    assert lab.lane() is None


def test_a_lane_under_way_keeps_its_failures_and_is_not_due() -> None:
    lab = make_lab()
    lab.accept()
    lab.settle(Temporary("absent"))
    lab.advance(60)
    lab.sql("UPDATE lane SET due_at = ?", lab.clock.now_ms)  # as one does that parks behind it
    assert lab.deliver().next_due_at is None
    assert len(lab.jobs) == 1
    lane = lab.lane()
    assert lane is not None
    assert lane.attempts == 1


def test_an_mo_waits_for_its_application_and_is_tried_by_the_applications_schedule() -> None:
    lab = make_lab(application=APP)
    id = lab.receive().message
    assert not lab.jobs
    assert lab.state(id)[0] == State.PENDING
    lab.application()
    lab.poll()
    for delay_seconds in (5, 30, 120):
        lab.settle(Temporary("receiver_error"))
        assert not lab.advance(delay_seconds - 0.001)
        assert len(lab.advance(0.001)) == 1
    lab.settle()
    assert lab.state(id) == (State.DELIVERED, None)


def test_two_gates_do_not_share_their_rooms() -> None:
    lab = Lab(routes=Routes({"radio": Capability(), "metro": Capability()}))
    lab.policy()
    lab.device(1)
    lab.device(8, network="metro")
    lab.gate()
    lab.gate("metro", window=1)
    lab.close("metro")
    lab.accept(8)
    lab.accept(1)
    assert [job.gate for job in lab.take()] == ["radio"]
    lab.open("metro")
    assert [job.gate for job in lab.poll()] == ["metro"]


def test_an_attempt_is_recorded_before_it_leaves(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    lab.open()
    job = lab.poll()[0]
    delivery = lab.delivery(id)
    assert delivery is not None
    assert (delivery.place, delivery.attempts, job.delivery.attempts) == (Place.TAKEN, 1, 1)
    assert lab.step(id, "attempt") == ("1", "radio", "1", "0")
