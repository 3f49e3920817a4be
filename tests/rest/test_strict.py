"""Our own routes refuse what they do not know by its name; those of the contract take it. And bodies that are
no JSON.
"""

import pytest
from msgspec.inspect import StructType, type_info

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.estate import parameters
from tests.rest.site import Site

OURS = [route for route in ROUTES if route.ours]
BODY = "Cannot parse the request body: "


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("strict-1", msisdn="491510000701", imsi="901280000000701")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(api: Site, device: int, route: Route) -> str:
    return route.path.format(**dict.fromkeys(parameters(route), device))


@pytest.mark.parametrize("route", OURS, ids=named)
def test_a_parameter_that_our_own_routes_do_not_know_is_named(api: Site, device: int, route: Route) -> None:
    body = None if route.body is None else {}
    answer = api.call(route.method, path_of(api, device, route) + "?colour=red", body)
    if body is not None and answer.status == 422:  # the body was read first
        assert "is required" in answer.text
    else:
        assert (answer.status, answer.body["error_code"]) == (400, 1000)
        assert "`colour`" in answer.body["message"]


@pytest.mark.parametrize("route", [route for route in OURS if route.body is not None], ids=named)
def test_the_bodies_of_our_own_routes_know_their_fields(api: Site, device: int, route: Route) -> None:
    info = type_info(route.body)
    assert isinstance(info, StructType)
    assert info.forbid_unknown_fields
    answer = api.call(route.method, path_of(api, device, route), {"colour": "red"})
    assert answer.status == 422
    (error,) = answer.body["errors"]
    assert error["message"] == f"{route.kind} - colour: there is no such field"


def test_a_field_that_a_draft_does_not_have_is_named(api: Site) -> None:
    profile = api.new_policy("strict")
    body = {"from": "2026-01-01", "until": "2026-02-01", "draft": {"sms_p2p_intern": False}}
    answer = api.post(f"/v1/service_profile/{profile}/simulate", body)
    assert answer.status == 422
    assert [one["message"] for one in answer.body["errors"]] == [
        "Draft - draft.sms_p2p_intern: there is no such field"
    ]


def test_the_contracts_routes_take_what_they_do_not_know(api: Site, device: int) -> None:
    assert api.get("/v1/endpoint?colour=red&colour=blue").status == 200
    assert api.post(f"/v1/endpoint/{device}/sms?x=1", {"payload": "x", "colour": "red"}).status == 201


def test_too_many_parameters_are_said(api: Site) -> None:
    answer = api.get("/v1/endpoint?" + "&".join(f"a{number}=1" for number in range(101)))
    assert (answer.status, answer.body["message"]) == (400, "The query has more than 100 parameters")
    assert api.get("/v1/endpoint?" + "&".join(f"a{number}=1" for number in range(100))).status == 200


def test_a_parameter_that_is_given_twice_is_named(api: Site) -> None:
    answer = api.get("/v1/sms?state=failed&state=expired")
    assert (answer.status, answer.body["message"]) == (400, "The query parameter `state` is given twice")


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b'{"payload": "x"', "the body ends before the JSON does"),
        (b'{"payload": "\\ud800"}', "payload: the text is not valid Unicode"),
        (b'{"payload": "a\\udc00b"}', "payload: the text is not valid Unicode"),
        (b'{"payload": "caf\xe9"}', "payload: the text is not valid Unicode"),
        (b'{"payload": "x", "tags": ["a", "\\udfff"]}', "tags[1]: the text is not valid Unicode"),
        (b'{"pay\\ud800": "x"}', "the text is not valid Unicode"),
        (b'{"payload": "x"} y', "JSON is malformed: trailing characters (byte 18)"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(api: Site, device: int, octets: bytes, said: str) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", octets)
    assert (answer.status, answer.body["message"]) == (400, BODY + said)


def test_a_large_body_that_is_not_unicode_is_refused_too(api: Site, device: int) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", b'{"payload": "\xe9' + b"x" * 70_000 + b'"}')
    assert (answer.status, answer.body["message"]) == (400, f"{BODY}the text is not valid Unicode")


def test_both_halves_of_a_surrogate_pair_are_text(api: Site, device: int) -> None:
    assert api.post(f"/v1/endpoint/{device}/sms", b'{"payload": "\\ud83d\\ude00"}').status == 201


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/v1/endpoint/{}/sms", {"payload": "Ж", "dcs": 0}, "Sms - payload: 'Ж' at 0 is not in"),
        ("POST", "/v1/endpoint/{}/sms", {"payload": "00", "dcs": 4, "udh": "05"}, "Sms - udh: The user data"),
        ("POST", "/v1/endpoint/{}/sms", {"payload": "x" * 70_000}, "Sms - payload: The text needs more"),
        ("POST", "/v1/endpoint/{}/sms", {"payload": "x", "replace_key": "\t"}, "Sms - replace_key: "),
        ("PATCH", "/v1/endpoint/{}", {"imei": "12"}, "Endpoint - imei: An IMEI has"),
        ("POST", "/v1/suppression", {"number": "12"}, "Suppression - number: A number has"),
        ("PUT", "/v1/endpoint/{}/firewall", {"zone": "Mars"}, "Firewall - zone: this is no time zone"),
        ("POST", "/v1/api_callback", {"url": "ftp://x"}, "Api Callback - url: url must be"),
        ("POST", "/v1/service_profile", {"name": " x"}, "ServiceProfile - name: A name has"),
    ],
)
def test_the_cores_refusal_of_a_field_names_it_as_all_others_do(
    api: Site, device: int, method: str, path: str, body: object, said: str
) -> None:
    answer = api.call(method, path.format(device), body)
    assert answer.status == 422
    (error,) = answer.body["errors"]
    assert error["message"].startswith(said), error


def test_an_encoded_body_is_not_taken(api: Site, device: int) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", b"\x1f\x8b\x08", Content_Encoding="gzip")
    assert (answer.status, "gzip" in answer.body["message"]) == (415, True)
    assert api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}, Content_Encoding="identity").status == 201


def test_what_a_location_names_can_be_read(api: Site) -> None:
    made = api.post("/v1/suppression", {"number": "+49 30 1234567"})
    path = "/v1" + made.headers["location"].split("/v1")[1]
    assert api.get(path).body == made.body
    token = api.new_token("admin", org=api.new_organisation("strangers to the list").id)
    assert api.get(path, token=token).status == 404
    assert api.call("DELETE", path).status == 204
    assert api.get(path).status == 404


def test_conditions_are_in_the_description(api: Site) -> None:
    paths = api.get("/openapi.json", token=None).body["paths"]
    one = paths["/v1/endpoint/{endpoint}"]
    assert "ETag" in one["get"]["responses"]["200"]["headers"]
    assert "304" in one["get"]["responses"]
    assert {"412" in one[method]["responses"] for method in ("patch", "delete")} == {True}
    assert "412" not in paths["/v1/endpoint"]["post"]["responses"]
