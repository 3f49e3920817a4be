"""Application tokens over the API: made, listed, changed, revoked; never mightier than their creator."""

from typing import Any

import pytest

from heliograph.core.organisation import SCOPES
from heliograph.core.security.access import USUAL_SCOPES
from heliograph.flow.manage.requests import NewToken
from tests.rest.people import authenticate, new_login, new_user, passing
from tests.rest.site import Answered, Site

PATH = "/v1/application_token"
MY = "/v1/organisation/my"


def made(api: Site, token: str = "", **body: Any) -> dict[str, Any]:
    answer = api.post(PATH, body, token=token)
    assert answer.status == 200, answer
    return dict(answer.body)


def shown(api: Site, id: int) -> dict[str, Any]:
    return next(row for row in api.get(PATH).body if row["id"] == id)


def change(api: Site, id: int, token: str = "", **body: Any) -> Answered:
    return api.call("PATCH", f"{PATH}/{id}", body, token=token)


def nested(answer: Answered) -> list[str]:
    assert answer.status == 422, answer
    return [error["message"] for error in answer.body["errors"]]


def test_a_token_is_shown_once_and_listed_without_its_secret(api: Site) -> None:
    user, token = new_login(api)
    answer = made(api, token, description="crm", expiry_date="2099-10-29", ip="10.88.0.139/32")
    assert authenticate(api, "127.0.0.1", application_token=answer["application_token"]).status == 403
    row = shown(api, answer["id"])
    assert answer["application_token"] not in str(row)
    assert (row["description"], row["ip"]) == ("crm", "10.88.0.139/32")
    assert row["status"] == {"id": 0, "description": "Activated"}
    assert row["expiry_date"] == "2099-10-29T00:00:00.000+0000"
    assert row["creator"]["id"] == user
    assert set(row["creator"]) == {"id", "name", "username"}


def test_a_token_says_nothing_but_gets_what_clients_need(api: Site) -> None:
    row = shown(api, made(api)["id"])
    assert (row["description"], row["ip"], row["expiry_date"]) == ("Application token", None, None)
    assert row["scopes"] == list(USUAL_SCOPES)
    assert row["creator"] is None


def test_what_is_usual_stays_within_what_the_creator_may(api: Site) -> None:
    token = api.new_token("token:write", "sms:send")
    assert shown(api, made(api, token)["id"])["scopes"] == ["sms:send"]
    assert api.post(PATH, {}, token=api.new_token("token:write")).status == 403


@pytest.mark.parametrize("wanted", [["admin"], ["sms:send", "user:write"], list(SCOPES)])
def test_a_token_gets_no_scope_that_its_creator_lacks(api: Site, wanted: list[str]) -> None:
    _, token = new_login(api, "user")
    answer = api.post(PATH, {"scopes": wanted}, token=token)
    assert (answer.status, answer.body["error_code"]) == (403, 1104)
    assert answer.body["refusal"]["code"] == "beyond_scopes"
    assert made(api, scopes=wanted)["application_token"].startswith("hg_")


def test_an_observer_makes_no_tokens_and_sees_them(api: Site) -> None:
    _, token = new_login(api, "observer")
    assert api.post(PATH, {}, token=token).status == 403
    assert change(api, 1, token, description="x").status == 403
    assert api.get(PATH, token=token).status == 200


def test_a_user_changes_only_tokens_that_it_made(api: Site) -> None:
    (_, token), (_, other) = new_login(api, "user"), new_login(api, "user")
    own, foreign = made(api, token)["id"], made(api, other)["id"]
    assert change(api, own, token, description="mine").status == 204
    for body in ({"description": "theirs"}, {"status": {"id": 1}}):
        assert change(api, foreign, token, **body).status == 403
    assert shown(api, foreign)["description"] == "Application token"
    assert change(api, foreign, description="theirs").status == 204  # an administrator


def test_a_tokens_token_is_its_creators(api: Site) -> None:
    user, token = new_login(api, "user")
    first = made(api, token, scopes=["token:write", "sms:send"])
    second = made(api, first["application_token"], scopes=["sms:send"])
    assert shown(api, second["id"])["creator"]["id"] == user
    assert change(api, second["id"], token, description="mine").status == 204


