"""Confirming: an upstream's reports decide what became of what it took over."""

from pathlib import Path

import pytest

from heliograph.core.delivery import Kind, Place
from heliograph.core.message import State
from heliograph.core.outcome import DELIVERED, Accepted, Delivered, Permanent, Temporary, Unknown
from heliograph.core.story.errors import CENTRE_SPECIFIC, FarError, far_error, in_words
from heliograph.core.story.timeline import line
from heliograph.flow.confirm import Report
from heliograph.flow.settle import Settled
from heliograph.flow.verdict import RECEIPT_GRACE_MS
from heliograph.store.sqlite.engine import Call
from tests.engine import APP, RADIO, Lab, make_lab

LONG = "x" * 400
FAILED = Permanent("barred")


def confirm(lab: Lab, *reports: tuple[str, Delivered | Permanent], gate: str = RADIO) -> list[bool]:
    """Whether each reference is known."""
    return lab.run(lab.flows.confirm, *(Report(gate, reference, outcome) for reference, outcome in reports))


def taken_over(lab: Lab, text: str = "hello", receipt_to: int | None = None) -> int:
    """A message that the upstream has: its segments are called a, b, c."""
    id = lab.accept(text=text, receipt_to=receipt_to)
    for segment in range(lab.message(id).segments):
        lab.settle(Accepted("abc"[segment]))
    return id


def test_an_accepted_message_waits_for_its_report_and_frees_its_lane(lab: Lab) -> None:
    id = taken_over(lab)
    delivery = lab.delivery(id)
    assert delivery is not None
    assert delivery.place == Place.AWAITING
    assert delivery.expires_at == lab.message(id).expires_at + RECEIPT_GRACE_MS
    assert lab.accept() == lab.one().message.id


@pytest.mark.parametrize(
    ("outcome", "state"), [(DELIVERED, (State.DELIVERED, None)), (FAILED, (State.FAILED, "barred"))]
)
def test_one_report_ends_a_short_message(
    lab: Lab, outcome: Delivered | Permanent, state: tuple[State, str | None]
) -> None:
    lab.application()
    id = taken_over(lab, receipt_to=APP)
    assert confirm(lab, ("a", outcome)) == [True]
    assert lab.state(id) == state
    assert lab.one().delivery.kind == Kind.RECEIPT
    assert lab.count("reference") == 0


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([DELIVERED, DELIVERED, DELIVERED], (State.DELIVERED, None)),
        ([FAILED, DELIVERED, DELIVERED], (State.FAILED, "barred")),
        ([DELIVERED, DELIVERED, FAILED], (State.FAILED, "barred")),
        ([FAILED, FAILED, FAILED], (State.FAILED, "barred")),
    ],
)
def test_a_long_message_is_over_with_its_last_report(
    lab: Lab, outcomes: list[Delivered | Permanent], state: tuple[State, str | None], together: bool
) -> None:
    id = taken_over(lab, LONG)
    reports = list(zip("cab", outcomes, strict=True))
    if together:
        assert confirm(lab, *reports) == [True] * 3
    else:
        assert confirm(lab, reports[0]) == confirm(lab, reports[1]) == [True]
        assert lab.state(id) == (State.IN_PROGRESS, None)
        assert confirm(lab, reports[2]) == [True]
    assert lab.state(id) == state
    assert lab.story(id).count("reported") == 3
    assert lab.story(id).count("final") == 1
    assert lab.count("delivery") == lab.count("reference") == 0


def test_a_report_before_the_last_segment_left_does_not_end_it(lab: Lab) -> None:
    id = lab.accept(text=LONG)
    lab.settle(Accepted("a"))
    assert confirm(lab, ("a", DELIVERED)) == [True]
    lab.settle(Accepted("b"))
    lab.settle(Temporary("absent"))
    confirm(lab, ("b", DELIVERED))
    assert lab.state(id) == (State.BUFFERED, None)
    lab.advance(60)
    lab.settle(Accepted("c"))
    confirm(lab, ("c", DELIVERED))
    assert lab.state(id) == (State.DELIVERED, None)


@pytest.mark.parametrize("together", [True, False])
def test_a_report_twice_changes_nothing(lab: Lab, together: bool) -> None:
    id = taken_over(lab, LONG)
    if together:
        confirm(lab, ("a", DELIVERED), ("a", FAILED))
    else:
        confirm(lab, ("a", DELIVERED))
        assert confirm(lab, ("a", FAILED)) == [True]
    confirm(lab, ("b", DELIVERED), ("c", DELIVERED))
    assert lab.state(id) == (State.DELIVERED, None)
    assert lab.story(id).count("reported") == 3


