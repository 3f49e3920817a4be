"""What holds for every route: who may call, what is bounded, and how a no is said."""

import pytest

from tests.rest.site import Site


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("inlet-1", msisdn="491510000001", imsi="901280000000001")


def test_a_send_is_answered_with_an_absolute_location_and_no_body(api: Site, device: int) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "hello", "source_address": 12345})
    assert (answer.status, answer.text) == (201, "")
    location = answer.headers["location"].split("/")
    assert location[:8] == ["http:", "", f"127.0.0.1:{api.port}", "api", "v1", "endpoint", str(device), "sms"]
    assert int(location[8]) > 0


def test_no_credential_and_a_bad_one_are_401_with_json(api: Site, device: int) -> None:
    for token in (None, "None", "hg_wrong"):
        answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}, token=token)
        assert (answer.status, answer.body["error_token"]) == (401, "InvalidToken")


def test_a_valid_token_without_the_scope_is_403(api: Site, device: int) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}, token=api.new_token("device:read"))
    assert (answer.status, answer.body["error_code"]) == (403, 1104)


@pytest.mark.parametrize(
    ("body", "status", "nested"),
    [
        ("{", 400, None),
        ({"source_address": "1"}, 422, "Sms - payload is required"),
        ({"payload": 1}, 422, "Sms - payload: Expected `str`, got `int`"),
        ({"payload": "x", "dcs": 3}, 422, "Sms - dcs: must be 0 (GSM 7-bit), 4 (8-bit) or 8 (UCS-2)"),
        ({"payload": "x", "expiry_date": "yesterday"}, 422, "Sms - expiry_date: must be an ISO 8601 date"),
    ],
)
def test_bad_input_names_its_field(
    api: Site, device: int, body: object, status: int, nested: str | None
) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", body)
    assert answer.status == status
    if nested is not None:
        assert [error["message"] for error in answer.body["errors"]] == [nested]


def test_ids_that_are_none(api: Site) -> None:
    answer = api.post("/v1/endpoint/None/sms", {"payload": "x"})
    message = 'Cannot parse parameter id as Long: For input string: "None"'
    assert (answer.status, answer.body["error_code"], answer.body["message"]) == (400, 1000, message)
    answer = api.post("/v1/endpoint/-1/sms", {"payload": "x"})
    assert (answer.status, answer.body["message"]) == (404, "Endpoint with Id '-1' not found.")


def test_a_body_beyond_its_bound_is_refused(api: Site, device: int) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x" * (1 << 20)})
    assert answer.status == 413


def test_a_body_that_is_nested_without_end_is_refused(api: Site, device: int) -> None:
    deep = '{"payload": "x", "more": ' + "[" * 100_000 + "]" * 100_000 + "}"
    answer = api.post(f"/v1/endpoint/{device}/sms", deep)
    assert (answer.status, answer.body["error_code"]) == (400, 1000)


def test_browsers_may_call_from_anywhere(api: Site) -> None:
    answer = api.call("OPTIONS", "/v1/endpoint/1/sms", token=None)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-max-age"] == "86400"
    assert "Location" in answer.headers["access-control-expose-headers"]


def test_unknown_paths_and_methods_are_json(api: Site) -> None:
    assert api.get("/v1/nothing").body["error_code"] == 1201
    assert api.call("PUT", "/v1/endpoint/1/sms").status == 405


def test_a_wrong_method_hears_of_all_that_the_path_takes(api: Site) -> None:
    """Each method has a route of its own; the first of them is not all."""
    assert api.call("PUT", "/v1/endpoint").headers["allow"] == "GET, HEAD, OPTIONS, PATCH, POST"
    assert api.call("PUT", "/v1/endpoint/1").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