def test_nobody_widens_a_token_that_may_do_more_than_they(api: Site) -> None:
    """A token of the same creator, with little, and one with everything."""
    _, token = new_login(api)
    mighty = made(api, token, scopes=["admin"], ip="10.0.0.0/8")["id"]
    little = made(api, token, scopes=["token:write"])["application_token"]
    for body in ({"ip": None}, {"expiry_date": None}, {"scopes": ["token:write"]}):
        assert change(api, mighty, little, **body).status == 403
    assert change(api, mighty, little, scopes=["admin"]).status == 403
    assert shown(api, mighty)["ip"] == "10.0.0.0/8"
    assert change(api, mighty, little, status={"id": 1}).status == 204


def test_address_ranges_hold_at_each_call_and_at_login(api: Site) -> None:
    secret = made(api, ip="127.8.1.0/24")["application_token"]
    inside, outside = "127.8.1.77", "127.8.2.77"
    session = authenticate(api, inside, application_token=secret).body["auth_token"]
    for token in (secret, session):
        assert api.get(MY, token=token, address=inside).status == 200
        answer = api.get(MY, token=token, address=outside)
        assert (answer.status, answer.body["error_code"]) == (403, 1104)
    assert authenticate(api, outside, application_token=secret).status == 403


def test_a_change_of_ranges_is_in_force_at_once(api: Site) -> None:
    token = made(api)
    secret, id = token["application_token"], token["id"]
    assert api.get(MY, token=secret).status == 200
    assert change(api, id, ip=["192.0.2.0/24", "2001:db8::/32"]).status == 204
    assert shown(api, id)["ip"] == "192.0.2.0/24,2001:db8::/32"
    assert api.get(MY, token=secret).status == 403
    assert change(api, id, ip="127.0.0.1").status == 204
    assert shown(api, id)["ip"] == "127.0.0.1/32"
    assert api.get(MY, token=secret).status == 200
    assert change(api, id, ip=None).status == 204
    assert shown(api, id)["ip"] is None


def test_a_change_of_scopes_is_in_force_at_once(api: Site) -> None:
    token = made(api, scopes=["organisation:read"])
    assert api.get(MY, token=token["application_token"]).status == 200
    assert change(api, token["id"], scopes=["sms:read"]).status == 204
    assert api.get(MY, token=token["application_token"]).status == 403


def test_a_token_ends(api: Site) -> None:
    token = made(api, expiry_date="2099-01-01T00:00:00Z")
    soon = api.app.clock.now() + 60_000
    api.run(api.app.flows.create_tokens, NewToken(api.org, "other", ("admin",), soon))
    assert change(api, token["id"], expiry_date="2098-01-01").status == 204
    assert shown(api, token["id"])["expiry_date"].startswith("2098-01-01")
    with passing(api, 80 * 366 * 24 * 60):
        answer = api.get(MY, token=token["application_token"])
        assert (answer.status, answer.body["error_token"]) == (401, "TokenExpired")
    assert change(api, token["id"], expiry_date=None).status == 204
    assert shown(api, token["id"])["expiry_date"] is None


def test_revoking_is_for_good(api: Site) -> None:
    id = made(api)["id"]
    assert change(api, id, status={"id": 1.0}).status == 204
    assert change(api, id, status={"id": 1}).status == 204
    assert shown(api, id)["status"] == {"id": 1, "description": "Revoked"}
    for body in ({"status": {"id": 0}}, {"expiry_date": None}, {"scopes": ["admin"]}, {"ip": None}):
        answer = change(api, id, **body)
        assert (answer.status, answer.body["refusal"]["code"]) == (409, "token_revoked")
    assert change(api, id, description="over").status == 204


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"description": "x" * 101}, "A name has 1 to 100 printable characters, with no space around it."),
        ({"description": 5}, "ApplicationToken - description: Expected `str | null`, got `int`"),
        ({"expiry_date": "2001-01-01"}, "A token ends in the future."),
        ({"expiry_date": "soon"}, "ApplicationToken - expiry_date: must be an ISO 8601 date"),
        ({"ip": "10.0.0.0/33"}, "'10.0.0.0/33' is no address range, such as 192.0.2.0/24."),
        ({"ip": "example.com"}, "'example.com' is no address range, such as 192.0.2.0/24."),
        ({"ip": "fe80::1%eth0"}, "'fe80::1%eth0' is no address range, such as 192.0.2.0/24."),
        ({"ip": ["10.0.0.0/8"] * 33}, None),
        ({"ip": ",".join(["10.0.0.0/8"] * 33)}, "A token has at most 32 address ranges."),
        ({"scopes": []}, f"Scopes are of {', '.join(SCOPES)}."),
        ({"scopes": ["sms:sand"]}, f"Scopes are of {', '.join(SCOPES)}."),
        ({"scopes": "admin"}, "ApplicationToken - scopes: Expected `array | null`, got `str`"),
    ],
)
def test_bad_input_names_its_field(api: Site, body: dict[str, Any], said: str | None) -> None:
    before = len(api.get(PATH).body)
    found = nested(api.post(PATH, body))
    prefix = f"ApplicationToken - {next(iter(body))}: "
    assert said is None or found == [prefix + said.removeprefix(prefix)]
    assert len(api.get(PATH).body) == before


