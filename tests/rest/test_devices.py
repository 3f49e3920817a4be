"""Endpoints over the API: made, shown, listed, changed, deleted; where they are; operators they avoid."""

import time
from typing import Any

import pytest

from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.manage.requests import NewDevice
from heliograph.flow.manage.sims import NewSim
from tests.cli.program import eventually
from tests.rest.sending import TOMORROW_MS, later, send, show
from tests.rest.site import Answered, Site

NOWHERE = 999_999_999


@pytest.fixture(scope="module")
def policy(api: Site) -> int:
    return api.new_policy("devices")


@pytest.fixture(scope="module")
def strangers(api: Site) -> str:
    """A token of another organisation."""
    return api.new_token("admin", org=api.new_organisation("strangers").id)


def body(policy: int, name: str, **more: Any) -> dict[str, Any]:
    profiles = {"service_profile": {"id": policy}, "tariff_profile": {"id": 0}}
    return {"name": name, "status": {"id": 0}, **profiles, **more}


def create(api: Site, policy: int, name: str, **more: Any) -> int:
    answer = api.post("/v1/endpoint", body(policy, name, **more))
    assert (answer.status, answer.text) == (201, ""), answer
    return int(answer.headers["location"].split("/")[-1])


def patch(api: Site, path: str, body: object, **more: Any) -> Answered:
    return api.call("PATCH", path, body, **more)


def new_sim(api: Site, number: int, **more: Any) -> int:
    new = NewSim(api.org, f"89490300000{number:08}", f"90155{number:010}", f"88328{number:08}", **more)
    return int(api.run(api.app.flows.add_sims, new).id)


def errors(answer: Answered) -> list[tuple[int, str]]:
    return [(one["error_code"], one["message"]) for one in answer.body["errors"]]


def test_what_is_made_is_shown(api: Site, policy: int) -> None:
    sim = new_sim(api, 1)
    wish = {"tags": " a, b ,a", "imei": 490154203237518, "imei_lock": True, "ip_address": "10.0.0.7"}
    id = create(api, policy, "made", sim={"id": sim, "activate": True}, **wish)
    answer = api.get(f"/v1/endpoint/{id}")
    shown = answer.body
    assert (answer.status, shown["created"]) == (200, shown["last_updated"])
    assert shown == {
        "id": id,
        "name": "made",
        "created": shown["created"],
        "last_updated": shown["created"],
        "status": {"id": 0, "description": "Enabled"},
        "service_profile": {"id": policy, "name": "devices"},
        "tariff_profile": {"id": 0, "name": "by service profile"},
        "tags": "a,b",
        "ip_address": "10.0.0.7",
        "imei": "490154203237518",
        "imei_lock": True,
        "network": "simulator",
        "sim": {
            "id": sim,
            "iccid": "8949030000000000001",
            "iccid_with_luhn": "89490300000000000012",
            "status": {"id": 1, "description": "Activated"},
            "imsi": "901550000000001",
            "msisdn": "8832800000001",
        },
    }
    again = api.get(f"/v1/endpoint/{id}", If_None_Match=answer.headers["etag"])
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"name": ...}, 422, (1402, "Endpoint - name is required")),
        ({"service_profile": ...}, 422, (1402, "Endpoint - service_profile is required")),
        ({"service_profile": {}}, 422, (1402, "Endpoint - service_profile is required")),
        (
            {"service_profile": {"id": NOWHERE}},
            422,
            (1401, f"Service Profile with Id '{NOWHERE}' not found."),
        ),
        ({"tariff_profile": {"id": NOWHERE}}, 422, (1401, f"Tariff Profile with Id '{NOWHERE}' not found.")),
        ({"sim": {"id": NOWHERE}}, 422, (1401, f"Sim with Id '{NOWHERE}' not found.")),
        ({"status": {"id": 2}}, 422, (1404, "Endpoint - status: must be 0 (Enabled) or 1 (Disabled)")),
        ({"imei": "12"}, 422, (1404, "Endpoint - imei: An IMEI has 14 to 16 digits.")),
        ({"ip_address": "10.0.0.256"}, 422, (1404, "Endpoint - ip_address: This is no IP address.")),
        ({"network": "moon"}, 422, (1406, "There is no network moon.")),
    ],
)
def test_bad_input_makes_nothing(
    api: Site, policy: int, change: dict[str, Any], status: int, error: tuple[int, str]
) -> None:
    wish = {name: value for name, value in {**body(policy, "bad"), **change}.items() if value is not ...}
    answer = api.post("/v1/endpoint", wish)
    assert (answer.status, errors(answer)) == (status, [error])
    assert api.get("/v1/endpoint?q=name:bad").body == []


