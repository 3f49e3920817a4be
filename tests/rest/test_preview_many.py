"""`POST /v1/sms/preview` of a call to many: the first texts, and what all of them come to."""

from typing import Any

import pytest

from tests.rest.site import Answered, Site

FLEET = 5


@pytest.fixture(scope="module")
def fleet(api: Site) -> list[int]:
    policy = api.new_policy("many-priced", price_mt=10_000, mt_limit=2)
    return [
        api.new_device(
            f"look-{n}", policy, msisdn=f"4915210000{n:02}", imsi=f"9012810000000{n:02}", tags="look"
        )
        for n in range(FLEET)
    ]


def preview(api: Site, recipients: object, payload: str = "hello", **more: Any) -> Answered:
    return api.post("/v1/sms/preview", {"payload": payload, "recipients": recipients, **more})


def test_the_first_three_texts_and_the_totals(api: Site, fleet: list[int]) -> None:
    before = api.get("/v1/batch").text
    answer = preview(api, {"tag": "look"}, "Hello {{ device.name }}", name="greeting", per_second=1)
    assert answer.status == 200
    shown = answer.body
    assert [one["payload"] for one in shown["examples"]] == ["Hello look-0", "Hello look-1", "Hello look-2"]
    assert [one["endpoint"]["id"] for one in shown["examples"]] == fleet[:3]
    first = shown["examples"][0]
    assert (first["number"], first["encoding"], first["characters"], first["cost"]) == (
        1,
        "GSM 7-bit",
        12,
        0.01,
    )
    assert (first["accepted"], first["refusal"]) == (True, None)
    assert (shown["total"], shown["accepted"], shown["refused"], shown["refusals"]) == (FLEET, FLEET, 0, [])
    assert (shown["segments"], shown["cost"]) == (FLEET, 0.05)
    assert api.get("/v1/batch").text == before
    assert api.get(f"/v1/endpoint/{fleet[0]}/sms").text == "[]"


def test_what_the_policy_says_of_each(api: Site, fleet: list[int]) -> None:
    each = [
        {"endpoint": fleet[0], "variables": {"text": "x" * 400}},
        {"endpoint": fleet[1], "variables": {"text": "déjà ç"}},
        {"endpoint": fleet[1], "variables": {"text": "again"}},
        {"endpoint": fleet[2]},
        {"endpoint": 77},
        {"msisdn": "+49 176 12345678", "variables": {"text": "x"}},
    ]
    shown = preview(api, {"each": each}, "{{ text }}").body
    assert [(one["number"], one["segments"], one["accepted"]) for one in shown["examples"]] == [
        (1, 3, False),
        (2, 1, True),
    ]
    assert shown["examples"][0]["refusal"]["code"] == "mt_limit_reached"
    assert shown["examples"][1]["forced_by"]["character"] == "ç"
    assert {(one["code"], one["count"], one["number"], one["recipient"]) for one in shown["refusals"]} == {
        ("mt_limit_reached", 1, 1, str(fleet[0])),
        ("duplicate_recipient", 1, 3, str(fleet[1])),
        ("bad_template", 1, 4, str(fleet[2])),
        ("unknown_device", 1, 5, "77"),
        ("no_external_route", 1, 6, "+49 176 12345678"),
    }
    assert (shown["total"], shown["accepted"], shown["refused"]) == (6, 1, 5)
    assert (shown["segments"], shown["cost"]) == (1, 0.01)


def test_it_says_what_the_send_then_says(api: Site, fleet: list[int]) -> None:
    body = {"recipients": {"endpoints": [*fleet, 77]}, "payload": "{{ device.name }}"}
    shown = api.post("/v1/sms/preview", body).body
    sent = api.post("/v1/sms", {**body, "not_before": "2027-03-01T00:00:00Z"}).body
    assert (shown["accepted"], shown["refused"]) == (sent["accepted"], sent["refused"])
    assert api.post(f"/v1/batch/{sent['id']}/cancel").status == 200


def test_unknown_endpoints_without_a_template_are_refused_too(api: Site, fleet: list[int]) -> None:
    shown = preview(api, {"endpoints": [77, fleet[0]]}).body
    assert [one["number"] for one in shown["examples"]] == [2]
    assert [one["code"] for one in shown["refusals"]] == ["unknown_device"]


def test_more_than_one_slice_is_counted(api: Site, fleet: list[int]) -> None:
    shown = preview(api, {"endpoints": list(range(1_000, 1_200))}).body
    assert (shown["total"], shown["refused"], shown["refusals"][0]["count"]) == (200, 200, 200)


@pytest.mark.parametrize(
    ("recipients", "more", "said"),
    [
        ({}, {}, "recipients: nobody is meant"),
        ({"tag": "nobodys"}, {}, "recipients.tag: no endpoint has the tag 'nobodys'"),
        ({"q": "name:nobody"}, {}, "recipients.q: no endpoint meets 'name:nobody'"),
        (
            {"q": "name:nobody", "tag": "x"},
            {},
            "recipients: no endpoint has the tag 'x' or meets 'name:nobody'",
        ),
        ({"tag": "look"}, {"endpoint": {"id": 1}}, "endpoint: does not go with recipients"),
        ({"tag": "look"}, {"payload": "{{ code }}"}, "'code' is undefined"),
        ({"tag": "look"}, {"payload": "{% for %}"}, "cannot be read"),
        ({"tag": "look"}, {"payload": "{{ device }}"}, "a group of fields is no text"),
        ({"tag": "look"}, {"payload": "{{ device.sim | upcase }}"}, "a group of fields is no text"),
        ({"each": [{"endpoint": 1, "variables": {"device": "x"}}]}, {}, "recipients.each[0].variables"),
        ({"each": [{"endpoint": 1}, {}]}, {}, "recipients.each[1]: each has either"),
        (None, {"name": "x"}, "name: goes with recipients alone"),
        (None, {"dest_address": "123"}, "dest_address: a preview is of an SMS to a device"),
        ({"tags": "look"}, {}, "recipients.tags: there is no such field"),
        ({"endpoints": list(range(10_001))}, {}, "length <= 10000"),
    ],
)
def test_what_cannot_be_previewed(
    api: Site, fleet: list[int], recipients: object, more: dict[str, Any], said: str
) -> None:
    answer = preview(api, recipients, **more)
    assert answer.status == 422
    assert said in answer.text


def test_binary_text_is_shown_as_it_came(api: Site, fleet: list[int]) -> None:
    shown = preview(api, {"endpoints": fleet[:1]}, "0605040b8423f0", dcs=4).body
    assert (shown["examples"][0]["payload"], shown["examples"][0]["encoding"]) == ("0605040b8423f0", "8-bit")


def test_nobody_elses_endpoints(api: Site, fleet: list[int]) -> None:
    token = api.new_token("admin", org=api.new_organisation("many-previewers").id)
    body = {"payload": "{{ device.name }}", "recipients": {"endpoints": fleet}}
    shown = api.post("/v1/sms/preview", body, token=token).body
    assert (shown["accepted"], shown["examples"], shown["refusals"][0]["code"]) == (0, [], "unknown_device")
