"""SMS to phones outside the fleet: what may forbid them, their lanes, and what can be done to them."""

from pathlib import Path
from typing import Any

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import State
from heliograph.core.outcome import Accepted, Delivered, Permanent
from heliograph.core.refusal import Refusal
from heliograph.flow.accept import Settings
from heliograph.flow.cancel import CancelAlike
from heliograph.flow.confirm import Report
from heliograph.flow.preview import Preview
from heliograph.flow.requests import OF_POLICY, Cancel, CancelSame, Change, Submitted
from tests.engine import APP, Lab, msisdn_of, octet_content, text_content
from tests.flow.desk import Desk
from tests.flow.upstreams import (
    ACME,
    BETA,
    OUTSIDE,
    PHONE,
    close,
    make_upstream_lab,
    open_,
    route,
    routes,
    through,
)


@pytest.fixture
def lab() -> Lab:
    return make_upstream_lab()


def send(lab: Lab, number: str = PHONE, text: str = "hello", **fields: Any) -> Submitted | Refusal:
    return lab.submit(0, text, number=number, external=True, **fields)


def accept(lab: Lab, number: str = PHONE, **fields: Any) -> int:
    answer = send(lab, number, **fields)
    assert isinstance(answer, Submitted), answer
    return answer.id


def stop(lab: Lab, number: str = PHONE, org: int = 1) -> None:
    lab.sql("INSERT INTO suppression VALUES(?, ?, ?, 0, 'STOP')", lab.clock.now() % 10**6, org, number)


def test_it_goes_by_a_route_at_once(lab: Lab) -> None:
    id = accept(lab)
    job = lab.one()
    assert (through(job), job.msisdn, job.delivery.receiver) == (ACME, PHONE, OUTSIDE)
    message = lab.message(id)
    assert (message.device, message.destination, message.price) == (None, PHONE, 1)
    lab.settle(Accepted("1"), job)
    assert lab.run(lab.flows.confirm, Report("upstream:acme", "1", Delivered())) == [True]
    assert lab.state(id) == (State.DELIVERED, None)


def test_a_short_number_is_told_from_a_name(lab: Lab) -> None:
    refusal = send(lab, "331234")
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("It is no number of a device")


@pytest.mark.parametrize(
    ("number", "fields", "code"),
    [
        (PHONE, {"external": False}, "unknown_device"),
        ("12345", {}, "bad_address"),
        ("+491511234567", {}, "bad_address"),
        (PHONE, {"priority": 9}, "bad_value"),
        (PHONE, {"validity_seconds": 0}, "bad_validity"),
        (PHONE, {"source": "much too long a name"}, "bad_address"),
    ],
)
def test_what_is_refused(lab: Lab, number: str, fields: dict[str, Any], code: str) -> None:
    answer = lab.submit(0, number=number, **{"external": True, **fields})
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert lab.count("message") == 0


def test_without_a_route_there_is_none() -> None:
    lab = make_upstream_lab(routes(route(ACME, prefix="33"), route(BETA, org=2)))
    answer = send(lab)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.rule) == ("no_external_route", f"number {PHONE}")
    assert isinstance(send(lab, "33611111111"), Submitted)


def test_what_no_upstream_carries_is_refused() -> None:
    lab = make_upstream_lab(routes(route(ACME), octets=0))
    answer = lab.submit(0, number=PHONE, external=True, content=octet_content(b"\0"))
    assert isinstance(answer, Refusal)
    assert answer.code == "not_supported"


def test_a_number_of_a_device_is_that_device_s(lab: Lab) -> None:
    accept(lab, msisdn_of(2))
    assert lab.one().delivery.key == 2


def test_a_device_of_another_organisation_is_a_phone(lab: Lab) -> None:
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    accept(lab, msisdn_of(9))
    job = lab.one()
    assert (job.delivery.receiver, job.delivery.key, job.message.device) == (OUTSIDE, int(msisdn_of(9)), None)


def test_those_who_said_stop_get_nothing(lab: Lab) -> None:
    stop(lab)
    answer = send(lab)
    assert isinstance(answer, Refusal)
    assert answer.code == "suppressed"
    assert isinstance(send(lab, "491511234568"), Submitted)


def test_who_says_stop_while_it_waits_gets_nothing_either(lab: Lab) -> None:
    close(lab, ACME)
    first, second = accept(lab), accept(lab, "491511234568")
    stop(lab)
    open_(lab, ACME)
    lab.poll()
    assert lab.one().message.id == second
    assert lab.state(first) == (State.FAILED, "suppressed")


def test_one_lane_for_each_phone_and_organisation(lab: Lab) -> None:
    lab.policy(2, org=2)
    first, second, other = accept(lab), accept(lab), accept(lab, "491511234568")
    foreign = accept(lab, org=2)
    jobs = lab.take()
    assert [job.message.id for job in jobs] == [first, other, foreign]
    lab.settle(Accepted("1"), jobs[0])
    assert lab.one().message.id == second


def test_a_lane_holds_only_so_many() -> None:
    lab = make_upstream_lab(settings=Settings(lane_limit=2))
    close(lab, ACME)
    accept(lab)
    accept(lab)
    answer = send(lab)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.rule) == ("queue_full", "lane limit 2")


def test_limits_of_devices_do_not_count(lab: Lab) -> None:
    lab.sql("UPDATE policy SET mt = 0, mt_limit = 0")
    accept(lab)
    assert lab.count("tally") == 0


def test_a_batch_of_them_sees_each_other(lab: Lab) -> None:
    fields = {"number": PHONE, "external": True}
    submissions = [lab.submission(0, str(index), **fields) for index in range(3)] + [lab.submission(1)]
    answers = lab.run(lab.flows.submit, *submissions)
    assert len(lab.take()) == 2
    assert [isinstance(answer, Submitted) for answer in answers] == [True] * 4
    assert [row[0] for row in lab.sql("SELECT count(*) FROM delivery WHERE receiver = ?", OUTSIDE)] == [3]


