"""Users and roles over the API: what each may, what applies at once, and that somebody can always log in."""

from functools import partial
from typing import Any

import pytest

from heliograph.core.security.access import UserStatus
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.people import PASSWORD, at_once, authenticate, log_in, new_login, new_name, new_user, sha1_of
from tests.rest.site import Answered, Site

MY = "/v1/organisation/my"


def user(api: Site, id: int | str, token: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/user/{id}", token=token)
    assert answer.status == 200, answer
    return dict(answer.body)


def made(api: Site, token: str = "", **body: Any) -> int:
    answer = api.post("/v1/user", {"username": new_name(), **body}, token=token)
    assert (answer.status, answer.text) == (201, ""), answer
    return int(answer.headers["location"].split("/")[-1])


def change(api: Site, id: int | str, token: str = "", **body: Any) -> Answered:
    return api.call("PATCH", f"/v1/user/{id}", body, token=token)


def nested(answer: Answered) -> list[str]:
    assert answer.status == 422, answer
    return [error["message"] for error in answer.body["errors"]]


def roles(api: Site, id: int) -> list[int]:
    return [role["id"] for role in user(api, id)["roles"]]


def test_a_user_is_made_as_clients_make_one(api: Site) -> None:
    name = new_name()
    body = {
        "username": name,
        "name": "Ford",
        "organisation": {"id": api.org},
        "roles": [{"id": 2}, {"id": 1.0}],
    }
    id = made(api, **body)
    found = user(api, id)
    assert (found["username"], found["name"], found["mfa"]) == (name, "Ford", [])
    assert found["organisation"] == {"id": api.org, "name": "default"}
    assert found["status"] == {"id": 0, "description": "Activation Pending"}
    assert found["roles"] == [{"id": 1, "description": "Administrator"}, {"id": 2, "description": "User"}]
    assert found in api.get("/v1/user").body
    assert authenticate(api, username=name, password="").status == 401


def test_a_password_makes_a_user_active(api: Site) -> None:
    name = new_name()
    id = made(api, username=name)
    assert nested(change(api, id, status={"id": 1})) == [
        "User - status: A user without a password is made active by setting one."
    ]
    assert change(api, id, password=PASSWORD).status == 204
    assert user(api, id)["status"] == {"id": 1, "description": "Active"}
    log_in(api, name)
    other = new_name()
    assert user(api, made(api, username=other, password=sha1_of("another one")))["status"]["id"] == 1
    log_in(api, other, "another one")


def test_who_is_given_no_role_only_looks(api: Site) -> None:
    assert roles(api, made(api)) == [3]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"username": None}, "User - username: Expected `str`, got `null`"),
        ({"username": ""}, "A name has 1 to 100 printable characters, with no space around it."),
        ({"username": " a"}, "A name has 1 to 100 printable characters, with no space around it."),
        ({"username": "x" * 101}, "A name has 1 to 100 printable characters, with no space around it."),
        ({"username": 7}, "User - username: Expected `str`, got `int`"),
        ({"name": "x" * 101}, "A name has at most 100 printable characters."),
        ({"name": "a\nb"}, "A name has at most 100 printable characters."),
        ({"password": "short"}, "User - password: must have at least 8 characters"),
        ({"password": "x" * 1_001}, None),
        ({"roles": [{"id": 4}]}, "User - roles: must be 1 (Administrator), 2 (User) or 3 (Observer)"),
        ({"roles": [{"id": None}]}, "User - roles: must be 1 (Administrator), 2 (User) or 3 (Observer)"),
        ({"roles": [{"id": 1}] * 4}, None),
        ({"roles": {"id": 1}}, None),
    ],
)
def test_bad_input_names_its_field(api: Site, body: dict[str, Any], said: str | None) -> None:
    before = len(api.get("/v1/user").body)
    found = nested(api.post("/v1/user", {"username": new_name(), **body}))
    prefix = f"User - {next(iter(body))}: "
    assert said is None or found == [prefix + said.removeprefix(prefix)]
    assert len(api.get("/v1/user").body) == before
    assert nested(api.post("/v1/user", {"name": "x"})) == ["User - username is required"]