def test_unknown_references_are_told_apart(lab: Lab) -> None:
    taken_over(lab)
    assert confirm(lab, ("z", DELIVERED), ("a", DELIVERED)) == [False, True]
    assert confirm(lab, ("a", DELIVERED), gate="another") == [False]


def test_no_report_by_validity_and_grace_expires_it(lab: Lab) -> None:
    lab.application()
    id = taken_over(lab, receipt_to=APP)
    validity_seconds = 24 * 3600
    lab.advance(validity_seconds + RECEIPT_GRACE_MS / 1000 - 0.001)
    assert lab.state(id) == (State.IN_PROGRESS, None)
    lab.advance(0.001)
    assert lab.state(id) == (State.EXPIRED, "no_receipt")
    assert lab.count("reference") == 0
    assert lab.tally().mt == 1
    assert lab.one().delivery.kind == Kind.RECEIPT
    assert confirm(lab, ("a", DELIVERED)) == [False]  # too late
    assert lab.state(id) == (State.EXPIRED, "no_receipt")


@pytest.mark.parametrize("ending", ["rejected", "forbidden", "expired"])
def test_references_of_earlier_segments_end_with_their_message(lab: Lab, ending: str) -> None:
    id = lab.accept(text=LONG, validity_seconds=100)
    lab.settle(Accepted("a"))
    lab.settle(Permanent("rejected") if ending == "rejected" else Temporary("absent"))
    if ending == "expired":
        lab.close()
        lab.advance(100)
    if ending == "forbidden":
        lab.sql("UPDATE policy SET mt = 0")
        lab.advance(60)
    assert lab.state(id)[0] in (State.FAILED, State.EXPIRED)
    assert lab.count("reference") == 0


def test_a_repeat_after_a_lost_answer_is_decided_by_its_own_report(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Unknown("link_lost"))
    lab.advance(5)
    lab.settle(Accepted("second"))
    assert confirm(lab, ("first", FAILED), ("second", DELIVERED)) == [False, True]
    assert lab.state(id) == (State.DELIVERED, None)


def test_what_awaits_its_report_survives_a_restart(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "db")
    id = taken_over(lab)
    assert lab.restart() == 0
    assert confirm(lab, ("a", DELIVERED)) == [True]
    assert lab.state(id) == (State.DELIVERED, None)


def test_a_report_finds_what_is_settled_in_the_same_round(lab: Lab) -> None:
    """Reports share a batch, and the first of them may have been there before the answers."""
    first, second = lab.accept(), lab.accept(2)
    jobs = {job.message.id: job for job in lab.take()}
    lab.settle(Accepted("a"), jobs[first])
    known = lab.round(
        Call(lab.flows.confirm, [Report(RADIO, "a", DELIVERED)]),
        Call(lab.flows.settle, [Settled(jobs[second], Accepted("b"))]),
        Call(lab.flows.confirm, [Report(RADIO, "b", DELIVERED)]),
    )
    assert (known[0], known[2]) == ([True], [True])
    assert lab.state(second) == (State.DELIVERED, None)


@pytest.mark.parametrize("last", [DELIVERED, FAILED])
def test_the_receipt_is_made_with_what_the_upstream_calls_the_error(
    lab: Lab, last: Delivered | Permanent
) -> None:
    """Read from the job that goes at once, before the store is asked again."""
    lab.application()
    taken_over(lab, LONG, receipt_to=APP)
    reports = [Report(RADIO, "a", FAILED, "099"), Report(RADIO, "b", DELIVERED), Report(RADIO, "c", last)]
    lab.run(lab.flows.confirm, *reports)
    job = lab.one()
    assert far_error(job.message.timeline, job.message.reason) == FarError("099", CENTRE_SPECIFIC, 99)
    stored = lab.message(job.message.id)
    assert in_words(["099"]) == " Its own number for that is 099."
    assert stored.timeline.count(" 1 barred 099\n") == 1


def test_another_upstreams_error_is_not_the_one_that_ended_it() -> None:
    told = line("reported", 1, 1, "refused", "099") + line("rerouted", 2, "refused", "acme", "beta")
    assert far_error(told, "refused") is None
    assert far_error(told + line("reported", 3, 1, "refused", "7/3.9"), "refused") == FarError("7", 3, 9)
    assert far_error(told + line("reported", 3, 1, "refused", "/3.9"), "validity") is None
