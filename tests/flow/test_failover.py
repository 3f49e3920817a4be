"""Fail-over: what an upstream cannot or does not want to carry goes by the next one, once. Its sender hears
of one end.
"""

import pytest

from heliograph.core.delivery import Kind, Place
from heliograph.core.message import State
from heliograph.core.outcome import (
    BUSY,
    MEANINGS,
    ROUTE,
    SUBSCRIBER,
    Accepted,
    Delivered,
    Outcome,
    Permanent,
    Returned,
    Temporary,
    Unknown,
)
from heliograph.core.upstream import DEFAULT_FAILOVER_SECONDS
from heliograph.flow.confirm import Report
from tests.engine import APP, Lab
from tests.flow.upstreams import ACME, BETA, GAMMA, make_upstream_lab, nbiot, through, went

LONG = "x" * 400
UNDELIVERABLE = Permanent("undeliverable")


@pytest.fixture
def lab() -> Lab:
    return make_upstream_lab(nbiot(ACME, BETA, GAMMA))


def report(lab: Lab, upstream: str, reference: str, outcome: Delivered | Permanent) -> None:
    assert lab.run(lab.flows.confirm, Report(f"upstream:{upstream}", reference, outcome)) == [True]


@pytest.mark.parametrize(
    ("outcome", "next_one", "state"),
    [
        (Permanent("refused"), BETA, State.IN_PROGRESS),
        (Permanent("bad_destination"), BETA, State.IN_PROGRESS),
        (Permanent("protocol"), BETA, State.IN_PROGRESS),
        (Permanent("barred"), None, State.FAILED),
        (Permanent("unknown_subscriber"), None, State.FAILED),
        (Permanent("some_new_code"), None, State.FAILED),
        (Temporary("upstream_error"), BETA, State.IN_PROGRESS),
        (Temporary("submit_failed", 30), BETA, State.IN_PROGRESS),
        (Temporary("throttled"), None, State.BUFFERED),
        (Temporary("upstream_full"), None, State.BUFFERED),
        (Temporary("absent"), None, State.BUFFERED),
        (Temporary("some_new_code"), None, State.BUFFERED),
        (Unknown("link_lost"), None, State.BUFFERED),
        (Returned("gate_closed"), None, State.BUFFERED),
        (Accepted("1"), None, State.IN_PROGRESS),
        (Delivered(), None, State.DELIVERED),
    ],
)
def test_after_each_outcome_of_an_attempt(
    lab: Lab, outcome: Outcome, next_one: str | None, state: State
) -> None:
    id = lab.accept()
    lab.settle(outcome)
    jobs = lab.take()
    assert [through(job) for job in jobs] == ([next_one] if next_one else [])
    assert lab.state(id)[0] == state
    assert ("rerouted" in lab.story(id)) is (next_one is not None)


def test_every_upstream_is_asked_once_and_the_last_word_is_final(lab: Lab) -> None:
    lab.application()
    id = lab.accept(receipt_to=APP)
    for _ in range(3):
        lab.settle(Permanent("refused"))
    assert lab.state(id) == (State.FAILED, "refused")
    assert went(lab, id) == [ACME, BETA, GAMMA]
    assert [job.delivery.kind for job in lab.take()] == [Kind.RECEIPT]
    assert lab.message(id).attempts == 3


def test_what_is_only_busy_at_the_last_of_them_waits_for_it(lab: Lab) -> None:
    id = lab.accept()
    for _ in range(3):
        lab.settle(Temporary("upstream_error"))
    assert lab.take() == []
    assert lab.state(id) == (State.BUFFERED, None)
    (job,) = lab.advance(30)
    assert through(job) == GAMMA


