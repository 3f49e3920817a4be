"""Addresses that no network can carry are refused, and change nothing."""

import pytest

from heliograph.core.message import Message
from heliograph.core.refusal import Refusal
from heliograph.flow.accept import Settings
from tests.engine import Lab, make_lab


@pytest.mark.parametrize("source", ["waytoolongsender", "1" * 18, "ŁÓDŹ"])
def test_a_sender_that_no_network_can_carry_is_refused(lab: Lab, source: str) -> None:
    answer = lab.submit(source=source)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.rule) == ("bad_address", "source address")
    assert not lab.rows(Message)


@pytest.mark.parametrize("priority", [-1, 4])
def test_a_priority_out_of_range_is_refused(lab: Lab, priority: int) -> None:
    answer = lab.submit(priority=priority)
    assert isinstance(answer, Refusal)
    assert answer.code == "bad_value"


def test_a_device_hears_that_the_receivers_lane_is_full() -> None:
    lab = make_lab(devices=(1, 2), settings=Settings(lane_limit=1))
    lab.accept(device=2)
    lab.accept(device=2)
    answer = lab.receive(1, "491700000002")
    assert isinstance(answer, Refusal)
    assert answer.code == "queue_full"
