"""Logging in (§2): four forms, what fails alike, what is locked, what ends."""

import json
import time
from base64 import urlsafe_b64decode
from functools import partial
from statistics import median

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from heliograph.app.beginning import first_secrets
from heliograph.flow.manage.access_requests import SetAccount
from heliograph.flow.manage.requests import NewToken, RevokeToken
from heliograph.flow.manage.users import SetAccounts
from heliograph.interfaces.rest.callers import authentication
from tests.rest.people import (
    PASSWORD,
    at_once,
    authenticate,
    log_in,
    new_address,
    new_login,
    new_name,
    new_user,
    passing,
    sha1_of,
)
from tests.rest.site import Answered, Site

MY = "/v1/organisation/my"


def error(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.body["error_token"]


def claims_of(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    found: dict[str, object] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_an_application_token_logs_in_as_the_sdk_does(api: Site) -> None:
    assert api.get(MY, token="None").status == 401
    answer = authenticate(api, application_token=api.token)
    assert (answer.status, list(answer.body)) == (200, ["auth_token"])
    token = answer.body["auth_token"]
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] == 240 * 60  # type: ignore[operator]  # claims are numbers here
    assert api.get(MY, token=token).body["id"] == api.org


@pytest.mark.parametrize("password", [PASSWORD, sha1_of(PASSWORD)])
def test_a_password_logs_in_plain_and_as_its_sha1(api: Site, password: str) -> None:
    id, name = new_user(api)
    tokens = log_in(api, name, password)
    assert set(tokens) == {"auth_token", "refresh_token"}
    assert claims_of(tokens["auth_token"])["sub"] == f"user:{id}"
    assert api.get("/v1/user/my", token=tokens["auth_token"]).body["username"] == name


def test_the_sha1_is_lower_case(api: Site) -> None:
    """Upper case would be a plain password of forty characters."""
    _, name = new_user(api)
    assert error(authenticate(api, username=name, password=sha1_of(PASSWORD).upper())) == (
        401,
        "InvalidCredentials",
    )


def test_a_refresh_token_gives_session_tokens_until_it_is_over(api: Site) -> None:
    _, name = new_user(api)
    tokens = log_in(api, name)
    answer = authenticate(api, refresh_token=tokens["refresh_token"])
    assert (answer.status, list(answer.body)) == (200, ["auth_token"])
    assert api.get(MY, token=answer.body["auth_token"]).status == 200
    with passing(api, 30 * 24 * 60):
        assert error(authenticate(api, refresh_token=tokens["refresh_token"])) == (401, "TokenExpired")
    assert error(authenticate(api, refresh_token="hg_other")) == (401, "InvalidToken")
    assert error(authenticate(api, refresh_token=api.token)) == (401, "InvalidToken")


def test_two_refreshes_at_once_both_answer(api: Site) -> None:
    _, name = new_user(api)
    refresh = log_in(api, name)["refresh_token"]
    answers = at_once([partial(authenticate, api, refresh_token=refresh)] * 2)
    assert [answer.status for answer in answers] == [200, 200]
    assert {api.get(MY, token=answer.body["auth_token"]).status for answer in answers} == {200}


def test_a_refresh_token_is_no_credential_and_a_session_token_no_refresh_token(api: Site) -> None:
    _, name = new_user(api)
    tokens = log_in(api, name)
    assert error(api.get(MY, token=tokens["refresh_token"])) == (401, "InvalidToken")
    assert error(authenticate(api, refresh_token=tokens["auth_token"])) == (401, "InvalidToken")
    assert error(authenticate(api, application_token=tokens["refresh_token"])) == (401, "InvalidCredentials")


def test_a_session_token_ends_after_240_minutes(api: Site) -> None:
    _, token = new_login(api)
    with passing(api, 239):
        assert api.get(MY, token=token).status == 200
    with passing(api, 240.1):
        assert error(api.get(MY, token=token)) == (401, "TokenExpired")


def test_a_session_token_ends_with_its_application_token(api: Site) -> None:
    end = api.app.clock.now() + 3_600_000
    made = api.run(api.app.flows.create_tokens, NewToken(api.org, "short", ("admin",), end))
    token = authenticate(api, application_token=made.secret).body["auth_token"]
    assert claims_of(token)["exp"] == end // 1000
    with passing(api, 61):
        assert error(api.get(MY, token=token)) == (401, "TokenExpired")
        assert error(authenticate(api, application_token=made.secret)) == (401, "TokenExpired")


def test_a_revoked_token_takes_its_session_tokens_along_at_once(api: Site) -> None:
    made = api.run(api.app.flows.create_tokens, NewToken(api.org, "leaked", ("admin",)))
    token = authenticate(api, application_token=made.secret).body["auth_token"]
    assert [api.get(MY, token=one).status for one in (token, made.secret)] == [200, 200]
    status = {"status": {"id": 1}}
    assert api.call("PATCH", f"/v1/application_token/{made.id}", status).status == 204
    assert [error(api.get(MY, token=one)) for one in (token, made.secret)] == [(401, "InvalidToken")] * 2
    assert error(authenticate(api, application_token=made.secret)) == (401, "InvalidToken")


def test_a_token_revoked_at_the_machine_is_over_at_once(api: Site) -> None:
    made = api.run(api.app.flows.create_tokens, NewToken(api.org, "leaked", ("admin",)))
    assert api.get(MY, token=made.secret).status == 200
    api.run(api.app.flows.revoke_tokens, RevokeToken(api.org, made.id))
    api.app.services.forget_access()
    assert error(api.get(MY, token=made.secret)) == (401, "InvalidToken")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "a"},
        {"password": "a"},
        {"mfa_token": "a"},
        {"code": "123456"},
        {"username": None, "password": None},
        {"application_token": 5},
        {"application_token": ["a"]},
        {"application_token": "x" * 5_000},
        {"username": "x" * 300, "password": "a"},
        {"username": "a", "password": "x" * 1_001},
        {"username": "a", "password": {"id": 1}},
        {"refresh_token": True},
        {"mfa_token": "a", "code": []},
        {"mfa_token": "a", "code": "1", "trusted_device": {}},
        {"mfa_token": "a", "code": "1", "trusted_device": {"fingerprint": "short"}},
        {"application_token": "a", "refresh_token": "b"},
        [],
        "text",
        5,
        None,
    ],
)
def test_malformed_is_400(api: Site, body: object) -> None:
    answer = api.post("/v1/authenticate", json.dumps(body), token="None", address=new_address())
    assert error(answer) == (400, "BadRequest")


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe", '{"username": "\\ud800", "password": "a"}'])
def test_what_is_no_json_is_400(api: Site, text: str | bytes) -> None:
    assert error(api.post("/v1/authenticate", text, token=None, address=new_address()))[0] == 400


