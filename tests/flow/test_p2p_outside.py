"""From a device to a phone outside the fleet: its policy, the suppression list and the routes decide."""

from typing import Any

import pytest

from heliograph.core.message import Direction, State
from heliograph.core.outcome import Delivered
from heliograph.core.refusal import Refusal
from heliograph.flow.requests import Received
from tests.engine import Lab, msisdn_of, octet_content
from tests.flow.upstreams import ACME, PHONE, make_upstream_lab, route, routes, through


def dial(lab: Lab, number: str = f"+{PHONE}", text: str = "hi", **fields: Any) -> Received | Refusal:
    answer: Received | Refusal = lab.receive(1, number, text, **fields)
    return answer


@pytest.fixture
def lab() -> Lab:
    return make_upstream_lab(price_mo=5)


def test_it_leaves_by_a_route(lab: Lab) -> None:
    answer = dial(lab)
    assert isinstance(answer, Received)
    assert answer.message is not None
    job = lab.one()
    assert (through(job), job.msisdn) == (ACME, PHONE)
    message = job.message
    assert (message.direction, message.device, message.origin) == (Direction.P2P, None, 1)
    assert (message.source, message.destination, message.price) == (msisdn_of(1), PHONE, 6)
    assert lab.tally().mo == 1
    lab.settle(Delivered(), job)
    assert lab.state(answer.message) == (State.DELIVERED, None)


@pytest.mark.parametrize(
    ("change", "number", "code"),
    [
        ("UPDATE policy SET p2p_external = 0", PHONE, "p2p_external_off"),
        ("UPDATE policy SET mo = 0", PHONE, "mo_off"),
        ("INSERT INTO suppression VALUES(1, 1, '491511234567', 0, 'STOP')", PHONE, "suppressed"),
        ("SELECT 1", "33611111111", "no_external_route"),
        ("SELECT 1", "12345678", "no_external_route"),
    ],
)
def test_what_the_network_hears_at_once(change: str, number: str, code: str) -> None:
    lab = make_upstream_lab(routes(route(ACME, prefix="49")))
    lab.sql("UPDATE device SET network = 'acme'")
    lab.sql(change)
    answer = dial(lab, number)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert lab.count("message") == 0


def test_one_that_no_upstream_carries_is_refused(lab: Lab) -> None:
    known = make_upstream_lab(routes(route(ACME), octets=0))
    answer = dial(known, content=octet_content(b"\0"))
    assert isinstance(answer, Refusal)
    assert answer.code == "not_supported"
    assert isinstance(dial(lab, content=octet_content(b"\0")), Received)


def test_its_cap_a_day_counts_these_too() -> None:
    lab = make_upstream_lab(p2p_sent_per_day=2)
    answers = [dial(lab, text=str(index)) for index in range(3)]
    assert all(isinstance(answer, Received) for answer in answers)
    ends = lab.sql("SELECT state, reason FROM message ORDER BY id")
    assert [end for end in ends if end[1]] == [(State.FAILED, "p2p_cap_reached")]


def test_a_long_one_goes_out_when_it_is_whole(lab: Lab) -> None:
    parts = {"part_total": 2, "part_reference": 7}
    assert dial(lab, text="a" * 153, part_number=1, **parts) == Received(None)
    assert lab.take() == []
    answer = dial(lab, text="b" * 10, part_number=2, **parts)
    assert isinstance(answer, Received)
    job = lab.one()
    assert (job.message.segments, job.message.price) == (2, 12)
    assert job.message.body == b"a" * 153 + b"b" * 10


def test_a_long_one_whose_end_never_comes_goes_out_with_what_it_has(lab: Lab) -> None:
    dial(lab, text="a" * 153, part_number=1, part_total=2, part_reference=7)
    lab.advance(lab.settings.part_timeout_seconds)
    job = lab.one()
    assert job.msisdn == PHONE
    assert "incomplete" in lab.story(job.message.id)


def test_a_device_of_another_organisation_is_outside(lab: Lab) -> None:
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    assert isinstance(dial(lab, msisdn_of(9)), Received)
    assert lab.one().message.device is None


def test_who_says_stop_after_the_first_segment_gets_none_of_it(lab: Lab) -> None:
    parts = {"part_total": 2, "part_reference": 7}
    dial(lab, text="a" * 153, part_number=1, **parts)
    lab.sql("INSERT INTO suppression VALUES(1, 1, ?, 0, 'STOP')", PHONE)
    answer = dial(lab, text="b", part_number=2, **parts)
    assert isinstance(answer, Refusal)
    lab.advance(lab.settings.part_timeout_seconds)
    (end,) = lab.sql("SELECT state, reason FROM message")
    assert end == (State.FAILED, "suppressed")
