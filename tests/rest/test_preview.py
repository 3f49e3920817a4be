"""`POST /v1/sms/preview`: how a text would travel, what it would cost, and what would forbid it."""

from typing import Any

import pytest

from tests.rest.sending import FIRST_OF_TWO, later, post, send
from tests.rest.site import Answered, Site


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    policy = api.new_policy("priced", price_mt=25_000, mt_limit=3)
    return api.new_device("preview-1", policy, msisdn="491510000500", imsi="901280000000500")


def preview(api: Site, payload: str = "hello", **fields: Any) -> Answered:
    return api.post("/v1/sms/preview", {"payload": payload, **fields})


@pytest.mark.parametrize(
    ("payload", "fields", "encoding", "segments", "characters", "left"),
    [
        ("", {}, "GSM 7-bit", 1, 0, 160),
        ("hello", {}, "GSM 7-bit", 1, 5, 155),
        ("x" * 160, {}, "GSM 7-bit", 1, 160, 0),
        ("x" * 161, {}, "GSM 7-bit", 2, 161, 145),
        ("€", {}, "GSM 7-bit", 1, 2, 158),
        ("x", {"dcs": 8}, "UCS-2", 1, 1, 69),
        ("00" * 140, {"dcs": 4}, "8-bit", 1, 140, 0),
        ("00" * 141, {"dcs": 4}, "8-bit", 2, 141, 127),
        ("x", {"udh": FIRST_OF_TWO}, "GSM 7-bit", 1, 1, 152),
        ("00", {"dcs": 4, "udh": FIRST_OF_TWO}, "8-bit", 1, 1, 133),
    ],
)
def test_how_it_would_travel(
    api: Site, payload: str, fields: dict[str, Any], encoding: str, segments: int, characters: int, left: int
) -> None:
    shown = preview(api, payload, **fields).body
    assert (shown["encoding"], shown["segments"]) == (encoding, segments)
    assert (shown["characters"], shown["characters_left"], shown["forced_by"]) == (characters, left, None)


def test_the_character_that_forced_the_encoding(api: Site) -> None:
    shown = preview(api, "déjà vu, façon “quotes”").body
    assert shown["encoding"] == "UCS-2"
    assert shown["forced_by"] == {"index": 11, "character": "ç"}
    assert preview(api, "ok 😀").body["forced_by"] == {"index": 3, "character": "😀"}


def test_without_an_endpoint_nothing_is_said_of_cost_and_policy(api: Site) -> None:
    shown = preview(api).body
    assert (shown["cost"], shown["accepted"], shown["refusal"]) == (None, None, None)


def test_cost_and_verdict_are_those_of_the_send(api: Site, device: int) -> None:
    shown = preview(api, "x" * 161, endpoint={"id": device}).body
    assert (shown["cost"], shown["accepted"], shown["refusal"]) == (0.05, True, None)
    refused = preview(api, "x" * 500, endpoint={"id": device}).body
    assert (refused["segments"], refused["accepted"]) == (4, False)
    assert refused["refusal"] == post(api, device, "x" * 500).body["refusal"]
    assert refused["refusal"]["code"] == "mt_limit_reached"


def test_nothing_is_sent_counted_or_used_up(api: Site, device: int) -> None:
    for _ in range(5):
        assert preview(api, endpoint={"id": device}).body["accepted"]
    assert api.get(f"/v1/endpoint/{device}/sms").text == "[]"
    assert api.ask(api.app.reader.usage(device)).tally.mt == 0
    for _ in range(3):
        send(api, device, not_before=later(api))
    assert preview(api, endpoint={"id": device}).body["refusal"]["code"] == "mt_limit_reached"


def test_times_are_judged_too(api: Site) -> None:
    device = api.new_device("preview-times", msisdn="491510000501")
    shown = preview(api, endpoint={"id": device}, expiry_date="2001-01-01T00:00:00Z").body
    assert (shown["accepted"], shown["refusal"]["code"]) == (False, "bad_validity")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"payload": "Ж", "dcs": 0}, 422),
        ({"payload": "x" * 70_000}, 422),
        ({"source_address": "much too long a name"}, 422),
        ({"endpoint": {"id": "one"}}, 422),
        ({"endpoint": {"id": 1}}, 404),
        ({"endpoint": {"id": 1e300}}, 404),
    ],
)
def test_what_cannot_be_previewed(api: Site, fields: dict[str, Any], status: int) -> None:
    assert preview(api, **fields).status == status


def test_another_organisations_endpoint_is_unknown(api: Site, device: int) -> None:
    token = api.new_token("admin", org=api.new_organisation("previewers").id)
    body = {"payload": "x", "endpoint": {"id": device}}
    answer = api.post("/v1/sms/preview", body, token=token)
    assert (answer.status, answer.body["message"]) == (404, f"Endpoint with Id '{device}' not found.")
    assert api.post("/v1/sms/preview", body, token=api.new_token("sms:read")).status == 403
