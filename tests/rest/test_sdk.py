"""The PyPI package emnify-sdk 0.5.3, unchanged, against a running site: every public method it has."""

import importlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.manage.requests import NewDevice
from heliograph.flow.manage.sims import NewSim
from tests.rest.site import Site

MANY = 1_050  # more than a page of endpoints
ENABLED = {"id": 0, "description": "Enabled"}
DISABLED = {"id": 1, "description": "Disabled"}
PLACE = "EMNIFY_SDK_API_ENDPOINT_URL"


@pytest.fixture(scope="module")
def package(api: Site) -> Iterator[Any]:
    """It reads its address once, when it is imported."""
    known = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "emnify"}
    before = os.environ.get(PLACE)
    os.environ[PLACE] = f"http://127.0.0.1:{api.port}/api"
    try:
        yield importlib.import_module("emnify")
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "emnify"]:
            del sys.modules[name]
        sys.modules.update(known)
        os.environ.pop(PLACE)
        if before is not None:
            os.environ[PLACE] = before


@pytest.fixture(scope="module")
def sdk(api: Site, package: Any) -> Any:
    return package.EMnify(app_token=api.new_token("admin"))


@pytest.fixture(scope="module")
def policy(api: Site) -> int:
    return api.new_policy("sdk")


def _sim(api: Site, number: int, **more: Any) -> int:
    new = NewSim(api.org, f"89490200000{number:08}", f"90143{number:010}", f"88327{number:08}", **more)
    return int(api.run(api.app.flows.add_sims, new).id)


def _device(sdk: Any, policy: int, name: str, **more: Any) -> int:
    devices = sdk.devices
    model = devices.device_create_model(
        name=name,
        tags="sdk, test",
        status=devices.status_model(**DISABLED),
        service_profile=devices.service_profile_model(id=policy),
        tariff_profile=devices.tariff_profile_model(id=0),
        **more,
    )
    return int(devices.create_device(model))


def test_a_token_that_is_none_is_unauthorised(package: Any, sdk: Any) -> None:
    errors = importlib.import_module("emnify.errors")
    with pytest.raises(errors.UnauthorisedException):
        list(package.EMnify(app_token="hg_wrong").devices.get_devices_list())


def test_a_device_is_created_retrieved_updated_and_deleted(sdk: Any, policy: int) -> None:
    id = _device(sdk, policy, "sdk-life", imei="490154203237518", ip_address="10.1.2.3")
    device = sdk.devices.retrieve_device(id)
    assert (device.name, device.tags, device.imei) == ("sdk-life", "sdk,test", "490154203237518")
    assert (device.service_profile.id, device.status.id, device.sim) == (policy, 1, None)
    assert device.created.tzinfo is not None
    update = sdk.devices.device_update_model(name="sdk-life-2", status=sdk.devices.status_model(**ENABLED))
    assert sdk.devices.update_device(device_id=id, device=update) is True
    assert sdk.devices.retrieve_device(id).name == "sdk-life-2"
    sdk.devices.disable_device(id)
    assert sdk.devices.retrieve_device(id).status.id == 1
    assert sdk.devices.delete_device(id) is True
    errors = importlib.import_module("emnify.errors")
    with pytest.raises(errors.ValidationErrorException, match="NotFound"):
        sdk.devices.retrieve_device(id)


def test_a_sim_is_assigned_and_released_and_goes_with_its_status(api: Site, sdk: Any, policy: int) -> None:
    id, sim = _device(sdk, policy, "sdk-sim"), _sim(api, 1)
    sdk.devices.assign_sim(device_id=id, sim_id=sim)
    device = sdk.devices.retrieve_device(id)
    assert (device.sim.id, device.sim.status.id, device.sim.msisdn) == (sim, 0, "8832700000001")
    assert sdk.devices.change_status(id, enable=True) is True
    assert sdk.devices.retrieve_device(id).status.id == 0
    assert sdk.sim.retrieve_sim(sim).status.id == 1
    assert sdk.devices.change_status(device, disable=True) is True
    assert sdk.sim.retrieve_sim(sim).status.id == 2
    assert sdk.devices.change_status(id, enable=True) is True
    assert sdk.devices.release_sim(id) is True
    assert (sdk.devices.retrieve_device(id).sim, sdk.sim.retrieve_sim(sim).device) == (None, None)


def test_the_sim_of_an_imported_device_is_released_and_assigned_again(api: Site, sdk: Any) -> None:
    id = api.new_device("sdk-imported", msisdn="8832700000077", imsi="901430000000077")
    sim = sdk.devices.retrieve_device(id).sim.id
    assert sdk.devices.release_sim(id) is True
    assert sdk.devices.retrieve_device(id).sim is None
    waiting = sdk.sim.retrieve_sim(sim)
    assert (waiting.imsi, waiting.msisdn, waiting.device) == ("901430000000077", "8832700000077", None)
    # Its assign_sim wants a device with a SIM already, unless the SIM is only issued.
    assert api.call("PATCH", f"/v1/endpoint/{id}", {"sim": {"id": sim}}).status == 204
    assert sdk.devices.change_status(id, enable=True) is True
    assert sdk.sim.retrieve_sim(sim).status.id == 1


def test_a_device_with_a_sim_is_made_in_one_call_and_deleted_in_one(api: Site, sdk: Any, policy: int) -> None:
    sim = _sim(api, 2)
    id = _device(sdk, policy, "sdk-with-sim", sim={"id": sim, "activate": True})
    assert sdk.devices.retrieve_device(id).sim.status.id == 1
    assert sdk.devices.delete_device(id) is True
    assert sdk.sim.retrieve_sim(sim).status.id == 2


