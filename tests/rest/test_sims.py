"""SIMs over the API: added, listed, moved, registered by their batch; and what their device has of it."""

from typing import Any

import pytest

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import DeleteDevice, DeviceWish, SetDevice
from tests.rest.site import Answered, Site

NOWHERE = 999_999_999


def iccid(number: int) -> str:
    return f"89490400000{number:08}"


def add(api: Site, number: int, **more: Any) -> int:
    given = {"iccid": iccid(number), "imsi": f"90166{number:010}", "msisdn": f"+88338{number:08}", **more}
    answer = api.post("/v1/sim", given)
    assert (answer.status, answer.text) == (201, ""), answer
    return int(answer.headers["location"].split("/")[-1])


def move(api: Site, sim: int, status: float, **more: Any) -> Answered:
    return api.call("PATCH", f"/v1/sim/{sim}", {"status": {"id": status}}, **more)


def status(api: Site, sim: int) -> int:
    return int(api.get(f"/v1/sim/{sim}").body["status"]["id"])


def test_what_is_added_is_shown(api: Site) -> None:
    sim = add(api, 1, bic="BOX-1")
    shown = api.get(f"/v1/sim/{sim}").body
    organisation = {"id": api.org, "name": "default"}
    assert shown == {
        "id": sim,
        "iccid": iccid(1),
        "iccid_with_luhn": shown["iccid_with_luhn"],
        "imsi": "901660000000001",
        "msisdn": "8833800000001",
        "status": {"id": 0, "description": "Issued"},
        "production_date": shown["production_date"],
        "activation_date": None,
        "issuer_org": organisation,
        "customer_org": organisation,
        "bic": "BOX-1",
    }
    assert move(api, sim, 1.0).status == 204
    assert api.get(f"/v1/sim/{sim}").body["activation_date"] is not None


def test_a_number_is_taken_once(api: Site) -> None:
    add(api, 2)
    api.new_device("has numbers", msisdn="8833899000002", imsi="901669900000002")
    for taken in (
        {"iccid": iccid(2)},
        {"imsi": "901660000000002"},
        {"msisdn": "8833800000002"},
        {"imsi": "901669900000002"},
        {"msisdn": "8833899000002"},
    ):
        answer = api.post("/v1/sim", {"iccid": iccid(3), **taken})
        assert (answer.status, answer.body["error_code"]) == (409, 1405), taken
        assert answer.body["message"].endswith("cannot be added."), "whose it is, is not said"
    assert api.get(f"/v1/sim?q=iccid:{iccid(3)}").body == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Sim - iccid is required"),
        ({"iccid": "12"}, "Sim - iccid: An ICCID starts with 89 and has 18 to 20 digits."),
        ({"iccid": iccid(4), "imsi": "12"}, "Sim - imsi: An IMSI has 15 digits."),
        ({"iccid": iccid(4), "status": {"id": 3}}, "Sim - status: A SIM begins issued or activated."),
        (
            {"iccid": iccid(4), "bic": "no space"},
            "Sim - bic: A batch code has letters, digits and -, at most 40.",
        ),
    ],
)
def test_bad_input_adds_nothing(api: Site, given: dict[str, Any], message: str) -> None:
    answer = api.post("/v1/sim", given)
    assert (answer.status, [one["message"] for one in answer.body["errors"]]) == (422, [message])
    assert api.get(f"/v1/sim?q=iccid:{iccid(4)}").body == []


def test_a_sim_moves_where_it_may(api: Site) -> None:
    sim = add(api, 5)
    for target in (4, 1, 2, 1, 1):
        assert move(api, sim, target).status == 204
        assert status(api, sim) == target
    for wrong in (0, 3, 4, 9):
        answer = move(api, sim, wrong)
        assert (answer.status, answer.body["error_code"]) == (422, 1400)
    assert status(api, sim) == 1
    assert move(api, NOWHERE, 1).status == 404


def test_a_batch_is_registered_in_both_forms(api: Site) -> None:
    sims = [add(api, 10 + number, bic="BOX-10") for number in range(3)]
    assert move(api, sims[2], 1).status == 204
    expected = {"sim": [{"id": sim, "iccid": iccid(10 + number)} for number, sim in enumerate(sims)]}
    for form in ({"id": 1, "description": "Activated"}, {"sim_status": {"id": 1}}):
        answer = api.call("PATCH", "/v1/sim_batch/bic/BOX-10", form)
        assert (answer.status, answer.body) == (200, expected)
    assert [status(api, sim) for sim in sims] == [1, 1, 1]


@pytest.mark.parametrize(
    ("bic", "form", "code"),
    [
        ("BOX-99", {"id": 1}, 1401),
        ("x" * 50, {"id": 1}, 1401),
        ("BOX-20", {}, 1402),
        ("BOX-20", {"id": 2}, 1406),
        ("BOX-20", {"id": "one"}, 1403),
    ],
)
def test_a_bad_batch_is_422(api: Site, bic: str, form: object, code: int) -> None:
    if not api.get("/v1/sim?q=bic:BOX-20").body:
        add(api, 20, bic="BOX-20")
    answer = api.call("PATCH", f"/v1/sim_batch/bic/{bic}", form)
    assert (answer.status, [one["error_code"] for one in answer.body["errors"]]) == (422, [code])


