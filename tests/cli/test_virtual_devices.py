"""Driving virtual devices while the server runs: states, firmware, profiles, crowds."""

from collections.abc import Iterator

import pytest

from tests.cli.program import Folder, eventually


@pytest.fixture
def served(folder: Folder) -> Iterator[Folder]:
    with folder.serving("--demo", HELIOGRAPH_RETRY__SETTLING_SECONDS="0"):
        yield folder


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
    assert done["devices"] == 6
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
