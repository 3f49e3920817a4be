"""Driving virtual devices while the server runs: states, firmware, profiles, crowds."""

import re
import signal
from collections.abc import Iterator

import pytest

from tests.cli.program import Folder, eventually


@pytest.fixture
def served(folder: Folder) -> Iterator[Folder]:
    with folder.serving("--demo", HELIOGRAPH_RETRY__SETTLING_SECONDS="0"):
        yield folder


def words(folder: Folder, *command: object) -> str:
    return folder.ok(*command).out


def test_a_device_that_left_is_told_in_sentences(served: Folder) -> None:
    served.ok("simulator", "set", "plain-1", "detached")
    eventually(lambda: not served.document("device", "show", "plain-1")["attached"], "detached")
    sent = served.document("send", "plain-1", "wait for me")["id"]
    shown = words(served, "device", "show", "plain-1")
    assert (
        "The device has left the network: its lane is tried when it attaches, and if it does not, at" in shown
    )
    assert "answered" not in shown
    assert (
        served.document("device", "show", "plain-1")["lane"]["meaning"] == "the device has left the network"
    )
    assert "The device has left the network; its lane is tried when" in words(served, "explain", sent)
    served.ok("simulator", "set", "plain-1", "attached")
    eventually(lambda: state(served, sent) == "DELIVERED", "delivery after the attach")
    assert "plain-1 attached: its lane is tried at once." in words(served, "explain", sent)


def test_an_sms_from_a_device_has_its_name(served: Folder) -> None:
    device = served.document("device", "show", "tracker-1")
    served.ok("simulator", "send", "tracker-1", "2020", "one")
    listed = served.rows("messages", "--device", "tracker-1", "--direction", "mo")[0]
    assert (listed["origin"], listed["origin_name"]) == (device["id"], "tracker-1")
    assert f"tracker-1 {device['msisdn']}" in words(served, "messages", "--device", "tracker-1")
    told = served.document("explain", listed["id"])
    assert (told["sender"], told["origin_name"]) == (f"device:{device['id']}", "tracker-1")
    assert told["story"][0]["text"].startswith(f"Accepted from device tracker-1 ({device['msisdn']}): an SMS")
    assert f"MO {told['state']}, from tracker-1 {device['msisdn']} to 2020" in words(
        served, "explain", listed["id"]
    )


def test_what_the_network_refused_is_listed_line_by_line(served: Folder) -> None:
    assert "refused" not in words(served, "simulator", "show", "plain-1")
    assert served.run("simulator", "send", "plain-1", "2020", "two").code == 1
    shown = words(served, "simulator", "show", "plain-1").splitlines()
    assert re.fullmatch(
        r"refused \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC to 2020, .* \(cause \d+\).*: two", shown[-1]
    )
    assert not any("{" in line for line in shown)
    assert served.document("simulator", "show", "plain-1")["refused"][0]["text"] == "two"


def state(folder: Folder, message: int) -> str:
    return str(folder.document("explain", message)["state"])


def test_a_detached_device_gets_its_sms_when_it_attaches(served: Folder) -> None:
    served.ok("simulator", "set", "plain-1", "detached")
    sent = served.document("send", "plain-1", "wait for me")
    eventually(lambda: not served.document("device", "show", "plain-1")["attached"], "detached")
    assert state(served, sent["id"]) in ("PENDING", "BUFFERED")
    served.ok("simulator", "set", "plain-1", "attached")
    eventually(lambda: state(served, sent["id"]) == "DELIVERED", "delivery after the attach")


def test_the_inbox_holds_what_arrived(served: Folder) -> None:
    served.ok("simulator", "inbox", "plain-1")
    served.ok("send", "plain-1", "look here", "--from", "Acme", "--wait")
    inbox = served.document("simulator", "inbox", "plain-1")
    assert [(sms["source"], sms["text"]) for sms in inbox] == [("Acme", "look here")]
    assert "look here" in served.ok("simulator", "inbox", "plain-1").out


def test_firmware_answers_a_command(served: Folder) -> None:
    served.ok("send", "tracker-1", "POS", "--from", "2020", "--wait")
    answer = eventually(
        lambda: served.rows("messages", "--device", "tracker-1", "--direction", "mo"), "the tracker's answer"
    )
    assert answer[0]["text"].startswith("POS ")


def test_an_assigned_profile_outlives_the_server(folder: Folder) -> None:
    with folder.serving("--demo") as server:
        folder.ok("simulator", "assign", "plain-1", "meter")
        assert folder.document("simulator", "show", "plain-1")["profile"] == "meter"
        tags = folder.document("device", "show", "plain-1")["tags"]
        assert tags == ["demo", "sim-profile=meter"]
        server.stop()
    assert folder.document("simulator", "show", "plain-1")["profile"] == "meter"


