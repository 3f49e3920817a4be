"""What woke a lane: told before the attempt that follows, and only when the lane's clock did not do it."""

from heliograph.core.outcome import Temporary
from heliograph.core.story.timeline import read
from heliograph.core.waking import AWAY_RETRY_MS
from heliograph.flow.attach import Presence
from heliograph.flow.manage.devices import SetDevices
from heliograph.flow.manage.requests import DeviceWish, SetDevice
from tests.engine import APP, RADIO, START_MS, Lab, make_lab
from tests.flow.desk import Desk


def woken(lab: Lab, id: int) -> list[tuple[int, tuple[str, ...]]]:
    """When, and what it says, of each such line; an attempt follows each."""
    steps = read(lab.message(id).timeline)
    found = [number for number, step in enumerate(steps) if step.code == "woken"]
    assert all(steps[number + 1].code == "attempt" for number in found)
    return [(steps[number].at - START_MS, steps[number].arguments) for number in found]


def deferred(lab: Lab, code: str = "absent") -> int:
    id = lab.accept()
    lab.settle(Temporary(code))
    return id


def test_an_attach_is_told_when_it_happened(lab: Lab) -> None:
    id = deferred(lab)
    lab.advance(10)
    lab.sight(Presence.ATTACHED)
    lab.advance(2)
    assert woken(lab, id) == [(10_000, ("attached", "2"))]


def test_freed_memory_is_told(lab: Lab) -> None:
    id = deferred(lab, "memory_full")
    lab.advance(10)
    lab.sight(Presence.MEMORY_FREE)
    lab.advance(1)
    assert woken(lab, id) == [(10_000, ("memory_free", RADIO))]


