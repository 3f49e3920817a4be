"""Invitations: a link by which a user sets the password, for who is new and for who forgot it."""

from typing import Any

from heliograph.core.organisation import SCOPES
from tests.rest.people import PASSWORD, authenticate, log_in, new_key, new_login, new_user, passing
from tests.rest.site import Answered, Site

READS = [scope for scope in SCOPES if scope.endswith(":read")]
CHOSEN = "a password of my own"


def invite(api: Site, user: int, token: str = "") -> Answered:
    return api.post(f"/v1/user/{user}/invitation", token=token)


def accept(api: Site, token: str, **body: Any) -> Answered:
    return api.post("/v1/authenticate/invitation", {"token": token, **body}, token=None)


def newcomer(api: Site, name: str) -> int:
    made = api.post("/v1/user", {"username": name, "roles": [{"id": 3}]})
    assert made.status == 201, made
    return int(made.headers["location"].rpartition("/")[2])


def test_a_newcomer_sets_the_password_and_is_active(api: Site) -> None:
    user = newcomer(api, "new@example.net")
    made = invite(api, user)
    assert made.status == 201
    secret = made.body["token"]
    assert made.body["url"] == f"http://127.0.0.1:{api.port}/signin#invitation={secret}"
    assert made.body["username"] == "new@example.net"
    looked = accept(api, secret).body
    assert looked == {"username": "new@example.net", "expires": made.body["expires"]}
    assert accept(api, secret, password=CHOSEN).body == {"username": "new@example.net", "expires": None}
    assert log_in(api, "new@example.net", CHOSEN)
    assert api.get(f"/v1/user/{user}").body["status"]["description"] == "Active"


def test_it_is_good_once(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    assert accept(api, secret, password=CHOSEN).status == 200
    for body in ({}, {"password": "another one"}):
        again = accept(api, secret, **body)
        assert (again.status, again.body["error_code"]) == (401, 1102)


def test_it_ends_after_a_day(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    with passing(api, 24 * 60 - 1):
        assert accept(api, secret).status == 200
    with passing(api, 24 * 60 + 1):
        assert accept(api, secret, password=CHOSEN).status == 401


def test_a_second_one_ends_the_first(api: Site) -> None:
    id, _ = new_user(api, "observer")
    first, second = (invite(api, id).body["token"] for _ in range(2))
    assert accept(api, first).status == 401
    assert accept(api, second).status == 200


def test_a_reset_ends_logins_and_keeps_second_factors(api: Site) -> None:
    id, name = new_user(api, "user")
    token = log_in(api, name)["auth_token"]
    new_key(api, token)
    secret = invite(api, id).body["token"]
    assert api.get("/v1/user/my", token=token).status == 200
    assert accept(api, secret, password=CHOSEN).status == 200
    assert api.get("/v1/user/my", token=token).status == 401
    assert authenticate(api, username=name, password=PASSWORD).status == 401
    assert authenticate(api, username=name, password=CHOSEN).body.keys() == {"mfa_token"}


def test_a_password_that_is_set_otherwise_ends_it(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    assert api.call("PATCH", f"/v1/user/{id}", {"password": "set by hand"}).status == 204
    assert accept(api, secret).status == 401


def test_who_is_suspended_or_gone_is_not_invited(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    assert api.call("PATCH", f"/v1/user/{id}", {"status": {"id": 2}}).status == 204
    refused = invite(api, id)
    assert (refused.status, refused.body["error_code"]) == (409, 1406)
    assert accept(api, secret, password=CHOSEN).status == 401
    assert api.call("DELETE", f"/v1/user/{id}").status == 204
    assert accept(api, secret, password=CHOSEN).status == 401
    assert invite(api, id).status == 404


def test_nobody_invites_who_may_do_more(api: Site) -> None:
    id, _ = new_user(api, "administrator")
    assert invite(api, id, api.new_token("user:write")).status == 403
    _, clerk = new_login(api, "user")
    assert invite(api, id, clerk).status == 403
    stranger = api.new_token("admin", org=api.new_organisation("invitations").id)
    assert invite(api, id, stranger).status == 404


def test_nobody_invites_themselves(api: Site) -> None:
    """Whoever found a session open would set the password without knowing the old one."""
    id, token = new_login(api)
    made = api.post("/v1/application_token", {"scopes": ["admin"]}, token=token)
    assert made.status == 200, made
    for user, credential in (("my", token), (id, token), (id, made.body["application_token"])):
        refused = api.post(f"/v1/user/{user}/invitation", token=credential)
        assert (refused.status, refused.body["refusal"]["code"]) == (409, "own_invitation")


def test_a_role_that_is_given_later_ends_it(api: Site) -> None:
    """Else it would be a way to an administrator for whoever may make observers only."""
    user = newcomer(api, "climber@example.net")
    secret = invite(api, user, api.new_token("user:write", *READS)).body["token"]
    assert api.call("PUT", f"/v1/user/{user}/role/1").status == 204
    assert accept(api, secret, password=CHOSEN).status == 401
    again = invite(api, user).body["token"]
    assert api.call("DELETE", f"/v1/user/{user}/role/1").status == 204
    assert accept(api, again, password=CHOSEN).status == 200


def test_a_short_password_uses_up_nothing(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    assert accept(api, secret, password="short").status == 422
    assert accept(api, secret).status == 200


def test_the_secret_is_in_no_row_and_in_no_entry(api: Site) -> None:
    id, _ = new_user(api, "observer")
    secret = invite(api, id).body["token"]
    accept(api, secret, password=CHOSEN)
    entries = api.get("/v1/audit?per_page=20").body
    assert secret not in str(entries)
    made = [entry for entry in entries if entry["kind"] == "invitation"]
    assert [entry["action"] for entry in made[:2]] == ["delete", "create"]
    assert made[0]["actor"] == f"user:{id}"


def test_guesses_are_bounded_as_logins_are(api: Site) -> None:
    statuses = [
        api.post(
            "/v1/authenticate/invitation", {"token": f"hgi_{n}"}, token=None, address="127.0.9.99"
        ).status
        for n in range(101)
    ]
    assert statuses == [401] * 100 + [429]