def test_a_name_or_sim_that_is_taken_is_a_conflict(api: Site, policy: int) -> None:
    sim = new_sim(api, 2)
    first = create(api, policy, "taken", sim={"id": sim})
    second = create(api, policy, "taken-2")
    answer = api.post("/v1/endpoint", body(policy, "taken"))
    assert (answer.status, answer.body["error_code"]) == (409, 1405)
    for answer in (
        api.post("/v1/endpoint", body(policy, "taken-3", sim={"id": sim})),
        patch(api, f"/v1/endpoint/{second}", {"sim": {"id": sim}}),
        patch(api, f"/v1/endpoint/{second}", {"name": "taken"}),
    ):
        assert (answer.status, answer.body["error_code"]) == (409, 1405)
    assert api.get(f"/v1/endpoint/{first}").body["sim"]["id"] == sim
    assert "sim" not in api.get(f"/v1/endpoint/{second}").body


def test_a_name_may_be_digits_alone(api: Site, policy: int) -> None:
    id = create(api, policy, "4711")
    assert [row["id"] for row in api.get("/v1/endpoint?q=name:4711").body] == [id]


def test_a_change_changes_what_it_names(api: Site, policy: int) -> None:
    id = create(api, policy, "changed", tags="old", imei="490154203237518")
    before = api.get(f"/v1/endpoint/{id}").body
    answer = patch(api, f"/v1/endpoint/{id}", {"tags": "new", "status": {"id": 1.0}, "imei": None})
    assert (answer.status, answer.text) == (204, "")
    after = api.get(f"/v1/endpoint/{id}").body
    changed = {name for name in after if after[name] != before[name]} - {"last_updated"}
    assert changed == {"tags", "status", "imei"}
    assert (after["tags"], after["status"]["description"], after["imei"]) == ("new", "Disabled", None)
    refused = api.post(f"/v1/endpoint/{id}/sms", {"payload": "x"})
    assert (refused.status, refused.body["refusal"]["code"]) == (422, "device_disabled")


def test_a_sim_is_assigned_swapped_and_released(api: Site, policy: int) -> None:
    first, second = (new_sim(api, number, status=1) for number in (3, 4))
    id = create(api, policy, "swaps")
    path = f"/v1/endpoint/{id}"
    for sim, msisdn in ((first, "8832800000003"), (second, "8832800000004")):
        assert patch(api, path, {"sim": {"id": sim}}).status == 204
        assert (api.get(path).body["sim"]["id"], api.get(path).body["sim"]["msisdn"]) == (sim, msisdn)
        assert api.get(f"/v1/sim/{sim}").body["endpoint"]["id"] == id
    assert "endpoint" not in api.get(f"/v1/sim/{first}").body
    assert patch(api, path, {"sim": {"id": None}}).status == 204
    assert "sim" not in api.get(path).body
    assert "endpoint" not in api.get(f"/v1/sim/{second}").body
    assert api.get(f"/v1/sim/{second}").body["msisdn"] == "8832800000004"


def test_sms_wait_until_their_device_has_a_sim(api: Site, policy: int) -> None:
    id, sim = create(api, policy, "waits"), new_sim(api, 7, status=1)

    def state() -> str:
        (row,) = api.get(f"/v1/endpoint/{id}/sms").body
        return str(row["status"]["description"])

    assert api.post(f"/v1/endpoint/{id}/sms", {"payload": "x"}).status == 201
    assert state() == "DELIVERY ATTEMPT PENDING"
    assert patch(api, f"/v1/endpoint/{id}", {"sim": {"id": sim}}).status == 204
    eventually(lambda: state() == "DELIVERED", "the SMS")


