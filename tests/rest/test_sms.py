"""SMS of a device: what a request may say, what the object says, and what may still be done to it."""

from pathlib import Path
from typing import Any

import pytest

from tests.rest.sending import FIRST_OF_TWO, later, nested, post, send, show, until
from tests.rest.site import Site, site

MSISDN = "491510000100"


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("sms-1", msisdn=MSISDN, imsi="901280000000100")


@pytest.fixture(scope="module")
def stranger(api: Site) -> str:
    """A token of another organisation, which may do everything there."""
    return api.new_token("admin", org=api.new_organisation("strangers").id)


# Every field of the contract's object, with the JSON type that it has on the wire.
FIELDS: dict[str, Any] = {
    "id": int,
    "submit_date": str,
    "delivery_date": str,
    "expiry_date": str,
    "final_date": str,
    "retry_date": None,
    "last_delivery_attempt": str,
    "retry_count": "0",
    "gsm_map_error": None,
    "dcs": "0",
    "pid": "0",
    "source_address": "12345",
    "dest_address": MSISDN,
    "endpoint": dict,
    "endpoint_id": int,
    "sim_id": str,
    "iccid": "8999901280000000100",
    "msisdn": MSISDN,
    "imsi": "901280000000100",
    "msc": None,
    "udh": "",
    "payload": "whole",
    "organisation_id": int,
    "called_party_prefix": None,
    "registered_delivery": int,
    "smpp_bind_id": None,
    "smpp_dlr_bind_id": None,
    "dlr_status_id": None,
    "p2p_ext": None,
    "status": {"id": 4, "description": "DELIVERED"},
    "sms_type": {"id": 1, "description": "MT"},
    "source_address_type": {"id": 161, "description": "National"},
    "esme_interface_type": {"id": 1, "description": "RestAPI"},
    "direction": "MT",
}


def test_the_object_has_every_field_of_the_contract(api: Site, device: int) -> None:
    shown = until(api, device, send(api, device, "whole", source_address=12345), "DELIVERED")
    for field, expected in FIELDS.items():
        if isinstance(expected, type):
            assert isinstance(shown[field], expected), field
        else:
            assert shown[field] == expected, field
    assert shown["endpoint"] == {"id": device, "name": "sms-1"}
    assert shown["endpoint_id"] == device
    assert shown["final_date"] == shown["delivery_date"] >= shown["submit_date"]


@pytest.mark.parametrize(
    ("fields", "source", "type"),
    [
        ({}, "", 161),
        ({"source_address": None}, "", 161),
        ({"source_address": 12345678901234567}, "12345678901234567", 161),
        ({"source_address": 12345.0}, "12345", 161),
        ({"source_address": "12345"}, "12345", 161),
        ({"source_address": "+4915112345"}, "4915112345", 145),
        ({"source_address": "4915112345", "source_address_type": {"id": 145}}, "4915112345", 145),
        ({"source_address": "+4915112345", "source_address_type": {"id": 161.0}}, "4915112345", 161),
        ({"source_address": "Heliograph"}, "Heliograph", 208),
        ({"source_address": "Heliograph", "source_address_type": {"id": 208}}, "Heliograph", 208),
    ],
)
def test_a_source_is_a_number_a_name_or_absent(
    api: Site, device: int, fields: dict[str, Any], source: str, type: int
) -> None:
    shown = show(api, device, send(api, device, **fields))
    assert (shown["source_address"], shown["source_address_type"]["id"]) == (source, type)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source_address": "1" * 18}, "source_address"),
        ({"source_address": "twelve chars"}, "source_address"),
        ({"source_address": -5}, "source_address"),
        ({"source_address": 1.5}, "source_address"),
        ({"source_address": 1e300}, "source_address"),
        ({"source_address": "Name", "source_address_type": {"id": 145}}, "source_address_type"),
        ({"source_address": "12", "source_address_type": {"id": 7}}, "source_address_type"),
        ({"source_address_type": {}}, "source_address_type.id"),
        ({"udh": "0g"}, "udh"),
        ({"udh": "00" * 140}, "udh"),
        ({"dcs": 4, "payload": "not hex"}, "payload"),
        ({"dcs": "four"}, "dcs"),
        ({"dcs": 300}, "dcs"),
        ({"expiry_date": "tomorrow"}, "expiry_date"),
        ({"expiry_date": 5}, "expiry_date"),
        ({"not_before": "soon"}, "not_before"),
        ({"validity_seconds": 0}, "validity_seconds"),
        ({"priority": 4}, "priority"),
        ({"flash": "yes"}, "flash"),
        ({"tags": "x" * 501}, "tags"),
        ({"client_reference": ""}, "client_reference"),
        ({"client_reference": "line\nbreak"}, "client_reference"),
        ({"replace_key": "x" * 65}, "replace_key"),
        ({"validity_seconds": 5, "expiry_date": "2099-01-01T00:00:00Z"}, "validity_seconds"),
        ({"dest_address": "not a number"}, "dest_address"),
    ],
)
def test_bad_input_names_its_field_and_sends_nothing(
    api: Site, device: int, fields: dict[str, Any], field: str
) -> None:
    before = api.get(f"/v1/endpoint/{device}/sms").body
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x", **fields})
    assert (answer.status, answer.body["error_code"]) == (422, 1400), answer
    assert field in nested(answer)[0]
    assert len(api.get(f"/v1/endpoint/{device}/sms").body) == len(before)


