"""The stream: who hears what, in which order, from where on, and how it ends."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec import Struct

from heliograph.core.news import MessageNews
from heliograph.flow.attach import Presence, Sighting
from heliograph.interfaces.rest.following import MOST_FOLLOWERS, MOST_KEPT, Following, Place
from heliograph.interfaces.rest.routes import stream
from heliograph.interfaces.rest.routes.stream import lines
from heliograph.interfaces.rest.translate.news import Wanted
from heliograph.runtime.clock import WallClock
from tests.rest.site import LONGEST_SECONDS, Site, site


class Told(Struct):
    name: str
    id: str
    body: Any


class Follower:
    """A client that reads event by event."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self) -> Told:
        """The next event; heartbeats are passed over."""
        while True:
            fields: dict[str, str] = {}
            while line := self.response.readline().decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                fields[name] = value
            if "event" in fields:
                return Told(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            assert fields, "the stream ended"

    def until(self, name: str) -> Told:
        while (told := self.next()).name != name:
            pass
        return told


@contextmanager
def following(api: Site, token: str = "", last: str = "", **query: object) -> Iterator[Follower]:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=LONGEST_SECONDS)
    headers = {"Authorization": f"Bearer {token or api.token}"}
    if last:
        headers["Last-Event-ID"] = last
    try:
        connection.request("GET", f"/api/v1/stream?{urlencode(query)}", headers=headers)
        response = connection.getresponse()
        assert response.status == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Follower(response)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("streamed", msisdn="491510000077", imsi="901280000000077")


def send(api: Site, device: int, text: str, **more: object) -> int:
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": text, **more})
    assert answer.status == 201, answer
    return int(answer.headers["location"].rpartition("/")[2])


def test_an_sms_is_told_of_with_its_states_in_order(api: Site, device: int) -> None:
    with following(api, endpoint=device) as follower:
        assert follower.next().name == "ready"
        id = send(api, device, "grüße")
        told = [follower.until("sms")]
        while told[-1].body["status"]["description"] != "DELIVERED":
            told.append(follower.next())
    assert {one.body["id"] for one in told} == {id}
    assert told[0].body["payload"] == "grüße"
    assert told[0].body["endpoint"] == {"id": device}
    assert [one.name for one in told[1:]] == ["state"] * len(told[1:])
    numbers = [int(one.id.partition("-")[2]) for one in told]
    assert numbers == sorted(set(numbers))


def test_it_goes_on_where_its_client_was(api: Site, device: int) -> None:
    with following(api, kinds="sms") as follower:
        follower.until("ready")
        first = send(api, device, "one")
        seen = follower.until("sms")
    missed = [send(api, device, f"missed {number}") for number in range(3)]
    with following(api, last=seen.id, kinds="sms") as follower:
        assert follower.next().name == "ready"
        assert [follower.next().body["id"] for _ in missed] == missed
    for name in ("last_event_id", "lastEventId"):  # stand-ins for a browser's EventSource say the latter
        with following(api, kinds="sms", **{name: seen.id}) as follower:
            assert follower.until("sms").body["id"] == missed[0]
    assert seen.body["id"] == first


@pytest.mark.parametrize("last", ["1-1", "nonsense", "1", "99999999999999-3"])
def test_a_place_that_is_not_known_is_a_gap(api: Site, last: str) -> None:
    with following(api, last=last) as follower:
        assert follower.next().name == "gap"


def test_events_are_told_of_and_filters_hold(api: Site, device: int) -> None:
    other = api.new_device("streamed too", msisdn="491510000078", imsi="901280000000078")
    with following(api, kinds="event", endpoint=device) as follower:
        follower.until("ready")
        send(api, device, "not told")
        for imsi in ("901280000000078", "901280000000077"):
            api.ask(api.app.sight([Sighting(imsi, "", Presence.DETACHED)]))
        told = follower.next()
        api.ask(api.app.sight([Sighting("901280000000077", "", Presence.ATTACHED)]))
        back = follower.next()
    assert (told.body["type"], back.body["type"]) == ("device_detached", "device_attached")
    assert told.body["endpoint"] == back.body["endpoint"] == {"id": device} != {"id": other}
    assert back.body["event_type"] == {"id": 1, "description": "Update location"}


def test_final_states_alone(api: Site, device: int) -> None:
    with following(api, kinds="state", final="true") as follower:
        follower.until("ready")
        send(api, device, "only its end")
        assert follower.next().body["status"]["description"] == "DELIVERED"


def test_a_direction_alone(api: Site, device: int) -> None:
    with following(api, kinds="sms", direction="MO") as follower:
        follower.until("ready")
        send(api, device, "towards it")
        send(api, device, "from it", dest_address="7700")
        assert follower.next().body["payload"] == "from it"


def test_scopes_decide_what_is_seen(api: Site, device: int) -> None:
    with (
        following(api, api.new_token("sms:read")) as reader,
        following(api, api.new_token("event:read")) as events,
    ):
        reader.until("ready")
        events.until("ready")
        api.ask(api.app.sight([Sighting("901280000000077", "", Presence.DETACHED)]))
        api.ask(api.app.sight([Sighting("901280000000077", "", Presence.ATTACHED)]))
        send(api, device, "seen by one")
        assert reader.next().name == "sms"
        assert events.next().name == "event"