def test_a_deleted_device_takes_along_what_waits_for_it(api: Site, policy: int) -> None:
    sim = new_sim(api, 55)
    id = create(api, policy, "expected", sim={"id": sim, "activate": True})
    scheduled = later(api, 3 * TOMORROW_MS)
    sms = [send(api, id, not_before=scheduled) for _ in range(300)]  # more than a slice
    assert api.call("DELETE", f"/v1/endpoint/{id}").status == 409
    assert show(api, id, sms[0])["status"]["description"] != "CANCELED"  # refused, so nothing was changed
    assert patch(api, f"/v1/endpoint/{id}", {"sim": {"id": None}}).status == 204
    assert api.call("DELETE", f"/v1/endpoint/{id}").status == 204
    found = api.get(f"/v1/sms?endpoint={id}&per_page=500").body
    assert {row["id"] for row in found} == set(sms)
    ends = {(row["status"]["description"], row["reason"]) for row in found}
    assert ends == {("CANCELED", "device_deleted")}


def test_only_a_device_without_a_sim_is_deleted(api: Site, policy: int) -> None:
    sim = new_sim(api, 5)
    id = create(api, policy, "deleted", sim={"id": sim})
    answer = api.call("DELETE", f"/v1/endpoint/{id}")
    assert (answer.status, answer.body["error_code"]) == (409, 1407)
    assert patch(api, f"/v1/endpoint/{id}", {"sim": {"id": None}}).status == 204
    assert api.call("DELETE", f"/v1/endpoint/{id}").status == 204
    assert api.get(f"/v1/endpoint/{id}").status == 404
    assert api.get(f"/v1/sim/{sim}").status == 200


def test_devices_of_the_command_line_have_a_sim(api: Site) -> None:
    id = api.new_device("imported", msisdn="8832899000001", imsi="901559000000001")
    sim = api.get(f"/v1/endpoint/{id}").body["sim"]
    assert (sim["imsi"], sim["msisdn"], sim["status"]["id"]) == ("901559000000001", "8832899000001", 1)
    assert api.get(f"/v1/sim/{sim['id']}").body["endpoint"]["name"] == "imported"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_organisations_device_is_unknown(api: Site, policy: int, strangers: str, method: str) -> None:
    id = create(api, policy, f"hidden from {method}")
    given = {"tags": "mine"} if method == "PATCH" else None
    for path, token in ((f"/v1/endpoint/{id}", strangers), (f"/v1/endpoint/{NOWHERE}", "")):
        answer = api.call(method, path, given, token=token)
        assert (answer.status, answer.body["error_code"]) == (404, 1201)
    assert api.get("/v1/endpoint", token=strangers).body == []
    assert api.get(f"/v1/endpoint/{id}").body["tags"] is None


def test_lists_filter_by_every_field(api: Site, policy: int) -> None:
    sim = new_sim(api, 6)
    wish = {"tags": "red,blue", "imei": "490154203237777", "ip_address": "10.9.9.9"}
    id = create(api, policy, "filtered one", sim={"id": sim}, **wish)
    day = api.get(f"/v1/endpoint/{id}").body["created"][:10]
    for q in (
        f"id:{id}",
        "name:FILTERED",
        "filtered one",
        "tags:red",
        "tags:blue,red,name:filtered",
        "imei:7777",
        "ip_address:10.9.9",
        "iccid:8949030000000000006",
        f"sim_status:0,service_profile:{policy}",
        "sim_status:issued,tariff_profile:0,status:0.0,name:filtered",
        f"created:{day},last_updated:{day},name:filtered one",
    ):
        found = api.get(f"/v1/endpoint?q={q.replace(' ', '%20')}")
        assert id in [row["id"] for row in found.body], q
    for q in ("tags:re", "sim_status:2", f"service_profile:{NOWHERE}", "created:2001-01-01"):
        assert id not in [row["id"] for row in api.get(f"/v1/endpoint?q={q}").body], q
    for query, code in (("q=colour:red", 1301), ("sort=colour", 1302)):
        answer = api.get(f"/v1/endpoint?{query}")
        assert (answer.status, answer.body["error_code"]) == (422, code)
    assert api.get("/v1/endpoint?page=x").status == 400


