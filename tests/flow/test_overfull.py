"""Of what waits for an SMPP account, the oldest beyond its limit are given up, and people hear of it once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from heliograph.app.overfull import Sweep
from heliograph.core.changes import Happening
from heliograph.core.delivery import gate_of_application
from heliograph.core.message import State
from heliograph.core.outcome import DELIVERED
from heliograph.core.policy import Policy
from heliograph.core.smpp_account import SmppAccount
from heliograph.core.story.reasons import reason
from heliograph.flow.applications.overfull import SLICE, GiveUpOldest, Overfull
from tests.engine import APP, Lab, change_row


def account(most: int) -> SmppAccount:
    return SmppAccount(APP, 1, "crm", "", most_waiting=most)


@pytest.fixture(autouse=True)
def listening(lab: Lab) -> None:
    lab.application()
    lab.close(gate_of_application(APP))


def receipts(lab: Lab, count: int) -> list[int]:
    """That wait, for messages of two devices in turn."""
    ids = []
    for number in range(count):
        ids.append(lab.accept(1 + number % 2, receipt_to=APP))
        lab.settle(DELIVERED)
    return ids


def given_up(lab: Lab, ids: Sequence[int]) -> list[bool]:
    return ["receipt_lost" in lab.story(id) for id in ids]


def test_the_oldest_go_and_the_others_come_in_order(lab: Lab) -> None:
    ids = receipts(lab, 5)
    assert lab.run(GiveUpOldest(), Overfull(account(3), False)) == [2]
    assert given_up(lab, ids) == [True, True, False, False, False]
    assert lab.step(ids[0], "receipt_lost")[-1] == "too_many_waiting"
    assert "more waited for its SMPP account" in reason("too_many_waiting")
    assert lab.state(ids[0]) == (State.DELIVERED, None)
    assert lab.run(GiveUpOldest(), Overfull(account(3), True)) == [0]
    lab.open(gate_of_application(APP))
    lab.poll()
    heard = lab.take()
    for job in heard:
        lab.settle(DELIVERED, job)
    assert sorted(job.message.id for job in heard + lab.take()) == ids[2:]


def test_an_sms_from_a_device_fails(lab: Lab) -> None:
    change_row(lab, lab.rows(Policy)[0], application=APP)
    first, second = lab.receive().message, lab.receive().message
    assert lab.run(GiveUpOldest(), Overfull(account(1), False)) == [1]
    assert lab.state(first) == (State.FAILED, "too_many_waiting")
    assert lab.state(second)[0] == State.PENDING


def test_what_is_under_way_is_left_alone(lab: Lab) -> None:
    change_row(lab, lab.rows(Policy)[0], application=APP)
    lab.open(gate_of_application(APP))
    first, second, third = (lab.receive().message for _ in range(3))
    (under_way,) = lab.take()
    assert lab.run(GiveUpOldest(), Overfull(account(1), False)) == [1]
    assert lab.state(second) == (State.FAILED, "too_many_waiting")
    lab.settle(DELIVERED, under_way)
    assert lab.settle(DELIVERED).message.id == third
    assert lab.state(first)[0] == lab.state(third)[0] == State.DELIVERED


class Store:
    """Runs flows on the lab's engine."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.runs = 0

    async def run(self, flow: Any, requests: Sequence[Any]) -> list[Any]:
        self.runs += 1
        return self._lab.run(flow, *requests)


def test_it_is_told_once_and_again_when_there_was_room(lab: Lab) -> None:
    sweep = Sweep(Store(lab))  # type: ignore[arg-type]  # of its verbs, the one that is used
    receipts(lab, 3)
    asyncio.run(sweep.once([account(2)]))
    receipts(lab, 1)
    asyncio.run(sweep.once([account(2)]))
    assert lab.events() == ["waiting_given_up"]
    (event,) = lab.rows(Happening)
    assert (event.detail, event.severity) == ("SMPP account crm: more than 2 wait", 1)
    asyncio.run(sweep.once([account(2)]))
    receipts(lab, 1)
    asyncio.run(sweep.once([account(2)]))
    assert lab.events() == ["waiting_given_up"] * 2


def test_many_go_slice_by_slice(lab: Lab) -> None:
    change_row(lab, lab.rows(Policy)[0], application=APP)
    for _ in range(SLICE + 10):
        lab.receive()
    store = Store(lab)
    asyncio.run(Sweep(store).once([account(5)]))  # type: ignore[arg-type]  # as above
    assert store.runs == 2
    assert lab.sql("SELECT count(*) FROM delivery WHERE receiver = ?", APP) == [(5,)]
    assert lab.events() == ["waiting_given_up"]
