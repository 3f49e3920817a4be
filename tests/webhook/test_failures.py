"""What comes of answers that are no yes: repeats, in order, when the far end asks; what no answer may do."""

import threading
from typing import Any

import pytest

from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Heard, Receiver, Say, receiving


class FirstThenFine:
    """Answers of a script, one a call; after them all is well."""

    def __init__(self, *says: Say | None) -> None:
        self._says = list(says)
        self._lock = threading.Lock()

    def __call__(self, _: Heard) -> Say | None:
        with self._lock:
            return self._says.pop(0) if self._says else Say()


def results(desk: Desk) -> list[tuple[str, Any]]:
    """Oldest first."""
    return [(call["result"], call["status"]) for call in reversed(desk.log())]


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (Say(500), "receiver_failing"),
        (Say(503), "receiver_failing"),
        (Say(302), "receiver_moved"),
        (Say(404), "receiver_refused"),
        (Say(400, body=b"no"), "receiver_refused"),
        (Say(429), "receiver_busy"),
    ],
)
def test_what_is_not_accepted_is_repeated_with_the_same_id(
    desk: Desk, receiver: Receiver, said: Say, result: str
) -> None:
    receiver.script = FirstThenFine(said)
    (id,) = desk.send(0, "again")
    first, again = receiver.wait(2)
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == f"mo_{id}"
    assert first.octets == again.octets
    assert [heard.headers["heliograph-attempt"] for heard in (first, again)] == ["1", "2"]
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    assert results(desk) == [(result, said.status), ("delivered", 204)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_far_end_says_itself_when_to_come_again(desk: Desk, receiver: Receiver, status: int) -> None:
    receiver.script = FirstThenFine(Say(status, {"retry-after": "3600"}))
    (id,) = desk.send(0, "later")
    desk.send(1, "of another device")
    receiver.wait()
    eventually(lambda: results(desk), "a line in the log")
    assert results(desk)[0] == ("receiver_busy", status)
    lane: Any = desk.site.ask(desk.site.app.reader.lane(desk.callback, desk.devices[0]))
    asked_ms = lane.due_at - desk.site.app.clock.now()
    gate = desk.site.app.gates.by_name[f"application:{desk.callback}"]
    assert 3_590_000 < asked_ms <= 3_600_000
    assert gate.far.circuit_open(desk.site.app.clock.now())  # it is left alone as a whole
    assert desk.state(id)[0] == "BUFFERED"


def test_410_switches_the_callback_off_and_says_so(api: Site, receiver: Receiver) -> None:
    with receiving() as watcher:
        watching = Desk(api, watcher.url, events=["callback_disabled"])
        desk = Desk(api, receiver.url)
        receiver.script = FirstThenFine(Say(410))
        (id,) = desk.send(0, "gone")
        (event,) = watcher.wait()
        assert event.body["type"] == "callback_disabled"
        assert str(desk.callback) in event.body["detail"]
        shown = api.get(desk.path).body
        assert shown["status"] == {"id": 1, "description": "Disabled"}
        assert "410" in shown["disabled_because"]
        desk.send(1, "waits")
        assert api.call("PATCH", desk.path, {"status": {"id": 0}}).status == 200
        receiver.wait(3)
        eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered once it is on again")
        assert sorted(receiver.texts) == ["gone", "gone", "waits"]
        assert watching.callback != desk.callback


def test_no_redirect_is_followed(desk: Desk, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        moved = Say(302, {"location": elsewhere.url})
        receiver.script = FirstThenFine(moved, Say(308, {"location": elsewhere.url}))
        (id,) = desk.send(0, "stay")
        eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
        assert not elsewhere.heard
    assert [status for _, status in results(desk)] == [302, 308, 204]


def test_a_slow_answer_is_given_up(desk: Desk, receiver: Receiver) -> None:
    release = threading.Event()
    script = FirstThenFine()

    def slow(heard: Heard) -> Say | None:
        if heard.headers["heliograph-attempt"] == "1":
            release.wait(20)
        return script(heard)

    receiver.script = slow
    (id,) = desk.send(0, "slow")
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered by the second call")
    release.set()
    first = results(desk)[0]
    assert first == ("receiver_timeout", None)
    assert 900 <= desk.log(failed="true")[0]["latency_ms"] < 5_000


def test_a_huge_answer_is_read_up_to_a_limit_and_harms_nobody(desk: Desk, receiver: Receiver) -> None:
    receiver.script = FirstThenFine(Say(200, body=b"x" * 50_000_000))
    ids = desk.send(0, "huge", "next")
    eventually(lambda: desk.state(ids[1]) == ("DELIVERED", None), "delivered")
    assert receiver.texts == ["huge", "next"]
    (first, _) = reversed(desk.log())
    assert (first["result"], first["status"], first["answer"]) == ("delivered", 200, "x" * 512)


def test_an_answer_that_trickles_counts_by_its_status(desk: Desk, receiver: Receiver) -> None:
    receiver.script = FirstThenFine(Say(200, {"content-length": "1000"}, b"part of it"))
    (id,) = desk.send(0, "trickle")
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    assert results(desk) == [("delivered", 200)]
    assert len(receiver.heard) == 1


def test_a_connection_that_breaks_leaves_it_unknown_and_repeats(desk: Desk, receiver: Receiver) -> None:
    receiver.script = FirstThenFine(None)
    (id,) = desk.send(0, "broken")
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    assert results(desk) == [("link_lost", None), ("delivered", 204)]
    assert receiver.texts == ["broken", "broken"]
    steps = [step["code"] for step in desk.timeline(id)]
    assert steps.count("attempt") == 2


def test_what_cannot_be_reached_is_tried_again(api: Site, port: int) -> None:
    desk = Desk(api, f"http://127.0.0.1:{port}/hook")
    (id,) = desk.send(0, "dead")
    eventually(lambda: len(desk.log()) >= 2, "two calls")
    assert {call["result"] for call in desk.log()} == {"receiver_down"}
    with receiving(port) as back:
        back.wait()
        eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")


def test_order_holds_for_each_device_whatever_fails(desk: Desk, receiver: Receiver) -> None:
    receiver.script = FirstThenFine(Say(500), None, Say(404), Say(500))
    texts = {index: [f"{index}: {number}" for number in range(15)] for index in (0, 1)}
    for number in range(15):
        for index in (0, 1):
            desk.send(index, texts[index][number])
    eventually(lambda: len(set(receiver.texts)) == 30, "all of them")
    for index, wanted in texts.items():
        heard = [text for text in receiver.texts if text.startswith(f"{index}:")]
        assert list(dict.fromkeys(heard)) == wanted


def test_devices_go_beside_each_other_up_to_the_window(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url, devices=8, window=4)
    together = threading.Barrier(4, timeout=10)

    def meet(_: Heard) -> Say:
        together.wait()  # four calls have to be under way, or nobody is answered
        return Say()

    receiver.script = meet
    desk.send_all([desk.inbound(index, f"text {index}") for index in range(8)])
    receiver.wait(8)
    assert receiver.most_at_once == 4


def test_one_device_has_one_call_at_a_time(desk: Desk, receiver: Receiver) -> None:
    desk.send(0, *[f"text {number}" for number in range(20)])
    receiver.wait(20)
    assert receiver.most_at_once == 1
    assert receiver.texts == [f"text {number}" for number in range(20)]


def test_a_dead_receiver_costs_one_probe(api: Site, port: int) -> None:
    """Forty devices have something to tell; once the circuit is open, one of them tries."""
    desk = Desk(api, f"http://127.0.0.1:{port}/hook", devices=40, window=5)
    desk.send_all([desk.inbound(index, f"text {index}") for index in range(40)])
    gate = api.app.gates.by_name[f"application:{desk.callback}"]
    eventually(lambda: gate.far.trips >= 2, "a probe after the circuit opened")
    assert 6 <= len(desk.log()) < 15
    with receiving(port) as back:
        change = api.call("PATCH", desk.path, {"purpose": "looked at"})  # people looked: it starts anew
        assert change.status == 200
        back.wait(40)
        assert len(set(back.texts)) == len(back.texts) == 40