def test_pages_follow_each_other(api: Site, policy: int) -> None:
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        create(api, policy, name)
    found: list[str] = []
    for page in (1, 2, 3):
        answer = api.get(f"/v1/endpoint?q=name:page-&sort=-name&per_page=2&page={page}")
        found += [row["name"] for row in answer.body]
        assert (answer.headers["x-total-pages"], answer.headers["x-total-count"]) == ("3", "5")
        assert (answer.headers["x-page"], answer.headers["x-sort"]) == (str(page), "-name")
    assert found == names[::-1]
    beyond = api.get("/v1/endpoint?q=name:page-&sort=-name&per_page=2&page=99")
    assert (beyond.headers["x-current-page"], [row["name"] for row in beyond.body]) == ("3", ["page-0"])
    assert api.get("/v1/endpoint?sort=DeviceSort.LAST_UPDATED").status == 200


def test_connectivity_says_what_is_known(api: Site, policy: int) -> None:
    imsi = "901559000000002"
    id = api.new_device("connected", msisdn="8832899000002", imsi=imsi)
    path = f"/v1/endpoint/{id}/connectivity"

    def status() -> str:
        return str(api.get(path).body["status"]["description"])

    assert (status(), api.get(path).body["services"]) == ("ATTACHED", ["SMS"])
    api.ask(api.app.sight([Sighting(imsi, "", Presence.DETACHED)]))
    assert (status(), "location" in api.get(path).body) == ("OFFLINE", False)
    for reset in ({"location": None}, {"pdp_context": None}):
        answer = patch(api, path, reset)
        assert (answer.status, answer.text) == (204, "")
    for wrong in ({}, {"location": "here"}):
        assert patch(api, path, wrong).status == 422
    assert patch(api, f"/v1/endpoint/{id}", {"status": {"id": 1}}).status == 204
    assert status() == "BLOCKED"
    bare = create(api, policy, "no sim at all")
    assert api.get(f"/v1/endpoint/{bare}/connectivity").body["status"]["description"] == "OFFLINE"


def test_operators_that_a_device_avoids(api: Site, policy: int, strangers: str) -> None:
    id = create(api, policy, "avoids")
    path = f"/v1/endpoint/{id}/operator_blacklist"
    assert api.call("PUT", f"{path}/262001").status == 204
    again = api.call("PUT", f"{path}/262001")
    assert (again.status, again.body["error_code"]) == (409, 1405)
    (found,) = api.get(path).body
    assert (found["name"], found["tapcode"][0]["tapcode"]) == ("Telekom Deutschland", "DEUD1")
    for wrong in (f"{path}/{NOWHERE}", f"/v1/endpoint/{NOWHERE}/operator_blacklist/262001"):
        assert api.call("PUT", wrong).status == 404
    assert api.get(path, token=strangers).status == 404
    assert api.call("DELETE", f"{path}/262001").status == 204
    assert api.call("DELETE", f"{path}/262001").status == 404
    assert api.get(path).body == []


def test_an_observer_reads_and_changes_nothing(api: Site, policy: int) -> None:
    id, token = create(api, policy, "observed"), api.new_token("device:read")
    assert api.get(f"/v1/endpoint/{id}", token=token).status == 200
    assert patch(api, f"/v1/endpoint/{id}", {"tags": "x"}, token=token).status == 403
    assert api.get("/v1/endpoint", token=api.new_token("sms:send")).status == 403


MANY = 20_000
MANY_SECONDS = 5.0  # generous: the machine may be busy


def test_a_list_of_many_is_fast(api: Site, policy: int) -> None:
    org = api.new_organisation("many devices").id
    token = api.new_token("admin", org=org)
    rows = [
        NewDevice(org, f"d-{n}", "default", "simulator", f"88329{n:08}", f"90156{n:010}", tags=f"t{n % 10}")
        for n in range(MANY)
    ]

    async def add() -> None:
        for start in range(0, MANY, 500):
            await api.app.store.run(api.app.flows.import_devices, rows[start : start + 500])

    api.ask(add())
    began = time.monotonic()
    last = api.get("/v1/endpoint?page=1000000", token=token)
    found = api.get("/v1/endpoint?q=tags:t7,iccid:0019997&sort=-name", token=token)
    sims = api.get("/v1/sim?per_page=1&page=7", token=token)
    assert time.monotonic() - began < MANY_SECONDS
    assert (last.headers["x-current-page"], len(last.body)) == ("20", 1_000)
    assert ([row["name"] for row in found.body], found.headers["x-total-count"]) == (["d-19997"], "1")
    assert (sims.headers["x-total-count"], sims.body[0]["endpoint"]["name"]) == (str(MANY), "d-6")
