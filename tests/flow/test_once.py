"""Idempotency keys: one effect and one answer, decided in the transaction that writes the messages."""

from typing import Any

from heliograph.core.idempotency import KEPT_MS
from heliograph.core.refusal import Refusal
from heliograph.core.retention import Retention
from heliograph.flow.once import Keyed, Once, Told
from heliograph.flow.requests import Submission, Submitted
from heliograph.flow.retain import STEP, Retain
from tests.engine import Lab, change_row, make_lab


def once(lab: Lab) -> Once[Submission, Submitted]:
    return Once(lab.flows.submit, Submitted)


def keyed(lab: Lab, key: str = "k", text: str = "hello", org: int = 1, **fields: Any) -> Keyed[Submission]:
    return Keyed(org, key, text.encode(), lab.submission(text=text, **fields))


def accepted(told: Told[Submitted]) -> int:
    assert isinstance(told.answer, Submitted), told
    return told.answer.id


def code(told: Told[Submitted]) -> str:
    assert isinstance(told.answer, Refusal), told
    return told.answer.code


def test_a_repeat_gets_the_first_answer_and_sends_nothing(lab: Lab) -> None:
    flow = once(lab)
    (first,) = lab.run(flow, keyed(lab))
    (again,) = lab.run(flow, keyed(lab))
    assert (accepted(again), again.replayed, first.replayed) == (accepted(first), True, False)
    assert lab.count("message") == 1


def test_repeats_in_one_batch_see_the_first(lab: Lab) -> None:
    told = lab.run(once(lab), *[keyed(lab) for _ in range(50)])
    assert len({accepted(one) for one in told}) == 1
    assert [one.replayed for one in told] == [False] + [True] * 49
    assert lab.count("message") == 1
    assert len(lab.take()) == 1


def test_another_request_under_the_key_is_refused_in_the_batch_and_after_it(lab: Lab) -> None:
    flow = once(lab)
    first, other = lab.run(flow, keyed(lab), keyed(lab, text="another"))
    assert accepted(first)
    assert code(other) == "key_reused"
    (later,) = lab.run(flow, keyed(lab, text="another"))
    assert code(later) == "key_reused"
    assert lab.count("message") == 1


def test_keys_belong_to_their_organisation(lab: Lab) -> None:
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    theirs = Keyed(2, "k", b"hello", lab.submission(device=9, org=2))
    mine, other = lab.run(once(lab), keyed(lab), theirs)
    assert accepted(mine) != accepted(other)


def test_a_refusal_is_kept_unless_it_says_later() -> None:
    lab = make_lab(mt=0)
    flow = once(lab)
    assert code(lab.run(flow, keyed(lab))[0]) == "mt_off"
    policy = lab.policy(2)
    lab.sql("UPDATE device SET policy = ?", policy.id)
    (again,) = lab.run(flow, keyed(lab))
    assert (code(again), again.replayed) == ("mt_off", True)
    lab.engine.close()


def test_a_full_queue_may_be_tried_again_under_the_same_key(lab: Lab) -> None:
    flow = once(lab)
    lab.close()
    for number in range(lab.settings.lane_limit):
        lab.accept(text=f"number {number}")
    assert code(lab.run(flow, keyed(lab))[0]) == "queue_full"
    lab.sql("DELETE FROM delivery")
    (again,) = lab.run(flow, keyed(lab))
    assert accepted(again)
    assert not again.replayed


def test_after_a_day_the_key_is_free_and_its_row_goes_in_steps(lab: Lab) -> None:
    flow = once(lab)
    lab.sql("INSERT INTO organisation(id, name, created_at) VALUES(1, 'one', 0)")
    (first,) = lab.run(flow, keyed(lab))
    lab.run(flow, keyed(lab, key="unused"))
    retain = Retain(Retention(None, None, None))
    lab.advance((KEPT_MS - 1) / 1000, poll=False)
    lab.run(retain, 1)
    assert lab.count("kept_answer") == 2
    assert accepted(lab.run(flow, keyed(lab))[0]) == accepted(first)
    lab.advance(0.001, poll=False)
    (anew,) = lab.run(flow, keyed(lab))
    assert accepted(anew) != accepted(first)
    lab.run(retain, 1)
    assert lab.sql("SELECT key FROM kept_answer") == [("k",)]


def test_nothing_is_kept_of_a_transaction_that_failed(lab: Lab) -> None:
    class Breaks(Exception):
        pass

    class Broken:
        urgency = lab.flows.submit.urgency

        async def __call__(self, tx: Any, requests: Any) -> Any:
            await lab.flows.submit(tx, requests)
            raise Breaks

    flow: Any = Once(Broken(), Submitted)
    try:
        lab.run(flow, keyed(lab))
    except Breaks:
        pass
    assert (lab.count("message"), lab.count("kept_answer")) == (0, 0)
    assert not lab.run(once(lab), keyed(lab))[0].replayed


def test_the_key_outlives_the_process(tmp_path: Any) -> None:
    lab = make_lab(path=tmp_path / "heliograph.sqlite")
    (first,) = lab.run(once(lab), keyed(lab))
    lab.restart()
    (again,) = lab.run(once(lab), keyed(lab))
    assert (accepted(again), again.replayed) == (accepted(first), True)
    lab.engine.close()


def test_what_is_kept_is_the_answer_of_then(lab: Lab) -> None:
    """Not what the message has become since."""
    flow = once(lab)
    (first,) = lab.run(flow, keyed(lab))
    lab.settle()
    change_row(lab, lab.message(accepted(first)), body=None)
    assert lab.run(flow, keyed(lab))[0].answer == first.answer


def test_many_old_keys_go_step_by_step(lab: Lab) -> None:
    lab.sql("INSERT INTO organisation(id, name, created_at) VALUES(1, 'one', 0)")
    lab.close()
    lab.run(once(lab), *[keyed(lab, f"k{number}", text=f"{number}") for number in range(STEP * 2 + 50)])
    lab.advance(KEPT_MS / 1000, poll=False)
    retain = Retain(Retention(None, None, None))
    left = []
    for _ in range(3):
        (retained,) = lab.run(retain, 1)
        left.append((lab.count("kept_answer"), retained.more))
    assert left == [(STEP + 50, True), (50, True), (0, False)]
