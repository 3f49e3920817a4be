"""Which news a sender gets: of any end, of failures or successes alone, and that it takes a while. What an
application refuses for good leaves an event, and blocks nobody.
"""

from typing import Any

import pytest

from heliograph.core.changes import Happening
from heliograph.core.delivery import Kind, gate_of_application
from heliograph.core.message import ANY_END, FAILURE, INTERIM, NOTHING, SUCCESS, State, wants_receipt
from heliograph.core.outcome import DELIVERED, Permanent, Returned, Temporary, Unknown
from heliograph.core.policy import Policy
from heliograph.flow.attach import Presence
from heliograph.flow.requests import Cancel
from tests.engine import APP, Lab, change_row, octet_content

ABSENT, BARRED = Temporary("absent"), Permanent("barred")


@pytest.fixture(autouse=True)
def listening(lab: Lab) -> None:
    lab.application()


def kinds(lab: Lab) -> list[Kind]:
    """What the application has been handed since."""
    return [Kind(job.delivery.kind) for job in lab.take()]


@pytest.mark.parametrize(
    ("receipt", "of_success", "of_failure"),
    [(NOTHING, 0, 0), (ANY_END, 1, 1), (FAILURE, 0, 1), (SUCCESS, 1, 0), (INTERIM, 0, 0)],
)
def test_the_end_is_told_to_who_wants_to_hear_of_it(
    lab: Lab, receipt: int, of_success: int, of_failure: int
) -> None:
    good = lab.accept(1, receipt_to=APP, receipt=receipt)
    lab.settle(DELIVERED)
    assert kinds(lab) == [Kind.RECEIPT] * of_success
    assert ("receipt" in lab.story(good)) == bool(of_success)
    lab.accept(2, receipt_to=APP, receipt=receipt)
    lab.settle(BARRED)
    assert kinds(lab) == [Kind.RECEIPT] * of_failure


def test_every_state_that_is_no_delivery_is_a_failure() -> None:
    ends = (State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELED)
    assert [wants_receipt(FAILURE | INTERIM, state) for state in ends] == [False, True, True, True]
    assert [wants_receipt(SUCCESS, state) for state in ends] == [True, False, False, False]
    assert [wants_receipt(ANY_END | INTERIM, state) for state in ends] == [True] * 4
    assert [wants_receipt(INTERIM, state) for state in ends] == [False] * 4


def test_an_expiry_is_a_failure(lab: Lab) -> None:
    lab.close()
    lab.accept(1, receipt_to=APP, receipt=FAILURE, validity_seconds=60)
    lab.advance(61)
    assert kinds(lab) == [Kind.RECEIPT]


def test_that_it_takes_a_while_is_told_once(lab: Lab) -> None:
    id = lab.accept(1, receipt_to=APP, receipt=ANY_END | INTERIM)
    lab.settle(ABSENT)
    told = lab.one()
    assert (told.delivery.kind, told.message.id, told.delivery.key) == (Kind.INTERIM, id, 1)
    lab.settle(DELIVERED, told)
    (again,) = lab.advance(61)
    lab.settle(ABSENT, again)
    assert lab.take() == [again]
    (third,) = lab.advance(301)
    lab.settle(DELIVERED, third)
    assert kinds(lab)[1:] == [Kind.RECEIPT]
    assert lab.story(id).count("interim") == 1
    assert "interim_delivered" in lab.story(id)


def test_news_of_one_device_keep_their_order(lab: Lab) -> None:
    """The end waits behind the news that it takes a while, for as long as nobody is there."""
    lab.close(gate_of_application(APP))
    lab.accept(1, receipt_to=APP, receipt=ANY_END | INTERIM)
    lab.settle(ABSENT)
    (job,) = lab.advance(61)
    lab.settle(DELIVERED, job)
    lab.take()
    lab.open(gate_of_application(APP))
    (first,) = lab.poll()
    assert first.delivery.kind == Kind.INTERIM
    lab.settle(DELIVERED, first)
    assert [Kind(job.delivery.kind) for job in lab.take() if job is not first] == [Kind.RECEIPT]


@pytest.mark.parametrize("outcome", [DELIVERED, BARRED, Returned("gate_closed")])
def test_nothing_takes_a_while_where_nothing_was_deferred(lab: Lab, outcome: Any) -> None:
    id = lab.accept(1, receipt_to=APP, receipt=INTERIM)
    lab.settle(outcome)
    assert (kinds(lab), "interim" in lab.story(id)) == ([], False)


def test_who_did_not_ask_hears_nothing_of_a_delay(lab: Lab) -> None:
    lab.accept(1, receipt_to=APP)
    lab.settle(ABSENT)
    assert kinds(lab) == []


def test_a_later_segment_that_is_deferred_is_told_as_well(lab: Lab) -> None:
    lab.accept(1, content=octet_content(b"x" * 200), receipt_to=APP, receipt=INTERIM)
    lab.settle(DELIVERED)
    lab.settle(Unknown("link_lost"))
    assert kinds(lab) == [Kind.INTERIM]


def test_a_refused_interim_leaves_its_message_alone(lab: Lab) -> None:
    id = lab.accept(1, receipt_to=APP, receipt=ANY_END | INTERIM)
    lab.settle(ABSENT)
    lab.settle(Permanent("application_rejected"))
    assert lab.state(id) == (State.BUFFERED, None)
    assert "interim_lost" in lab.story(id)
    assert lab.events() == ["receipt_refused"]


