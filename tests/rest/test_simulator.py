"""Virtual devices over the API: states and what becomes of SMS then, profiles, readings, inboxes, sending."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, get_args

import pytest

from heliograph.flow.manage.requests import DeviceWish, SetDevice
from heliograph.flow.ports import Answers, Urgency
from heliograph.interfaces.rest.routes import simulator
from heliograph.interfaces.rest.translate.simulator import Fault
from heliograph.networks.simulator.radio import FAULTS
from tests.rest.site import Answered, Site

LONGEST_SECONDS = 15.0


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("virtual", msisdn="8834000000881", imsi="901880000000881", tags="a,b")


def place(device: int, rest: str = "") -> str:
    return f"/v1/simulator/device/{device}{rest}"


def put(api: Site, device: int, **change: Any) -> Answered:
    answer = api.call("PATCH", place(device), change)
    assert answer.status == 200, answer
    return answer


def until(look: Callable[[], Any], wanted: Any) -> None:
    deadline = monotonic() + LONGEST_SECONDS
    while (found := look()) != wanted:
        assert monotonic() < deadline, found


def test_all_faults_of_the_simulator_may_be_asked_for() -> None:
    assert set(get_args(Fault)) == {str(fault) for fault in FAULTS}


@pytest.mark.parametrize(
    ("change", "state", "code"),
    [
        ({"coverage": "asleep"}, "asleep", "sleeping"),
        ({"coverage": "detached"}, "detached", "detached"),
        ({"memory": "full"}, "full", "memory_full"),
        ({"fault": "busy"}, "faulty", "busy"),
    ],
)
def test_a_state_holds_sms_until_it_ends(
    api: Site, device: int, change: dict[str, Any], state: str, code: str
) -> None:
    assert put(api, device, **change).body["state"] == state
    sent = api.post(f"/v1/endpoint/{device}/sms", {"payload": f"for {code}", "source_address": "2020"})
    sms = sent.headers["location"].split("/api")[1]
    if code != "detached":  # such a one is not even tried
        until(lambda: api.get(sms).body["gsm_map_error"], code)
    assert api.get(sms).body["status"]["id"] in (1, 3)
    back = put(api, device, coverage="attached", memory="free", fault=None).body
    assert (back["state"], back["fault"], back["memory"]) == ("attached", None, "free")
    if state != "faulty":  # a fault that ends tells nobody
        until(lambda: api.get(sms).body["status"]["id"], 4)


def test_a_change_is_in_the_audit_trail(api: Site, device: int) -> None:
    put(api, device, coverage="no_answer")
    put(api, device, coverage="no_answer")
    entries = [row for row in api.get("/v1/audit").body if row["action"] == "simulate"]
    assert entries[0]["id"] == device
    assert "no_answer" in str(entries[0]["after"])
    newest = entries[0]["number"]
    put(api, device, coverage="attached")
    entries = [row for row in api.get("/v1/audit").body if row["action"] == "simulate"]
    assert entries[0]["number"] > newest


def test_a_profile_its_readings_and_its_tag(api: Site, device: int) -> None:
    profiles = {one["name"]: one for one in api.get("/v1/simulator/profile").body}
    assert profiles["sleepy_sensor"]["readings"]["level"] == {"low": 0.0, "high": 240.0}
    shown = put(api, device, profile="tracker").body
    assert shown["profile"] == "tracker"
    assert api.get(f"/v1/endpoint/{device}").body["tags"] == "a,b,sim-profile=tracker"
    reading = min(profiles["tracker"]["readings"])
    assert put(api, device, readings={reading: 12.5}).body["readings"][reading] == 12.5
    put(api, device, profile="plain")
    assert api.get(f"/v1/endpoint/{device}").body["tags"] == "a,b,sim-profile=plain"


def test_a_profile_keeps_tags_that_somebody_gives_meanwhile(
    api: Site, device: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come between the look at the device and the change."""
    look, wish = simulator._device, DeviceWish(tags="a,b,north,sim-profile=tracker")

    async def look_and_be_late(services: Any, call: Any) -> Any:
        found = await look(services, call)
        await api.app.store.run(api.app.flows.set_devices, [SetDevice(api.org, device, wish)])
        return found

    put(api, device, profile="sleepy_sensor")
    with monkeypatch.context() as patch:
        patch.setattr(simulator, "_device", look_and_be_late)
        api.call("PATCH", place(device), {"profile": "plain"})
    before_the_answer = api.get("/v1/audit?kind=endpoint&action=change").body[1]["after"]
    assert before_the_answer["tags"] == "a,b,north,sim-profile=plain"


