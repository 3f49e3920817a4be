"""Consumers of the feed: made by the API, named by a profile, fed until people let go of them."""

from typing import Any

import pytest

from tests.rest.site import Site


def make(api: Site, name: str) -> int:
    made = api.post("/v1/feed/consumer", {"name": name})
    assert made.status == 201, made
    assert made.headers["location"].endswith(f"/v1/feed/consumer/{made.body['id']}")
    return int(made.body["id"])


def profile(api: Site, name: str, **fields: Any) -> str:
    made = api.post("/v1/service_profile", {"name": name, "service": [{"id": 6}, {"id": 32}], **fields})
    assert made.status == 201, made
    return f"/v1/service_profile/{made.body['id']}"


def patch(api: Site, path: str, **fields: Any) -> Any:
    assert api.call("PATCH", path, fields).status in (200, 201, 204)
    shown = api.get(path).body
    return shown["feed_consumer"], shown["api_callback"]


def test_what_devices_say_is_fetched_by_a_consumer_that_the_api_made(api: Site) -> None:
    consumer = make(api, "billing")
    path = profile(api, "billed", feed_consumer={"id": consumer})
    device = api.new_device("billed 1", "billed", msisdn="491519990001", imsi="901289990000001")
    sent = api.post(f"/v1/endpoint/{device}/sms", {"payload": "reading", "dest_address": "7700"})
    assert sent.status == 201
    for name in ("billing", str(consumer)):
        (item,) = api.get(f"/v1/feed?consumer={name}&wait=5").body
        assert (item["kind"], item["sms"]["payload"]) == ("mo", "reading")
    assert api.call("DELETE", f"/v1/feed/consumer/{consumer}").status == 409  # a profile names it
    assert patch(api, path, feed_consumer=None) == (None, None)
    refused = api.call("DELETE", f"/v1/feed/consumer/{consumer}")
    assert (refused.status, refused.body["error_code"]) == (409, 1407)  # something waits
    acknowledged = api.post("/v1/feed/ack", {"consumer": "billing", "up_to": item["number"]})
    assert acknowledged.body == {"acknowledged": 1}
    assert api.call("DELETE", f"/v1/feed/consumer/{consumer}").status == 204
    assert api.get(f"/v1/feed/consumer/{consumer}").status == 404


def test_they_are_listed_and_shown_and_callbacks_are_none(api: Site) -> None:
    consumer = make(api, "shown")
    callback = api.post("/v1/api_callback", {"url": "https://h.example/"}).body["id"]
    listed = {row["id"]: row["name"] for row in api.get("/v1/feed/consumer").body}
    assert listed[consumer] == "shown"
    assert callback not in listed
    assert api.get(f"/v1/feed/consumer/{consumer}").body["name"] == "shown"
    assert api.get(f"/v1/feed/consumer/{callback}").status == 404
    assert api.call("DELETE", f"/v1/feed/consumer/{callback}").status == 404
    assert api.post("/v1/feed/consumer", {"name": "shown"}).status == 409
    assert api.post("/v1/feed/consumer", {"name": ""}).status == 422


def test_a_profile_has_one_listener_and_what_was_shown_may_be_sent_back(api: Site) -> None:
    consumer = make(api, "of the profile")
    callback = api.post("/v1/api_callback", {"url": "https://h.example/"}).body["id"]
    path = profile(api, "one listener")
    assert patch(api, path, feed_consumer={"id": consumer}) == ({"id": consumer}, None)
    shown = api.get(path).body
    kept = {name: shown[name] for name in ("feed_consumer", "api_callback", "esme_interface_type")}
    assert patch(api, path, **kept) == ({"id": consumer}, None)
    assert patch(api, path, api_callback={"id": callback}) == (None, {"id": callback})
    shown = api.get(path).body
    kept = {name: shown[name] for name in ("feed_consumer", "api_callback", "esme_interface_type")}
    assert patch(api, path, **kept) == (None, {"id": callback})  # a null takes no callback away
    assert patch(api, path, feed_consumer={"id": consumer}) == ({"id": consumer}, None)
    assert patch(api, path, feed_consumer={"id": None}) == (None, None)


@pytest.mark.parametrize("whose", ["nobody's", "a callback", "another organisation's"])
def test_a_profile_names_its_own_consumers_alone(api: Site, whose: str) -> None:
    org = api.new_organisation(f"with {whose}").id
    token = api.new_token("admin", org=org)
    ids = {
        "nobody's": 2**52,
        "a callback": api.post("/v1/api_callback", {"url": "https://h.example/"}).body["id"],
        "another organisation's": api.post("/v1/feed/consumer", {"name": "x"}, token=token).body["id"],
    }
    refused = api.post("/v1/service_profile", {"name": whose, "feed_consumer": {"id": ids[whose]}})
    assert (refused.status, refused.body["error_code"]) == (422, 1401)
    assert str(ids[whose]) in refused.body["message"]


def test_without_a_name_it_is_the_first_that_fetches(api: Site) -> None:
    """Callbacks are older: they are passed over."""
    org = api.new_organisation("with a callback first").id
    token = api.new_token("admin", org=org)
    api.post("/v1/api_callback", {"url": "https://h.example/"}, token=token)
    api.post("/v1/feed/consumer", {"name": "second"}, token=token)
    answer = api.get("/v1/feed", token=token)
    assert (answer.status, answer.body) == (200, [])
