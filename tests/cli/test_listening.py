"""Being the application: SMS and receipts come in order, each acknowledged; what was not comes again."""

import json
import signal
from pathlib import Path

import msgspec
import pytest

from heliograph.interfaces.control.client import Client
from heliograph.interfaces.control.frames import Frame, Reply, Request
from tests.cli.program import PATIENCE_SECONDS, Folder, eventually

LISTEN = Request("listen")


class Left(Exception):
    """The application is gone in the middle of its work."""


@pytest.fixture
def served(folder: Folder) -> Folder:
    with folder.serving("--demo"):
        yield folder


def mo(folder: Folder, device: str, *texts: str) -> None:
    for text in texts:
        folder.ok("simulator", "send", device, "2020", text)


def stored(folder: Folder, device: str, count: int) -> list[dict[str, object]]:
    return eventually(
        lambda: (
            (rows := folder.rows("messages", "--device", device, "--direction", "mo"))
            and len(rows) == count
            and rows
        ),
        f"{count} SMS of {device}",
    )


def test_what_waited_is_heard_in_order_and_acknowledged(served: Folder) -> None:
    mo(served, "tracker-1", "first", "second", "third")
    rows = stored(served, "tracker-1", 3)
    assert {row["state"] for row in rows} == {"PENDING"}
    heard = served.rows("listen", "--count", 3)
    assert [item["text"] for item in heard] == ["first", "second", "third"]
    assert {item["kind"] for item in heard} == {"mo"}
    assert {row["state"] for row in stored(served, "tracker-1", 3)} == {"DELIVERED"}


def test_a_receipt_tells_of_the_end(served: Folder) -> None:
    sent = served.document("send", "plain-1", "x", "--receipt")
    heard = served.rows("listen", "--count", 1)[0]
    assert (heard["kind"], heard["id"], heard["state"]) == ("receipt", sent["id"], "DELIVERED")
    story = served.document("explain", sent["id"])["story"]
    assert "receipt_delivered" in [step["code"] for step in story]


def test_people_read_lines(served: Folder) -> None:
    mo(served, "tracker-1", "hello")
    stored(served, "tracker-1", 1)
    said = served.ok("listen", "--count", 1)
    assert "99900000031 to 2020: hello" in said.out
    assert "Listening as default" in said.err


def test_an_sms_is_heard_while_listening_and_ctrl_c_ends_it(served: Folder) -> None:
    with served.start("listen", "--json") as listener:
        assert listener.stdout is not None
        assert listener.stderr is not None
        assert "Listening" in listener.stderr.readline()
        mo(served, "tracker-1", "live")
        assert json.loads(listener.stdout.readline())["text"] == "live"
        listener.send_signal(signal.SIGINT)
        out, err = listener.communicate(timeout=PATIENCE_SECONDS)
    assert (listener.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_what_a_listener_left_unacknowledged_comes_again_and_says_so(served: Folder) -> None:
    mo(served, "tracker-1", "twice")
    stored(served, "tracker-1", 1)

    def hear(frame: Frame) -> Reply | None:
        if b'"delivery"' in bytes(frame.item):
            raise Left
        return None

    client = Client(served.data)
    with pytest.raises(Left):
        client.call(LISTEN, hear)
    client.close()
    again = served.rows("listen", "--count", 1)[0]
    assert (again["text"], again["repeated"]) == ("twice", True)
    story = [step["code"] for step in served.document("explain", again["id"])["story"]]
    assert story.count("attempt") == 2
    assert "link_lost" in served.ok("explain", again["id"], "--json").out


def test_a_listener_that_says_no_hears_it_again(served: Folder) -> None:
    mo(served, "tracker-1", "later")
    stored(served, "tracker-1", 1)
    heard = []

    def hear(frame: Frame) -> Reply | None:
        item = msgspec.json.decode(frame.item)
        if "delivery" not in item:
            return None
        heard.append(item["text"])
        return Reply(item["delivery"], accepted=len(heard) > 1)

    client = Client(served.data)
    client.call(Request("listen", None, msgspec.Raw(b'{"count":2}')), hear)
    client.close()
    assert heard == ["later", "later"]
    assert stored(served, "tracker-1", 1)[0]["state"] == "DELIVERED"


def test_without_a_server_the_application_hears_what_waited(folder: Folder, tmp_path: Path) -> None:
    with folder.serving("--demo") as server:
        mo(folder, "tracker-1", "kept")
        stored(folder, "tracker-1", 1)
        server.stop()
    assert [item["text"] for item in folder.rows("listen", "--count", 1)] == ["kept"]


def test_an_unknown_application_is_refused(served: Folder) -> None:
    assert served.run("listen", "--application", "none", "--json").error["code"] == "unknown_application"