def test_a_body_beyond_its_bound_is_413(api: Site) -> None:
    answer = api.post("/v1/authenticate", {"username": "x" * 80_000}, token=None, address=new_address())
    assert answer.status == 413


@pytest.mark.parametrize("token", ["a.b.c", "..", "x" * 5_000, "hg_", "Bearer x", "é", "None"])
def test_no_token_of_ours_is_401(api: Site, token: str) -> None:
    assert error(api.get(MY, token=token)) == (401, "InvalidToken")
    assert error(authenticate(api, mfa_token=token[:4_000], code="123456")) == (401, "InvalidToken")


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_tokens_that_others_signed_are_401(api: Site, algorithm: str) -> None:
    _, token = new_login(api)
    claims = claims_of(token)
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"x" * 32))
    if algorithm == "none":
        forged = f"eyJhbGciOiJub25lIn0.{token.split('.')[1]}."
    assert error(api.get(MY, token=forged)) == (401, "InvalidToken")
    head, body, mark = token.split(".")
    assert error(api.get(MY, token=f"{head}.{body[:-2]}AA.{mark}")) == (401, "InvalidToken")


def test_unknown_names_and_wrong_passwords_hear_the_same(api: Site) -> None:
    _, name = new_user(api)
    waits = new_name()
    assert api.post("/v1/user", {"username": waits}).status == 201
    answers = [authenticate(api, username=one, password="wrong") for one in (name, new_name(), waits)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert error(answers[0]) == (401, "InvalidCredentials")
    headers = [{key: value for key, value in one.headers.items() if key != "date"} for one in answers]
    assert headers[0] == headers[1] == headers[2]


def test_unknown_names_take_as_long_as_wrong_passwords(api: Site) -> None:
    """The work is the same: Argon2 is most of it."""

    def seconds(name: str) -> float:
        began = time.perf_counter()
        assert authenticate(api, username=name, password="wrong").status == 401
        return time.perf_counter() - began

    pairs = [(seconds(new_user(api)[1]), seconds(new_name())) for _ in range(9)]
    known, unknown = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    assert 0.4 < unknown / known < 2.5
    assert unknown > 0.005


@pytest.mark.parametrize("exists", [True, False])
def test_three_failures_lock_a_name_for_five_minutes(api: Site, exists: bool) -> None:
    name = new_user(api)[1] if exists else new_name()
    for _ in range(3):
        assert error(authenticate(api, username=name, password="wrong")) == (401, "InvalidCredentials")
    answer = authenticate(api, username=name, password=PASSWORD)
    assert error(answer) == (401, "TooManyRequests")
    assert 290 <= int(answer.headers["retry-after"]) <= 300
    with passing(api, 4.9):
        assert error(authenticate(api, username=name, password=PASSWORD)) == (401, "TooManyRequests")
    with passing(api, 5.1):
        answer = authenticate(api, username=name, password=PASSWORD)
        assert answer.status == (200 if exists else 401)


def test_a_success_in_between_starts_the_count_anew(api: Site) -> None:
    _, name = new_user(api)
    for _ in range(3):
        for _ in range(2):
            assert authenticate(api, username=name, password="wrong").status == 401
        log_in(api, name)


def test_wrong_passwords_at_once_count_as_many(api: Site) -> None:
    _, name = new_user(api)
    address = new_address()
    wrong = partial(authenticate, api, address, username=name, password="wrong")
    tokens = sorted(error(answer)[1] for answer in at_once([wrong] * 8))
    assert tokens == ["InvalidCredentials"] * 3 + ["TooManyRequests"] * 5
    assert error(authenticate(api, username=name, password=PASSWORD)) == (401, "TooManyRequests")


def test_three_wrong_passwords_at_once_lock(api: Site) -> None:
    _, name = new_user(api)
    wrong = partial(authenticate, api, username=name, password="wrong")
    assert [error(answer)[1] for answer in at_once([wrong] * 3)] == ["InvalidCredentials"] * 3
    assert error(authenticate(api, username=name, password=PASSWORD)) == (401, "TooManyRequests")


def test_too_many_logins_under_one_name_are_429(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait in front of a lock: nothing is out of service."""
    monkeypatch.setattr(authentication, "MOST_TURNS", 0)
    answer = authenticate(api, username=new_name(), password="wrong")
    assert error(answer) == (429, "TooManyRequests")
    assert int(answer.headers["retry-after"]) >= 1


def test_right_passwords_at_once_all_log_in(api: Site) -> None:
    _, name = new_user(api)
    answers = at_once([partial(authenticate, api, username=name, password=PASSWORD)] * 6)
    assert [answer.status for answer in answers] == [200] * 6


def test_a_lock_holds_for_one_name_only(api: Site) -> None:
    (_, name), (_, other) = new_user(api), new_user(api)
    for _ in range(3):
        authenticate(api, username=name, password="wrong")
    assert authenticate(api, username=other, password=PASSWORD).status == 200


def test_an_address_has_100_logins_in_five_minutes(api: Site) -> None:
    address, other = new_address(), new_address()
    for _ in range(100):
        assert authenticate(api, address, refresh_token="x").status == 401
    answer = authenticate(api, address, application_token=api.token)
    assert error(answer) == (429, "TooManyRequests")
    assert 1 <= int(answer.headers["retry-after"]) <= 300
    assert authenticate(api, other, application_token=api.token).status == 200
    assert api.get(MY, address=address).status == 200


def test_logging_out_ends_the_session_and_its_refresh_token(api: Site) -> None:
    _, name = new_user(api)
    one, other = log_in(api, name), log_in(api, name)
    assert api.call("DELETE", "/v1/authenticate", token=one["auth_token"]).status == 204
    assert error(api.get(MY, token=one["auth_token"])) == (401, "InvalidToken")
    assert error(authenticate(api, refresh_token=one["refresh_token"])) == (401, "InvalidToken")
    assert api.get(MY, token=other["auth_token"]).status == 200
    assert api.call("DELETE", "/v1/authenticate").status == 422


def test_only_so_many_logins_of_a_user_last(api: Site) -> None:
    _, name = new_user(api)
    first = log_in(api, name)["refresh_token"]
    for _ in range(100):
        last = log_in(api, name)["refresh_token"]
    assert error(authenticate(api, refresh_token=first)) == (401, "InvalidToken")
    assert authenticate(api, refresh_token=last).status == 200


def test_a_suspended_user_is_out_at_once(api: Site) -> None:
    id, name = new_user(api)
    tokens = log_in(api, name)
    assert api.get(MY, token=tokens["auth_token"]).status == 200
    assert api.call("PATCH", f"/v1/user/{id}", {"status": {"id": 2}}).status == 204
    assert error(api.get(MY, token=tokens["auth_token"])) == (401, "InvalidToken")
    assert error(authenticate(api, refresh_token=tokens["refresh_token"])) == (401, "InvalidToken")
    assert error(authenticate(api, username=name, password=PASSWORD)) == (401, "InvalidCredentials")
    assert api.call("PATCH", f"/v1/user/{id}", {"status": {"id": 1}}).status == 204
    assert error(authenticate(api, refresh_token=tokens["refresh_token"])) == (401, "InvalidToken")
    log_in(api, name)


def test_what_was_looked_up_before_a_change_is_not_remembered_after_it(api: Site) -> None:
    """Sixteen callers look while somebody suspends: none is heard afterwards."""
    id, name = new_user(api)
    token = log_in(api, name)["auth_token"]
    suspend = partial(api.run, SetAccounts(), SetAccount(api.org, id, status=2))

    def suspended() -> Answered:
        suspend()
        api.app.services.forget_access()
        return api.get(MY, token=token)

    answers = at_once(
        [*[partial(api.get, MY, token=token)] * 8, suspended, *[partial(api.get, MY, token=token)] * 8]
    )
    assert answers[8].status == 401
    assert api.get(MY, token=token).status == 401


def test_an_organisation_hears_who_failed_and_from_where(api: Site) -> None:
    org = api.new_organisation("access-events").id
    _, name = new_user(api, org=org)
    address = new_address()
    for _ in range(3):
        authenticate(api, address, username=name, password="wrong")
    events = api.get("/v1/event?q=type:6", token=api.new_token("event:read", org=org)).body
    assert [event["event_type"]["description"] for event in events] == ["User authentication failed"] * 3
    assert all(f"'{name}'" in event["description"] and address in event["description"] for event in events)
    assert "locked for 5 minutes" in events[0]["description"]
    assert "wrong" not in str(events)


def test_a_new_password_lifts_the_lock(api: Site) -> None:
    id, name = new_user(api)
    for _ in range(3):
        authenticate(api, username=name, password="wrong")
    assert api.call("PATCH", f"/v1/user/{id}", {"password": "another one"}).status == 204
    log_in(api, name, "another one")


def test_a_start_makes_an_administrator_only_when_there_are_no_users(api: Site) -> None:
    """Whatever the first one is called by now."""

    def secrets(org: int) -> object:
        return api.ask(first_secrets(api.app.store, api.app.flows, api.app.browse, org))

    org = api.new_organisation("access-first").id
    new_user(api, org=org)
    assert secrets(org) is None
    assert secrets(api.new_organisation("access-second").id) is not None
