"""One SMS by its id alone: the same as by its endpoint, and nobody else's."""

import pytest

from tests.rest.sending import later, send
from tests.rest.site import Site


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("by-id", msisdn="8834000000772", imsi="901880000000772")


def sent(api: Site, device: int) -> tuple[int, str]:
    id = send(api, device, "STATUS", source_address="2020", not_before=later(api))
    return id, f"/v1/endpoint/{device}/sms/{id}"


def test_it_is_what_its_endpoint_shows(api: Site, device: int) -> None:
    id, path = sent(api, device)
    for what in ("", "/timeline", "/pdu"):
        found = api.get(f"/v1/sms/{id}{what}")
        assert found.status == 200
        assert found.body == api.get(path + what).body
    assert api.get(f"/v1/sms/{id}").body["payload"] == "STATUS"
    assert api.get(f"/v1/sms/{id}/pdu").body[0]["type"] == "SMS-DELIVER"


def test_it_is_canceled_once(api: Site, device: int) -> None:
    id, path = sent(api, device)
    answer = api.call("DELETE", f"/v1/sms/{id}")
    assert (answer.status, answer.body["status"]["description"]) == (200, "CANCELED")
    assert api.get(path).body["status"]["description"] == "CANCELED"
    assert api.call("DELETE", f"/v1/sms/{id}").status == 409


@pytest.mark.parametrize("what", ["", "/timeline", "/pdu"])
def test_one_that_is_not_there(api: Site, what: str) -> None:
    assert api.get(f"/v1/sms/256{what}").status == 404
    assert api.call("DELETE", "/v1/sms/256").status == 404
