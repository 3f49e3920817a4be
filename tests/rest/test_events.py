"""Events over the API: written by what happens, listed for all, for an endpoint, for a SIM."""

from typing import Any

import pytest

from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.manage.sims import NewSim
from heliograph.interfaces.rest.translate.events import event_types
from tests.rest.site import Site

NOWHERE = 999_999_999
MINUTES = 61_000


def happened(api: Site, path: str, query: str = "") -> list[int]:
    """The numbers of their types, newest first."""
    return [row["event_type"]["id"] for row in api.get(f"{path}/event{query}").body]


def device(api: Site, number: int) -> tuple[int, str]:
    imsi = f"90177{number:010}"
    return api.new_device(
        f"eventful-{number}", msisdn=f"88339{number:08}", imsi=imsi, tags=f"e{number}"
    ), imsi


def sight(api: Site, imsi: str, *presences: Presence) -> None:
    for presence in presences:
        api.ask(api.app.sight([Sighting(imsi, "", presence)]))


def test_attaching_is_told_when_it_is_news(api: Site) -> None:
    id, imsi = device(api, 1)
    here, gone = Presence.ATTACHED, Presence.DETACHED
    sight(api, imsi, here, here, gone, gone, here, here)
    assert happened(api, f"/v1/endpoint/{id}") == [1, 15]
    (newest, _) = api.get(f"/v1/endpoint/{id}/event").body
    assert newest == {
        "id": newest["id"],
        "timestamp": newest["timestamp"],
        "alert": False,
        "description": "Update location.",
        "event_type": {"id": 1, "description": "Update location"},
        "event_source": {"id": 0, "description": "Network"},
        "event_severity": {"id": 0, "description": "Info"},
        "organisation": {"id": api.org, "name": "default"},
        "endpoint": {"id": id, "name": "eventful-1", "tags": "e1", "imei": None, "ip_address": None},
        "sim": newest["sim"],
        "imsi": newest["imsi"],
    }
    assert (newest["sim"]["id"], newest["imsi"]["imsi"]) == (
        api.get(f"/v1/endpoint/{id}").body["sim"]["id"],
        imsi,
    )


def test_people_switch_and_assign_and_it_is_told(api: Site) -> None:
    id = api.new_device("eventful-2")
    new = NewSim(api.org, "8949050000000000002", "901770000000002", "8833900000002")
    sim = int(api.run(api.app.flows.add_sims, new).id)

    def change(path: str, body: dict[str, Any]) -> None:
        assert api.call("PATCH", path, body).status == 204

    for status in (1, 1, 0):
        change(f"/v1/endpoint/{id}", {"status": {"id": status}})
    assert happened(api, f"/v1/endpoint/{id}") == [42, 43]
    change(f"/v1/endpoint/{id}", {"sim": {"id": sim}})
    change(f"/v1/endpoint/{id}", {"sim": {"id": sim}})
    change(f"/v1/sim/{sim}", {"status": {"id": 1}})
    change(f"/v1/sim/{sim}", {"status": {"id": 2}})
    change(f"/v1/endpoint/{id}", {"sim": {"id": None}})
    assert happened(api, f"/v1/endpoint/{id}") == [1002, 1004, 1003, 1001, 42, 43]
    assert happened(api, f"/v1/sim/{sim}") == [1002, 1004, 1003, 1001]
    (row, *_) = api.get(f"/v1/sim/{sim}/event").body
    assert (row["detail"], row["sim"]["iccid"]) == ("SIM 8949050000000000002", "8949050000000000002")


def test_a_sim_tells_of_its_device_while_it_is_there(api: Site) -> None:
    id, imsi = device(api, 3)
    sight(api, imsi, Presence.DETACHED)
    sim = api.get(f"/v1/endpoint/{id}").body["sim"]["id"]
    assert happened(api, f"/v1/sim/{sim}") == [15]


