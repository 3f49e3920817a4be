"""Monthly limits: what there is to choose from, attached and taken off, in force at once, exact."""

from collections import Counter
from typing import Any

import pytest

from heliograph.core.changes import Happening
from heliograph.core.content import Wish, content_of_text
from heliograph.core.device import Tally
from heliograph.core.refusal import Refusal
from heliograph.flow.requests import Inbound
from heliograph.flow.shown import EventFilter
from tests.rest.crowd import send_at_once
from tests.rest.site import Answered, Site

PROFILE = "/v1/service_profile"
CALLERS, LEFT = 200, 10


@pytest.fixture
def profile(api: Site, request: pytest.FixtureRequest) -> int:
    answer = api.post(
        PROFILE, {"name": f"limits {request.node.name}"[:90], "service": [{"id": 6}, {"id": 32}]}
    )
    return int(answer.body["id"])


def limit_path(profile: int, volume: int, service: int = 6) -> str:
    return f"{PROFILE}/{profile}/service/{service}/traffic_limit/{volume * 100 + service}"


def sent(api: Site, device: int, text: str = "x") -> Answered:
    return api.post(f"/v1/endpoint/{device}/sms", {"payload": text})


def used(api: Site, device: int) -> Tally:
    return api.ask(api.app.reader.usage(device)).tally


def limits_of(api: Site, profile: int) -> dict[int, Any]:
    services = api.get(f"{PROFILE}/{profile}").body["service"]
    return {row["id"]: row["traffic_limit"]["volume"] for row in services if "traffic_limit" in row}


def test_the_usual_limits_have_ids(api: Site) -> None:
    rows = api.get("/v1/traffic_limit").body
    month = {"id": 1, "time_units": 1, "unit": "Months"}
    assert {"id": 506, "service": {"id": 6, "description": "SMS MT"}, "volume": 5, "period": month} in rows
    for service in (6, 32):
        mine = api.get(f"/v1/service/{service}/traffic_limit").body
        assert {row["volume"] for row in mine} >= {5, 10, 25, 50, 100}
        assert [row for row in rows if row["service"]["id"] == service] == mine
    assert api.get("/v1/service/38/traffic_limit").body == []


def test_a_limit_of_any_volume_can_be_had(api: Site, profile: int) -> None:
    answer = api.post("/v1/traffic_limit", {"service": {"id": 6}, "volume": 17, "period": {"id": 1}})
    assert (answer.status, answer.body["id"]) == (201, 1706)
    assert answer.headers["location"].endswith("/traffic_limit/1706")
    listed = api.post("/v1/traffic_limit", {"service": [{"id": 32}], "volume": 3})
    assert listed.body["id"] == 332
    assert api.call("PUT", limit_path(profile, 17)).status == 200
    assert limits_of(api, profile) == {6: 17}
    assert 17 in [row["volume"] for row in api.get("/v1/service/6/traffic_limit").body]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"service": {"id": 6}}, "volume is required"),
        ({"service": {"id": 6}, "volume": 0}, "volume: Expected `int` >= 1"),
        ({"service": {"id": 6}, "volume": 10**9 + 1}, "volume: Expected `int` <= 1000000000"),
        ({"service": [], "volume": 1}, "service: Expected `array` of length >= 1"),
        ({"service": {"id": 38}, "volume": 1}, "service: must be one of 6, 32"),
    ],
)
def test_limits_that_cannot_be(api: Site, body: object, field: str) -> None:
    answer = api.post("/v1/traffic_limit", body)
    assert (answer.status, answer.body["errors"][0]["message"]) == (422, f"TrafficLimit - {field}")


def test_a_limit_is_attached_and_taken_off(api: Site, profile: int) -> None:
    answer = api.call("PUT", limit_path(profile, 10))
    assert (answer.status, answer.body["volume"]) == (200, 10)
    assert api.call("PUT", limit_path(profile, 25)).status == 200
    assert limits_of(api, profile) == {6: 25}
    refused = api.call("DELETE", f"{PROFILE}/{profile}/service/6")
    assert (refused.status, refused.body["error_code"]) == (409, 1407)
    wrong = api.call("DELETE", limit_path(profile, 10))
    assert (wrong.status, wrong.body["message"]) == (404, "Traffic Limit with id 1006 not found")
    gone = api.call("DELETE", limit_path(profile, 25))
    assert (gone.status, gone.body["id"]) == (200, 2506)
    assert limits_of(api, profile) == {}
    assert api.call("DELETE", f"{PROFILE}/{profile}/service/6").status == 204


@pytest.mark.parametrize(("service", "limit"), [(6, 1032), (6, 6), (6, -4), (38, 538), (6, 10**12)])
def test_unknown_limits_are_not_found(api: Site, profile: int, service: int, limit: int) -> None:
    answer = api.call("PUT", f"{PROFILE}/{profile}/service/{service}/traffic_limit/{limit}")
    assert (answer.status, answer.body["error_code"]) == (404, 1201)
    assert limits_of(api, profile) == {}