def test_a_crowd_is_put_into_one_state(served: Folder) -> None:
    done = served.document("simulator", "crowd", "no_answer", "--tag", "sim-profile=plain")
    assert (done["devices"], done["seconds"]) == (6, None)
    paced = served.document(
        "simulator", "crowd", "attached", "--tag", "sim-profile=plain", "--per-second", "3000"
    )
    assert paced["seconds"] == 0.002
    said = served.ok("simulator", "crowd", "no_answer", "--tag", "sim-profile=plain", "--per-second", "3000")
    assert "6 devices go into no_answer" in said.out
    assert served.document("simulator", "show", "plain-6")["coverage"] != "attached"


def test_a_person_is_told_what_the_network_said_to_an_sms(served: Folder) -> None:
    assert "accepted the SMS to 2020" in served.ok("simulator", "send", "tracker-1", "2020", "one").out
    refused = served.run("simulator", "send", "plain-1", "2020", "two")
    assert refused.code == 1
    assert "refused the SMS to 2020" in refused.out
    served.ok("device", "set", "plain-1", "--policy", "default")
    assert served.document("simulator", "send", "plain-1", "2020", "two")["sms"]["state"] == "accepted"


def test_what_makes_no_sense_is_refused(served: Folder) -> None:
    for words, code in (
        (["set", "plain-1", "sideways"], 1),
        (["assign", "plain-1", "unheard-of"], 1),
        (["set", "plain-1", "--reading", "level=3"], 1),
        (["set", "plain-1", "--reading", "level"], 2),
        (["set", "plain-1"], 2),
        (["show", "nobody"], 1),
    ):
        said = served.run("simulator", *words, "--json")
        assert said.code == code, said
        assert said.error["reason"]
    assert "attached" in served.ok("simulator", "profiles").out
    assert served.document("simulator", "profiles", "--reload")["errors"] == []


def test_without_a_server_an_sms_of_a_device_is_stored(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001")
    sent = folder.document("simulator", "send", "one", "2020", "from my hand")
    assert (sent["sms"], sent["sending"]) == ({"state": "accepted"}, [])
    assert [row["text"] for row in folder.rows("messages", "--direction", "mo")] == ["from my hand"]


def test_without_a_server_a_message_is_told_to_wait_for_one(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001", "--imsi", "001010000000001")
    sent = folder.document("send", "one", "later")["id"]
    codes = [step["code"] for step in folder.document("explain", sent)["story"] if step["at"] is None]
    assert codes == ["no_server", "waits_for_server", "validity"]
    assert "Its lane is tried when a server is started." in words(folder, "explain", sent)
    with folder.serving():
        eventually(lambda: state(folder, sent) == "DELIVERED", "delivery")
        assert "Gate simulator opened: its lane is tried." in words(folder, "explain", sent)


def coverage(folder: Folder, device: str = "one") -> str:
    return str(folder.document("simulator", "show", device)["coverage"])


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_state_that_was_set_outlives_the_server(folder: Folder, end: signal.Signals) -> None:
    with folder.serving() as server:
        for name, number in (("one", "99900000001"), ("two", "99900000002")):
            folder.ok("device", "add", name, "--msisdn", number)
        folder.ok("simulator", "set", "one", "detached")
        folder.ok("simulator", "set", "two", "memory_full")
        server.stop(end)
    with folder.serving():
        assert (coverage(folder), coverage(folder, "two")) == ("detached", "attached")
        assert folder.document("simulator", "show", "two")["memory"] == "full"
        assert not folder.document("device", "show", "one")["attached"]
        sent = folder.document("send", "one", "x")["id"]
        assert state(folder, sent) in ("PENDING", "BUFFERED")
        folder.ok("simulator", "set", "one", "attached")
        eventually(lambda: state(folder, sent) == "DELIVERED", "delivery after the attach")


def test_without_a_server_a_state_is_for_the_next_start(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001")
    said = folder.ok("simulator", "set", "one", "detached").out
    assert said == "No server runs. The next one finds one detached.\n"
    assert folder.document("simulator", "set", "one", "memory_full")["next_start"] is True
    assert coverage(folder) == "detached"
    sent = folder.document("send", "one", "x")["id"]
    with folder.serving():
        assert coverage(folder) == "detached"
        assert state(folder, sent) in ("PENDING", "BUFFERED")
        eventually(lambda: not folder.document("device", "show", "one")["attached"], "detached")
    assert "1 device put into attached" in folder.ok("simulator", "crowd", "attached").out
    assert coverage(folder) == "attached"


def test_a_damaged_file_of_states_is_named(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001")
    (folder.data / "simulator.json").write_text("{")
    said = folder.run("serve", "--json")
    assert (said.code, str(folder.data / "simulator.json") in said.error["reason"]) == (3, True)