@pytest.mark.parametrize(
    ("payload", "fields", "dcs", "segments"),
    [
        ("hello", {}, "0", 1),
        ("x" * 161, {}, "0", 2),
        ("x" * 400, {"dcs": "0"}, "0", 3),
        ("Привет", {}, "8", 1),
        ("Привет" * 12, {}, "8", 2),
        ("plain", {"dcs": 8}, "8", 1),
        ("00ff10", {"dcs": 4}, "4", 1),
        ("plain", {"dcs": 0.0}, "0", 1),
        ("look", {"flash": True}, "16", 1),
        ("part", {"udh": FIRST_OF_TWO}, "0", 1),
    ],
)
def test_text_is_encoded_and_split_by_the_server(
    api: Site, device: int, payload: str, fields: dict[str, Any], dcs: str, segments: int
) -> None:
    sms = send(api, device, payload, **fields)
    shown = show(api, device, sms)
    assert (shown["payload"], shown["dcs"], shown["segments"]) == (payload, dcs, segments)
    assert shown["udh"] == fields.get("udh", "")
    until(api, device, sms, "DELIVERED")


def test_a_text_that_the_asked_coding_lacks_is_refused_with_its_character(api: Site, device: int) -> None:
    answer = post(api, device, "Ж", dcs=0)
    assert (answer.status, answer.body["refusal"]["code"]) == (422, "bad_text")
    assert "'Ж' at 0" in nested(answer)[0]


def test_the_default_validity_is_a_day_and_a_named_end_is_kept_exactly(api: Site, device: int) -> None:
    from heliograph.interfaces.rest.translate.times import read

    plain = show(api, device, send(api, device))
    assert (read(plain["expiry_date"]) or 0) - (read(plain["submit_date"]) or 0) == 24 * 3600 * 1000
    ends = later(api, 5_000_123)
    assert show(api, device, send(api, device, expiry_date=ends))["expiry_date"] == ends
    short = show(api, device, send(api, device, validity_seconds=90))
    assert (read(short["expiry_date"]) or 0) - (read(short["submit_date"]) or 0) == 90_000


@pytest.mark.parametrize(
    "times",
    [
        {"expiry_date": -1000},
        {"expiry_date": 5_000, "not_before": 60_000},
        {"not_before": 2 * 366 * 86_400_000},
    ],
)
def test_times_that_cannot_be_are_refused(api: Site, device: int, times: dict[str, int]) -> None:
    answer = post(api, device, **{name: later(api, after) for name, after in times.items()})
    assert (answer.status, answer.body["errors"][0]["error_code"]) == (422, 1404)
    assert answer.body["refusal"]["code"] in ("bad_validity", "bad_schedule")


def test_a_scheduled_sms_waits_for_its_time_with_all_that_was_said(api: Site, device: int) -> None:
    at = later(api)
    extras = {
        "client_reference": "order 7",
        "tags": ["a", "b", "a"],
        "replace_key": "r1",
        "at_most_once": True,
    }
    shown = show(api, device, send(api, device, not_before=at, priority=3, **extras))
    assert shown["status"] == {"id": 1, "description": "DELIVERY ATTEMPT PENDING"}
    assert (shown["not_before"], shown["priority"], shown["at_most_once"]) == (at, 3, True)
    assert (shown["client_reference"], shown["tags"], shown["replace_key"]) == ("order 7", "a,b", "r1")
    assert (shown["final_date"], shown["last_delivery_attempt"], shown["retry_count"]) == (None, None, "0")