def test_a_service_that_is_not_in_takes_no_limit(api: Site, profile: int) -> None:
    assert api.call("DELETE", f"{PROFILE}/{profile}/service/32").status == 204
    answer = api.call("PUT", limit_path(profile, 5, 32))
    assert (answer.status, answer.body["message"]) == (404, "Service with id 32 not found")


def test_a_limit_is_in_force_at_once_and_what_was_counted_counts(api: Site, profile: int) -> None:
    device = api.new_device("counted", profile, msisdn="491512000001", imsi="901282000000001")
    for _ in range(5):
        assert sent(api, device).status == 201
    assert api.call("PUT", limit_path(profile, 5)).status == 200
    refused = sent(api, device)
    assert (refused.status, refused.body["error_code"]) == (422, 1400)
    assert [error["message"] for error in refused.body["errors"]] == [
        "Traffic limit of 5 MT-SMS per month exceeded"
    ]
    assert refused.body["refusal"]["code"] == "mt_limit_reached"
    assert refused.body["refusal"]["rule"].endswith(": mt_limit")
    assert api.call("PUT", limit_path(profile, 10)).status == 200
    assert sent(api, device).status == 201
    assert used(api, device).mt == 6


def test_segments_count(api: Site, profile: int) -> None:
    device = api.new_device("long", profile, msisdn="491512000002", imsi="901282000000002")
    assert api.call("PUT", limit_path(profile, 5)).status == 200
    assert [sent(api, device, "y" * length).status for length in (500, 200, 100)] == [201, 422, 201]
    assert used(api, device).mt == 5


def test_the_limit_from_devices_is_its_own(api: Site, profile: int) -> None:
    imsi = "901282000000003"
    api.new_device("talker", profile, msisdn="491512000003", imsi=imsi)
    assert api.call("PUT", limit_path(profile, 5, 32)).status == 200
    content = content_of_text("hi", Wish())
    assert not isinstance(content, Refusal)
    inbound = [Inbound("simulator", imsi, "", "12345", content) for _ in range(6)]
    answers = api.ask(api.app.receive(inbound))
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.reason for refusal in refused] == ["Traffic limit of 5 MO-SMS per month exceeded"]


def test_the_receive_rate_is_the_profile_s(api: Site, profile: int) -> None:
    path = f"{PROFILE}/{profile}"
    assert api.call("PATCH", path, {"sms_p2p_receive_rate": 2}).status == 204
    sender, receiver = pair(api, profile, 6)
    said_to(api, sender, "491512000007", 3)
    lane = api.ask(api.app.browse.lane(api.org, str(receiver)))
    assert not isinstance(lane, Refusal)
    assert lane.scheduled == 1


def test_the_send_cap_is_the_profile_s(api: Site, profile: int) -> None:
    assert api.call("PATCH", f"{PROFILE}/{profile}", {"sms_p2p_send_cap": 1}).status == 204
    sender, _ = pair(api, profile, 8)
    said_to(api, sender, "491512000009", 2)
    assert [event.type for event in events_of(api, sender)] == ["p2p_cap_reached"]


def pair(api: Site, profile: int, number: int) -> tuple[int, int]:
    """Two devices with numbers that follow each other."""
    first, second = (
        api.new_device(f"pair-{one}", profile, msisdn=f"49151200000{one}", imsi=f"90128200000000{one}")
        for one in (number, number + 1)
    )
    return first, second


def said_to(api: Site, sender: int, number: str, times: int) -> None:
    """The network hears "accepted", whatever becomes of it."""
    device = api.ask(api.app.browse.device(api.org, str(sender)))
    content = content_of_text("hi", Wish())
    assert not isinstance(device, Refusal)
    assert not isinstance(content, Refusal)
    inbound = [Inbound("simulator", device.imsi, "", number, content) for _ in range(times)]
    answers = api.ask(api.app.receive(inbound))
    assert [answer for answer in answers if isinstance(answer, Refusal)] == []


def test_a_used_up_limit_blocks_the_device_which_is_told(api: Site, profile: int) -> None:
    device = api.new_device("blocked", profile, msisdn="491512000004", imsi="901282000000004")
    assert api.call("PUT", limit_path(profile, 5)).status == 200
    for _ in range(5):
        sent(api, device)
    assert sorted(event.type for event in events_of(api, device)) == ["device_blocked", "mt_limit_used_up"]


def events_of(api: Site, device: int) -> list[Happening]:
    page = api.ask(api.app.browse.events(api.org, EventFilter(device=device)))
    assert not isinstance(page, Refusal)
    return page.items


def test_a_crowd_gets_exactly_what_is_left(api: Site, profile: int) -> None:
    device = api.new_device("raced", profile, msisdn="491512000005", imsi="901282000000005")
    assert api.call("PUT", limit_path(profile, 5 + LEFT)).status == 200
    for _ in range(5):
        assert sent(api, device).status == 201
    path = f"/v1/endpoint/{device}/sms"
    statuses = Counter(send_at_once(api.port, path, api.token, CALLERS, {"payload": "race"}))
    assert statuses == {201: LEFT, 422: CALLERS - LEFT}
    assert used(api, device).mt == 5 + LEFT
