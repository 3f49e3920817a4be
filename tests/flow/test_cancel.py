"""Canceling: until it is final, unless an attempt is under way."""

import pytest

from heliograph.core.message import State
from heliograph.core.outcome import Accepted, Temporary
from heliograph.core.refusal import Refusal
from heliograph.core.story.explain import explain
from heliograph.flow.requests import Cancel, Change, Submitted
from tests.engine import APP, START_MS, Lab, make_lab

LONG = "x" * 400


def cancel(lab: Lab, message: int, org: int = 1) -> str | None:
    """The refusal's code, if it was refused."""
    answer = lab.run(lab.flows.cancel, Cancel(org, message, "user 3"))[0]
    if isinstance(answer, Refusal):
        return answer.code
    assert answer == Submitted(message, lab.message(message).segments, State.CANCELED)
    return None


def waiting(lab: Lab) -> int:
    lab.close()
    return lab.accept()


def scheduled(lab: Lab) -> int:
    return lab.accept(not_before=START_MS + 10_000)


def buffered(lab: Lab) -> int:
    id = lab.accept()
    lab.settle(Temporary("absent"))
    return id


def between_segments(lab: Lab) -> int:
    id = lab.accept(text=LONG)
    lab.close()
    lab.settle()
    return id


def under_way(lab: Lab) -> int:
    return lab.accept()


def at_an_upstream(lab: Lab) -> int:
    id = lab.accept()
    lab.settle(Accepted("ref"))
    return id


def delivered(lab: Lab) -> int:
    id = lab.accept()
    lab.settle()
    return id


def mo(lab: Lab) -> int:
    lab.sql("UPDATE policy SET application = ?", APP)
    id = lab.receive().message
    assert isinstance(id, int)
    return id


@pytest.mark.parametrize(
    ("make", "code", "used"),
    [
        (waiting, None, 0),
        (scheduled, None, 0),
        (buffered, None, 1),
        (between_segments, None, 3),
        (under_way, "in_flight", 1),
        (at_an_upstream, "in_flight", 1),
        (delivered, "already_final", 1),
        (mo, "in_flight", 0),
    ],
)
def test_cancel_in_every_place(lab: Lab, make: object, code: str | None, used: int) -> None:
    id = make(lab)  # type: ignore[operator]  # one of the functions above
    assert cancel(lab, id) == code
    if code is None:
        assert lab.state(id) == (State.CANCELED, "canceled")
        assert lab.step(id, "cancel") == ("user_3",)
        assert lab.delivery(id) is None
        assert cancel(lab, id) == "already_final"
    assert lab.tally().mt == used
    lab.open()
    lab.jobs = []
    assert code is not None or not lab.advance(3600)


def test_what_was_never_sent_is_given_back() -> None:
    lab = make_lab(price_mt=5, quota=1)
    lab.quota(1, 10)
    lab.close()
    id = lab.accept(text=LONG)
    assert cancel(lab, id) is None
    assert (lab.tally().mt, lab.tally().cost_mt) == (0, 0)
    assert lab.sql("SELECT remaining FROM quota") == [(10,)]
    assert lab.step(id, "given_back") == ("3",)


def test_a_canceled_message_sends_no_receipt(lab: Lab) -> None:
    lab.application()
    lab.close()
    assert cancel(lab, lab.accept(receipt_to=APP)) is None
    assert lab.count("delivery") == 0


def test_those_behind_a_canceled_head_go_on_by_the_lanes_clock(lab: Lab) -> None:
    head = lab.accept()
    behind = lab.accept()
    lab.settle(Temporary("absent"))
    assert cancel(lab, head) is None
    assert not lab.advance(59.999)
    assert [job.message.id for job in lab.advance(0.001)] == [behind]


def test_one_batch_cancels_once_and_sees_no_other_organisation(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    first, second, foreign, unknown = lab.run(
        lab.flows.cancel, Cancel(1, id, "a"), Cancel(1, id, "b"), Cancel(2, id, "c"), Cancel(1, 99, "d")
    )
    assert isinstance(first, Submitted)
    assert [second.code, foreign.code, unknown.code] == [
        "already_final",
        "unknown_message",
        "unknown_message",
    ]
    assert lab.story(id).count("final") == 1
    assert lab.tally().mt == 0


def test_two_messages_of_one_device_in_one_batch_are_given_back_once_each(lab: Lab) -> None:
    lab.close()
    ids = [lab.accept(text=LONG), lab.accept()]
    lab.accept()
    lab.run(lab.flows.cancel, *(Cancel(1, id, "a") for id in ids))
    assert lab.tally().mt == 1


@pytest.mark.parametrize("wish", ["cancel", "change", "replace"])
def test_nobody_touches_what_is_past_its_validity(lab: Lab, wish: str) -> None:
    """The timer has not come yet; the message is over all the same."""
    lab.close()
    id = lab.accept(validity_seconds=1, replace_key="k")
    lab.clock.now_ms += 1000
    if wish == "cancel":
        assert cancel(lab, id) == "already_final"
    elif wish == "change":
        (answer,) = lab.run(lab.flows.change, Change(1, id, "user 3", validity_seconds=3600))
        assert isinstance(answer, Refusal)
        assert answer.code == "already_final"
    else:
        lab.accept(replace_key="k")
    lab.expire()
    assert lab.state(id) == (State.EXPIRED, "validity")


def test_an_end_that_was_missed_says_so(lab: Lab) -> None:
    lab.close()
    id = lab.accept(validity_seconds=1)
    lab.clock.now_ms += 3_600_000
    lab.expire()
    said = explain(lab.message(id), show=str)[-1].text
    assert said.endswith(f"It ended at {START_MS + 1000}, when nothing ran to see it.")