def test_a_replacement_cancels_what_it_replaces(api: Site, device: int) -> None:
    old = send(api, device, "old", not_before=later(api), replace_key="same")
    new = send(api, device, "new", not_before=later(api), replace_key="same")
    shown = show(api, device, old)
    assert (shown["status"]["id"], shown["reason"]) == (7, "replaced")
    assert show(api, device, new)["status"]["id"] == 1


def test_without_additions_nothing_is_written_beside_the_message(api: Site, device: int) -> None:
    shown = show(api, device, send(api, device))
    assert (shown["client_reference"], shown["tags"], shown["batch_id"]) == (None, None, None)
    found = api.ask(
        api.app.reader.ask(
            lambda view: view.connection.execute(
                "SELECT count(*) FROM message_label WHERE message = ?", (shown["id"],)
            ).fetchall()
        )
    )
    assert found == [(0,)]


def test_refusals_say_which_rule_decided(api: Site) -> None:
    off = api.new_device("sms-off", api.new_policy("mt off", mt=False), msisdn="491510000101")
    answer = post(api, off)
    assert (answer.status, answer.body["error_code"]) == (422, 1400)
    assert answer.body["refusal"]["code"] == "mt_off"
    assert answer.body["refusal"]["rule"] == "policy mt off: mt"
    assert answer.body["errors"][0]["error_token"] == "NotAllowed"
    limited = api.new_device("sms-limited", api.new_policy("one", mt_limit=1), msisdn="491510000102")
    send(api, limited)
    answer = post(api, limited)
    assert answer.body["message"] == "Traffic limit of 1 MT-SMS per month exceeded"
    assert answer.body["refusal"]["code"] == "mt_limit_reached"


def test_another_organisations_endpoint_is_as_unknown_as_none(api: Site, device: int, stranger: str) -> None:
    sms = send(api, device)
    for id, token in ((device, stranger), (device + 1, ""), (2**60, "")):
        answer = post(api, id, headers={"token": token})
        assert (answer.status, answer.body["error_code"]) == (404, 1401)
        assert answer.body["message"] == f"Endpoint with Id '{id}' not found."
        assert answer.body["refusal"]["code"] == "unknown_device"
        for method, path in (
            ("GET", ""),
            ("GET", f"/{sms}"),
            ("DELETE", f"/{sms}"),
            ("GET", f"/{sms}/timeline"),
        ):
            answer = api.call(method, f"/v1/endpoint/{id}/sms{path}", token=token)
            assert (answer.status, answer.body["error_code"]) == (404, 1401), (method, path)


def test_an_sms_of_another_device_is_not_found(api: Site, device: int) -> None:
    other = api.new_device("sms-other", msisdn="491510000103")
    sms = send(api, other)
    for id in (sms, 0, -1, 2**60):
        answer = api.get(f"/v1/endpoint/{device}/sms/{id}")
        assert (answer.status, answer.body["error_code"]) == (404, 1201)
        assert answer.body["message"] == f"Sms with id {id} not found"


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("sms:read", "POST", ""),
        ("sms:read", "DELETE", "/1"),
        ("sms:read", "PATCH", "/1"),
        ("sms:send", "GET", ""),
        ("sms:send", "GET", "/1"),
        ("sms:send", "GET", "/1/timeline"),
    ],
)
def test_reading_and_sending_are_scopes_of_their_own(
    api: Site, device: int, scope: str, method: str, path: str
) -> None:
    answer = api.call(method, f"/v1/endpoint/{device}/sms{path}", token=api.new_token(scope))
    assert (answer.status, answer.body["error_code"]) == (403, 1104)