def test_names_are_taken_across_organisations(api: Site) -> None:
    other = api.new_organisation("users-names").id
    _, name = new_user(api, org=other)
    answer = api.post("/v1/user", {"username": name})
    assert (answer.status, answer.body["error_code"]) == (409, 1405)
    id, own = new_user(api)
    assert change(api, id, username=name).status == 409
    assert user(api, id)["username"] == own


def test_a_user_is_made_in_ones_own_organisation(api: Site) -> None:
    other = api.new_organisation("users-elsewhere").id
    answer = api.post("/v1/user", {"username": new_name(), "organisation": {"id": other}})
    assert (answer.status, answer.body["message"]) == (404, f"Organisation with Id '{other}' not found.")


def test_users_of_others_are_unknown(api: Site) -> None:
    other = api.new_organisation("users-other").id
    foreign, name = new_user(api, org=other)
    for id in (foreign, -1, 2**53 - 1):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"name": "x"}),
            ("PATCH", "", {"password": "long enough"}),
            ("DELETE", "", None),
            ("PUT", "/role/2", None),
            ("DELETE", "/role/1", None),
            ("GET", "/mfa/trusted_device", None),
            ("DELETE", "/mfa/1", None),
            ("DELETE", "/mfa/trusted_device/1", None),
        ):
            answer = api.call(method, f"/v1/user/{id}{path}", body)
            found = (answer.status, answer.body["message"])
            assert found == (404, f"User with id {id} not found"), (method, path)
    assert foreign not in [row["id"] for row in api.get("/v1/user").body]
    log_in(api, name)


def test_ids_that_are_none(api: Site) -> None:
    answer = api.get("/v1/user/None")
    assert answer.body["message"] == 'Cannot parse parameter id as Long: For input string: "None"'
    answer = api.get("/v1/user/my")  # a token is no user
    assert (answer.status, answer.body["message"]) == (404, "User with id my not found")
    assert api.call("PUT", "/v1/user/1/role/x").status == 400
    assert api.call("PUT", f"/v1/user/{new_user(api)[0]}/role/9").status == 404


def test_everyone_sees_and_changes_oneself(api: Site) -> None:
    id, token = new_login(api, "observer")
    assert user(api, "my", token)["id"] == id
    assert change(api, "my", token, name="Zaphod").status == 204
    assert user(api, id, token)["name"] == "Zaphod"
    for body in ({"status": {"id": 2}}, {"username": "x"}):
        assert change(api, "my", token, **body).status == 403
    other, _ = new_user(api)
    assert change(api, other, token, name="x").status == 403
    assert api.call("DELETE", "/v1/user/my", token=token).status == 403
    assert api.call("PUT", "/v1/user/my/role/1", token=token).status == 403


def test_a_new_password_of_ones_own_asks_for_the_old_one(api: Site) -> None:
    id, name = new_user(api, "user")
    tokens = log_in(api, name)
    token = tokens["auth_token"]
    assert nested(change(api, "my", token, password="new password")) == [
        "User - current_password is required"
    ]
    answer = change(api, "my", token, password="new password", current_password="wrong")
    assert (answer.status, answer.body["error_token"]) == (403, "InvalidCredentials")
    assert change(api, "my", token, password="new password", current_password=sha1_of(PASSWORD)).status == 204
    assert api.get("/v1/user/my", token=token).status == 401
    assert authenticate(api, refresh_token=tokens["refresh_token"]).status == 401
    assert authenticate(api, username=name, password=PASSWORD).status == 401
    log_in(api, name, "new password")
    assert user(api, id)["id"] == id


