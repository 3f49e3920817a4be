"""Changing: new words, time, validity or priority, until the first attempt."""

from typing import Any

import pytest

from heliograph.core.delivery import Place
from heliograph.core.message import State
from heliograph.core.outcome import Returned, Temporary
from heliograph.core.refusal import Refusal
from heliograph.core.schedule import LONGEST_VALIDITY_SECONDS
from heliograph.flow.requests import Change, Submitted
from tests.engine import START_MS, Lab, make_lab, msisdn_of, text_content

LONG = "x" * 400
DAY_SECONDS = 24 * 3600


def change(lab: Lab, message: int, org: int = 1, **fields: Any) -> Submitted | Refusal:
    answer: Submitted | Refusal = lab.run(lab.flows.change, Change(org, message, "user 3", **fields))[0]
    return answer


def code_of(answer: Submitted | Refusal) -> str | None:
    return answer.code if isinstance(answer, Refusal) else None


def test_new_words_are_counted_as_the_difference() -> None:
    lab = make_lab(price_mt=5, mt_limit=4)
    lab.close()
    id = lab.accept(text="short")
    answer = change(lab, id, content=text_content(LONG))
    assert answer == Submitted(id, 3, State.PENDING)
    message = lab.message(id)
    assert (message.body, message.segments, message.price) == (LONG.encode(), 3, 15)
    assert (lab.tally().mt, lab.tally().cost_mt) == (3, 15)
    assert lab.step(id, "changed") == ("user_3", "segments:1:3")
    lab.open()
    assert lab.poll()[0].message.body == LONG.encode()


def test_new_words_beyond_the_limit_change_nothing() -> None:
    lab = make_lab(mt_limit=2)
    lab.close()
    id = lab.accept(text="short")
    assert code_of(change(lab, id, content=text_content(LONG), priority=3)) == "mt_limit_reached"
    message = lab.message(id)
    assert (message.body, message.priority, lab.tally().mt) == (b"short", 0, 1)


def test_a_full_queue_does_not_keep_one_from_changing(lab: Lab) -> None:
    lab.close()
    id = lab.accept(text="short")
    lab.sql("UPDATE policy SET mt_limit = 1")
    assert change(lab, id, content=text_content("other")) == Submitted(id, 1, State.PENDING)


def test_a_scheduled_message_moves_to_its_new_time(lab: Lab) -> None:
    id = lab.accept(not_before=START_MS + 10_000, validity_seconds=60)
    assert code_of(change(lab, id, not_before=START_MS + 30_000)) is None
    assert lab.message(id).expires_at == START_MS + 90_000  # the validity runs from the new time
    assert not lab.advance(29.999)
    assert [job.message.id for job in lab.advance(0.001)] == [id]


def test_a_scheduled_message_can_be_sent_now(lab: Lab) -> None:
    id = lab.accept(not_before=START_MS + 10_000)
    change(lab, id, not_before=START_MS)
    assert [job.message.id for job in lab.poll()] == [id]


def test_a_waiting_message_can_be_put_off_and_others_go_on(lab: Lab) -> None:
    lab.close()
    id, other = lab.accept(), lab.accept()
    lab.open()
    change(lab, id, not_before=START_MS + 10_000)
    delivery = lab.delivery(id)
    assert delivery is not None
    assert (delivery.place, delivery.enter_at) == (Place.SCHEDULED, START_MS + 10_000)
    assert [job.message.id for job in lab.poll()] == [other]
    lab.settle()
    assert [job.message.id for job in lab.advance(10)] == [id]


def test_the_line_says_what_was_before() -> None:
    lab = make_lab()
    lab.close()
    id = lab.accept(text="one", validity_seconds=60)
    change(lab, id, content=text_content("two"), not_before=START_MS + 5000, priority=2)
    assert lab.step(id, "changed") == (
        "user_3",
        "segments:1:1",
        f"not_before:0:{START_MS + 5000}",
        f"expires_at:{START_MS + 60_000}:{START_MS + 65_000}",
        "priority:0:2",
    )
    again = lab.accept()
    change(lab, again, priority=0)
    assert lab.step(again, "changed") == ("user_3",)


def test_words_alone_leave_the_time_alone(lab: Lab) -> None:
    id = lab.accept(not_before=START_MS + 10_000, validity_seconds=60)
    change(lab, id, content=text_content("other"))
    assert lab.message(id).expires_at == START_MS + 70_000
    assert not lab.advance(9.999)
    assert len(lab.advance(0.001)) == 1


def test_priority_and_validity(lab: Lab) -> None:
    lab.close()
    first, second = lab.accept(), lab.accept()
    change(lab, second, priority=2, validity_seconds=30)
    assert lab.waiting() == [second, first]
    lab.advance(30)
    assert (lab.state(second)[0], lab.state(first)[0]) == (State.EXPIRED, State.PENDING)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"validity_seconds": LONGEST_VALIDITY_SECONDS + 1}, "bad_validity"),
        ({"validity_seconds": -1}, "bad_validity"),
        ({"validity_seconds": 0}, "bad_validity"),
        ({"not_before": START_MS + LONGEST_VALIDITY_SECONDS * 1000 + 1}, "bad_schedule"),
    ],
)
def test_bad_times_are_refused(lab: Lab, fields: dict[str, Any], code: str) -> None:
    lab.close()
    id = lab.accept()
    before = lab.message(id)
    assert code_of(change(lab, id, **fields)) == code
    assert lab.message(id) == before


def test_refused_after_the_first_attempt_and_while_it_runs(lab: Lab) -> None:
    id = lab.accept()
    assert code_of(change(lab, id, priority=1)) == "in_flight"
    lab.settle(Temporary("absent"))
    assert code_of(change(lab, id, priority=1)) == "already_attempted"
    lab.advance(60)
    lab.settle()
    assert code_of(change(lab, id, priority=1)) == "already_final"


def test_an_attempt_that_never_left_is_none(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Returned("gate_closed"))
    assert code_of(change(lab, id, content=text_content("other"))) is None
    assert lab.advance(1)[0].message.body == b"other"


def test_unknown_and_foreign_messages(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    assert code_of(change(lab, id, org=2, priority=1)) == "unknown_message"
    assert code_of(change(lab, 99, priority=1)) == "unknown_message"


def test_two_changes_in_one_batch_see_each_other() -> None:
    lab = make_lab(mt_limit=3)
    lab.close()
    id = lab.accept()
    contents = [text_content(LONG), text_content("a"), text_content(LONG + LONG)]
    answers = lab.run(lab.flows.change, *(Change(1, id, "a", content=content) for content in contents))
    assert [code_of(answer) for answer in answers] == [None, None, "mt_limit_reached"]
    assert (lab.tally().mt, lab.message(id).body) == (1, b"a")


def test_a_p2p_that_waits_for_its_turn_goes_on_waiting(lab: Lab) -> None:
    lab.sql("UPDATE policy SET p2p_received_per_minute = 1")
    lab.receive(1, msisdn_of(2))
    id = lab.receive(1, msisdn_of(2), text="second").message
    change(lab, id, priority=1)
    delivery = lab.delivery(id)
    assert delivery is not None
    assert delivery.enter_at == START_MS + 60_000
