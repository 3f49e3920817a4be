"""Recovery codes: made with a key, shown once, each good once in place of an authenticator's code."""

from functools import partial
from typing import Any

from heliograph.core.security.recovery import code_hash, code_of, typed
from tests.rest.people import PASSWORD, at_once, authenticate, log_in, new_key, new_login, new_user
from tests.rest.people import code_of as authenticator
from tests.rest.site import Answered, Site


class Someone:
    """A user with a key and its recovery codes."""

    def __init__(self, api: Site) -> None:
        self.api = api
        self.id, self.name = new_user(api, "observer")
        self.token = log_in(api, self.name)["auth_token"]
        self.key, self.seed = new_key(api, self.token)
        made = self.make()
        assert made.status == 200, made
        self.codes: list[str] = made.body["recovery_codes"]

    def make(self, password: str = PASSWORD, key: int = 0) -> Answered:
        path = f"/v1/user/mfa/{key or self.key}/recovery_code"
        return self.api.post(path, {"password": password}, token=self.token)

    def half(self) -> str:
        return str(authenticate(self.api, username=self.name, password=PASSWORD).body["mfa_token"])

    def enter(self, code: str, **more: Any) -> Answered:
        return authenticate(self.api, mfa_token=self.half(), code=code, **more)

    def left(self) -> int:
        (key,) = self.api.get("/v1/user/my", token=self.token).body["mfa"]
        return int(key["recovery_codes_left"])


def test_ten_codes_are_shown_once_and_kept_as_hashes(api: Site) -> None:
    someone = Someone(api)
    assert len(set(someone.codes)) == 10
    assert someone.left() == 10
    row = api.ask(api.app.access_reader.person(api.org, someone.id))
    assert row is not None
    kept = str(row.keys)
    assert all(code not in kept and str(typed(code)) not in kept for code in someone.codes)
    assert set(row.keys[0].codes.split()) == {code_hash(code) for code in someone.codes}


def test_a_code_logs_in_once(api: Site) -> None:
    someone = Someone(api)
    code = someone.codes[3]
    assert someone.enter(code).body.keys() == {"auth_token", "refresh_token"}
    assert someone.left() == 9
    again = someone.enter(code)
    assert (again.status, again.body["error_code"]) == (401, 1101)
    assert someone.enter(someone.codes[4].upper().replace("-", " ")).status == 200
    assert someone.enter(authenticator(api, someone.seed, 1)).status == 200
    assert someone.left() == 8


def test_many_at_once_use_a_code_once(api: Site) -> None:
    someone = Someone(api)
    halves = [someone.half() for _ in range(2)]
    calls = [partial(authenticate, api, mfa_token=half, code=someone.codes[0]) for half in halves]
    assert sorted(answer.status for answer in at_once(calls)) == [200, 401]


def test_its_use_and_its_making_are_in_the_trail_without_the_code(api: Site) -> None:
    someone = Someone(api)
    someone.enter(someone.codes[0])
    entries = api.get(f"/v1/audit?kind=mfa_key&id={someone.key}").body
    lefts = [(entry["before"]["codes_left"], entry["after"]["codes_left"]) for entry in entries[:2]]
    assert lefts == [(10, 9), (0, 10)]
    assert {entry["after"]["codes"] for entry in entries[:2]} == {"(hidden)"}
    assert {entry["actor"] for entry in entries} == {f"user:{someone.id}"}
    logins = api.get(f"/v1/audit?kind=login&action=login&id={someone.id}").body
    assert logins[0]["after"]["how"] == "password and recovery code"


def test_wrong_codes_count_towards_the_lock(api: Site) -> None:
    someone = Someone(api)
    half, wrong = someone.half(), code_of(bytes(10))
    statuses = [authenticate(api, mfa_token=half, code=wrong).status for _ in range(3)]
    assert statuses == [401] * 3
    locked = authenticate(api, mfa_token=half, code=someone.codes[0])
    assert (locked.status, locked.body["error_code"]) == (401, 1105)
    assert someone.left() == 10


def test_a_device_becomes_trusted_by_one(api: Site) -> None:
    someone = Someone(api)
    trust = {"fingerprint": "a place of my own"}
    assert someone.enter(someone.codes[0], trusted_device=trust).status == 200
    known = authenticate(api, username=someone.name, password=PASSWORD, **trust)
    assert "auth_token" in known.body


def test_new_ones_take_the_place_of_the_old(api: Site) -> None:
    someone = Someone(api)
    assert someone.make().body["recovery_codes_left"] == 10
    assert someone.enter(someone.codes[0]).status == 401


def test_they_go_with_their_key(api: Site) -> None:
    someone = Someone(api)
    half = someone.half()
    deleted = api.call("DELETE", f"/v1/user/my/mfa/{someone.key}", token=someone.token)
    assert deleted.status == 204
    assert authenticate(api, mfa_token=half, code=someone.codes[0]).status == 401


def test_they_are_made_by_their_owner_with_the_password_for_an_active_key(api: Site) -> None:
    someone = Someone(api)
    assert someone.make("wrong horse").status == 403
    assert someone.make(key=someone.key + 1).status == 404
    _, other = new_login(api)
    path = f"/v1/user/mfa/{someone.key}/recovery_code"
    assert api.post(path, {"password": PASSWORD}, token=other).status == 404
    assert api.post(path, {"password": PASSWORD}).status == 403  # an application
    made = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=other).body
    pending = api.post(f"/v1/user/mfa/{made['id']}/recovery_code", {"password": PASSWORD}, token=other)
    assert (pending.status, pending.body["error_code"]) == (409, 1406)
    assert someone.enter(someone.codes[0]).status == 200


def test_what_is_no_code_has_no_hash_of_one() -> None:
    assert typed("ABCD efgh-ijkl mnop") == "abcdefghijklmnop"
    assert [typed(text) for text in ("", "123456", "abcd-efgh-ijkl-mno1", "ä" * 16)] == [None] * 4