def test_one_that_is_busy_for_too_long_is_left(lab: Lab) -> None:
    id = lab.accept()
    for _ in range(DEFAULT_FAILOVER_SECONDS // 10):
        lab.settle(Temporary("throttled", 10))
        assert lab.take() == []
        lab.advance(10)
    lab.settle(Temporary("throttled", 10))
    assert through(lab.one()) == BETA
    assert went(lab, id)[-2:] == [ACME, BETA]
    assert lab.step(id, "rerouted") == ("throttled", ACME, BETA)


def test_an_answer_of_another_kind_in_between_begins_the_wait_anew(lab: Lab) -> None:
    lab.accept()
    for outcome in [Temporary("throttled", 50), Temporary("absent", 10), Temporary("throttled", 50)]:
        lab.settle(outcome)
        lab.advance(50)
    lab.settle(Temporary("throttled", 5))
    assert lab.take() == []


def test_upstreams_that_are_down_are_passed_over_while_there_are_others(lab: Lab) -> None:
    lab.routes.down = frozenset({BETA})
    id = lab.accept()
    lab.settle(Temporary("upstream_error"))
    lab.settle(Temporary("upstream_error"))
    assert lab.take() == []  # only one that is down is left: its own clock is better
    assert went(lab, id) == [ACME, GAMMA]
    lab.advance(30)
    lab.settle(Permanent("refused"))
    assert through(lab.one()) == BETA


def test_nor_when_its_repeat_is_reported_as_undelivered(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Unknown("link_lost"))
    lab.advance(60)
    lab.settle(Accepted("1"))
    report(lab, ACME, "1", UNDELIVERABLE)
    assert lab.state(id) == (State.FAILED, "undeliverable")


def test_at_most_once_ends_with_an_unknown_and_survives_a_refusal(lab: Lab) -> None:
    refused = lab.accept(at_most_once=True)
    lab.settle(Permanent("refused"))
    job = lab.one()
    assert (job.message.id, through(job)) == (refused, BETA)
    lab.settle(Unknown("link_lost"), job)
    assert lab.state(refused) == (State.FAILED, "unknown_outcome")


@pytest.mark.parametrize(
    ("outcome", "is_over"),
    [
        (Delivered(), True),
        (Permanent("barred"), True),
        (Permanent("expired"), True),
        (Permanent("unknown_state"), True),
        (UNDELIVERABLE, False),
        (Permanent("refused"), False),
        (Permanent("deleted"), False),
    ],
)
def test_after_each_report(lab: Lab, outcome: Delivered | Permanent, is_over: bool) -> None:
    lab.application()
    id = lab.accept(receipt_to=APP)
    lab.settle(Accepted("1"))
    report(lab, ACME, "1", outcome)
    if is_over:
        assert lab.message(id).final_at is not None
        assert lab.one().delivery.kind == Kind.RECEIPT
        return
    assert lab.state(id) == (State.BUFFERED, None)
    assert lab.count("reference") == 0
    (job,) = lab.poll()
    assert (through(job), job.delivery.kind, job.message.expires_at) == (
        BETA,
        Kind.SMS,
        job.delivery.expires_at,
    )
    lab.take()
    lab.settle(Accepted("1"), job)
    report(lab, BETA, "1", Delivered())
    assert lab.state(id) == (State.DELIVERED, None)
    assert [job.delivery.kind for job in lab.take()] == [Kind.RECEIPT]
    assert lab.story(id).count("final") == 1


def test_the_sender_hears_of_the_last_report_alone(lab: Lab) -> None:
    lab.application()
    id = lab.accept(receipt_to=APP)
    for name in (ACME, BETA, GAMMA):
        (job,) = lab.take() or lab.poll()
        lab.take()
        lab.settle(Accepted("1"), job)
        report(lab, name, "1", UNDELIVERABLE)
    assert lab.state(id) == (State.FAILED, "undeliverable")
    assert [job.delivery.kind for job in lab.take()] == [Kind.RECEIPT]
    assert went(lab, id) == [ACME, BETA, GAMMA]


def test_a_report_from_the_upstream_before_changes_nothing(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Accepted("1"))
    report(lab, ACME, "1", UNDELIVERABLE)
    lab.poll()
    assert lab.run(lab.flows.confirm, Report("upstream:acme", "1", Delivered())) == [False]
    assert lab.state(id) == (State.IN_PROGRESS, None)


def test_after_its_validity_it_goes_nowhere(lab: Lab) -> None:
    id = lab.accept(validity_seconds=100)
    lab.settle(Accepted("1"))
    lab.advance(100)
    report(lab, ACME, "1", UNDELIVERABLE)
    assert lab.state(id) == (State.FAILED, "undeliverable")


def test_it_waits_its_turn_in_its_lane(lab: Lab) -> None:
    """Its position is older than those that came meanwhile."""
    first, second, third = lab.accept(), lab.accept(), lab.accept()
    lab.settle(Accepted("1"))
    report(lab, ACME, "1", UNDELIVERABLE)
    lab.settle(Accepted("2"))
    job = lab.one()
    assert (job.message.id, through(job)) == (first, BETA)
    lab.settle(Accepted("3"), job)
    assert lab.one().message.id == third
    assert lab.state(second)[0] == State.IN_PROGRESS


def test_a_long_one_begins_anew_where_a_segment_was_refused(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    lab.settle(Permanent("refused"))
    assert lab.count("reference") == 0
    for reference in "xyz":
        job = lab.one()
        assert (through(job), job.delivery.segment) == (BETA, "xyz".index(reference))
        lab.settle(Accepted(reference), job)
    assert lab.run(lab.flows.confirm, Report("upstream:acme", "a", Delivered())) == [False]
    for reference in "xyz":
        report(lab, BETA, reference, Delivered())
    assert lab.state(id) == (State.DELIVERED, None)


@pytest.mark.parametrize("outcome", [Delivered(), UNDELIVERABLE])
def test_what_went_as_one_is_reported_as_one(lab: Lab, outcome: Delivered | Permanent) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Accepted("all", whole=True))
    assert lab.take() == []
    delivery = lab.delivery(id)
    assert delivery is not None
    assert (delivery.place, delivery.segment) == (Place.AWAITING, 2)
    report(lab, ACME, "all", outcome)
    if outcome == UNDELIVERABLE:
        (job,) = lab.poll()
        assert (through(job), job.delivery.segment) == (BETA, 0)
    else:
        assert lab.state(id) == (State.DELIVERED, None)


def test_what_went_as_one_and_is_never_reported_is_delivered_as_one(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Delivered(whole=True))
    assert lab.state(id) == (State.DELIVERED, None)
    assert lab.step(id, "arrived") == ("3",)


def test_the_one_table_says_of_every_code_whom_it_is_about() -> None:
    about = {code: meaning.about for code, meaning in MEANINGS.items()}
    assert set(about.values()) == {"", SUBSCRIBER, ROUTE, BUSY}
    assert about["absent"] == about["barred"] == about["expired"] == SUBSCRIBER
    assert about["throttled"] == BUSY
    assert about["unknown_state"] == about["no_answer"] == about["link_lost"] == ""


def test_at_most_once_with_a_part_that_may_be_there_goes_nowhere_else(lab: Lab) -> None:
    refused = lab.accept(text=LONG, at_most_once=True)
    lab.settle(Accepted("a"))
    lab.settle(Permanent("refused"))
    assert lab.state(refused) == (State.FAILED, "refused")
    reported = lab.accept(text=LONG, at_most_once=True)
    lab.settle(Accepted("all", whole=True))
    report(lab, ACME, "all", UNDELIVERABLE)
    assert lab.state(reported) == (State.FAILED, "undeliverable")


@pytest.mark.parametrize("order", ["abc", "bac", "bca"])
@pytest.mark.parametrize("together", [True, False])
def test_a_long_one_of_which_a_segment_was_delivered_goes_nowhere_else(
    lab: Lab, order: str, together: bool
) -> None:
    id = lab.accept(text=LONG)
    for reference in "abc":
        lab.settle(Accepted(reference))
    reports = [Report("upstream:acme", one, UNDELIVERABLE if one == "b" else Delivered()) for one in order]
    for some in [reports] if together else [[one] for one in reports]:
        lab.run(lab.flows.confirm, *some)
    if together or order == "abc":
        assert lab.state(id) == (State.FAILED, "undeliverable")
    else:  # nothing was known of the others: later reports change nothing
        assert [through(job) for job in lab.poll()] == [BETA]
        assert lab.story(id).count("reported") == 1


def test_a_long_one_of_which_none_was_delivered_begins_anew(lab: Lab) -> None:
    lab.accept(text=LONG)
    for reference in "abc":
        lab.settle(Accepted(reference))
    report(lab, ACME, "b", UNDELIVERABLE)
    (job,) = lab.poll()
    assert (through(job), job.delivery.segment) == (BETA, 0)
    assert lab.run(lab.flows.confirm, Report("upstream:acme", "a", UNDELIVERABLE)) == [False]


def test_nor_is_the_last_segment_waited_for_when_an_earlier_one_was_not_delivered(lab: Lab) -> None:
    """Its report came while the last one was under way."""
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    report(lab, ACME, "a", UNDELIVERABLE)
    lab.settle(Accepted("b"))
    lab.settle(Accepted("c"))
    job = lab.one()
    assert (through(job), job.delivery.segment) == (BETA, 0)
    assert lab.count("reference") == 0
    for reference in "xyz":
        lab.settle(Accepted(reference), job)
        job = next(iter(lab.take()), job)
    for reference in "xyz":
        report(lab, BETA, reference, Delivered())
    assert lab.state(id) == (State.DELIVERED, None)


def test_a_segment_without_a_name_counts_for_itself_alone(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    lab.settle(Accepted("b"))
    lab.settle(Delivered(unnamed=True))
    assert lab.state(id) == (State.IN_PROGRESS, None)
    report(lab, ACME, "a", Delivered())
    assert lab.state(id) == (State.IN_PROGRESS, None)
    report(lab, ACME, "b", UNDELIVERABLE)
    assert lab.state(id) == (State.FAILED, "undeliverable")


@pytest.mark.parametrize("outcome", [Delivered(), Permanent("barred")])
def test_one_without_a_name_after_all_others_were_reported_ends_it(
    lab: Lab, outcome: Delivered | Permanent
) -> None:
    id = lab.accept(text=LONG)
    for reference in "ab":
        lab.settle(Accepted(reference))
        report(lab, ACME, reference, outcome)
    lab.settle(Delivered(unnamed=True))
    is_there = outcome == Delivered()
    assert lab.state(id) == ((State.DELIVERED, None) if is_there else (State.FAILED, "barred"))


def test_nor_at_submit_once_a_segment_was_delivered(lab: Lab) -> None:
    """The report came while the next one was under way."""
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    report(lab, ACME, "a", Delivered())
    lab.settle(Permanent("refused"))
    assert lab.state(id) == (State.FAILED, "refused")


def test_nor_where_the_answer_itself_said_that_a_segment_arrived(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Delivered())
    lab.settle(Permanent("refused"))
    assert lab.state(id) == (State.FAILED, "refused")