def test_devices_are_listed_over_pages_filtered_and_sorted(api: Site, sdk: Any, policy: int) -> None:
    rows = [NewDevice(api.org, f"many-{n}", policy, "simulator", tags="many") for n in range(MANY)]

    async def add() -> None:
        await api.app.store.run(api.app.flows.import_devices, rows)

    api.ask(add())
    listed = list(sdk.devices.get_devices_list())
    names = [device.name for device in listed]
    assert len(names) == len(set(names)) == int(api.get("/v1/endpoint").headers["x-total-count"])
    assert {f"many-{n}" for n in range(MANY)} <= set(names)
    wanted = sdk.devices.get_device_filter_model
    by = sdk.devices.get_device_sort_enum
    found = list(sdk.devices.get_devices_list(filter_model=wanted(name="many-77"), sort_enum=by.LAST_UPDATED))
    assert sorted(device.name for device in found) == ["many-77", *(f"many-77{n}" for n in range(10))]
    now = datetime.now(UTC)
    for more in (wanted(tags="many", status=0, created=now - timedelta(days=1)), wanted(sim_status=3)):
        assert list(sdk.devices.get_devices_list(filter_model=more)) == []
    assert len(list(sdk.devices.get_devices_list(filter_model=wanted(tags="many", status=0)))) == MANY


def test_sms_are_sent_and_listed(api: Site, sdk: Any) -> None:
    id = api.new_device("sdk-sms", msisdn="8832750000001", imsi="901435000000001")
    model = sdk.devices.sms_create_model
    assert sdk.devices.send_sms(device=id, sms=model(payload="hello", source_address="12345")) is True
    full = model(payload="again", source_address="Sender", source_address_type={"id": 208}, dcs=0)
    assert sdk.devices.send_sms(device=sdk.devices.retrieve_device(id), sms=full) is True
    rows = list(sdk.devices.get_device_sms_list(device=id))
    assert [(row.payload, row.source_address) for row in rows] == [("again", "Sender"), ("hello", "12345")]
    assert (rows[0].sms_type["id"], rows[0].endpoint["id"]) == (1, id)
    assert sdk.devices.validate_device(id) == id


def test_connectivity_is_told_and_reset(api: Site, sdk: Any) -> None:
    id = api.new_device("sdk-away", msisdn="8832750000002", imsi="901435000000002")
    assert sdk.devices.get_device_connectivity_status(id).status.description == "ATTACHED"
    api.ask(api.app.sight([Sighting("901435000000002", "", Presence.DETACHED)]))
    assert sdk.devices.get_device_connectivity_status(id).status.description == "OFFLINE"
    assert sdk.devices.reset_connectivity_network(id) is True
    assert sdk.devices.reset_connectivity_data(id) is True
    (event,) = sdk.devices.get_device_events_list(id)
    assert (event.event_type.id, event.event_source.id, event.organisation.id) == (15, 0, api.org)


def test_operators_are_listed_and_kept_away_from(api: Site, sdk: Any) -> None:
    id = api.new_device("sdk-operators")
    operators = list(sdk.operator.get_operators())
    telekom = next(
        operator for operator in operators if operator.tapcode and operator.tapcode[0].tapcode == "DEUD1"
    )
    assert (telekom.country.name, telekom.mnc[0].mnc) == ("Germany", "01")
    assert sdk.devices.add_device_blacklist_operator(id, telekom.id) is True
    assert [one.id for one in sdk.devices.get_device_operator_blacklist(id)] == [telekom.id]
    errors = importlib.import_module("emnify.errors")
    with pytest.raises(errors.ValidationErrorException, match="already in the blacklist"):
        sdk.devices.add_device_blacklist_operator(id, telekom.id)
    assert sdk.devices.delete_device_blacklist_operator(id, telekom.id) is True
    with pytest.raises(errors.ValidationErrorException, match="not in the blacklist"):
        sdk.devices.delete_device_blacklist_operator(id, telekom.id)


def test_sims_are_registered_listed_and_moved(api: Site, sdk: Any) -> None:
    sims = [_sim(api, 10 + n, bic="SDK-BATCH-1") for n in range(3)]
    assert [sim.id for sim in sdk.sim.register_sim("SDK-BATCH-1")] == sims
    errors = importlib.import_module("emnify.errors")
    with pytest.raises(errors.ValidationErrorException, match="Invalid bic number"):
        sdk.sim.register_sim("NO-SUCH-BATCH")
    assert sdk.sim.suspend_sim(sims[0]) is True
    assert sdk.sim.retrieve_sim(sims[0]).status.id == 2
    assert sdk.sim.activate_sim(sims[0]) is True
    update = sdk.sim.get_sim_update_model(status={"id": 2})
    assert sdk.sim.update_sim(sim_id=sims[1], sim=update) is True
    wanted, by = sdk.sim.get_sim_filter_model, sdk.sim.get_sim_sort_enum
    (found,) = sdk.sim.get_sim_list(filter_model=wanted(imsi="901430000000011"), sort_enum=by.iccid)
    assert (found.id, found.status.id, found.iccid) == (sims[1], 2, "8949020000000000011")
    alone = {sim.id for sim in sdk.sim.get_sim_list(without_device=True)}
    assert set(sims) <= alone
    one = sdk.sim.get_sim_list(filter_model=wanted(iccid="8949020000000000012"), without_device=True)
    assert [sim.id for sim in one] == [sims[2]]


def test_this_file_calls_every_public_method(sdk: Any) -> None:
    text = Path(__file__).read_text("utf-8")
    for part in (sdk.devices, sdk.sim, sdk.operator):
        methods = [
            name
            for name, value in vars(type(part)).items()
            if callable(value) or isinstance(value, staticmethod)
        ]
        missing = [name for name in methods if not name.startswith("_") and f".{name}(" not in text]
        assert missing == []