def test_who_may_read_nothing_hears_nothing(api: Site) -> None:
    answer = api.get("/v1/stream", token=api.new_token("device:read"))
    assert (answer.status, answer.body["error_code"]) == (403, 1104)
    assert api.get("/v1/stream", token=None).status == 401


def test_another_organisation_hears_nothing_of_ours(api: Site, device: int) -> None:
    theirs = api.new_organisation("streamed elsewhere").id
    phone = api.new_device("theirs", "default", theirs, msisdn="491510000079", imsi="901280000000079")
    token = api.new_token("admin", org=theirs)
    with following(api, token, kinds="sms") as follower:
        follower.until("ready")
        send(api, device, "ours")
        answer = api.post(f"/v1/endpoint/{phone}/sms", {"payload": "theirs"}, token=token)
        assert answer.status == 201
        assert follower.next().body["payload"] == "theirs"


@pytest.mark.parametrize("query", [{"kinds": "sms,weather"}, {"endpoint": "x"}, {"direction": "UP"}])
def test_bad_filters_are_refused(api: Site, query: dict[str, str]) -> None:
    assert api.get(f"/v1/stream?{urlencode(query)}").status in (400, 422)


def test_it_ends_when_the_program_stops(tmp_path: Path) -> None:
    ends: list[str] = []
    with site(tmp_path / "data") as api:
        ready = threading.Event()

        def follow() -> None:
            with following(api) as follower:
                ready.set()
                ends.append(follower.until("end").body["reason"])
                ends.append(follower.response.read().decode())

        reading = threading.Thread(target=follow)
        reading.start()
        assert ready.wait(LONGEST_SECONDS)
    reading.join(LONGEST_SECONDS)
    assert ends == ["stopping", ""]


def news(number: int) -> MessageNews:
    return MessageNews(number, 1, 0, False, 1, 1, None, "", "", 1, 0, None, 4, None, 1)


async def _joined() -> tuple[Following, list[frozenset[int]]]:
    watched: list[frozenset[int]] = []
    return Following(watched.append, WallClock()), watched


def test_nothing_is_watched_until_somebody_follows(api: Site) -> None:
    async def run() -> None:
        following, watched = await _joined()
        following.take([news(1)])
        assert watched == []
        record = following.join(1)
        assert watched == [frozenset({1})]
        following.take([news(2)])
        assert [one.id for one in record.after(0)] == [2]
        following.leave(1)
        following.end()

    api.ask(run())


def test_the_record_is_bounded_and_its_end_is_noticed(api: Site) -> None:
    async def run() -> None:
        following, _ = await _joined()
        record = following.join(1)
        start = Place(record.of, 0)
        following.take([news(number) for number in range(MOST_KEPT)])
        assert record.knows(start)
        following.take([news(0)])
        assert not record.knows(start)
        assert record.knows(Place(record.of, 1))
        assert not record.knows(Place(record.of, MOST_KEPT + 2))
        following.leave(1)
        following.end()

    api.ask(run())


def test_one_that_reads_too_slowly_is_told_and_ends(api: Site) -> None:
    async def run() -> list[bytes]:
        following, _ = await _joined()
        pieces = lines(following, 1, Wanted(frozenset({"state"}), None, "", False), None, yes)
        read = [await anext(pieces)]
        following.take([news(number) for number in range(MOST_KEPT + 1)])
        read += [piece async for piece in pieces]
        assert following.has_room(1)
        following.end()
        return read

    read = api.ask(run())
    assert [b"event: ready" in read[0], b"event: behind" in read[1], len(read)] == [True, True, 2]


async def yes() -> bool:
    return True


def test_a_token_that_is_taken_back_hears_no_more(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    made = api.post("/v1/application_token", {"description": "streams", "scopes": ["sms:read"]}).body
    with following(api, made["application_token"]) as follower:
        follower.until("ready")
        changed = api.call("PATCH", f"/v1/application_token/{made['id']}", {"status": {"id": 1}})
        assert changed.status < 300
        assert follower.until("end").body == {"reason": "come again"}
    assert api.get("/v1/stream", token=made["application_token"]).status == 401


def test_a_stream_goes_on_while_its_token_holds(
    api: Site, device: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The credential is asked about at every heartbeat, as it was sent."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.02)
    with following(api, kinds="sms") as follower:
        follower.until("ready")
        beats = 0
        while beats < 5:
            line = follower.response.readline()
            assert not line.startswith(b"event: end")
            beats += line.startswith(b"id: ")
        assert follower.response.readline() == b"\n"
        send(api, device, "still here")
        assert follower.until("sms").body["payload"] == "still here"


def test_a_heartbeat_moves_the_place_on(api: Site, device: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past what is not wanted, so that little of it is looked at twice."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    with following(api, kinds="event") as follower:
        ready = follower.next()
        send(api, device, "not wanted")
        line = b""
        while not line.startswith(b"id: ") or line.strip() == f"id: {ready.id}".encode():
            line = follower.response.readline()
        assert follower.response.readline() == b"\n"


def test_followers_are_bounded(api: Site) -> None:
    async def run() -> None:
        following, _ = await _joined()
        for _ in range(MOST_FOLLOWERS):
            assert following.has_room(1)
            following.join(1)
        assert not following.has_room(1)
        assert following.has_room(2)
        following.leave(1)
        assert following.has_room(1)
        following.end()
        assert not following.has_room(1)

    api.ask(run())
