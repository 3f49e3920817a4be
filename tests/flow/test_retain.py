"""Retention: what is old goes in small steps, what is not final stays, nothing is passed over for good."""

import pytest
from msgspec.structs import astuple

from heliograph.core.changes import Happening
from heliograph.core.message import DAY_MS, State
from heliograph.core.organisation import Organisation
from heliograph.core.outcome import DELIVERED, Accepted, Permanent, Temporary
from heliograph.core.retention import Retention
from heliograph.flow.ports import Urgency
from heliograph.flow.retain import STEP, Retain, Retained
from tests.engine import APP, Lab, make_lab

DAY = DAY_MS // 1000


@pytest.fixture
def lab() -> Lab:
    lab = make_lab(application=APP)
    organisation(lab, 1)
    return lab


def organisation(lab: Lab, id: int, body_days: int | None = None) -> None:
    values = astuple(Organisation(id, f"organisation-{id}", 0, body_days))
    marks = ", ".join("?" * len(values))
    lab.sql(f"INSERT INTO organisation VALUES({marks})", *values)


def deliver(lab: Lab, count: int = 1, **fields: object) -> list[int]:
    ids = []
    for _ in range(count):
        ids.append(lab.accept(**fields))
        lab.settle()
    return ids


def step(lab: Lab, message_days: int | None = 30, body_days: int | None = None, org: int = 1) -> Retained:
    flow = Retain(Retention(message_days, body_days, event_days=30))
    answer: Retained = lab.run(flow, org)[0]
    return answer


def steps(lab: Lab, message_days: int | None = 30, body_days: int | None = None) -> int:
    """Until nothing is left; how many messages went."""
    gone = 0
    while True:
        retained = step(lab, message_days, body_days)
        gone += retained.messages
        if not retained.more:
            return gone


def bodies(lab: Lab) -> list[bytes | None]:
    return [row[0] for row in lab.sql("SELECT body FROM message ORDER BY id")]


def test_a_message_goes_when_its_end_is_old_enough(lab: Lab) -> None:
    deliver(lab)
    lab.advance(30 * DAY - 1, poll=False)
    assert step(lab) == Retained()
    lab.advance(1, poll=False)
    assert step(lab).messages == 1
    assert lab.count("message") == lab.count("retention_kept") == 0


def test_the_days_count_from_the_end_not_from_the_acceptance(lab: Lab) -> None:
    lab.accept(validity_seconds=300 * DAY)
    job = lab.one()
    lab.settle(Temporary("absent"), job)
    lab.advance(40 * DAY)  # it ends long after its acceptance
    lab.settle()
    assert step(lab).messages == 0
    lab.advance(30 * DAY - 1, poll=False)
    assert step(lab).messages == 0
    lab.advance(3601, poll=False)  # what was passed over is looked at again within the hour of its time
    assert step(lab).messages == 1


def test_what_is_not_final_is_never_touched(lab: Lab) -> None:
    later = lab.clock.now_ms + 200 * DAY_MS
    scheduled = lab.accept(not_before=later)
    lab.accept(device=2)
    lab.settle(Temporary("absent"))
    waiting = lab.accept(device=2, validity_seconds=300 * DAY)
    under_way = lab.accept(device=3, validity_seconds=300 * DAY)
    for _ in range(5):
        lab.advance(31 * DAY, poll=False)
        steps(lab, body_days=1)
    left = {row[0] for row in lab.sql("SELECT id FROM message WHERE body IS NOT NULL")}
    assert {scheduled, waiting, under_way} <= left
    lab.settle()
    lab.advance(1)
    for _ in range(3):
        lab.advance(100 * DAY)
        for job in lab.take():
            lab.settle(DELIVERED, job)
    lab.advance(32 * DAY)
    assert lab.sql("SELECT id FROM message WHERE final_at IS NULL") == []
    steps(lab)
    assert lab.count("message") == 0


def test_what_waits_in_front_holds_nothing_up(lab: Lab) -> None:
    """More messages wait than a step looks at, and those behind them go all the same."""
    for _ in range(STEP + 5):
        lab.accept(not_before=lab.clock.now_ms + 300 * DAY_MS)
    lab.advance(1)
    deliver(lab, 3, device=2)
    lab.advance(31 * DAY, poll=False)
    assert steps(lab) == 3
    assert lab.count("message") == STEP + 5


def test_a_message_whose_receipt_waits_stays(lab: Lab) -> None:
    (kept,) = deliver(lab, receipt_to=APP)
    lab.advance(31 * DAY, poll=False)
    assert steps(lab, body_days=1) == 0
    assert bodies(lab) == [b"hello"]
    lab.application()
    lab.sql("UPDATE delivery SET expires_at = expires_at + ?", 100 * DAY_MS)
    lab.poll()
    job = lab.one()
    assert job.message.id == kept
    lab.advance(3601, poll=False)
    assert steps(lab) == 0  # under way
    lab.settle(DELIVERED, job)
    assert lab.story(kept)[-1] == "receipt_delivered"
    lab.advance(2 * 3600, poll=False)
    assert steps(lab) == 1