def test_guesses_of_the_old_password_lock(api: Site) -> None:
    _, name = new_user(api)
    token = log_in(api, name)["auth_token"]
    for _ in range(3):
        assert change(api, "my", token, password="new password", current_password="wrong").status == 403
    answer = change(api, "my", token, password="new password", current_password=PASSWORD)
    assert (answer.status, answer.body["error_token"]) == (429, "TooManyRequests")
    assert authenticate(api, username=name, password=PASSWORD).status == 401
    assert user(api, "my", token)["username"] == name


def test_an_administrator_sets_passwords_and_ends_logins(api: Site) -> None:
    id, name = new_user(api, "user")
    tokens = log_in(api, name)
    assert api.get(MY, token=tokens["auth_token"]).status == 200
    assert change(api, id, password="from above").status == 204
    assert api.get(MY, token=tokens["auth_token"]).status == 401
    assert authenticate(api, refresh_token=tokens["refresh_token"]).status == 401
    log_in(api, name, "from above")


def test_roles_come_and_go_and_apply_at_once(api: Site) -> None:
    id, token = new_login(api, "observer")
    device = api.new_device("roles-1", msisdn="491517000001", imsi="901287000000001")
    path, body = f"/v1/endpoint/{device}/sms", {"payload": "x"}
    assert api.post(path, body, token=token).status == 403
    assert api.call("PUT", f"/v1/user/{id}/role/2").status == 204
    assert api.post(path, body, token=token).status == 201
    again = api.call("PUT", f"/v1/user/{id}/role/2")
    assert (again.status, again.body["error_code"]) == (409, 1405)
    assert roles(api, id) == [2, 3]
    assert api.call("DELETE", f"/v1/user/{id}/role/2").status == 204
    assert api.post(path, body, token=token).status == 403
    assert api.call("DELETE", f"/v1/user/{id}/role/2").status == 404
    assert api.call("DELETE", f"/v1/user/{id}/role/3").status == 204
    assert (roles(api, id), api.get(MY, token=token).status) == ([], 403)


def test_nobody_gives_what_they_do_not_have(api: Site) -> None:
    """A token that manages users, and may do little else."""
    token = api.new_token("user:write", "user:read")
    admin, name = new_user(api)
    little = made(api, api.token, roles=[{"id": 3}])
    for answer in (
        api.post("/v1/user", {"username": new_name(), "roles": [{"id": 1}]}, token=token),
        api.call("PUT", f"/v1/user/{little}/role/1", token=token),
        api.call("DELETE", f"/v1/user/{admin}/role/1", token=token),
        change(api, admin, token, password="taken over"),
        change(api, admin, token, status={"id": 2}),
        api.call("DELETE", f"/v1/user/{admin}", token=token),
        api.call("DELETE", f"/v1/user/{admin}/mfa/1", token=token),
    ):
        assert (answer.status, answer.body["refusal"]["code"]) == (403, "beyond_scopes")
    assert roles(api, little) == [3]
    log_in(api, name)


def test_status_goes_between_active_and_suspended(api: Site) -> None:
    id, _ = new_user(api)
    for wrong in (0, 3, 9, None):
        assert nested(change(api, id, status={"id": wrong})) == [
            "User - status: must be 1 (Active) or 2 (Suspended)"
        ]
    for status in (2, 2, 1):
        assert change(api, id, status={"id": status}).status == 204
        assert user(api, id)["status"]["id"] == status


def test_a_deleted_user_is_gone_with_all_it_had(api: Site) -> None:
    id, name = new_user(api)
    tokens = log_in(api, name)
    assert api.call("DELETE", f"/v1/user/{id}").status == 204
    assert api.get(f"/v1/user/{id}").status == 404
    assert api.get(MY, token=tokens["auth_token"]).status == 401
    assert authenticate(api, refresh_token=tokens["refresh_token"]).status == 401
    assert authenticate(api, username=name, password=PASSWORD).status == 401
    new_user(api, name=name)
    log_in(api, name)


