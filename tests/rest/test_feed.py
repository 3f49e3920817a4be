"""The feed: what waits for an application, fetched in order, again until it is acknowledged, never after."""

from pathlib import Path
from typing import Any

import pytest

from heliograph.core.ids import LARGEST_ID
from heliograph.core.organisation import Application
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.callbacks.feeding import Acknowledge, AcknowledgeFeed
from heliograph.flow.manage.requests import NewApplication
from heliograph.interfaces.control.outlet import Listener
from heliograph.interfaces.rest.routes.feed import MOST_LIMIT
from tests.rest.site import Site, site


@pytest.fixture
def feed(api: Site, request: pytest.FixtureRequest) -> str:
    """A consumer of this test alone."""
    name = request.node.name[:60]
    api.run(api.app.flows.create_applications, NewApplication(api.org, name))
    return name


def new_device(api: Site, feed: str, number: int) -> int:
    made = api.new_policy(f"{feed} {number}", application=feed)
    return api.new_device(f"{feed} {number}", made, msisdn=f"4915177{number:06}", imsi=f"90128077{number:07}")


def say(api: Site, device: int, text: str) -> int:
    """An SMS from the device."""
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": text, "dest_address": "7700"})
    assert answer.status == 201, answer
    return int(answer.headers["location"].rpartition("/")[2])


def fetch(api: Site, feed: str, **query: Any) -> list[Any]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"/v1/feed?consumer={feed}&{words}")
    assert answer.status == 200, answer
    rows: list[Any] = answer.body
    return rows


def acknowledge(api: Site, feed: str, up_to: int) -> int:
    answer = api.post("/v1/feed/ack", {"consumer": feed, "up_to": up_to})
    assert answer.status == 200, answer
    return int(answer.body["acknowledged"])


def texts(rows: list[Any]) -> list[str]:
    return [row["sms"]["payload"] for row in rows]


def test_it_is_there_until_it_is_acknowledged(api: Site, feed: str) -> None:
    device = new_device(api, feed, 1)
    ids = [say(api, device, f"reading {number}") for number in range(3)]
    rows = fetch(api, feed)
    assert [row["sms"]["id"] for row in rows] == ids
    assert texts(rows) == ["reading 0", "reading 1", "reading 2"]
    assert {row["kind"] for row in rows} == {"mo"}
    assert fetch(api, feed) == rows
    assert acknowledge(api, feed, rows[1]["number"]) == 2
    assert texts(fetch(api, feed)) == ["reading 2"]
    shown = api.get(f"/v1/endpoint/{device}/sms/{ids[0]}").body
    assert (shown["status"]["description"], shown["final_date"] is None) == ("DELIVERED", False)


def test_acknowledging_twice_changes_nothing(api: Site, feed: str) -> None:
    say(api, new_device(api, feed, 2), "once")
    number = fetch(api, feed)[0]["number"]
    assert [acknowledge(api, feed, number) for _ in range(2)] == [1, 0]
    assert fetch(api, feed) == []


def test_reading_on_without_acknowledging(api: Site, feed: str) -> None:
    device = new_device(api, feed, 3)
    for number in range(5):
        say(api, device, str(number))
    first = fetch(api, feed, limit=2)
    second = fetch(api, feed, limit=2, after=first[-1]["number"])
    assert texts(first + second) == ["0", "1", "2", "3"]
    assert api.get(f"/v1/feed?consumer={feed}&limit=2").headers["x-more"] == "true"
    assert "x-more" not in api.get(f"/v1/feed?consumer={feed}").headers


def test_receipts_are_in_it(api: Site, feed: str) -> None:
    device = new_device(api, feed, 4)
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "go"})
    id = int(answer.headers["location"].rpartition("/")[2])
    rows = fetch(api, feed, wait=20)
    assert [(row["kind"], row["sms"]["id"]) for row in rows] == [("receipt", id)]
    assert rows[0]["sms"]["status"]["description"] == "DELIVERED"
    assert acknowledge(api, feed, rows[0]["number"]) == 1
    steps = [step["code"] for step in api.get(f"/v1/endpoint/{device}/sms/{id}/timeline").body]
    assert "receipt_delivered" in steps


def test_more_than_a_slice_at_once(api: Site, feed: str) -> None:
    devices = [new_device(api, feed, number) for number in (5, 6)]
    for number in range(300):
        say(api, devices[number % 2], str(number))
    rows = fetch(api, feed, limit=MOST_LIMIT)
    assert texts(rows) == [str(number) for number in range(300)]
    assert acknowledge(api, feed, rows[-1]["number"]) == 300
    assert fetch(api, feed) == []