def test_a_list_is_filtered_sorted_and_paged(api: Site) -> None:
    sims = [add(api, 30 + number, bic="BOX-30") for number in range(3)]
    device = api.new_device("sim list")
    assert api.call("PATCH", f"/v1/endpoint/{device}", {"sim": {"id": sims[0]}}).status == 204

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"/v1/sim?{query}").body]

    assert found("q=bic:BOX-30&sort=-iccid") == sims[::-1]
    assert found(f"q=endpoint:{device}") == [sims[0]]
    assert found("q=bic:BOX-30endpoint:null") == sims[1:]
    assert found("q=imsi:901660000000031") == [sims[1]]
    assert found("q=msisdn:8833800000032,status:issued") == [sims[2]]
    assert found(iccid(30).join(["q=", ""])) == [sims[0]]
    assert found("q=bic:BOX-30&per_page=2&page=2&sort=SimSort.iccid") == [sims[2]]
    answer = api.get("/v1/sim?q=bic:BOX-30&per_page=2")
    assert (answer.headers["x-total-pages"], answer.headers["x-total-count"]) == ("2", "3")


def test_another_organisations_sim_is_unknown(api: Site) -> None:
    token = api.new_token("admin", org=api.new_organisation("sim strangers").id)
    sim = add(api, 40, bic="BOX-40")
    assert api.get(f"/v1/sim/{sim}", token=token).status == 404
    assert move(api, sim, 1, token=token).status == 404
    assert api.call("PATCH", "/v1/sim_batch/bic/BOX-40", {"id": 1}, token=token).status == 422
    policy = api.get("/v1/service_profile", token=token).body[0]["id"]
    profiles = {"service_profile": {"id": policy}, "tariff_profile": {"id": 0}}
    wish = {"name": "thief", "status": {"id": 0}, "sim": {"id": sim}, **profiles}
    made = api.post("/v1/endpoint", wish, token=token)
    assert (made.status, made.body["errors"][0]["message"]) == (422, f"Sim with Id '{sim}' not found.")
    assert (api.get("/v1/sim", token=token).body, status(api, sim)) == ([], 0)


def test_a_suspended_sim_stops_its_device(api: Site) -> None:
    sim, device = add(api, 50), api.new_device("suspended")
    assert api.call("PATCH", f"/v1/endpoint/{device}", {"sim": {"id": sim}}).status == 204
    answers = []
    for target in (None, 1, 2, 1):
        if target is not None:
            assert move(api, sim, target).status == 204
        answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"})
        answers.append(answer.body["refusal"]["code"] if answer.status != 201 else "sent")
    assert answers == ["sim_not_active", "sent", "sim_not_active", "sent"]


def change(api: Site, device: int, **wish: Any) -> None:
    api.run(api.app.flows.set_devices, SetDevice(api.org, device, DeviceWish(**wish)))


def test_another_imsi_is_another_sim(api: Site) -> None:
    """As `heliograph device set` changes it."""
    device = api.new_device("swapped", msisdn="8833899000060", imsi="901669900000060")
    first = api.get(f"/v1/endpoint/{device}").body["sim"]
    change(api, device, imsi="901669900000061")
    second = api.get(f"/v1/endpoint/{device}").body["sim"]
    assert (second["imsi"], second["msisdn"]) == ("901669900000061", "8833899000060")
    assert api.get(f"/v1/sim/{first['id']}").status == 404  # it came with the device
    change(api, device, msisdn="8833899000061")
    assert api.get(f"/v1/sim/{second['id']}").body["msisdn"] == "8833899000061"
    waiting = add(api, 61)
    change(api, device, imsi="901660000000061")
    third = api.get(f"/v1/endpoint/{device}").body["sim"]
    assert (third["id"], third["msisdn"]) == (waiting, "8833800000061")
    change(api, device, imsi="")
    assert "sim" not in api.get(f"/v1/endpoint/{device}").body
    assert api.get(f"/v1/sim/{waiting}").status == 200


def test_a_number_of_a_waiting_sim_is_taken_for_devices(api: Site) -> None:
    add(api, 70)
    device = api.new_device("wants a number")

    async def wish(**fields: Any) -> object:
        request = SetDevice(api.org, device, DeviceWish(**fields))
        return (await api.app.store.run(api.app.flows.set_devices, [request]))[0]

    refusal = api.ask(wish(msisdn="8833800000070"))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "duplicate"
    change(api, device, imsi="901660000000070")  # with its SIM it is the device's own
    assert api.get(f"/v1/endpoint/{device}").body["sim"]["msisdn"] == "8833800000070"


def test_a_deleted_device_leaves_a_sim_that_was_added(api: Site) -> None:
    """As `heliograph device delete` does."""
    sim, device = add(api, 80), api.new_device("goes")
    assert api.call("PATCH", f"/v1/endpoint/{device}", {"sim": {"id": sim}}).status == 204
    api.run(api.app.flows.delete_devices, DeleteDevice(api.org, device))
    assert "endpoint" not in api.get(f"/v1/sim/{sim}").body
    with_numbers = api.new_device("goes too", msisdn="8833899000080", imsi="901669900000080")
    api.run(api.app.flows.delete_devices, DeleteDevice(api.org, with_numbers))
    assert api.get("/v1/sim?q=imsi:901669900000080").body == []
    again = api.new_device("comes back", msisdn="8833899000080", imsi="901669900000080")
    assert api.get(f"/v1/endpoint/{again}").body["sim"]["imsi"] == "901669900000080"
