"""`dest_address`: an SMS as if the device had sent it, by the flow that its network uses."""

from typing import Any

import pytest

from heliograph.flow.manage.requests import NewDevice
from tests.rest.sending import later, nested, post, send, show, until
from tests.rest.site import Site


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("mo-1", msisdn="491510000200", imsi="901280000000200")


def used(api: Site, device: int) -> int:
    return api.ask(api.app.reader.usage(device)).tally.mo


def test_to_a_short_code_it_goes_to_the_application(api: Site, device: int) -> None:
    shown = show(api, device, send(api, device, "22 degrees", dest_address="2020"))
    assert (shown["sms_type"], shown["direction"]) == ({"id": 2, "description": "MO"}, "MO")
    assert (shown["source_address"], shown["dest_address"]) == ("491510000200", "2020")
    assert shown["source_address_type"]["id"] == 145
    assert shown["endpoint"] == {"id": device, "name": "mo-1"}
    assert shown["payload"] == "22 degrees"


@pytest.mark.parametrize("address", [2020, "2020", 2020.0, "Service", "*100#"])
def test_the_address_is_what_a_device_may_dial(api: Site, device: int, address: object) -> None:
    shown = show(api, device, send(api, device, dest_address=address))
    assert shown["dest_address"] == (str(int(address)) if isinstance(address, float) else str(address))


def test_an_empty_address_is_none(api: Site, device: int) -> None:
    for address in ("", None):
        assert show(api, device, send(api, device, dest_address=address))["direction"] == "MT"


def test_a_long_one_counts_by_its_segments_and_is_one_message(api: Site, device: int) -> None:
    before = used(api, device)
    shown = show(api, device, send(api, device, "x" * 400, dest_address="2020"))
    assert (shown["segments"], len(shown["payload"])) == (3, 400)
    assert used(api, device) - before == 3


def test_to_another_device_it_is_received_there(api: Site, device: int) -> None:
    friend = api.new_device("mo-friend", msisdn="491510000201", imsi="901280000000201")
    sms = send(api, device, "hi", dest_address="+491510000201")
    seen = until(api, friend, sms, "DELIVERED")
    assert (seen["direction"], seen["sms_type"]["id"], seen["endpoint"]["id"]) == ("P2P", 1, friend)
    sent = show(api, device, sms)
    assert (sent["sms_type"]["id"], sent["endpoint"]["id"]) == (2, device)


def test_the_rules_of_devices_apply(api: Site, device: int) -> None:
    quiet = api.new_device("mo-quiet", api.new_policy("quiet", mo=False), imsi="901280000000202")
    answer = post(api, quiet, dest_address="2020")
    assert (answer.status, answer.body["refusal"]["code"]) == (422, "mo_off")
    alone = api.new_policy("alone", p2p_internal=False)
    lonely = api.new_device("mo-lonely", alone, imsi="901280000000203")
    answer = post(api, lonely, dest_address="491510000200")
    assert answer.body["refusal"]["code"] == "p2p_internal_off"
    answer = post(api, device, dest_address="447700900123")
    assert (answer.status, answer.body["refusal"]["code"]) == (422, "no_external_route")
    assert post(api, 5, dest_address="2020").status == 404


def test_beyond_the_cap_it_is_taken_and_fails(api: Site) -> None:
    """As to the device's network: acknowledged, not forwarded."""
    capped = api.new_device("mo-capped", api.new_policy("no p2p", p2p_sent_per_day=0), imsi="901280000000204")
    shown = show(api, capped, send(api, capped, dest_address="491510000200"))
    assert (shown["status"]["description"], shown["reason"]) == ("FAILED", "p2p_cap_reached")


@pytest.mark.parametrize(
    "extra",
    [
        {"priority": 1},
        {"replace_key": "k"},
        {"client_reference": "r"},
        {"tags": "t"},
        {"validity_seconds": 9},
    ],
)
def test_what_only_goes_to_devices_is_refused(api: Site, device: int, extra: dict[str, Any]) -> None:
    answer = post(api, device, dest_address="2020", **extra)
    assert answer.status == 422
    assert next(iter(extra)) in nested(answer)[0]
    assert post(api, device, dest_address="2020", not_before=later(api)).status == 422


def test_an_endpoint_without_a_sim_cannot_send(api: Site) -> None:
    bare = api.run(api.app.flows.add_devices, NewDevice(api.org, "mo-bare", "default", "simulator"))
    answer = post(api, int(bare.id), dest_address="2020")
    assert (answer.status, nested(answer)) == (
        422,
        ["Sms - dest_address: the endpoint has no SIM, so it cannot send"],
    )


def test_a_simulated_sms_has_a_timeline(api: Site, device: int) -> None:
    sms = send(api, device, "to be read", dest_address="2020")
    steps = api.get(f"/v1/endpoint/{device}/sms/{sms}/timeline").body
    assert steps[0]["text"].startswith("Accepted from device mo-1 (491510000200): an SMS from a device")
