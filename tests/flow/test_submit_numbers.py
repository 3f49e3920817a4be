"""Submissions as SMPP accounts make them: to a number, with a service type, in place of one like it."""

from typing import Any

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import State
from heliograph.core.outcome import Temporary
from heliograph.core.refusal import Refusal
from heliograph.core.smpp_account import sender_of
from heliograph.core.story.explain import Names, explain
from heliograph.flow.cancel import CancelAlike
from heliograph.flow.requests import Cancel, CancelSame, Change, Submitted
from tests.engine import RADIO, Lab, msisdn_of, text_content

ACCOUNT = 77
SENDER = sender_of(ACCOUNT)


def submission(lab: Lab, text: str = "hello", **fields: Any) -> Any:
    known = {"sender": SENDER, "source": "CRM", "receipt_to": ACCOUNT, "number": msisdn_of(1)}
    return lab.submission(0, text, **{**known, **fields})


def submit(lab: Lab, text: str = "hello", **fields: Any) -> Any:
    return lab.run(lab.flows.submit, submission(lab, text, **fields))[0]


def accept(lab: Lab, text: str = "hello", **fields: Any) -> int:
    answer = submit(lab, text, **fields)
    assert isinstance(answer, Submitted), answer
    return answer.id


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_number_is_its_device(lab: Lab) -> None:
    id = accept(lab, service_type="CMT")
    message = lab.message(id)
    assert (message.device, message.destination) == (1, msisdn_of(1))
    assert (message.service_type, message.application, message.receipt) == ("CMT", ACCOUNT, 1)
    assert lab.one().message.id == id


def test_numbers_and_devices_share_a_batch(lab: Lab) -> None:
    requests = [submission(lab, number=msisdn_of(2)), lab.submission(3), submission(lab, number="4999000000")]
    first, second, third = lab.run(lab.flows.submit, *requests)
    assert [lab.message(one.id).device for one in (first, second)] == [2, 3]
    assert code(third) == "unknown_device"
    assert [request.device for request in requests] == [0, 3, 0]  # what was asked stays as it was


def test_another_organisation_s_number_is_nobody_s(lab: Lab) -> None:
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2)
    assert code(submit(lab, number=msisdn_of(9))) == "unknown_device"


def test_no_look_for_numbers_where_none_is_named(lab: Lab) -> None:
    asked: list[str] = []
    lab.connection.set_exec_trace(lambda _, text, __: asked.append(text) is None)
    lab.accept()
    without = [text for text in asked if "msisdn IN" in text]
    accept(lab, number=msisdn_of(2))
    lab.connection.set_exec_trace(None)
    assert without == []
    assert len([text for text in asked if "msisdn IN" in text]) == 1


def test_who_sent_it_is_kept_also_where_no_receipt_is_wanted(lab: Lab) -> None:
    id = accept(lab, receipt=0)
    lab.settle()
    assert (lab.message(id).application, lab.message(id).receipt) == (ACCOUNT, 0)
    assert lab.count("delivery") == 0


