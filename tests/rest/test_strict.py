"""Our own routes refuse what they do not know by its name; those of the contract take it. And bodies that are
no JSON.
"""

import pytest
from msgspec.inspect import StructType, type_info

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.site import Site

OURS = [route for route in ROUTES if route.ours]
BODY = "Cannot parse the request body: "


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("strict-1", msisdn="491510000701", imsi="901280000000701")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(api: Site, device: int, route: Route) -> str:
    ids = dict.fromkeys(("endpoint", "sms", "batch", "callback", "secret", "suppression", "profile"), device)
    return route.path.format(**ids)


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
