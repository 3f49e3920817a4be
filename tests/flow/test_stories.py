"""Stories: what `explain` tells over a real file, while a message waits and when it is over."""

from heliograph.core.message import HOUR_MS
from heliograph.core.outcome import Accepted, Temporary
from heliograph.flow.attach import Presence
from heliograph.flow.browse import Browse
from heliograph.flow.requests import Change
from tests.engine import START_MS
from tests.flow.desk import Desk


def test_the_story_of_a_message_that_was_tried_twice(desk: Desk) -> None:
    id = desk.lab.accept()
    assert desk.now(id) == ["under_way", "validity"]
    desk.lab.settle(Temporary("absent"))
    assert desk.now(id) == ["waits_for_try", "validity"]
    desk.lab.advance(60)
    desk.lab.settle()
    assert desk.story(id) == ["accepted", "attempt", "deferred", "attempt", "arrived", "final"]
    words = " ".join(sentence.text for sentence in desk.explained(id).story)
    assert "Next try at 2026-03-10 12:01:00 UTC, by the schedule for absent" in words


def test_the_story_has_names_and_keeps_what_was_before_a_change(desk: Desk) -> None:
    lab = desk.lab
    lab.device(60, name="1")  # called like an id of another
    lab.close()
    id = lab.accept(validity_seconds=60)
    lab.run(lab.flows.change, Change(1, id, "a", validity_seconds=120))
    first, changed = [sentence.text for sentence in desk.explained(id).story][:2]
    assert "the lane of device device-1, and is valid until 2026-03-10 12:01:00 UTC." in first
    assert changed == ("Changed by a: valid until 2026-03-10 12:02:00 UTC (before: 2026-03-10 12:01:00 UTC).")
    mo = lab.receive(2).message
    assert "application crm for device device-2" in desk.explained(mo).story[0].text


def test_what_a_message_waits_for(desk: Desk) -> None:
    lab = desk.lab
    first = lab.accept()
    behind = lab.accept()
    third = lab.accept()
    later = lab.accept(not_before=START_MS + HOUR_MS)
    for waits in (behind, third):
        assert desk.now(waits) == ["waits_for_others", "validity"]
        assert f"Message {first} of its lane is under way" in desk.explained(waits).story[-2].text
    assert "until that one is settled, and 1 more that goes before it" in desk.explained(third).story[-2].text
    lab.settle(Temporary("memory_full"))
    assert desk.now(behind) == ["waits_for_others", "waits_for_try", "validity"]
    assert desk.now(later) == ["waits_for_time", "validity"]
    lab.sight(Presence.DETACHED)
    assert desk.now(behind) == ["waits_for_others", "waits_for_attach", "validity"]
    taken_over = lab.accept(device=2)
    lab.settle(Accepted("A1"))
    assert desk.now(taken_over) == ["waits_for_report", "validity"]
    mo = lab.receive(3).message
    assert desk.now(mo) == ["waits_for_gate", "validity"]
    lab.application()
    lab.poll()
    assert desk.now(mo) == ["under_way", "validity"]


def test_a_message_behind_a_closed_gate_says_so(desk: Desk) -> None:
    desk.lab.close()
    id = desk.lab.accept()
    assert desk.now(id)[0] == "waits_for_gate"
    told = desk.explained(id).story[-2].text
    desk.browse = Browse(desk.browse._reader, lambda gate: desk.lab.gates.by_name[gate].reachable)
    assert "gate radio has room" in told
    assert "Gate radio is closed" in desk.explained(id).story[-2].text
