"""Logins of users, seen and ended: one's own, and those of others; and when tokens were used."""

from typing import Any

import pytest

from heliograph.interfaces.rest.translate.sessions import client_of
from tests.cli.program import eventually
from tests.rest.people import PASSWORD, authenticate, new_address, new_login, new_user, passing
from tests.rest.site import Answered, Site

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
MINE = "/v1/user/my/session"


def logged_in(api: Site, name: str, agent: str = FIREFOX, address: str = "") -> str:
    body = {"username": name, "password": PASSWORD}
    answer = api.post(
        "/v1/authenticate", body, token="None", address=address or new_address(), user_agent=agent
    )
    assert answer.status == 200, answer
    return str(answer.body["auth_token"])


def sessions(api: Site, token: str, user: int | str = "my") -> Any:
    answer = api.get(f"/v1/user/{user}/session", token=token)
    assert answer.status == 200, answer
    return answer.body


def end(api: Site, token: str, session: int | str, user: int | str = "my") -> Answered:
    return api.call("DELETE", f"/v1/user/{user}/session/{session}", token=token)


def test_a_login_tells_since_when_from_where_and_with_what(api: Site) -> None:
    _, name = new_user(api, "observer")
    first = logged_in(api, name, address="127.0.9.1")
    second = logged_in(api, name, agent="curl/8.14.1", address="127.0.9.2")
    found = {row["client"]: row for row in sessions(api, second)}
    assert found.keys() == {"Firefox on Linux", "curl"}
    firefox, curl = found["Firefox on Linux"], found["curl"]
    assert (firefox["address"], curl["address"]) == ("127.0.9.1", "127.0.9.2")
    assert (firefox["current"], curl["current"]) == (False, True)
    assert firefox["user_agent"] == FIREFOX
    assert firefox["created"] < firefox["expires"]
    assert [row["current"] for row in sessions(api, first) if row["id"] == firefox["id"]] == [True]


def test_when_a_login_was_seen_last_and_from_where(api: Site) -> None:
    id, name = new_user(api, "observer")
    token = logged_in(api, name, address="127.0.9.3")
    (before,) = sessions(api, token)
    with passing(api, 10):
        assert api.get("/v1/user/my", token=token, address="127.0.9.4").status == 200

    def moved() -> Any:
        (row,) = sessions(api, api.token, id)
        return row if row["last_address"] == "127.0.9.4" else None

    after = eventually(moved, "it was seen from there")
    assert after["last_seen"] > before["last_seen"]
    assert after["address"] == "127.0.9.3"


def test_a_client_that_names_itself_at_length_is_cut(api: Site) -> None:
    _, name = new_user(api, "observer")
    (row,) = sessions(api, logged_in(api, name, agent="x" * 5_000))
    assert row["user_agent"] == "x" * 200


def test_a_login_that_is_ended_is_over_at_once(api: Site) -> None:
    id, name = new_user(api, "observer")
    here, there = logged_in(api, name), logged_in(api, name, agent="okhttp/5")
    other = next(row["id"] for row in sessions(api, here) if not row["current"])
    assert api.get("/v1/user/my", token=there).status == 200
    assert end(api, here, other).status == 204
    assert api.get("/v1/user/my", token=there).status == 401
    assert end(api, here, other).status == 404
    (entry,) = api.get("/v1/audit?kind=session&action=delete&per_page=1").body
    assert (entry["actor"], entry["id"]) == (f"user:{id}", other)
    assert entry["before"]["hash"] == "(hidden)"


def test_all_others_end_and_the_one_that_asks_stays(api: Site) -> None:
    _, name = new_user(api, "observer")
    here = logged_in(api, name)
    others = [logged_in(api, name) for _ in range(3)]
    assert api.call("DELETE", MINE, token=here).status == 204
    assert [row["current"] for row in sessions(api, here)] == [True]
    assert {api.get("/v1/user/my", token=token).status for token in others} == {401}


