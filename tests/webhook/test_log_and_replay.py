"""The log of calls, the test button, and telling once more what was told."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Raw

from heliograph.core.message import DAY_MS
from heliograph.interfaces.control.frames import Request
from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import SECRET, Desk
from tests.webhook.receiver import Receiver, Say, receiving
from tests.webhook.test_calls import OTHER_SECRET, claims, is_signed_with


def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")


def replay(desk: Desk, **body: Any) -> Any:
    answer = desk.site.post(f"{desk.path}/replay", body)
    assert answer.status == 200, answer
    return answer.body


def test_every_call_is_in_the_log(desk: Desk, receiver: Receiver) -> None:
    said = [Say(500, body=b"out of \x00order"), Say(200, body=b"thanks")]
    receiver.script = lambda _: said.pop(0)
    (id,) = desk.send(0, "logged")
    eventually(lambda: len(desk.log()) == 2, "two lines")
    last, first = desk.log()
    assert (first["result"], first["status"], first["answer"]) == ("receiver_failing", 500, "out of  order")
    assert (last["result"], last["status"], last["answer"]) == ("delivered", 200, "thanks")
    for line, attempt in ((first, 1), (last, 2)):
        assert (line["kind"], line["sms"], line["event"]) == ("mo", {"id": id}, None)
        assert (line["endpoint"], line["attempt"]) == ({"id": desk.devices[0]}, attempt)
        assert 0 <= line["latency_ms"] < 5_000
        assert line["description"]
    assert last["id"] > first["id"]


def test_the_log_is_asked_in_parts(desk: Desk, receiver: Receiver) -> None:
    ids = desk.send(0, *[f"text {number}" for number in range(5)])
    desk.send(1, "another device")
    receiver.wait(6)
    eventually(lambda: len(desk.log()) == 6, "six lines")
    assert [line["sms"]["id"] for line in desk.log(endpoint=desk.devices[0])] == ids[::-1]
    assert [line["sms"]["id"] for line in desk.log(sms=ids[2])] == [ids[2]]
    assert desk.log(failed="true") == []
    assert len(desk.log(failed="false")) == 6
    first_page = desk.log(per_page=4)
    assert len(first_page) == 4
    rest = desk.log(per_page=4, before=first_page[-1]["id"])
    assert [line["id"] for line in first_page + rest] == [line["id"] for line in desk.log()]
    assert desk.log(until="2020-01-01") == []
    answer = desk.site.get(f"{desk.path}/log?per_page=4")
    assert answer.headers["x-more"] == "true"
    assert desk.site.get(f"{desk.path}/log?since=yesterday").status == 422


def test_the_log_is_kept_short(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url)
    desk.send(0, *[f"text {number}" for number in range(8)])
    eventually(lambda: len(desk.log()) == 8, "eight lines")
    newest = [line["id"] for line in desk.log()][:3]

    async def trim(keep: int, since: int) -> None:
        end = await api.app.callback_reader.log_end(desk.callback, keep, since)
        from heliograph.flow.callbacks.call_log import Trim, TrimCalls

        if end:
            await api.app.store.run(TrimCalls(), [Trim(desk.callback, end)])

    api.ask(trim(3, 0))
    assert [line["id"] for line in desk.log()] == newest
    api.ask(trim(3, api.app.clock.now() - DAY_MS))
    assert [line["id"] for line in desk.log()] == newest
    api.ask(trim(3, api.app.clock.now() + 1))
    assert desk.log() == []


def logged(tested: dict[str, Any]) -> dict[str, Any]:
    """What the log has of a test: all but what signed it."""
    return {name: value for name, value in tested.items() if name not in ("api_secret", "service_profile")}


def test_the_test_button_signs_as_an_sms_would_be(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url)  # the profile has the secret, the callback has none
    tested = api.post(f"{desk.path}/test").body
    assert is_signed_with(receiver.wait()[0], SECRET)
    assert (tested["api_secret"], tested["service_profile"]) == ({"id": desk.secret}, {"id": desk.policy})
    other = desk.make("/v1/api_secret", {"secret": OTHER_SECRET, "purpose": "of the callback"})
    assert api.call("PATCH", desk.path, {"api_secret": {"id": other}}).status == 200
    tested = api.post(f"{desk.path}/test").body
    assert is_signed_with(receiver.wait(2)[1], OTHER_SECRET)
    assert (tested["api_secret"], tested["service_profile"]) == ({"id": other}, None)
    plain = Desk(api, receiver.url, secret=None)
    tested = api.post(f"{plain.path}/test").body
    assert "authorization" not in receiver.wait(3)[2].headers
    assert (tested["api_secret"], tested["service_profile"]) == (None, None)


def test_of_several_profiles_the_newest_signs_a_test(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url)
    other = desk.make("/v1/api_secret", {"secret": OTHER_SECRET, "purpose": "newer"})
    newer = api.new_policy("newer", application=desk.callback, api_secret=other)
    api.new_policy("newest, without one", application=desk.callback)
    tested = api.post(f"{desk.path}/test").body
    assert is_signed_with(receiver.wait()[0], OTHER_SECRET)
    assert (tested["api_secret"], tested["service_profile"]) == ({"id": other}, {"id": newer})


def test_the_test_button_calls_at_once_and_shows_the_answer(desk: Desk, receiver: Receiver) -> None:
    receiver.script = lambda _: Say(418, body=b"a teapot")
    answer = desk.site.post(f"{desk.path}/test", {"api_secret": {"id": desk.secret}})
    assert answer.status == 200
    shown = answer.body
    assert (shown["kind"], shown["status"], shown["answer"]) == ("test", 418, "a teapot")
    assert shown["result"] == "receiver_refused"
    (heard,) = receiver.heard
    assert heard.body["type"] == "test"
    assert is_signed_with(heard, SECRET)
    assert claims(heard, SECRET)["jti"] == heard.headers["webhook-id"]
    assert [line["kind"] for line in desk.log()] == ["test"]


@pytest.mark.parametrize(
    ("said", "result", "description"),
    [
        (Say(200), "delivered", "200 OK: the application's server accepted it"),
        (Say(204), "delivered", "204 No Content: the application's server accepted it"),
        (
            Say(302),
            "receiver_moved",
            "302 Found: the application's server answered with a redirect, and none",
        ),
        (Say(401), "receiver_refused", "401 Unauthorized: the application's server refused the call"),
        (Say(410), "callback_disabled", "410 Gone: an SMS that is answered so switches the callback off"),
        (Say(429), "receiver_busy", "429 Too Many Requests: the application's server asked to be left alone"),
        (Say(500), "receiver_failing", "500 Internal Server Error: the application's server is out of order"),
        (Say(599), "receiver_failing", "599: the application's server is out of order"),
        (None, "link_lost", "the link was lost after sending"),
    ],
)
def test_the_test_button_tells_each_answer_in_words(
    desk: Desk, receiver: Receiver, said: Say | None, result: str, description: str
) -> None:
    receiver.script = lambda _: said
    shown = desk.site.post(f"{desk.path}/test").body
    assert (shown["result"], shown["status"]) == (result, None if said is None else said.status)
    assert shown["description"].startswith(description)
    assert 1 <= shown["latency_ms"] < 5_000
    assert desk.log() == [logged(shown)]
    assert desk.site.get(desk.path).body["status"]["id"] == 0  # whatever was answered


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("http://127.0.0.1:{port}/", "receiver_down"),
        ("http://no.such.name.invalid/", "receiver_unresolved"),
        ("http://169.254.169.254/latest/meta-data/", "address_refused"),
        ("http://127.0.0.1:{silent}/", "receiver_timeout"),
    ],
)
def test_the_test_button_tells_why_there_is_no_answer(api: Site, port: int, url: str, result: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connects, and never says a word
        desk = Desk(api, url.format(port=port, silent=silent.getsockname()[1]), None, 0)
        shown = api.post(f"{desk.path}/test").body
    assert (shown["result"], shown["status"]) == (result, None)
    assert shown["answer"]
    assert shown["latency_ms"] >= 1
    assert desk.log() == [logged(shown)]


def test_the_test_button_works_while_the_callback_is_off(api: Site, desk: Desk, receiver: Receiver) -> None:
    api.call("PATCH", desk.path, {"status": {"id": 1}})
    desk.send(0, "waits")
    assert api.post(f"{desk.path}/test").body["result"] == "delivered"
    assert [heard.body["type"] for heard in receiver.heard] == ["test"]
    unknown = api.post(f"{desk.path}/test", {"api_secret": {"id": 1}})
    assert unknown.status == 404
    api.call("PATCH", desk.path, {"status": {"id": 0}})
    assert receiver.wait(2)[1].text == "waits"


def test_one_sms_is_told_once_more_with_its_id(desk: Desk, receiver: Receiver) -> None:
    (id, _) = desk.send(0, "once more", "not this")
    receiver.wait(2)
    eventually(lambda: desk.state(id) == ("DELIVERED", None), "delivered")
    assert replay(desk, sms={"id": id}) == {"replayed": 1, "more_since": None}
    heard = receiver.wait(3)
    assert [call.text for call in heard] == ["once more", "not this", "once more"]
    assert heard[0].headers["webhook-id"] == heard[2].headers["webhook-id"]
    assert heard[0].octets == heard[2].octets
    eventually(lambda: [step["code"] for step in desk.timeline(id)][-1] == "replay_delivered", "told")
    assert desk.state(id) == ("DELIVERED", None)
    assert desk.log(sms=id)[0]["kind"] == "replay"


def test_a_receipt_is_told_once_more(api: Site, desk: Desk, receiver: Receiver) -> None:
    sent = api.post(f"/v1/endpoint/{desk.devices[0]}/sms", {"payload": "to the device"})
    id = int(sent.headers["location"].split("/")[8])
    receiver.wait(1, "PATCH")
    eventually(lambda: [step["code"] for step in desk.timeline(id)][-1] == "receipt_delivered", "told")
    assert replay(desk, sms={"id": id})["replayed"] == 1
    first, again = receiver.wait(2, "PATCH")
    assert first.octets == again.octets


def test_an_event_is_told_once_more(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url, events=["mo_limit_used_up"])
    desk.set_policy(mo_limit=1)
    desk.send(0, "the only one")
    receiver.wait(2)
    (event,) = [call for call in receiver.heard if "type" in call.body]
    assert replay(desk, event={"id": event.body["id"]})["replayed"] == 1
    assert receiver.wait(3)[2].octets == event.octets


def test_a_devices_sms_are_told_once_more_in_order(desk: Desk, receiver: Receiver) -> None:
    desk.send(0, "a", "b", "c")
    desk.send(1, "other")
    receiver.wait(4)
    eventually(lambda: len(desk.log(failed="false")) == 4, "all answered")
    assert replay(desk, endpoint={"id": desk.devices[0]}, kinds=["mo"])["replayed"] == 3
    assert [heard.text for heard in receiver.wait(7)[4:]] == ["a", "b", "c"]


def test_a_time_is_told_once_more(desk: Desk, receiver: Receiver) -> None:
    ids = desk.send(0, "before")
    receiver.wait(1)
    eventually(lambda: desk.state(ids[0]) == ("DELIVERED", None), "delivered")
    since = desk.site.app.clock.now() + 1
    eventually(lambda: desk.site.app.clock.now() > since, "the next millisecond")
    ids = desk.send(0, "within", "and this")
    receiver.wait(3)
    eventually(lambda: desk.state(ids[1]) == ("DELIVERED", None), "delivered")
    assert replay(desk, since=iso(since), kinds=["mo"])["replayed"] == 2
    assert [heard.text for heard in receiver.wait(5)[3:]] == ["within", "and this"]
    assert replay(desk, since="2020-01-01", until="2020-01-02")["replayed"] == 0


def test_what_waits_already_is_not_put_there_twice(api: Site, desk: Desk, receiver: Receiver) -> None:
    ids = desk.send(0, "a", "b")
    eventually(lambda: desk.state(ids[1]) == ("DELIVERED", None), "delivered")
    api.call("PATCH", desk.path, {"status": {"id": 1}})
    assert replay(desk, endpoint={"id": desk.devices[0]})["replayed"] == 2
    assert replay(desk, endpoint={"id": desk.devices[0]})["replayed"] == 0
    api.call("PATCH", desk.path, {"status": {"id": 0}})
    assert [heard.text for heard in receiver.wait(4)] == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"since": "yesterday"}, 422),
        ({"since": "2026-01-02", "until": "2026-01-01"}, 422),
        ({"since": "2026-01-01", "kinds": []}, 422),
        ({"since": "2026-01-01", "kinds": ["everything"]}, 422),
        ({"sms": {"id": 1}}, 404),
        ({"event": {"id": None}}, 404),
        ({"endpoint": {"id": 1}}, 404),
        ({"endpoint": {"id": None}}, 422),
        ({"endpoint": {"id": 1}, "failed": True}, 404),
    ],
)
def test_bad_replays(desk: Desk, body: Any, status: int) -> None:
    assert desk.site.post(f"{desk.path}/replay", body).status == status


def test_a_device_of_another_organisation_is_unknown(desk: Desk, api: Site) -> None:
    device = api.new_device("theirs", org=api.new_organisation("of the other device").id)
    assert api.post(f"{desk.path}/replay", {"endpoint": {"id": device}}).status == 404
    assert replay(desk, endpoint={"id": desk.devices[0]})["replayed"] == 0


def test_only_what_was_meant_for_the_callback_is_told(desk: Desk, api: Site, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        other = Desk(api, elsewhere.url)
        (id,) = other.send(0, "for another")
        eventually(lambda: other.state(id) == ("DELIVERED", None), "delivered")
        assert api.post(f"{desk.path}/replay", {"sms": {"id": id}}).status == 404
        assert replay(desk, since="2020-01-01", kinds=["mo", "receipt"])["replayed"] == 0
    assert not receiver.heard


def test_what_waits_keeps_a_callback_from_being_deleted(api: Site, desk: Desk, receiver: Receiver) -> None:
    api.call("PATCH", desk.path, {"status": {"id": 1}})
    desk.send(0, "waits")
    desk.set_policy(application=None, api_callback=None)
    refused = api.call("DELETE", desk.path)
    assert (refused.status, refused.body["error_code"]) == (409, 1407)
    api.call("PATCH", desk.path, {"status": {"id": 0}})
    receiver.wait(1)
    eventually(lambda: api.call("DELETE", desk.path).status == 204, "deleted")
    assert api.get(f"{desk.path}/log").status == 404


def test_nobody_listens_to_an_application_that_is_called(desk: Desk, api: Site, receiver: Receiver) -> None:
    name = json.dumps({"application": f"callback {desk.callback}"}).encode()
    channel: Any = None  # a refusal comes before anything is said on it
    frame = api.ask(api.app.run_verb(Request("listen", arguments=Raw(name)), channel))
    assert frame.error is not None
    assert frame.error.code == "in_use"
    desk.send(0, "still called")
    assert receiver.wait()[0].text == "still called"