def test_who_lets_it_send_is_in_the_audit_trail(api: Site, device: int) -> None:
    body = {"dest_address": "4711", "payload": "who was it"}
    token = api.new_token("sms:send", "sms:read", "device:read")
    assert api.post(place(device, "/sms"), body, token=token).status == 200
    by_path = api.post(f"/v1/endpoint/{device}/sms", {**body, "dest_address": "4712"}, token=token)
    assert by_path.status == 201, by_path
    entries = api.get("/v1/audit?action=simulate").body[:2]
    assert [one["after"]["dest_address"] for one in entries] == ["4712", "4711"]
    assert {(one["id"], one["kind"]) for one in entries} == {(device, "endpoint")}
    assert entries[0]["actor"] == entries[1]["actor"] != "heliograph"
    assert "who was it" not in str(entries)


def test_its_inbox_is_for_those_who_read_sms(api: Site, device: int) -> None:
    api.post(f"/v1/endpoint/{device}/sms", {"payload": "look here", "source_address": "2020"})
    until(lambda: [one["payload"] for one in api.get(place(device, "/inbox")).body][-1:], ["look here"])
    assert api.get(place(device)).body["last_sms"]["payload"] == "look here"
    token = api.new_token("device:read")
    assert api.get(place(device), token=token).body["last_sms"] is None
    assert api.get(place(device, "/inbox"), token=token).status == 403


def test_it_sends(api: Site, device: int) -> None:
    sent = api.post(place(device, "/sms"), {"dest_address": "4444", "payload": "from afar"})
    assert sent.body == {"state": "accepted", "cause": None, "reason": None, "tries": None}
    found = api.get(f"/v1/endpoint/{device}/sms").body[0]
    assert (found["payload"], found["sms_type"]["id"]) == ("from afar", 2)


def test_what_it_may_not_send_is_refused_by_its_network(api: Site) -> None:
    silent = api.new_policy("silent", mo=0)
    device = api.new_device("silent", silent, msisdn="8834000000883", imsi="901880000000883")
    sent = api.post(place(device, "/sms"), {"dest_address": "4444", "payload": "psst"}).body
    assert (sent["state"], sent["cause"]) == ("refused", 50)
    assert api.get(place(device)).body["refused"][0]["payload"] == "psst"
    hidden = api.get(place(device), token=api.new_token("device:read")).body["refused"][0]
    assert hidden["payload"] is None


class Elsewhere:
    """A flow of this test: a device is on a network that this installation does not have."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Any, requests: Sequence[int]) -> Answers[None]:
        for device in requests:
            tx._connection.execute("UPDATE device SET network = 'modem' WHERE id = ?", (device,)).fetchall()
        return Answers([None for _ in requests], [])


def test_the_list_has_virtual_ones_only(api: Site, device: int) -> None:
    far = api.new_device("elsewhere", msisdn="8834000000884")
    api.run(Elsewhere(), far)
    answer = api.get("/v1/simulator/device?per_page=500")
    ids = {one["endpoint"]["id"] for one in answer.body}
    assert device in ids
    assert far not in ids
    assert int(answer.headers["x-total-count"]) == len(ids)
    assert [one["endpoint"]["id"] for one in api.get("/v1/simulator/device?q=name:virtual").body] == [device]
    assert api.get(place(far)).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"coverage": "sideways"},
        {"profile": "boat"},
        {"readings": {"altitude of the moon": 1}},
        {"fault": "delivered"},
    ],
)
def test_what_the_simulator_does_not_know(api: Site, device: int, change: dict[str, Any]) -> None:
    before = api.get(place(device)).body
    assert api.call("PATCH", place(device), change).status in (400, 422)
    assert api.get(place(device)).body == before


def test_of_another_organisation_there_is_none(api: Site, device: int) -> None:
    token = api.new_token("admin", org=api.new_organisation("simulator strangers").id)
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "", {"memory": "full"}),
        ("GET", "/inbox", None),
        ("POST", "/sms", {"dest_address": "4444", "payload": "x"}),
    ):
        assert api.call(method, place(device, rest), body, token=token).status == 404
    assert api.get("/v1/simulator/device", token=token).body == []
