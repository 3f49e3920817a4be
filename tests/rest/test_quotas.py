"""SMS quotas of devices: set, spent, refilled, expired, deleted, and exact in a crowd."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from heliograph.core.message import DAY_MS
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.quotas import EndQuotas
from heliograph.flow.shown import EventFilter
from heliograph.interfaces.rest.translate.times import shown
from tests.rest.crowd import send_at_once
from tests.rest.site import Answered, Site

CALLERS, LEFT = 200, 10
NUMBERS = iter(range(1, 1000))


@pytest.fixture(scope="module")
def profile(api: Site) -> int:
    fields = {"service": [{"id": 6}], "apply_sms_quota": True}
    return int(api.post("/v1/service_profile", {"name": "with quota", **fields}).body["id"])


@pytest.fixture
def device(api: Site, profile: int) -> int:
    number = next(NUMBERS)
    return api.new_device(f"quota-{number}", profile, msisdn=f"491513{number:06}", imsi=f"901283{number:09}")


def path_of(device: int) -> str:
    return f"/v1/endpoint/{device}/quota/sms"


def given(api: Site, device: int, **body: Any) -> dict[str, Any]:
    answer = api.post(path_of(device), body)
    assert answer.status == 201, answer.text
    return dict(answer.body)


def quota(api: Site, device: int) -> dict[str, Any]:
    answer = api.get(path_of(device))
    assert answer.status == 200, answer.text
    return dict(answer.body)


def sent(api: Site, device: int) -> Answered:
    return api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"})


def refusal_of(answer: Answered) -> str:
    assert answer.status == 422, answer.text
    return str(answer.body["refusal"]["code"])


def events(api: Site, device: int) -> list[str]:
    page = api.ask(api.app.browse.events(api.org, EventFilter(device=device)))
    assert not isinstance(page, Refusal)
    return [event.type for event in reversed(page.items)]


def test_without_a_quota_nothing_is_sent(api: Site, device: int) -> None:
    answer = api.get(path_of(device))
    assert (answer.status, answer.body["error_code"]) == (404, 1201)
    assert refusal_of(sent(api, device)) == "quota_missing"


def test_a_quota_is_shown_with_what_is_left(api: Site, device: int) -> None:
    made = given(api, device, volume=4, threshold_percentage=50, action_on_exhaustion={"id": 1})
    assert made == {
        "volume": 4,
        "last_volume_added": 4,
        "expiry_date": None,
        "threshold_percentage": 50.0,
        "threshold_volume": 2.0,
        "auto_refill": 0,
        "action_on_exhaustion": {"id": 1, "description": "Block"},
        "status": {"id": 1, "description": "ACTIVE"},
    }
    for _ in range(4):
        assert sent(api, device).status == 201
    left = quota(api, device)
    assert (left["volume"], left["status"]) == (0, {"id": 2, "description": "EXHAUSTED"})
    assert refusal_of(sent(api, device)) == "quota_exhausted"
    assert events(api, device)[0] == "quota_assigned"
    assert sorted(events(api, device)[1:]) == ["device_blocked", "quota_threshold_reached", "quota_used_up"]


def test_a_new_quota_takes_the_place_of_the_old_one_at_once(api: Site, device: int) -> None:
    given(api, device, volume=1)
    assert [sent(api, device).status for _ in range(2)] == [201, 422]
    assert given(api, device, volume=3.0, threshold_volume=1)["threshold_volume"] == 1.0
    assert sent(api, device).status == 201
    assert quota(api, device)["volume"] == 2


def test_a_deleted_quota_is_missed(api: Site, device: int) -> None:
    given(api, device, volume=9)
    assert api.call("DELETE", path_of(device)).status == 204
    assert api.call("DELETE", path_of(device)).status == 404
    assert refusal_of(sent(api, device)) == "quota_missing"
    assert events(api, device) == ["quota_assigned", "quota_deleted"]


def later(api: Site, by_ms: int, work: Callable[[], None]) -> None:
    """As if so much time had passed."""
    clock = api.app.clock
    now = clock.now
    clock.now = lambda: now() + by_ms  # type: ignore[method-assign]  # a clock that is set
    try:
        work()
    finally:
        clock.now = now  # type: ignore[method-assign]  # a clock that is set


def test_a_quota_expires_and_that_is_told_once(api: Site, device: int) -> None:
    ends = api.app.clock.now() + 3_600_000
    assert given(api, device, volume=9, expiry_date=shown(ends))["expiry_date"] == shown(ends)

    def after() -> None:
        assert quota(api, device)["status"] == {"id": 3, "description": "EXPIRED"}
        for _ in range(2):
            assert refusal_of(sent(api, device)) == "quota_expired"
            api.run(EndQuotas(), None)

    later(api, 3_600_000, after)
    assert events(api, device) == ["quota_assigned", "quota_expired"]


def test_a_quota_that_nobody_uses_expires_too(api: Site, device: int) -> None:
    given(api, device, volume=9, expiry_date=shown(api.app.clock.now() + 3_600_000))
    api.run(EndQuotas(), None)
    assert events(api, device) == ["quota_assigned"]
    later(api, 3_600_000, lambda: api.run(EndQuotas(), None))
    assert events(api, device) == ["quota_assigned", "quota_expired"]


def test_a_quota_refills_every_day(api: Site, device: int) -> None:
    assert given(api, device, volume=2, auto_refill=True)["auto_refill"] == 1
    assert [sent(api, device).status for _ in range(3)] == [201, 201, 422]

    def tomorrow() -> None:
        assert quota(api, device)["volume"] == 2
        assert sent(api, device).status == 201
        assert quota(api, device)["volume"] == 1

    later(api, DAY_MS, tomorrow)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"volume": 0},
        {"volume": 10**9 + 1},
        {"volume": "many"},
        {"volume": 2.5},
        {"volume": 9, "threshold_percentage": 33.3},
        {"volume": 1, "expiry_date": "soon"},
        {"volume": 1, "expiry_date": "2001-01-01T00:00:00Z"},
        {"volume": 1, "threshold_percentage": 100},
        {"volume": 1, "threshold_volume": 2},
        {"volume": 1, "auto_refill": 2},
        {"volume": 1, "action_on_exhaustion": {"id": 2}},
    ],
)
def test_bad_quotas_change_nothing(api: Site, device: int, body: object) -> None:
    answer = api.post(path_of(device), body)
    assert (answer.status, answer.body["error_code"], len(answer.body["errors"])) == (422, 1400, 1)
    assert api.get(path_of(device)).status == 404


def test_another_organisation_sees_no_quota(api: Site, device: int) -> None:
    given(api, device, volume=9)
    token = api.new_token("admin", org=api.new_organisation("others of quotas").id)
    for method, body in (("GET", None), ("POST", {"volume": 1}), ("DELETE", None)):
        answer = api.call(method, path_of(device), body, token=token)
        assert (answer.status, answer.body["message"]) == (404, f"Endpoint with Id '{device}' not found.")
    assert quota(api, device)["volume"] == 9


def test_that_a_profile_asks_for_quotas_is_told(api: Site) -> None:
    id = api.post("/v1/service_profile", {"name": "told of quotas"}).body["id"]
    for flag in (True, True, False):
        api.call("PATCH", f"/v1/service_profile/{id}", {"apply_sms_quota": flag})
    page = api.ask(api.app.browse.events(api.org))
    assert not isinstance(page, Refusal)
    told = [event.type for event in reversed(page.items) if event.detail == "policy told of quotas"]
    assert told == ["quota_enabled", "quota_disabled"]


def test_a_crowd_gets_exactly_what_is_left(api: Site, device: int) -> None:
    given(api, device, volume=LEFT)
    path = f"/v1/endpoint/{device}/sms"
    statuses = Counter(send_at_once(api.port, path, api.token, CALLERS, {"payload": "race"}))
    assert statuses == {201: LEFT, 422: CALLERS - LEFT}
    assert (quota(api, device)["volume"], events(api, device).count("quota_used_up")) == (0, 1)