def test_a_lost_receipt_holds_nothing(lab: Lab) -> None:
    deliver(lab, receipt_to=APP)
    lab.advance(8 * DAY)
    lab.advance(31 * DAY, poll=False)
    assert steps(lab) == 1


def test_bodies_go_earlier_and_leave_the_rest(lab: Lab) -> None:
    (id,) = deliver(lab)
    before = lab.message(id)
    lab.advance(2 * DAY, poll=False)
    assert step(lab, body_days=2) == Retained(bodies=1)
    after = lab.message(id)
    assert after.body is None
    before.body = None
    assert after == before
    assert step(lab, body_days=2) == Retained()  # once
    lab.advance(28 * DAY, poll=False)
    assert step(lab, body_days=2).messages == 1


def test_an_organisation_may_keep_bodies_for_another_time(lab: Lab) -> None:
    organisation(lab, 2, body_days=5)
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    deliver(lab)
    deliver(lab, device=9, org=2)
    lab.advance(2 * DAY, poll=False)
    assert [step(lab, body_days=2, org=org).bodies for org in (1, 2)] == [1, 0]
    lab.advance(3 * DAY, poll=False)
    assert [step(lab, body_days=2, org=org).bodies for org in (1, 2)] == [0, 1]


def test_no_days_is_for_ever(lab: Lab) -> None:
    deliver(lab)
    lab.advance(4000 * DAY, poll=False)
    assert step(lab, message_days=None) == Retained()
    assert step(lab, message_days=None, body_days=1) == Retained(bodies=1)


def test_a_step_is_small_and_the_next_one_goes_on(lab: Lab) -> None:
    deliver(lab, STEP + 50)
    lab.advance(31 * DAY, poll=False)
    assert step(lab) == Retained(messages=STEP, more=True)
    assert step(lab) == Retained(messages=50)
    assert lab.count("message") == 0


def test_a_batch_of_organisations_shares_one_step(lab: Lab) -> None:
    organisation(lab, 2)
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    deliver(lab, STEP - 10)
    deliver(lab, 30, device=9, org=2)
    lab.advance(31 * DAY, poll=False)
    flow = Retain(Retention(30, None, 30))
    assert lab.run(flow, 1, 2, 77) == [
        Retained(messages=STEP - 10),
        Retained(messages=10, more=True),
        Retained(more=True),
    ]
    assert flow.urgency == Urgency.BULK


def test_a_setting_that_shrinks_reaches_what_was_passed_over(lab: Lab) -> None:
    lab.accept(validity_seconds=300 * DAY)
    job = lab.one()
    lab.advance(40 * DAY, poll=False)
    assert step(lab, message_days=30).messages == 0  # passed over: under way
    lab.settle(DELIVERED, job)
    lab.advance(3 * DAY, poll=False)
    assert step(lab, message_days=30).messages == 0
    assert step(lab, message_days=2).messages == 1


def test_a_message_that_someone_else_removed_is_forgotten(lab: Lab) -> None:
    lab.accept()
    lab.advance(31 * DAY, poll=False)
    step(lab)
    assert lab.count("retention_kept") == 1
    lab.sql("DELETE FROM message")
    lab.advance(2 * DAY, poll=False)
    assert step(lab) == Retained()
    assert lab.count("retention_kept") == 0


def test_the_references_of_a_message_that_failed_in_between_go_with_it(lab: Lab) -> None:
    lab.accept(text="x" * 200)
    lab.settle(Accepted("A1"))
    lab.settle(Permanent("barred"))
    lab.advance(31 * DAY, poll=False)
    assert step(lab).messages == 1
    assert lab.count("reference") == 0


def test_old_events_go(lab: Lab) -> None:
    now = lab.clock.now_ms
    for id in range(STEP + 1):
        lab.insert(Happening(id, 1, now, "quota_used_up", 1, None, None, ""))
    lab.insert(Happening(9000, 2, now, "quota_used_up", 1, None, None, ""))
    lab.insert(Happening(9001, 1, now + DAY_MS, "quota_used_up", 1, None, None, ""))
    lab.advance(30 * DAY, poll=False)
    assert step(lab) == Retained(events=STEP, more=True)
    assert step(lab) == Retained(events=1)
    assert {row[0] for row in lab.sql("SELECT id FROM event")} == {9000, 9001}


def test_one_organisations_retention_leaves_the_other_alone(lab: Lab) -> None:
    organisation(lab, 2)
    deliver(lab)
    lab.advance(31 * DAY, poll=False)
    assert step(lab, org=2) == Retained()
    assert lab.count("message") == 1
    assert lab.state(lab.sql("SELECT id FROM message")[0][0])[0] == State.DELIVERED