def test_the_last_administrator_stays(api: Site) -> None:
    org = api.new_organisation("users-last").id
    token = api.new_token("admin", org=org)
    last, _ = new_user(api, org=org)
    suspended, _ = new_user(api, org=org)
    assert change(api, suspended, token, status={"id": 2}).status == 204
    made(api, token, roles=[{"id": 1}])  # without a password, so nobody logs in as it
    for answer in (
        api.call("DELETE", f"/v1/user/{last}", token=token),
        api.call("DELETE", f"/v1/user/{last}/role/1", token=token),
        change(api, last, token, status={"id": 2}),
    ):
        assert (answer.status, answer.body["error_code"]) == (409, 1407)
        assert answer.body["refusal"]["code"] == "last_administrator"
    assert user(api, last, token)["status"]["id"] == UserStatus.ACTIVE
    assert change(api, suspended, token, status={"id": 1}).status == 204
    assert api.call("DELETE", f"/v1/user/{last}", token=token).status == 204


def test_two_administrators_who_remove_each_other_leave_one(api: Site) -> None:
    org = api.new_organisation("users-duel").id
    duel = [new_login(api, org=org) for _ in range(2)]
    calls = [
        partial(api.call, "DELETE", f"/v1/user/{other[0]}", token=own[1]) for own, other in (duel, duel[::-1])
    ]
    statuses = sorted(answer.status for answer in at_once(calls))
    assert statuses[0] == 204
    assert statuses[1] in (401, 409)
    left = api.get("/v1/user", token=api.new_token("admin", org=org)).body
    assert len(left) == 1


def test_the_list_is_paged_and_filtered(api: Site) -> None:
    org = api.new_organisation("users-list").id
    token = api.new_token("user:read", org=org)
    ids = [new_user(api, org=org, name=f"list-{number}@x")[0] for number in range(3)]
    answer = api.get("/v1/user?sort=-username&per_page=2", token=token)
    assert [row["id"] for row in answer.body] == [ids[2], ids[1]]
    assert (answer.headers["x-total-count"], answer.headers["x-total-pages"]) == ("3", "2")
    assert [row["id"] for row in api.get("/v1/user?q=list-1", token=token).body] == [ids[1]]
    assert len(api.get("/v1/user?q=status:active", token=token).body) == 3


def test_a_single_user_has_a_tag(api: Site) -> None:
    id, _ = new_user(api)
    tag = api.get(f"/v1/user/{id}").headers["etag"]
    assert api.call("GET", f"/v1/user/{id}", If_None_Match=tag).status == 304


def test_the_organisation_is_shown(api: Site) -> None:
    found = api.get(MY).body
    assert (found["id"], found["name"]) == (api.org, "default")
    assert api.get(MY, token=api.new_token("sms:read")).status == 403


def test_an_observer_changes_nothing(api: Site) -> None:
    """Every route that asks for a scope: those that read are open, the others are not."""
    _, token = new_login(api, "observer")
    changing = [
        route
        for route in ROUTES
        if route.scope and not route.scope.endswith(":read") and not route.path.startswith("/v1/audit")
    ]
    assert len(changing) > 5
    for route in changing:
        path = route.path.replace("{", "").replace("}", "")
        answer = api.call(route.method, path, {}, token=token)
        assert (answer.status, answer.body["error_code"]) == (403, 1104), route.path


def test_changes_are_in_the_audit_trail_without_secrets(api: Site) -> None:
    id, _ = new_user(api)
    _, token = new_login(api)
    assert change(api, id, token, password="new password", name="Trillian").status == 204
    entry = api.get(f"/v1/audit?kind=user&id={id}").body[0]
    assert entry["actor"].startswith("user:")
    assert "Trillian" in str(entry)
    assert "argon2" not in str(entry)


def test_the_organisation_shows_its_country(api: Site) -> None:
    shown = {"id", "name", "created", "country_code", "body_days", "time_zone", "language"}
    assert api.get(MY).body.keys() == shown
    assert api.get(MY).body["country_code"] == ""