@pytest.mark.parametrize(
    "body",
    [
        {"status": {"id": 2}},
        {"status": {"id": None}},
        {"status": "Revoked"},
        {"expiry_date": "2001-01-01"},
        {"ip": "x"},
        {"scopes": ["x"]},
        {"description": "x\x00"},
    ],
)
def test_a_bad_change_changes_nothing(api: Site, body: dict[str, Any]) -> None:
    id = made(api, description="as it was")["id"]
    before = shown(api, id)
    nested(change(api, id, **body))
    assert shown(api, id) == before


def test_tokens_of_others_are_unknown(api: Site) -> None:
    other = api.new_organisation("tokens-other").id
    secret = api.new_token("admin", org=other)
    foreign = api.run(api.app.flows.create_tokens, NewToken(other, "foreign", ("admin",)))
    answer = change(api, foreign.id, status={"id": 1})
    assert (answer.status, answer.body["message"]) == (
        404,
        f"Application Token with id {foreign.id} not found",
    )
    assert change(api, -1).body["message"] == "Application Token with id -1 not found"
    assert foreign.id not in [row["id"] for row in api.get(PATH).body]
    assert api.get(MY, token=foreign.secret).status == 200
    assert [row["description"] for row in api.get(PATH, token=secret).body] == ["test", "foreign"]


def test_the_list_is_paged_and_filtered(api: Site) -> None:
    ids = [made(api, description=f"paged {number}")["id"] for number in range(3)]
    answer = api.get(f"{PATH}?q=description:paged&sort=-id&per_page=2")
    assert [row["id"] for row in answer.body] == ids[:0:-1]
    assert answer.headers["x-total-count"] == "3"
    change(api, ids[0], status={"id": 1})
    assert [row["id"] for row in api.get(f"{PATH}?q=description:paged,status:revoked").body] == [ids[0]]
    assert api.get(f"{PATH}?q=color:red").status == 422


def test_a_creator_who_is_gone_leaves_its_tokens(api: Site) -> None:
    user, token = new_login(api)
    new_user(api)
    made_by = made(api, token)
    assert api.call("DELETE", f"/v1/user/{user}").status == 204
    assert shown(api, made_by["id"])["creator"] is None
    assert api.get(MY, token=made_by["application_token"]).status == 200


def test_a_token_makes_none_that_outlives_it_or_is_used_from_elsewhere(api: Site) -> None:
    scopes = ["token:write", "sms:send"]
    parent = made(api, scopes=scopes, ip="127.0.0.0/16,2001:db8::/32", expiry_date="2090-01-01")
    secret = parent["application_token"]
    child = shown(api, made(api, secret)["id"])
    assert (child["ip"], child["expiry_date"][:10]) == ("127.0.0.0/16,2001:db8::/32", "2090-01-01")
    narrow = shown(api, made(api, secret, ip="127.0.0.7", expiry_date="2089-01-01")["id"])
    assert (narrow["ip"], narrow["expiry_date"][:10]) == ("127.0.0.7/32", "2089-01-01")
    session = authenticate(api, "127.0.0.1", application_token=secret).body["auth_token"]
    for token in (secret, session):
        for body in ({"ip": "127.0.0.0/8"}, {"ip": "10.0.0.0/8,127.0.0.1"}, {"expiry_date": "2091-01-01"}):
            answer = api.post(PATH, body, token=token)
            assert (answer.status, answer.body["refusal"]["code"]) == (403, "beyond_scopes")
        for body in ({"ip": None}, {"ip": "0.0.0.0/0"}, {"expiry_date": None}, {"expiry_date": "2091-01-01"}):
            assert change(api, parent["id"], token, **body).status == 403
    assert change(api, narrow["id"], secret, ip="127.0.0.0/24", description="wider").status == 204


def test_a_user_bounds_its_tokens_by_nothing_but_its_scopes(api: Site) -> None:
    _, token = new_login(api, "user")
    assert shown(api, made(api, token, expiry_date="2090-01-01")["id"])["expiry_date"][:10] == "2090-01-01"
    assert shown(api, made(api, token)["id"])["expiry_date"] is None