def test_a_limit_that_is_reached_is_an_alert(api: Site) -> None:
    policy = api.new_policy("one a month", mt_limit=1)
    id = api.new_device("limited", policy, msisdn="8833900000004")
    assert api.post(f"/v1/endpoint/{id}/sms", {"payload": "x"}).status == 201
    assert sorted(happened(api, f"/v1/endpoint/{id}")) == [11, 1013]
    (row,) = api.get(f"/v1/endpoint/{id}/event?q=type:11").body
    assert (row["alert"], row["event_severity"]["description"]) == (True, "Warn")
    assert (row["event_type"]["id"], row["event_source"]["id"]) == (11, 1)
    assert row["description"] == "Endpoint blocked: policy one a month"


def test_events_are_filtered(api: Site) -> None:
    id, imsi = device(api, 5)
    sight(api, imsi, Presence.DETACHED, Presence.ATTACHED)
    assert api.call("PATCH", f"/v1/endpoint/{id}", {"status": {"id": 1}}).status == 204
    iccid = api.get(f"/v1/endpoint/{id}").body["sim"]["iccid"]
    for q, found in {
        "type:15": [15],
        "type:purge location": [15],
        "source:0": [1, 15],
        "source:api": [43],
        "severity:0": [43, 1, 15],
        "severity:info,alert:false": [43, 1, 15],
        "alert:true": [],
        f"organisation:{api.org}": [43, 1, 15],
        f"organisation:{NOWHERE}": [],
        "user:1": [],
        f"imsi:{imsi}": [43, 1, 15],
        f"iccid:{iccid}": [43, 1, 15],
        "imei:1": [],
        "tags:e5": [43, 1, 15],
        "from:2001-01-01,until:2099-12-31": [43, 1, 15],
        "from:2099-01-01": [],
        "until:2001-01-01": [],
    }.items():
        query = f"?q=endpoint:{id},{q}".replace(" ", "%20")
        assert happened(api, "/v1", query) == found, q
        assert happened(api, f"/v1/endpoint/{id}", f"?q={q}".replace(" ", "%20")) == found, q
    assert happened(api, f"/v1/endpoint/{id}", "?sort=timestamp") == [15, 1, 43]
    assert api.get("/v1/event?q=colour:red").status == 422


def test_pages_have_their_headers(api: Site) -> None:
    id, imsi = device(api, 6)
    sight(api, imsi, Presence.DETACHED, Presence.ATTACHED, Presence.DETACHED)
    for path in (f"/v1/endpoint/{id}/event", "/v1/event"):
        answer = api.get(f"{path}?q=endpoint:{id}&per_page=2&page=2")
        assert (answer.headers["x-total-pages"], answer.headers["x-total-count"]) == ("2", "3")
        assert [row["event_type"]["id"] for row in answer.body] == [15]
    assert api.get(f"/v1/endpoint/{id}/event").headers["x-total-pages"] == "1"


def test_the_types_are_the_contracts(api: Site) -> None:
    found = {row["id"]: row["description"] for row in api.get("/v1/event/type").body}
    assert {1, 2, 11, 15, 16, 20, 21, 42, 43, 54, 55, 58, 59, 61} <= found.keys()
    assert len(found) == len(event_types())


@pytest.mark.parametrize("path", ["/v1/endpoint/{}/event", "/v1/sim/{}/event"])
def test_another_organisation_sees_none(api: Site, path: str) -> None:
    id, imsi = device(api, 7 if "sim" in path else 8)
    sight(api, imsi, Presence.DETACHED)
    token = api.new_token("admin", org=api.new_organisation(f"event strangers {path[4:7]}").id)
    assert (api.get(path.format(id)).status, api.get(path.format(id), token=token).status) == (200, 404)
    assert api.get(path.format(NOWHERE)).status == 404
    assert api.get("/v1/event", token=token).body == []
    assert api.get("/v1/event", token=api.new_token("device:read")).status == 403
