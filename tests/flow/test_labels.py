"""Labels, ends that are named, and SMS that were never cut: what the API adds to a submission."""

import pytest

from heliograph.core.idempotency import is_key
from heliograph.core.message import DAY_MS
from heliograph.core.message_label import Label, bad_replace_key, label_of
from heliograph.core.refusal import Refusal
from heliograph.core.retention import Retention
from heliograph.flow.requests import Change, Received
from heliograph.flow.retain import Retain
from tests.engine import START_MS, Lab, make_lab, text_content


def test_a_label_has_a_row_of_its_own_and_none_has_none(lab: Lab) -> None:
    lab.accept()
    labelled = lab.accept(label=Label("order 7", "a,b", 5))
    assert lab.sql("SELECT * FROM message_label") == [(labelled, 1, START_MS, "order 7", "a,b", 5, 0)]


def test_a_refused_submission_leaves_no_label() -> None:
    lab = make_lab(mt=0)
    assert isinstance(lab.submit(label=Label("order 7")), Refusal)
    assert lab.count("message_label") == 0
    lab.engine.close()


def test_labels_go_with_their_messages(lab: Lab) -> None:
    lab.sql("INSERT INTO organisation(id, name, created_at) VALUES(1, 'one', 0)")
    lab.accept(label=Label("order 7"))
    lab.settle()
    lab.advance(DAY_MS * 3 / 1000, poll=False)
    lab.run(Retain(Retention(1, None, None)), 1)
    assert (lab.count("message"), lab.count("message_label")) == (0, 0)


@pytest.mark.parametrize(
    ("reference", "tags", "expected"),
    [
        (None, "", None),
        (None, " , ,", None),
        ("r", "", Label("r")),
        (None, "a, b,a", Label(None, "a,b")),
        ("x" * 128, "", Label("x" * 128)),
    ],
)
def test_labels_are_tidied(reference: str | None, tags: str, expected: Label | None) -> None:
    assert label_of(reference, tags) == expected


@pytest.mark.parametrize(
    ("reference", "tags", "field"),
    [
        ("", "", "client_reference"),
        ("x" * 129, "", "client_reference"),
        ("a\n", "", "client_reference"),
        (None, "x" * 501, "tags"),
        (None, "a\tb", "tags"),
    ],
)
def test_bad_labels_name_their_field(reference: str | None, tags: str, field: str) -> None:
    found = label_of(reference, tags)
    assert isinstance(found, Refusal)
    assert found.rule == field


def test_replace_keys_are_bounded() -> None:
    assert bad_replace_key(None) is bad_replace_key("x" * 64) is None
    assert bad_replace_key("") is not None
    assert bad_replace_key("x" * 65) is not None


def test_keys_are_visible_and_bounded() -> None:
    assert is_key("3d9e-1")
    assert is_key("x" * 255)
    assert not any(map(is_key, ("", "x" * 256, "a\x00", "ü", "a\tb")))


def test_a_named_end_is_kept_to_the_millisecond(lab: Lab) -> None:
    ends = START_MS + 12_345
    message = lab.accept(expires_at=ends)
    found = lab.delivery(message)
    assert lab.message(message).expires_at == ends
    assert found is not None
    assert found.expires_at == ends


@pytest.mark.parametrize(
    ("not_before", "ends"),
    [(None, 0), (None, -1), (10_000, 10_000), (10_000, 5_000), (None, 366 * DAY_MS), (DAY_MS, 367 * DAY_MS)],
)
def test_an_end_lies_behind_the_time_to_send_within_a_year(
    lab: Lab, not_before: int | None, ends: int
) -> None:
    due = None if not_before is None else START_MS + not_before
    refusal = lab.submit(not_before=due, expires_at=START_MS + ends)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "bad_validity"


def test_a_change_may_name_the_end_and_not_one_that_is_past(lab: Lab) -> None:
    message = lab.accept(not_before=START_MS + 60_000)
    ends = START_MS + 90_001
    assert not isinstance(lab.run(lab.flows.change, Change(1, message, "t", expires_at=ends))[0], Refusal)
    assert lab.message(message).expires_at == ends
    for past in (START_MS, START_MS + 60_000):
        (answer,) = lab.run(lab.flows.change, Change(1, message, "t", expires_at=past))
        assert isinstance(answer, Refusal)
    (answer,) = lab.run(
        lab.flows.change, Change(1, message, "t", not_before=START_MS + 95_000, expires_at=ends)
    )
    assert isinstance(answer, Refusal)
    assert lab.message(message).expires_at == ends


def test_what_was_never_cut_counts_by_its_segments_and_is_refused_whole() -> None:
    lab = make_lab(mo_limit=4)
    long = text_content("x" * 400)
    answer = lab.receive(content=long, segments=long.segments)
    assert isinstance(answer, Received)
    assert lab.tally().mo == 3
    refusal = lab.receive(content=long, segments=long.segments)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, lab.tally().mo, lab.count("message")) == ("mo_limit_reached", 3, 1)
    lab.engine.close()
