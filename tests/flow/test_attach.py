"""Attaching: what a network says of a device wakes its lane, or lets it rest."""

import pytest

from heliograph.core.outcome import Temporary
from heliograph.flow.attach import Presence, Sighting
from tests.engine import START_MS, Lab, imsi_of, make_lab, msisdn_of


def deferred(lab: Lab, code: str = "absent", failures: int = 2) -> int:
    """A message whose lane rests after some failures; when its lane is due."""
    id = lab.accept()
    lab.settle(Temporary(code))
    for _ in range(failures - 1):
        lane = lab.lane()
        assert lane is not None
        assert lane.due_at is not None
        lab.clock.now_ms = lane.due_at
        lab.poll()
        lab.settle(Temporary(code))
    return id


@pytest.mark.parametrize(("presence", "delay_seconds"), [(Presence.ATTACHED, 2), (Presence.MEMORY_FREE, 0)])
def test_an_alert_wakes_the_lane_and_starts_its_clock_anew(
    lab: Lab, presence: Presence, delay_seconds: float
) -> None:
    id = deferred(lab, "memory_full")
    assert lab.sight(presence) == 1
    lane = lab.lane()
    assert lane is not None
    assert (lane.due_at, lane.attempts) == (lab.clock.now_ms + delay_seconds * 1000, 0)
    assert lab.wake_at == lane.due_at
    if delay_seconds:
        assert not lab.advance(delay_seconds - 0.001)
        lab.clock.now_ms += 1
    assert [job.message.id for job in lab.poll()] == [id]


def test_an_alert_wakes_no_other_lane(lab: Lab) -> None:
    deferred(lab)
    lab.sight(Presence.ATTACHED, device=2)
    assert not lab.advance(2)


def test_a_device_that_left_is_not_tried_until_it_is_back(lab: Lab) -> None:
    lab.sight(Presence.DETACHED)
    id = lab.accept()
    lab.advance(6 * 3600 - 1)
    assert not lab.jobs
    lab.sight(Presence.ATTACHED)
    assert not lab.advance(1.999)
    assert [job.message.id for job in lab.advance(0.001)] == [id]
    assert lab.message(id).attempts == 1


def test_a_device_that_leaves_under_an_attempt_rests_after_it(lab: Lab) -> None:
    lab.accept()
    lab.accept()
    lab.sight(Presence.DETACHED)
    lab.settle()
    assert not lab.jobs
    assert not lab.advance(3600)
    lab.sight(Presence.ATTACHED)
    assert len(lab.advance(2)) == 1


def test_the_last_word_of_a_batch_counts(lab: Lab) -> None:
    words = [Presence.ATTACHED, Presence.DETACHED], [Presence.DETACHED, Presence.ATTACHED]
    for presences, attached in zip(words, (0, 1), strict=True):
        found = lab.run(lab.flows.attach, *(Sighting(imsi_of(1), "", presence) for presence in presences))
        assert found == [1, 1]
        assert lab.sql("SELECT attached FROM device WHERE id = 1") == [(attached,)]


@pytest.mark.parametrize(
    ("imsi", "msisdn", "found"),
    [
        (imsi_of(2), "", 2),
        ("", msisdn_of(2), 2),
        ("999", "", None),
        ("999", msisdn_of(2), None),  # the IMSI decides
        ("", "", None),
        ("", "999", None),
    ],
)
def test_who_was_seen(imsi: str, msisdn: str, found: int | None) -> None:
    lab = make_lab()
    by_number = Sighting("", msisdn_of(2), Presence.ATTACHED)  # whose number is known must not matter
    answers = lab.run(lab.flows.attach, Sighting(imsi, msisdn, Presence.ATTACHED), by_number)
    assert answers == [found, 2]


def test_devices_without_imsi_are_never_mistaken_for_each_other(lab: Lab) -> None:
    lab.device(7, imsi="", msisdn="")
    assert lab.run(lab.flows.attach, Sighting("", "", Presence.DETACHED)) == [None]
    assert lab.sql("SELECT attached FROM device WHERE id = 7") == [(1,)]


def test_an_alert_after_the_due_time_does_not_lose_the_lane(lab: Lab) -> None:
    lab.accept()
    lab.settle(Temporary("absent"))
    lab.clock.now_ms = START_MS + 120_000
    lab.sight(Presence.ATTACHED)
    assert len(lab.advance(2)) == 1
