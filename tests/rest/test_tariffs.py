"""Tariff profiles: what a segment costs, and whose price counts."""

from typing import Any

import pytest

from heliograph.core.device import Tally
from heliograph.flow.manage.requests import DeviceWish, SetDevice
from tests.rest.site import Site

PATH = "/v1/tariff_profile"


def made(api: Site, name: str, **fields: Any) -> int:
    answer = api.post(PATH, {"name": name, **fields})
    assert answer.status == 201, answer.text
    assert answer.headers["location"].endswith(f"{PATH}/{answer.body['id']}")
    return int(answer.body["id"])


def test_a_tariff_is_made_shown_changed_and_deleted(api: Site) -> None:
    id = made(api, "europe", description="all of it", sms_mt_rate=0.045, sms_mo_rate=0.01)
    found = api.get(f"{PATH}/{id}").body
    assert (found["name"], found["description"], found["used_count"]) == ("europe", "all of it", 0)
    assert (found["sms_mt_rate"], found["sms_mo_rate"]) == (0.045, 0.01)
    assert found["tariff"] == {
        "id": id,
        "name": "europe",
        "default_sms_mt_rate": 0.045,
        "default_sms_mo_rate": 0.01,
    }
    assert api.call("PATCH", f"{PATH}/{id}", {"sms_mo_rate": 0}).status == 204
    found = api.get(f"{PATH}/{id}").body
    assert (found["sms_mt_rate"], found["sms_mo_rate"]) == (0.045, 0.0)
    assert api.call("DELETE", f"{PATH}/{id}").status == 204
    gone = api.get(f"{PATH}/{id}")
    assert (gone.status, gone.body["message"]) == (404, f"Tariff Profile with id {id} not found")


def test_the_tariff_that_endpoints_without_one_show_can_be_looked_at(api: Site) -> None:
    """Clients follow what an endpoint names; the SDK takes no endpoint that names none."""
    shown = api.get(f"/v1/endpoint/{api.new_device('no-tariff')}").body["tariff_profile"]
    found = api.get(f"{PATH}/{shown['id']}")
    assert (found.status, found.body["name"]) == (200, shown["name"])
    assert "service profile" in found.body["description"]
    assert api.call("PATCH", f"{PATH}/{shown['id']}", {"name": "mine"}).status == 404
    assert api.call("DELETE", f"{PATH}/{shown['id']}").status == 404


def test_rates_may_come_where_the_contract_has_them(api: Site) -> None:
    id = made(api, "theirs", tariff={"id": 7, "default_sms_mt_rate": 0.5, "default_sms_mo_rate": 0.25})
    found = api.get(f"{PATH}/{id}").body
    assert (found["sms_mt_rate"], found["sms_mo_rate"]) == (0.5, 0.25)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x", "sms_mt_rate": -1},
        {"name": "x", "sms_mt_rate": 1_000_001},
        {"name": "x", "tariff": {"default_sms_mo_rate": "free"}},
        {"name": "x", "description": "d" * 1001},
    ],
)
def test_bad_tariffs_are_refused(api: Site, body: object) -> None:
    answer = api.post(PATH, body)
    assert (answer.status, answer.body["error_code"], len(answer.body["errors"])) == (422, 1400, 1)


def test_a_name_is_taken_once(api: Site) -> None:
    first, second = made(api, "one"), made(api, "two")
    for answer in (api.post(PATH, {"name": "one"}), api.call("PATCH", f"{PATH}/{second}", {"name": "one"})):
        assert (answer.status, answer.body["error_code"]) == (409, 1405)
    assert api.call("PATCH", f"{PATH}/{first}", {"name": "one"}).status == 204


def test_a_tariff_in_use_is_not_deleted(api: Site) -> None:
    id = made(api, "in use")
    device = api.new_device("payer", tariff=id)
    assert api.get(f"{PATH}/{id}").body["used_count"] == 1
    answer = api.call("DELETE", f"{PATH}/{id}")
    assert (answer.status, answer.body["error_code"]) == (409, 1407)
    assert answer.body["message"] == "Tariff Profile still referenced by Endpoint."
    api.run(api.app.flows.set_devices, SetDevice(api.org, device, DeviceWish(tariff=None)))
    assert api.call("DELETE", f"{PATH}/{id}").status == 204


def test_the_tariff_of_a_device_goes_before_the_prices_of_its_policy(api: Site) -> None:
    policy = api.new_policy("priced", price_mt=7)
    device = api.new_device("priced one", policy, msisdn="491514000001", imsi="901284000000001")
    path = f"/v1/endpoint/{device}/sms"
    assert api.post(path, {"payload": "x" * 200}).status == 201
    assert cost(api, device).cost_mt == 14
    tariff = made(api, "dear", sms_mt_rate=0.0001)
    api.run(api.app.flows.set_devices, SetDevice(api.org, device, DeviceWish(tariff=tariff)))
    assert api.post(path, {"payload": "x"}).status == 201
    assert cost(api, device).cost_mt == 14 + 100
    api.call("PATCH", f"{PATH}/{tariff}", {"sms_mt_rate": 0})
    assert api.post(path, {"payload": "x"}).status == 201
    assert cost(api, device).cost_mt == 14 + 100


def cost(api: Site, device: int) -> Tally:
    return api.ask(api.app.reader.usage(device)).tally


def test_the_list_is_filtered_and_sorted(api: Site) -> None:
    for name in ("sorted b", "sorted a"):
        made(api, name)
    answer = api.get(f"{PATH}?q=name:sorted&sort=name")
    assert [row["name"] for row in answer.body] == ["sorted a", "sorted b"]
    assert answer.headers["x-total-count"] == "2"


def test_another_organisation_sees_no_tariff(api: Site) -> None:
    id = made(api, "ours alone")
    token = api.new_token("admin", org=api.new_organisation("others of tariffs").id)
    assert [row["name"] for row in api.get(PATH, token=token).body if row["id"] == id] == []
    for method, body in (("GET", None), ("PATCH", {"name": "theirs"}), ("DELETE", None)):
        answer = api.call(method, f"{PATH}/{id}", body, token=token)
        assert (answer.status, answer.body["message"]) == (404, f"Tariff Profile with id {id} not found")
    assert api.get(f"{PATH}/{id}").body["name"] == "ours alone"