ACCOUNT = f"account:{APP}"


def test_an_account_hears_that_its_sms_was_taken_back(lab: Lab) -> None:
    lab.close()
    own = lab.accept(1, sender=ACCOUNT, receipt_to=APP)
    quiet = lab.accept(1, sender=ACCOUNT, receipt_to=APP, receipt=SUCCESS)
    lab.run(lab.flows.cancel, Cancel(1, own, ACCOUNT, own=True), Cancel(1, quiet, ACCOUNT, own=True))
    (told,) = lab.poll()
    assert (told.delivery.kind, told.message.id, told.message.state) == (Kind.RECEIPT, own, State.CANCELED)


def test_an_account_hears_that_its_sms_was_replaced(lab: Lab) -> None:
    lab.close()
    old, _ = (lab.accept(1, sender=ACCOUNT, receipt_to=APP, replaces_same=True) for _ in range(2))
    (told,) = lab.poll()
    assert (told.delivery.kind, told.message.id) == (Kind.RECEIPT, old)
    assert lab.state(old) == (State.CANCELED, "replaced")


def test_who_is_no_account_knows_what_it_took_back(lab: Lab) -> None:
    lab.close()
    id = lab.accept(1, sender="token 3", receipt_to=APP)
    lab.run(lab.flows.cancel, Cancel(1, id, "token 3"))
    assert lab.poll() == []


def test_a_device_that_is_away_is_told_of_once_when_its_sms_is_accepted(lab: Lab) -> None:
    lab.sight(Presence.DETACHED)
    lab.accept(1, receipt_to=APP)
    id = lab.accept(1, receipt_to=APP, receipt=ANY_END | INTERIM)
    (told,) = lab.poll()
    assert (told.delivery.kind, told.message.id) == (Kind.INTERIM, id)
    lab.settle(DELIVERED, told)
    lab.sight(Presence.ATTACHED)
    (first,) = lab.advance(2)
    lab.settle(DELIVERED, first)
    lab.settle(ABSENT, next(job for job in lab.take() if job.message.id == id))
    assert lab.story(id).count("interim") == 1


# What is refused for good.


def test_a_refused_receipt_leaves_an_event_and_blocks_nobody(lab: Lab) -> None:
    first, second = (lab.accept(1, receipt_to=APP) for _ in range(2))
    lab.settle(DELIVERED)
    receipt, sms = sorted(lab.take(), key=lambda job: -job.delivery.kind)
    lab.settle(DELIVERED, sms)
    lab.settle(Permanent("application_rejected"), receipt)
    assert [job.message.id for job in lab.take() if job.delivery.kind == Kind.RECEIPT][-1] == second
    (event,) = lab.rows(Happening)
    assert (event.type, event.severity, event.message, event.device) == ("receipt_refused", 1, first, 1)
    assert event.detail == f"application {APP}: application_rejected"
    assert "receipt_lost" in lab.story(first)


def test_a_refused_mo_fails_and_leaves_an_event(lab: Lab) -> None:
    change_row(lab, lab.rows(Policy)[0], application=APP)
    received = lab.receive()
    lab.settle(Permanent("application_rejected"))
    assert lab.state(received.message) == (State.FAILED, "application_rejected")
    assert lab.events() == ["mo_refused"]


def test_a_device_that_refuses_is_no_event(lab: Lab) -> None:
    lab.accept(1)
    lab.settle(BARRED)
    assert lab.events() == []


# Whoever was there and is there again.


@pytest.mark.parametrize("code", ["link_lost", "receiver_gone", "no_answer"])
def test_what_a_lost_session_did_not_answer_is_due_when_the_next_one_binds(lab: Lab, code: str) -> None:
    lab.accept(1, receipt_to=APP)
    lab.settle(DELIVERED)
    lost = lab.one()
    lab.settle(Unknown(code), lost)
    lab.close(gate_of_application(APP))
    lab.advance(1)
    lab.open(gate_of_application(APP))
    (again,) = lab.poll()
    assert (again.delivery.id, again.delivery.repeated) == (lost.delivery.id, 1)


@pytest.mark.parametrize("code", ["receiver_error", "receiver_full"])
def test_what_was_refused_for_now_is_due_when_somebody_binds(lab: Lab, code: str) -> None:
    lab.accept(1, receipt_to=APP)
    lab.settle(DELIVERED)
    lab.settle(Temporary(code))
    assert lab.advance(1) == []
    lab.open(gate_of_application(APP))
    assert len(lab.poll()) == 1


def test_what_was_asked_to_wait_waits_whoever_binds(lab: Lab) -> None:
    lab.accept(1, receipt_to=APP)
    lab.settle(DELIVERED)
    lab.settle(Temporary("receiver_busy"))
    lab.close(gate_of_application(APP))
    lab.advance(1)
    lab.open(gate_of_application(APP))
    assert lab.poll() == []
    assert len(lab.advance(5)) == 1


@pytest.mark.parametrize("code", ["link_lost", "receiver_gone"])
def test_what_a_dead_session_did_not_answer_goes_to_another_one_at_once_and_once(lab: Lab, code: str) -> None:
    lab.accept(1, receipt_to=APP)
    lab.settle(DELIVERED)
    lab.settle(Unknown(code))
    (again,) = lab.poll()
    assert again.delivery.repeated == 1
    lab.settle(Unknown(code), again)
    assert lab.poll() == []
    assert len(lab.advance(31)) == 1
