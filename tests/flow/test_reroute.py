"""Rerouting: what waits behind an upstream that stays down; and lanes that hold SMS of several upstreams."""

import pytest

from heliograph.core.message import State
from heliograph.core.outcome import Accepted, Outcome, Permanent, Returned, Temporary, Unknown
from heliograph.flow.confirm import Report
from heliograph.flow.requests import Change
from heliograph.flow.reroute import RerouteSlice
from tests.engine import Lab
from tests.flow.upstreams import ACME, BETA, GAMMA, close, make_upstream_lab, nbiot, open_, through, went

LONG = "x" * 400


@pytest.fixture
def lab() -> Lab:
    return make_upstream_lab(nbiot(ACME, BETA, GAMMA))


def reroute(lab: Lab, upstream: str = ACME) -> None:
    after: int | None = 0
    while after is not None:
        after = lab.run(lab.flows.reroute, RerouteSlice(upstream, after))[0]


def test_what_waits_behind_one_that_stays_down_goes_by_the_next(lab: Lab) -> None:
    close(lab, ACME)
    ids = [lab.accept(device) for device in (1, 1, 2)]
    reroute(lab)
    jobs = {job.delivery.key: job for job in lab.poll()}
    assert {through(job) for job in jobs.values()} == {BETA}
    assert jobs[1].message.id == ids[0]
    assert lab.step(ids[1], "rerouted") == ("upstream_down", ACME, BETA)
    assert lab.state(ids[1]) == (State.PENDING, None)
    lab.take()
    lab.settle(Accepted("1"), jobs[1])
    assert lab.one().message.id == ids[1]


def test_it_may_go_on_to_a_third_and_never_returns(lab: Lab) -> None:
    close(lab, ACME)
    id = lab.accept()
    close(lab, BETA)
    for name in (ACME, BETA):
        reroute(lab, name)
    (job,) = lab.poll()
    assert (through(job), job.delivery.via) == (GAMMA, "acme beta gamma")
    lab.settle(Returned("gate_closed"), job)
    close(lab, GAMMA)
    reroute(lab, GAMMA)
    delivery = lab.delivery(id)
    assert delivery is not None
    assert delivery.via == "acme beta gamma"


def test_what_may_have_arrived_stays_behind_it(lab: Lab) -> None:
    unsure, sure = lab.accept(1), lab.accept(2)
    first, second = lab.take()
    lab.settle(Unknown("link_lost"), first)
    lab.settle(Returned("gate_closed"), second)
    close(lab, ACME)
    reroute(lab)
    (job,) = lab.advance(10)
    assert (job.message.id, through(job)) == (sure, BETA)
    lane = lab.lane(1)
    assert lane is not None
    assert lane.gate == "upstream:acme"
    open_(lab, ACME)
    (job,) = lab.advance(10)
    assert job.message.id == unsure


def test_a_head_that_stays_holds_up_what_turned_behind_it(lab: Lab) -> None:
    """A lane is in order, whatever its upstreams do."""
    unsure = lab.accept()
    behind = lab.accept()
    lab.settle(Unknown("link_lost"))
    close(lab, ACME)
    reroute(lab)
    assert lab.advance(3600) == []
    open_(lab, ACME)
    lab.poll()
    assert lab.one().message.id == unsure
    assert lab.state(behind) == (State.PENDING, None)


def test_what_enters_its_lane_later_goes_around_what_is_down(lab: Lab) -> None:
    id = lab.accept(not_before=lab.clock.now() + 60_000)
    lab.routes.down = frozenset({ACME})
    close(lab, ACME)
    (job,) = lab.advance(60)
    assert (job.message.id, through(job)) == (id, BETA)


def test_new_ones_avoid_what_is_down(lab: Lab) -> None:
    lab.routes.down = frozenset({ACME})
    lab.accept()
    job = lab.one()
    assert (through(job), job.delivery.via) == (BETA, BETA)


def test_one_that_goes_first_by_an_open_upstream_does_not_wait_for_the_closed_one(lab: Lab) -> None:
    """It is ahead of what waits, so nobody but itself can say that its lane may go."""
    close(lab, ACME)
    lab.accept()
    lab.routes.down = frozenset({ACME})
    urgent = lab.accept(priority=2)
    (job,) = lab.advance(1)
    assert (job.message.id, through(job)) == (urgent, BETA)


def test_nor_does_one_that_is_made_urgent(lab: Lab) -> None:
    close(lab, ACME)
    lab.accept()
    lab.routes.down = frozenset({ACME})
    later = lab.accept()
    assert lab.advance(60) == []
    lab.run(lab.flows.change, Change(1, later, "token:1", priority=3))
    (job,) = lab.advance(1)
    assert (job.message.id, through(job)) == (later, BETA)


def test_a_lane_that_goes_on_by_another_upstream_keeps_its_clock(lab: Lab) -> None:
    first = lab.accept(validity_seconds=30)
    lab.settle(Temporary("absent", 100))
    lab.routes.down = frozenset({ACME})
    second = lab.accept()
    close(lab, ACME)
    assert lab.advance(31) == []
    assert lab.state(first)[0] == State.EXPIRED
    assert lab.advance(60) == []
    (job,) = lab.advance(10)
    assert (job.message.id, through(job)) == (second, BETA)


def test_what_an_upstream_has_the_beginning_of_waits_for_it(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    lab.settle(Returned("gate_closed"))
    close(lab, ACME)
    reroute(lab)
    assert lab.advance(60) == []
    open_(lab, ACME)
    (job,) = lab.advance(1)
    assert (job.message.id, through(job), job.delivery.segment) == (id, ACME, 1)


@pytest.mark.parametrize("first", [Unknown("link_lost"), Unknown("no_answer"), Unknown("restart")])
@pytest.mark.parametrize(
    ("then", "state"),
    [
        (Temporary("upstream_error"), (State.BUFFERED, None)),
        (Permanent("refused"), (State.FAILED, "refused")),
    ],
)
def test_what_may_have_arrived_goes_nowhere_else(
    lab: Lab, first: Unknown, then: Outcome, state: tuple[State, str | None]
) -> None:
    id = lab.accept()
    lab.settle(first)
    lab.advance(60)
    lab.settle(then)
    reroute(lab)
    assert lab.state(id) == state
    assert went(lab, id) == [ACME, ACME]


def test_one_that_begins_anew_waits_for_what_was_begun_meanwhile(lab: Lab) -> None:
    first, second = lab.accept(text=LONG), lab.accept(text=LONG)
    for reference in "abc":
        lab.settle(Accepted(reference))
    lab.settle(Accepted("d"))
    assert lab.run(lab.flows.confirm, Report("upstream:acme", "a", Permanent("undeliverable"))) == [True]
    for reference in "bc":
        lab.run(lab.flows.confirm, Report("upstream:acme", reference, Permanent("undeliverable")))
    assert "rerouted" in lab.story(first)
    order = []
    for reference in "efghi":
        job = lab.one()
        order.append((job.message.id, through(job)))
        lab.settle(Accepted(reference), job)
    assert order == [(second, ACME)] * 2 + [(first, BETA)] * 3