def test_canceled_is_what_the_delete_answers_and_final_is_final(api: Site, device: int) -> None:
    sms = send(api, device, not_before=later(api))
    answer = api.call("DELETE", f"/v1/endpoint/{device}/sms/{sms}")
    assert (answer.status, answer.body["id"]) == (200, sms)
    assert answer.body["status"] == {"id": 7, "description": "CANCELED"}
    again = api.call("DELETE", f"/v1/endpoint/{device}/sms/{sms}")
    assert (again.status, again.body["error_code"]) == (409, 1406)
    assert again.body["refusal"]["code"] == "already_final"
    assert "canceled by token:" in api.get(f"/v1/endpoint/{device}/sms/{sms}/timeline").text.lower()


def test_a_scheduled_sms_can_be_changed(api: Site, device: int) -> None:
    sms = send(api, device, "before", not_before=later(api))
    path, at, ends = f"/v1/endpoint/{device}/sms/{sms}", later(api, 7_200_000), later(api, 9_000_000)
    answer = api.call(
        "PATCH", path, {"payload": "after " * 40, "not_before": at, "expiry_date": ends, "priority": 2}
    )
    assert (answer.status, answer.body["segments"], answer.body["priority"]) == (200, 2, 2)
    assert (answer.body["not_before"], answer.body["expiry_date"]) == (at, ends)
    assert answer.body["payload"] == "after " * 40
    now = api.call("PATCH", path, {"not_before": None})
    assert (now.status, now.body["not_before"]) == (200, None)
    until(api, device, sms, "DELIVERED")
    late = api.call("PATCH", path, {"payload": "too late"})
    assert (late.status, late.body["refusal"]["code"]) == (409, "already_final")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "names nothing"),
        ({"tags": "a"}, "tags: there is no such field"),
        ({"dcs": 8}, "payload is required"),
        ({"payload": None}, "payload"),
        ({"not_before": "soon"}, "not_before"),
        ({"priority": 9}, "priority"),
        ({"expiry_date": "2001-01-01T00:00:00Z"}, "validity"),
    ],
)
def test_a_bad_change_changes_nothing(api: Site, device: int, body: dict[str, Any], said: str) -> None:
    sms = send(api, device, "as it was", not_before=later(api))
    before = show(api, device, sms)
    answer = api.call("PATCH", f"/v1/endpoint/{device}/sms/{sms}", body)
    assert answer.status == 422
    assert said in nested(answer)[0]
    assert show(api, device, sms) == before


def test_the_timeline_has_a_code_a_time_and_a_sentence_for_each_step(api: Site, device: int) -> None:
    sms = send(api, device)
    until(api, device, sms, "DELIVERED")
    steps = api.get(f"/v1/endpoint/{device}/sms/{sms}/timeline").body
    assert [step["code"] for step in steps][:4] == ["accepted", "attempt", "arrived", "final"]
    assert all(step["text"].endswith(".") and step["date"].endswith("+0000") for step in steps[:4])
    waiting = send(api, device, not_before=later(api))
    last = api.get(f"/v1/endpoint/{device}/sms/{waiting}/timeline").body[-1]
    assert (last["code"], last["date"]) == ("validity", None)


def test_a_single_sms_has_an_etag(api: Site, device: int) -> None:
    sms = send(api, device)
    until(api, device, sms, "DELIVERED")
    first = api.get(f"/v1/endpoint/{device}/sms/{sms}")
    again = api.call("GET", f"/v1/endpoint/{device}/sms/{sms}", If_None_Match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")


def test_a_reply_that_waits_says_when_it_is_tried_again(api: Site) -> None:
    away = api.new_device("sms-away", msisdn="491510000104", imsi="901280000000104")

    async def power_off() -> None:
        assert api.app.simulator is not None
        api.app.simulator.set_state("901280000000104", "491510000104", "no_answer")

    api.ask(power_off())
    shown = until(api, away, send(api, away), "BUFFERED")
    assert shown["gsm_map_error"] == "absent"
    assert shown["retry_date"] > shown["last_delivery_attempt"]


def test_a_full_lane_names_its_limit_and_when_to_come_again(tmp_path: Path) -> None:
    with site(tmp_path / "data", {"MESSAGES__LANE_LIMIT": "2"}, engine=False) as alone:
        device = alone.new_device("asleep", msisdn="491510000399", imsi="901280000000399")
        answers = [post(alone, device) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 503]
    full = answers[2]
    assert (full.headers["retry-after"], full.body["refusal"]["rule"]) == ("60", "lane limit 2")
    assert nested(full) == ["Too many SMS wait for the device."]