@pytest.mark.parametrize("by", ["replace_key", "replaces_same"])
def test_a_newer_one_takes_the_place_of_one_that_waits(lab: Lab, by: str) -> None:
    close(lab, ACME)
    wish: Any = "k" if by == "replace_key" else True
    old, behind = accept(lab, **{by: wish}), accept(lab, source="other")
    elsewhere = accept(lab, "491511234568", **{by: wish})
    new = accept(lab, text="newer", **{by: wish})
    assert lab.state(old) == (State.CANCELED, "replaced")
    assert lab.state(elsewhere) == (State.PENDING, None)
    open_(lab, ACME)
    lab.poll()
    assert sorted(job.message.id for job in lab.take()) == sorted([new, elsewhere])
    assert lab.state(behind) == (State.PENDING, None)


def test_it_can_be_canceled(lab: Lab) -> None:
    close(lab, ACME)
    id = accept(lab)
    assert isinstance(lab.run(lab.flows.cancel, Cancel(1, id, "token:1"))[0], Submitted)
    assert lab.state(id) == (State.CANCELED, "canceled")
    assert "given_back" not in lab.story(id)
    assert lab.count("delivery") == 0


def test_all_that_wait_for_a_number_can_be_canceled(lab: Lab) -> None:
    close(lab, ACME)
    ids = [accept(lab), accept(lab)]
    (answer,) = lab.run(CancelAlike(lab.flows.cancel), CancelSame(1, "token:1", "", PHONE))
    assert [one.id for one in answer] == ids


def test_its_words_and_its_time_can_be_changed(lab: Lab) -> None:
    close(lab, ACME)
    id = accept(lab)
    changed = Change(1, id, "token:1", content=text_content("x" * 400))
    assert isinstance(lab.run(lab.flows.change, changed)[0], Submitted)
    assert (lab.message(id).segments, lab.message(id).price) == (3, 3)
    later = Change(1, id, "token:1", not_before=lab.clock.now() + 5000)
    assert isinstance(lab.run(lab.flows.change, later)[0], Submitted)
    open_(lab, ACME)
    assert lab.advance(4) == []
    (job,) = lab.advance(1)
    assert job.message.id == id


def test_new_words_go_by_an_upstream_that_carries_them() -> None:
    known = routes(route(ACME, cost=1), route(BETA, cost=2))
    known.table.capabilities[ACME] = type(known.table.capabilities[ACME])(binary=False)
    lab = make_upstream_lab(known)
    close(lab, ACME)
    id = accept(lab)
    lab.run(lab.flows.change, Change(1, id, "token:1", content=octet_content(b"\0")))
    (job,) = lab.advance(1)
    assert through(job) == BETA


def test_a_scheduled_one_enters_its_lane_in_time(lab: Lab) -> None:
    id = accept(lab, not_before=lab.clock.now() + 60_000)
    assert lab.take() == []
    (job,) = lab.advance(60)
    assert (job.message.id, through(job)) == (id, ACME)


def test_it_expires_as_any_other(lab: Lab) -> None:
    close(lab, ACME)
    id = accept(lab, validity_seconds=10)
    lab.advance(10)
    assert lab.state(id) == (State.EXPIRED, "validity")
    assert lab.count("delivery") == 0


def test_receipts_of_one_phone_are_in_order_and_of_two_side_by_side(lab: Lab) -> None:
    lab.application()
    for number in [PHONE, PHONE, "491511234568"]:
        accept(lab, number, receipt_to=APP)
    while sent := [job for job in lab.take() if job.delivery.kind == Kind.SMS]:
        for job in sent:
            lab.settle(Permanent("barred"), job)
    taken = lab.sql("SELECT key, place FROM delivery WHERE kind = 2 ORDER BY key, place DESC")
    assert taken == [(-491511234568, 1), (-int(PHONE), 1), (-int(PHONE), 0)]


def test_no_policy_names_who_hears_of_it(lab: Lab) -> None:
    id = accept(lab, receipt_to=OF_POLICY)
    assert (lab.message(id).application, lab.message(id).receipt) == (None, 0)


def test_what_was_under_way_at_a_crash_is_repeated(tmp_path: Path) -> None:
    lab = make_upstream_lab(path=tmp_path / "db")
    id = accept(lab)
    assert lab.restart() == 1
    lab.gate("upstream:acme")
    (job,) = lab.advance(5)
    assert (job.message.id, job.delivery.repeated) == (id, 1)


def test_a_preview_says_by_which_upstreams_and_for_how_much(lab: Lab) -> None:
    preview = Preview(lab.settings, lab.routes)
    asked = lab.submission(0, "x" * 200, number=PHONE, external=True)
    ours, outside = lab.run(preview, lab.submission(1), asked)
    assert (outside.price, outside.refusal, outside.upstreams) == (2, None, (ACME, BETA))
    assert ours.upstreams == (ACME, BETA)
    assert lab.count("message") == 0


def test_its_story_speaks_of_a_phone(tmp_path: Path) -> None:
    lab = make_upstream_lab(path=tmp_path / "db")
    desk = Desk(lab)
    close(lab, ACME)
    id = accept(lab)
    told = desk.explained(id).story
    assert told[0].text.startswith("Accepted from token:1: an SMS to a phone outside the fleet, in 1 segment")
    assert f"It goes on the lane of phone {PHONE}, and is valid" in told[0].text
    assert [one.code for one in told if one.at is None] == ["waits_for_gate", "validity"]
    desk.close()