def test_a_gate_that_opens_is_told_to_what_waited_behind_it(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    lab.advance(10)
    lab.open()
    lab.advance(1)
    assert woken(lab, id) == [(10_000, ("gate_opened", RADIO))]


def test_an_application_that_connects_is_told_to_what_waited_for_it() -> None:
    lab = make_lab(application=APP)
    id = lab.receive().message
    lab.application()
    lab.poll()
    assert woken(lab, id) == [(0, ("gate_opened", f"application:{APP}"))]


def test_a_device_that_moves_to_another_network_is_told(lab: Lab) -> None:
    lab.gate("metro")
    id = deferred(lab)
    lab.advance(10)
    lab.run(SetDevices(), SetDevice(1, 1, DeviceWish(network="metro")))
    lab.advance(1)
    assert woken(lab, id) == [(10_000, ("moved", "metro"))]


def test_a_device_that_stays_away_is_tried_with_a_word(lab: Lab) -> None:
    lab.sight(Presence.DETACHED)
    id = lab.accept()
    lab.advance(AWAY_RETRY_MS / 1000)
    assert woken(lab, id) == [(AWAY_RETRY_MS, ("away", "6"))]


def test_a_first_attempt_and_one_by_the_clock_have_no_such_line(lab: Lab) -> None:
    id = deferred(lab)
    behind = lab.accept()
    lab.advance(60)
    lab.settle()
    assert lab.story(id) == ["accepted", "attempt", "deferred", "attempt", "arrived", "final"]
    assert lab.story(behind) == ["accepted", "attempt"]


def test_only_the_head_of_a_lane_is_told(lab: Lab) -> None:
    first = deferred(lab)
    second = lab.accept()
    lab.sight(Presence.ATTACHED)
    lab.advance(2)
    assert len(woken(lab, first)) == 1
    lab.settle()
    assert woken(lab, second) == []


def test_what_waited_behind_others_says_so_at_its_first_attempt(desk: Desk) -> None:
    lab = desk.lab
    first = deferred(lab)
    second = lab.accept()
    lab.advance(60)
    lab.settle()
    late = "Until then others went first, or the gate had no room."
    told = {id: [sentence.text for sentence in desk.explained(id).story] for id in (first, second)}
    assert told[second][1] == f"Attempt 1 left through gate radio with segment 1 of 1. {late}"
    assert not any(late in text for text in told[first])
    lab.settle()
    scheduled = lab.accept(not_before=lab.clock.now_ms + 60_000)
    lab.advance(60)
    lab.advance(0)
    assert lab.story(scheduled)[-1] == "attempt"
    assert not any(late in sentence.text for sentence in desk.explained(scheduled).story)


def test_it_is_told_though_the_head_ended_meanwhile(lab: Lab) -> None:
    lab.close()
    lab.accept(validity_seconds=1)
    second = lab.accept()
    lab.open()
    lab.clock.now_ms += 1000
    lab.deliver()
    assert not lab.jobs  # the first one's validity was over
    lab.deliver()
    assert woken(lab, second) == [(0, ("gate_opened", RADIO))]


def test_it_is_told_after_a_restart(desk: Desk) -> None:
    lab = desk.lab
    id = deferred(lab)
    lab.sight(Presence.ATTACHED)
    lab.restart(after_seconds=1)
    lab.gate()
    lab.advance(1)
    assert woken(lab, id) == [(0, ("attached", "2"))]


def test_an_attach_writes_nothing_to_what_waits(lab: Lab) -> None:
    id = deferred(lab)
    before = lab.message(id)
    lab.sight(Presence.ATTACHED)
    assert lab.message(id) == before


def test_a_person_reads_who_attached_and_until_then_why_the_lane_is_due(desk: Desk) -> None:
    lab = desk.lab
    id = deferred(lab)
    lab.sight(Presence.ATTACHED)
    assert desk.explained(id).story[-2].text.endswith("12:00:02 UTC, since the device attached.")
    lane = desk.lane()
    assert (lane.code, lane.meaning) == ("attached:2", "the device attached")
    lab.advance(2)
    told = [sentence.text for sentence in desk.explained(id).story]
    assert told[3] == "device-1 attached: its lane is tried after the settling delay of 2 s."


def test_what_waited_for_an_application_goes_by_its_age_whichever_device_it_is_from() -> None:
    lab = make_lab(application=APP)
    ids = [lab.receive(device).message for device in (3, 1, 2, 1)]
    lab.advance(3600, poll=False)
    lab.application(window=2)
    first, second = lab.poll()
    assert [first.message.id, second.message.id] == ids[:2]
    lab.take()
    lab.settle(job=first)
    lab.settle(job=second)
    assert [job.message.id for job in (*lab.take(), *lab.poll())] == [ids[2], ids[3]]
    assert woken(lab, ids[2]) == [(3_600_000, ("gate_opened", f"application:{APP}"))]


def test_more_devices_than_room_come_by_age_to_the_last() -> None:
    """No lane drains whole while others wait."""
    lab = make_lab(application=APP)
    ids = [lab.receive(device).message for _ in range(6) for device in (3, 1, 2)]
    lab.advance(3600, poll=False)
    lab.application(window=2)
    lab.poll()
    heard = []
    while jobs := lab.take():
        for job in jobs:
            heard.append(job.message.id)
            lab.settle(job=job)
    assert heard == ids


def test_one_that_rests_is_passed_over_and_keeps_its_own_clock() -> None:
    lab = make_lab(application=APP)
    first, second, third, fourth = (lab.receive(device).message for device in (1, 2, 1, 2))
    lab.application(window=1)
    lab.poll()
    lab.settle(Temporary("application_busy"))
    lab.poll()
    assert lab.settle().message.id == second
    assert lab.settle().message.id == fourth
    assert [lab.message(id).attempts for id in (first, third)] == [1, 0]


def test_what_comes_while_much_waits_comes_after_it() -> None:
    lab = make_lab(application=APP)
    ids = [lab.receive(device).message for device in (1, 2, 1, 2)]
    lab.application(window=1)
    lab.poll()
    ids.append(lab.receive(3).message)
    heard = []
    while jobs := lab.take() or lab.poll():
        heard += [job.message.id for job in jobs]
        lab.settle(job=jobs[0])
    assert heard == ids
