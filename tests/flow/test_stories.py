"""Stories: what `explain` tells over a real file, while a message waits and when it is over."""

from heliograph.core.message import HOUR_MS
from heliograph.core.outcome import Accepted, Temporary
from heliograph.core.story.timeline import LIMIT, line
from heliograph.flow.attach import Presence
from heliograph.flow.reads.browse import Browse
from heliograph.flow.requests import Change
from heliograph.flow.shown import Explained
from tests.engine import APP, START_MS, msisdn_of
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


def told_now(desk: Desk, id: int) -> dict[str, str]:
    """What is said of now, by code."""
    return {sentence.code: sentence.text for sentence in desk.explained(id).story if sentence.at is None}


def test_a_receipt_is_told_until_its_application_has_it(desk: Desk) -> None:
    lab = desk.lab
    id = lab.accept(receipt_to=APP)
    assert "receipt_waits" not in told_now(desk, id)
    lab.settle()
    desk.browse = Browse(desk.browse._reader, lambda gate: gate in lab.gates.by_name)
    waits = told_now(desk, id)
    assert list(waits) == ["receipt_waits", "waits_for_gate", "receipt_validity"]
    assert waits["receipt_waits"] == "The receipt waits on the lane of application crm."
    assert waits["waits_for_gate"] == "Application crm is not connected; that costs no attempt."
    assert "given up at 2026-03-17 12:00:00 UTC" in waits["receipt_validity"]
    lab.application()
    lab.poll()
    assert told_now(desk, id) == {
        "receipt_under_way": "The receipt is under way to application crm; its answer decides."
    }
    lab.settle(Temporary("receiver_error"))
    assert told_now(desk, id)["waits_for_try"] == (
        "The lane is tried next at 2026-03-10 12:00:05 UTC, after 1 failed in a row; the last one: the "
        "application answered that it cannot take it now."
    )
    lab.advance(5)
    lab.settle()
    assert told_now(desk, id) == {}
    assert desk.explained(id).story[-1].text == "Application crm has the receipt."


def test_a_receipt_behind_another_says_so(desk: Desk) -> None:
    lab = desk.lab
    ids = [lab.accept(receipt_to=APP) for _ in range(2)]
    for _ in ids:
        lab.settle()
    assert told_now(desk, ids[1])["waits_for_others"] == "It waits behind 1 on its lane, which is in order."


def test_a_receipt_of_a_full_timeline_is_not_said_to_be_under_way(desk: Desk) -> None:
    lab = desk.lab
    lab.application()
    id = lab.accept(receipt_to=APP)
    lab.settle()
    assert list(told_now(desk, id)) == ["receipt_under_way"]
    lab.sql("UPDATE message SET timeline = timeline || ?", line("kept", START_MS) * LIMIT)
    assert told_now(desk, id) == {}


def test_an_sms_to_an_application_is_told_until_it_has_it(desk: Desk) -> None:
    lab = desk.lab
    id = lab.receive().message
    first = desk.explained(id).story[0].text
    assert first.startswith(f"Accepted from device device-1 ({msisdn_of(1)}): an SMS from a device, under")
    assert told_now(desk, id)["waits_for_gate"] == "It goes as soon as application crm can take it."
    lab.application()
    lab.poll()
    lab.settle(Temporary("receiver_gone"))
    assert "12:00:05 UTC, after 1 failed in a row; the last one" in told_now(desk, id)["waits_for_try"]
    lab.advance(5)
    lab.settle()
    told = [sentence.text for sentence in desk.explained(id).story]
    assert "Attempt 2 left for application crm." in told
    assert "Application crm acknowledged it." in told


def test_names_are_given_beside_ids(desk: Desk) -> None:
    mo = desk.explained(desk.lab.receive().message)
    assert (mo.device_name, mo.origin_name, mo.application_name) == (None, "device-1", "crm")
    mt = desk.explained(desk.lab.accept(device=2))
    assert (mt.device_name, mt.origin_name, mt.application_name) == ("device-2", None, None)


def without_a_server(desk: Desk) -> None:
    desk.browse = Browse(desk.browse._reader, lambda _gate: False, lambda: False)


def test_without_a_server_nothing_is_promised(desk: Desk) -> None:
    lab = desk.lab
    deferred = lab.accept(device=2)
    lab.settle(Temporary("absent"))
    lab.sight(Presence.DETACHED, device=3)
    away = lab.accept(device=3)
    lab.close()
    idle = lab.accept()
    behind = lab.accept()
    scheduled = lab.accept(not_before=START_MS + HOUR_MS)
    without_a_server(desk)
    for id in (idle, behind, deferred, away, scheduled):
        assert told_now(desk, id)["no_server"].startswith("No server runs: nothing is sent")
    assert "waits_for_server" not in told_now(desk, behind)
    assert told_now(desk, deferred)["waits_for_server"] == (
        "Its lane is tried when a server is started, not before 2026-03-10 12:01:00 UTC, after 1 failed in a "
        "row; the last one: the device did not answer; it is out of coverage or switched off."
    )
    assert "has left the network" in told_now(desk, away)["waits_for_attach"]
    assert "or when a server is started, if that is later" in told_now(desk, scheduled)["waits_for_time"]


def test_without_a_server_what_waits_first_goes_when_one_is_started(desk: Desk) -> None:
    desk.lab.close()
    id = desk.lab.accept()
    without_a_server(desk)
    assert list(told_now(desk, id)) == ["no_server", "waits_for_server", "validity"]
    assert told_now(desk, id)["waits_for_server"] == "Its lane is tried when a server is started."
    desk.lab.open()  # and closed again by the end of the server, which nobody wrote down
    found = desk.ask(lambda browse: browse.explain(1, id, START_MS))
    assert isinstance(found, Explained)
    assert found.story[-2].text == "Its lane is tried when a server is started."


def test_without_a_server_nothing_is_under_way(desk: Desk) -> None:
    lab = desk.lab
    lab.application()
    repeated, once = lab.accept(), lab.accept(device=2, at_most_once=True)
    behind = lab.accept()
    ended = lab.accept(device=3, receipt_to=APP)
    lab.settle(job=lab.jobs[-1])
    without_a_server(desk)
    stopped = "was under way when the last server stopped"
    assert f"{stopped}, so it may have arrived: the next" in told_now(desk, repeated)["under_way"]
    assert "the next one repeats it, marked" in told_now(desk, repeated)["under_way"]
    assert "the next one ends it, as its sender asked" in told_now(desk, once)["under_way"]
    assert f"Message {repeated} of its lane {stopped}" in told_now(desk, behind)["waits_for_others"]
    receipt = told_now(desk, ended)["receipt_under_way"]
    assert receipt.endswith("to application crm when the last server stopped: the next one repeats it.")


def test_a_time_that_has_passed_is_not_told_as_one_to_come(desk: Desk) -> None:
    lab = desk.lab
    id = lab.accept()
    lab.settle(Temporary("absent"))

    def at(now: int) -> str:
        found = desk.ask(lambda browse: browse.explain(1, id, now))
        assert isinstance(found, Explained)
        return found.story[-2].text

    assert "The lane is tried next at 2026-03-10 12:01:00 UTC" in at(START_MS + 59_999)
    assert at(START_MS + 60_000) == "It goes as soon as gate radio has room."