class Waiting:
    """A lab whose gate is closed, so that all waits."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        lab.close(RADIO)

    def state(self, *ids: int) -> list[str]:
        return [self.lab.state(id)[0].name for id in ids]


@pytest.fixture
def waiting(lab: Lab) -> Waiting:
    return Waiting(lab)


def test_the_newest_like_it_is_replaced_and_its_place_taken(waiting: Waiting) -> None:
    lab = waiting.lab
    older, old, other = accept(lab), accept(lab), accept(lab, source="OPS")
    new = accept(lab, "new", replaces_same=True)
    assert waiting.state(older, old, other, new) == ["PENDING", "CANCELED", "PENDING", "PENDING"]
    assert lab.state(old)[1] == "replaced"
    assert lab.waiting() == [older, new, other]


@pytest.mark.parametrize(
    "different",
    [{"source": "OPS"}, {"sender": "account:78"}, {"service_type": "WAP"}, {"number": msisdn_of(2)}],
)
def test_what_is_not_like_it_stays(waiting: Waiting, different: dict[str, Any]) -> None:
    first = accept(waiting.lab)
    second = accept(waiting.lab, replaces_same=True, **different)
    assert waiting.state(first, second) == ["PENDING", "PENDING"]


def test_nothing_to_replace_is_no_obstacle(waiting: Waiting) -> None:
    assert waiting.state(accept(waiting.lab, replaces_same=True)) == ["PENDING"]


def test_one_under_way_is_not_replaced(lab: Lab) -> None:
    first, second = accept(lab), accept(lab, replaces_same=True)
    assert [lab.state(id)[0] for id in (first, second)] == [State.IN_PROGRESS, State.PENDING]


def test_one_whose_validity_ended_is_not_replaced(waiting: Waiting) -> None:
    lab = waiting.lab
    old = accept(lab, validity_seconds=10)
    lab.advance(11, poll=False)
    new = accept(lab, replaces_same=True)
    assert "replaced" not in lab.story(old)
    assert waiting.state(new) == ["PENDING"]


def test_replacements_in_one_batch_see_each_other(waiting: Waiting) -> None:
    lab = waiting.lab
    wanted = [submission(lab, "a"), *(submission(lab, text, replaces_same=True) for text in "bc")]
    ids = [answer.id for answer in lab.run(lab.flows.submit, *wanted)]
    assert waiting.state(*ids) == ["CANCELED", "CANCELED", "PENDING"]
    assert lab.waiting() == ids[2:]


def test_a_scheduled_one_is_replaced(lab: Lab) -> None:
    old = accept(lab, not_before=lab.clock.now() + 60_000)
    new = accept(lab, replaces_same=True)
    assert [lab.state(id)[0] for id in (old, new)] == [State.CANCELED, State.IN_PROGRESS]


# Cancelling and changing: only what is one's own.


def cancel_all(lab: Lab, **fields: Any) -> Any:
    known = {"org": 1, "sender": SENDER, "source": "CRM", "number": msisdn_of(1)}
    return lab.run(CancelAlike(lab.flows.cancel), CancelSame(**{**known, **fields}))[0]


def test_all_that_are_alike_are_canceled(waiting: Waiting) -> None:
    lab = waiting.lab
    alike = [accept(lab), accept(lab, service_type="CMT"), accept(lab, not_before=lab.clock.now() + 60_000)]
    others = [accept(lab, source="OPS"), accept(lab, sender="account:78"), accept(lab, number=msisdn_of(2))]
    assert [one.id for one in cancel_all(lab)] == alike
    assert waiting.state(*alike, *others) == ["CANCELED"] * 3 + ["PENDING"] * 3
    assert code(cancel_all(lab)) == "unknown_message"


def test_a_service_type_narrows_what_is_canceled(waiting: Waiting) -> None:
    lab = waiting.lab
    plain, typed = accept(lab), accept(lab, service_type="CMT")
    assert [one.id for one in cancel_all(lab, service_type="CMT")] == [typed]
    assert [one.id for one in cancel_all(lab, service_type="")] == [plain]


def test_what_is_under_way_is_not_canceled_and_what_waits_behind_it_is(lab: Lab) -> None:
    first, second = accept(lab), accept(lab)
    assert [one.id for one in cancel_all(lab)] == [second]
    assert lab.state(first)[0] == State.IN_PROGRESS
    assert code(cancel_all(lab)) == "unknown_message"


@pytest.mark.parametrize("fields", [{"number": "4999000000"}, {"org": 2}])
def test_nothing_is_canceled_for_a_number_of_nobody(waiting: Waiting, fields: dict[str, Any]) -> None:
    id = accept(waiting.lab)
    assert code(cancel_all(waiting.lab, **fields)) == "unknown_message"
    assert waiting.state(id) == ["PENDING"]


def test_an_account_cancels_only_its_own_with_its_own_source(waiting: Waiting) -> None:
    lab = waiting.lab
    own, other = accept(lab), lab.accept(sender="token:1")

    def cancel(id: int, source: str | None = None) -> Any:
        return lab.run(lab.flows.cancel, Cancel(1, id, SENDER, own=True, source=source))[0]

    assert code(cancel(other)) == "unknown_message"
    assert code(cancel(own, "OPS")) == "unknown_message"
    assert isinstance(cancel(own, "CRM"), Submitted)
    assert waiting.state(own, other) == ["CANCELED", "PENDING"]


def test_an_account_changes_only_its_own_and_which_receipt_it_wants(waiting: Waiting) -> None:
    lab = waiting.lab
    own, other = accept(lab), lab.accept(sender="token:1")

    def change(id: int, **fields: Any) -> Any:
        wish = Change(1, id, SENDER, text_content("new"), own=True, **fields)
        return lab.run(lab.flows.change, wish)[0]

    assert code(change(other)) == "unknown_message"
    assert code(change(own, source="OPS")) == "unknown_message"
    assert isinstance(change(own, source="CRM", receipt=2), Submitted)
    assert (lab.message(own).body, lab.message(own).receipt) == (b"new", 2)
    assert isinstance(change(own), Submitted)
    assert lab.message(own).receipt == 2


def test_a_message_between_two_attempts_may_be_canceled(lab: Lab) -> None:
    id = accept(lab)
    lab.settle(Temporary("absent"))
    assert [one.id for one in cancel_all(lab)] == [id]


@pytest.mark.parametrize("sender", [SENDER, "token:1"])
def test_an_account_hears_of_what_was_canceled_whoever_did_it(lab: Lab, sender: str) -> None:
    lab.close(RADIO)
    lab.application(ACCOUNT)
    id = accept(lab)
    lab.run(lab.flows.cancel, Cancel(1, id, sender))
    assert [job.delivery.kind for job in lab.poll()] == [Kind.RECEIPT]
    assert lab.state(id)[0] == State.CANCELED


def test_whose_it_is_is_told_by_name(lab: Lab) -> None:
    message = lab.message(accept(lab))
    names = Names(applications={ACCOUNT: "SMPP account crm"})
    assert explain(message, names=names)[0].text.startswith("Accepted from SMPP account crm: ")
    assert explain(message)[0].text.startswith(f"Accepted from {SENDER}: ")
