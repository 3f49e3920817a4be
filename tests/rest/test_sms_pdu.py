"""SMS shown as TPDUs: to an endpoint, from it, long ones, and those of nobody else."""

from typing import Any

import pytest

from heliograph.core.content import Content, content_of_text
from heliograph.flow.requests import Inbound
from tests.rest.site import Answered, Site


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("pdu", msisdn="8834000000771", imsi="901880000000771")


def sent(api: Site, device: int, body: dict[str, Any]) -> str:
    answer = api.post(f"/v1/endpoint/{device}/sms", body)
    assert answer.status == 201, answer
    return answer.headers["location"].split("/api")[1]


def fields(answer: Answered, segment: int = 0) -> dict[str, dict[str, str]]:
    return {field["name"]: field for field in answer.body[segment]["fields"]}


def test_a_text_to_an_endpoint(api: Site, device: int) -> None:
    place = sent(api, device, {"payload": "Grüße", "source_address": "METER"})
    answer = api.get(f"{place}/pdu")
    (one,) = answer.body
    assert (one["type"], one["segment"], one["segments"]) == ("SMS-DELIVER", 1, 1)
    assert one["octets"] * 2 == len(one["hex"])
    found = fields(answer)
    assert found["TP-OA"]["value"] == "METER"
    assert found["TP-DCS"]["meaning"] == "GSM 7-bit"
    assert found["TP-UD"]["value"] == "Grüße"


def test_a_long_one_has_its_parts(api: Site, device: int) -> None:
    answer = api.get(f"{sent(api, device, {'payload': 'x' * 200, 'source_address': '2020'})}/pdu")
    assert [one["segment"] for one in answer.body] == [1, 2]
    assert "part 2 of 2" in fields(answer, 1)["IE 00"]["meaning"]
    assert [fields(answer, at)["TP-MMS"]["value"] for at in (0, 1)] == ["0", "1"]
    assert fields(answer)["TP-OA"] == {
        "name": "TP-OA",
        "octets": "04810202",
        "value": "2020",
        "meaning": "a number, unknown type, plan 1",
    }


def test_octets(api: Site, device: int) -> None:
    place = sent(api, device, {"payload": "00ff", "dcs": 4})
    assert fields(api.get(f"{place}/pdu"))["TP-UD"]["value"] == "00ff"


def test_one_from_an_endpoint_is_a_submit(api: Site, device: int) -> None:
    content = content_of_text("reading")
    assert isinstance(content, Content)
    (answer,) = api.ask(api.app.receive([Inbound("simulator", "901880000000771", "", "4444", content)]))
    shown = api.get(f"/v1/endpoint/{device}/sms/{answer.message}/pdu")
    assert shown.body[0]["type"] == "SMS-SUBMIT"
    assert fields(shown)["TP-DA"]["value"] == "4444"
    assert fields(shown)["TP-UD"]["value"] == "reading"


def test_between_devices_each_end_has_its_own(api: Site, device: int) -> None:
    other = api.new_device("pdu too", msisdn="8834000000772", imsi="901880000000772")
    content = content_of_text("hello")
    assert isinstance(content, Content)
    inbound = Inbound("simulator", "901880000000771", "", "8834000000772", content)
    (answer,) = api.ask(api.app.receive([inbound]))
    for end, kind, name, number in (
        (device, "SMS-SUBMIT", "TP-DA", "+8834000000772"),
        (other, "SMS-DELIVER", "TP-OA", "+8834000000771"),
    ):
        shown = api.get(f"/v1/endpoint/{end}/sms/{answer.message}/pdu")
        assert (shown.body[0]["type"], fields(shown)[name]["value"]) == (kind, number)


def test_of_nobody_else(api: Site, device: int) -> None:
    place = sent(api, device, {"payload": "private"})
    token = api.new_token("admin", org=api.new_organisation("pdu strangers").id)
    assert api.get(f"{place}/pdu", token=token).status == 404
    assert api.get(f"/v1/endpoint/{device}/sms/77/pdu").status == 404