def test_consumers_have_feeds_of_their_own(api: Site, feed: str) -> None:
    other = f"{feed} other"
    api.run(api.app.flows.create_applications, NewApplication(api.org, other))
    say(api, new_device(api, feed, 7), "ours")
    assert fetch(api, other.replace(" ", "%20")) == []
    assert acknowledge(api, other, fetch(api, feed)[0]["number"]) == 0
    assert texts(fetch(api, feed)) == ["ours"]


def test_another_organisation_sees_and_ends_nothing(api: Site, feed: str) -> None:
    say(api, new_device(api, feed, 8), "ours")
    token = api.new_token("admin", org=api.new_organisation("fed elsewhere").id)
    for answer in (
        api.get(f"/v1/feed?consumer={feed}", token=token),
        api.post("/v1/feed/ack", {"consumer": feed, "up_to": LARGEST_ID}, token=token),
    ):
        assert answer.status == 404
    assert texts(fetch(api, feed)) == ["ours"]


def test_a_feed_is_asked_for_with_its_organisation(api: Site, feed: str) -> None:
    """Whoever asks: the question names whose the application is."""
    say(api, new_device(api, feed, 909), "ours")
    (number,) = [row["number"] for row in fetch(api, feed)]
    other = api.new_organisation("fed by number").id
    (id,) = [one["id"] for one in api.get("/v1/feed/consumer").body if one["name"] == feed]
    reader = api.app.callback_reader
    assert api.ask(reader.waiting(other, id, 0, 10)) == []
    assert len(api.ask(reader.waiting(api.org, id, 0, 10))) == 1

    async def steal() -> list[int | Refusal]:
        return await api.app.store.run(AcknowledgeFeed(), [Acknowledge(other, id, number)])

    assert api.ask(steal()) == [refuse("unknown_application")]
    assert texts(fetch(api, feed)) == ["ours"]


def test_who_is_called_has_no_feed(api: Site) -> None:
    made = api.post("/v1/api_callback", {"url": "https://receiver.example/sms"})
    answer = api.get(f"/v1/feed?consumer={made.headers['location'].rpartition('/')[2]}")
    assert (answer.status, answer.body["error_code"]) == (409, 1406)


def test_a_listener_beside_it_loses_and_doubles_nothing(api: Site, feed: str) -> None:
    """One is in the listener's hands, two wait behind it and are acknowledged by the feed."""
    device = new_device(api, feed, 9)
    application = api.ask(api.app.browse.application(api.org, feed))
    assert isinstance(application, Application)
    applications = api.app.applications

    async def join() -> Listener:
        return applications.join(application.id)

    async def leave() -> None:
        listener.heard(job.delivery.id, True)
        applications.leave(application.id, listener)

    listener = api.ask(join())
    ids = [say(api, device, str(number)) for number in range(3)]
    job = api.ask(listener.next())
    assert job.message.id == ids[0]
    rows = fetch(api, feed)
    assert texts(rows) == ["1", "2"]
    assert acknowledge(api, feed, rows[-1]["number"]) == 2
    api.ask(leave())
    states = {api.get(f"/v1/endpoint/{device}/sms/{id}").body["status"]["description"] for id in ids[1:]}
    assert states == {"DELIVERED"}
    assert fetch(api, feed) == []


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=501", "wait=31", "after=x"])
def test_bounds_of_reading(api: Site, query: str) -> None:
    assert api.get(f"/v1/feed?{query}").status == 400


@pytest.mark.parametrize("body", [{}, {"up_to": -1}, {"up_to": "1"}, {"up_to": 2**53}])
def test_bounds_of_acknowledging(api: Site, body: Any) -> None:
    assert api.post("/v1/feed/ack", body).status == 422


def test_a_number_that_was_never_given_ends_nothing(api: Site, feed: str) -> None:
    say(api, new_device(api, feed, 10), "never fetched")
    answer = api.post("/v1/feed/ack", {"consumer": feed, "up_to": LARGEST_ID})
    assert (answer.status, answer.body["refusal"]["rule"]) == (422, "up_to")
    assert texts(fetch(api, feed)) == ["never fetched"]


def test_reading_is_no_acknowledging(api: Site) -> None:
    reader = api.new_token("sms:read")
    assert api.get("/v1/feed", token=reader).status == 200
    assert api.post("/v1/feed/ack", {"up_to": 1}, token=reader).status == 403


def test_it_survives_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with site(folder) as api:
        device = api.new_device("kept", msisdn="491517799", imsi="901280779999999")
        for number in range(3):
            say(api, device, str(number))
        rows = api.get("/v1/feed").body
        assert api.post("/v1/feed/ack", {"up_to": rows[0]["number"]}).body == {"acknowledged": 1}
    with site(folder) as api:
        again = api.get("/v1/feed").body
        assert [row["number"] for row in again] == [row["number"] for row in rows[1:]]
        assert texts(again) == ["1", "2"]
