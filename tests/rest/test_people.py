"""People as recipients: phones outside the fleet, where a route leads to them."""

from collections.abc import Iterator
from typing import Any

import pytest

from heliograph.core.routing import NO_TABLE, Table
from heliograph.core.upstream import Route, Upstream
from tests.rest.site import Answered, Site

PERSON = "+49 176 12345678"


@pytest.fixture(autouse=True)
def _routed(api: Site) -> Iterator[None]:
    """A way out for German numbers, whose upstream is not connected."""
    upstream, route = Upstream(1, "acme", "127.0.0.1", 2775), Route(1, "acme", prefix="49", cost=70_000)
    api.app.routes.table = Table([upstream], [route])
    yield
    api.app.routes.table = NO_TABLE


def many(api: Site, recipients: dict[str, Any], payload: str = "hello", **more: Any) -> Answered:
    return api.post("/v1/sms", {"payload": payload, "recipients": recipients, **more})


def codes(answer: Answered) -> list[str | None]:
    assert answer.status == 202, answer.text
    return [one.get("refusal", {}).get("code") for one in answer.body["recipients"]]


def test_they_are_sent_to_beside_devices_and_can_be_canceled(api: Site) -> None:
    device = api.new_device("beside-people", msisdn="4915299999901", imsi="901280000099901")
    answer = many(api, {"endpoints": [device], "msisdns": [PERSON, "4917612345678", "+33 6 12 34 56 78"]})
    assert codes(answer) == [None, None, "duplicate_recipient", "no_external_route"]
    person = answer.body["recipients"][1]
    assert (person["recipient"], "endpoint" in person) == ("4917612345678", False)
    batch = f"/v1/batch/{answer.body['id']}"
    assert of_person(api, batch)["status"]["description"] == "PENDING"
    assert api.post(f"{batch}/cancel").status == 200
    assert of_person(api, batch)["status"]["description"] == "CANCELED"


def of_person(api: Site, batch: str) -> Any:
    rows = api.get(f"{batch}/recipient").body
    (row,) = [one for one in rows if one["recipient"] == "4917612345678" and "status" in one]
    return row


def test_a_text_may_have_their_own_words_and_not_a_device_s(api: Site) -> None:
    each = [{"msisdn": PERSON, "variables": {"name": "Ada"}}, {"msisdn": "+49 176 12345679"}]
    answer = many(api, {"each": each}, "Hello {{ name }}")
    assert codes(answer) == [None, "bad_template"]
    answer = many(api, {"each": each}, "From {{ device.name }}")
    assert codes(answer) == ["bad_template", "bad_template"]


def test_a_preview_tells_the_ways_and_the_price(api: Site) -> None:
    body = {"recipients": {"msisdns": [PERSON]}, "payload": "x" * 200}
    shown = api.post("/v1/sms/preview", body).body
    assert (shown["accepted"], shown["cost"]) == (1, 0.14)
    (example,) = shown["examples"]
    assert (example["upstreams"], example["endpoint"]) == (["acme"], None)


def test_those_who_said_stop_are_refused(api: Site) -> None:
    assert api.post("/v1/suppression", {"number": PERSON}).status == 201
    answer = many(api, {"msisdns": [PERSON]})
    assert codes(answer) == ["suppressed"]


def test_a_search_finds_what_was_sent_to_them(api: Site) -> None:
    number = "4917687654321"
    many(api, {"msisdns": [number]}, "to be found again")
    found = api.get("/v1/sms?text=to be found again".replace(" ", "%20"))
    assert found.status == 200, found.text
    (sms,) = found.body
    assert sms["dest_address"] == number