def test_refresh_tokens_go_with_their_login(api: Site) -> None:
    _, name = new_user(api, "observer")
    login = authenticate(api, username=name, password=PASSWORD).body
    here = logged_in(api, name)
    assert api.call("DELETE", MINE, token=here).status == 204
    assert authenticate(api, refresh_token=login["refresh_token"]).status == 401


def test_an_administrator_sees_and_ends_those_of_others(api: Site) -> None:
    id, name = new_user(api, "user")
    token = logged_in(api, name)
    _, boss = new_login(api)
    (row,) = sessions(api, boss, id)
    assert not row["current"]
    assert end(api, boss, row["id"], id).status == 204
    assert api.get("/v1/user/my", token=token).status == 401
    token = logged_in(api, name)
    assert api.call("DELETE", f"/v1/user/{id}/session", token=boss).status == 204
    assert api.get("/v1/user/my", token=token).status == 401


def test_nobody_else_sees_or_ends_them(api: Site) -> None:
    id, name = new_user(api, "administrator")
    logged_in(api, name)
    _, observer = new_login(api, "observer")
    clerk = api.new_token("user:read", "user:write")
    stranger = api.new_token("admin", org=api.new_organisation("sessions").id)
    session = sessions(api, api.token, id)[0]["id"]
    assert end(api, observer, session, id).status == 403
    assert end(api, clerk, session, id).status == 403  # the user may do more
    assert end(api, stranger, session, id).status == 404
    assert api.get(f"/v1/user/{id}/session", token=stranger).status == 404
    assert api.get(f"/v1/user/{id}/session", token=api.new_token("sms:read")).status == 403
    assert api.get(MINE, token=clerk).status == 404  # an application is nobody
    assert [row["id"] for row in sessions(api, api.token, id)] == [session]


def test_another_users_login_is_none_of_ones_own(api: Site) -> None:
    theirs, name = new_user(api, "observer")
    logged_in(api, name)
    _, own = new_login(api, "observer")
    session = sessions(api, api.token, theirs)[0]["id"]
    assert end(api, own, session).status == 404


def test_the_list_of_tokens_tells_when_each_was_used(api: Site) -> None:
    made = api.post("/v1/application_token", {"description": "used", "scopes": ["sms:read"]}).body

    def row() -> Any:
        rows = api.get("/v1/application_token?per_page=2000").body
        return next(one for one in rows if one["id"] == made["id"])

    assert (row()["last_used"], row()["last_address"]) == (None, None)
    assert api.get("/v1/sms", token=made["application_token"], address="127.0.9.5").status == 200
    eventually(lambda: row()["last_used"], "it was used")
    assert row()["last_address"] == "127.0.9.5"
    session = authenticate(api, application_token=made["application_token"]).body["auth_token"]
    assert api.get("/v1/sms", token=session, address="127.0.9.6").status == 200
    eventually(lambda: row()["last_address"] == "127.0.9.6", "it was used from there")


def test_a_token_that_may_not_be_used_from_there_was_not_used(api: Site) -> None:
    body = {"description": "bound", "scopes": ["sms:read"], "ip": "127.0.9.7"}
    made = api.post("/v1/application_token", body).body
    assert api.get("/v1/sms", token=made["application_token"], address="127.0.9.8").status == 403
    assert api.get("/v1/sms", token=made["application_token"], address="127.0.9.7").status == 200

    def last() -> Any:
        rows = api.get("/v1/application_token?per_page=2000").body
        return next(one["last_address"] for one in rows if one["id"] == made["id"])

    assert eventually(last, "it was used") == "127.0.9.7"


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/26.0 Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile", "Chrome on Android"),
        ("curl/8.14.1", "curl"),
        ("python-requests/2.32", "Python"),
        ("", ""),
        ("something else", ""),
    ],
)
def test_the_kind_of_a_client_in_words(agent: str, client: str) -> None:
    assert client_of(agent) == client
