"""Codes (§2): a key is made, activated, asked for, used once; devices that need none."""

from functools import partial

import pytest

from heliograph.core.security.access import KeyStatus
from tests.rest.people import (
    PASSWORD,
    at_once,
    authenticate,
    code_of,
    log_in,
    new_address,
    new_key,
    new_login,
    new_user,
    passing,
    wrong_code,
)
from tests.rest.site import Answered, Site

MY = "/v1/user/my"
DEVICE = {"fingerprint": "f" * 32, "operating_system": "Ubuntu 16.04", "browser": "Firefox"}


def error(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.body["error_token"]


def person(api: Site, role: str = "user") -> tuple[int, str, str, str]:
    """A user with a key: its id, name, key and a token of before."""
    id, name = new_user(api, role)
    token = log_in(api, name)["auth_token"]
    _, key = new_key(api, token)
    return id, name, key, token


def half(api: Site, name: str) -> str:
    answer = authenticate(api, username=name, password=PASSWORD)
    assert (answer.status, list(answer.body)) == (200, ["mfa_token"]), answer
    return str(answer.body["mfa_token"])


def test_a_key_is_shown_once_and_activated_by_a_code(api: Site) -> None:
    _, token = new_login(api, "observer")
    made = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token)
    body = made.body
    assert body["status"] == {"id": 0, "description": "Activation Pending"}
    assert body["type"] == {"id": 0, "description": "Time-Based One-Time Password"}
    assert body["otpauth"].startswith("otpauth://totp/Heliograph:")
    assert f"secret={body['secret_key']}" in body["otpauth"]
    path = f"/v1/user/mfa/{body['id']}"
    bad = api.call(
        "PATCH", path, {"status": {"id": 1}, "code": wrong_code(api, body["secret_key"])}, token=token
    )
    assert bad.status == 422
    good = {"status": {"id": 1}, "code": code_of(api, body["secret_key"])}
    assert api.call("PATCH", path, good, token=token).status == 204
    assert api.call("PATCH", path, good, token=token).status == 409
    (shown,) = api.get(MY, token=token).body["mfa"]
    assert (shown["status"]["id"], shown["activation_date"] is not None) == (1, True)
    assert "secret_key" not in shown


def test_a_key_takes_the_password(api: Site) -> None:
    _, token = new_login(api)
    answer = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": "wrong"}, token=token)
    assert error(answer) == (403, "InvalidCredentials")
    assert api.post("/v1/user/mfa", {"type": {"id": 1}, "password": PASSWORD}, token=token).status == 422
    assert api.post("/v1/user/mfa", {"type": {"id": 0}}, token=token).status == 422
    assert api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}).status == 403
    assert api.get(MY, token=token).body["mfa"] == []


def test_a_key_that_waits_asks_for_no_code_and_gives_way(api: Site) -> None:
    _, name = new_user(api)
    token = log_in(api, name)["auth_token"]
    for _ in range(3):
        api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token)
    assert len(api.get(MY, token=token).body["mfa"]) == 1
    assert "auth_token" in log_in(api, name)


def test_the_seed_is_sealed_at_rest(api: Site) -> None:
    id, _, key, _ = person(api)
    found = api.ask(api.app.access_reader.person(api.org, id))
    assert found is not None
    (row,) = found.keys
    assert row.status == KeyStatus.ACTIVE
    assert api.app.vault.unseal(row.seed, "mfa") not in row.seed
    assert key.encode() not in row.seed


def test_a_code_logs_in_once(api: Site) -> None:
    _, name, key, _ = person(api)
    code = code_of(api, key)
    first, second = half(api, name), half(api, name)
    answer = authenticate(api, mfa_token=first, code=code)
    assert set(answer.body) == {"auth_token", "refresh_token"}
    assert api.get(MY, token=answer.body["auth_token"]).body["username"] == name
    for token in (first, second):
        assert error(authenticate(api, mfa_token=token, code=code)) == (401, "InvalidCredentials")


def test_a_code_at_once_twice_logs_in_once(api: Site) -> None:
    _, name, key, _ = person(api)
    code = code_of(api, key)
    calls = [partial(authenticate, api, mfa_token=half(api, name), code=code) for _ in range(4)]
    assert sorted(answer.status for answer in at_once(calls)) == [200, 401, 401, 401]


def test_the_code_that_activated_logs_nobody_in(api: Site) -> None:
    _, name, key, _ = person(api)
    assert authenticate(api, mfa_token=half(api, name), code=code_of(api, key, -1)).status == 401


def test_a_code_is_good_for_a_moment(api: Site) -> None:
    _, name, key, _ = person(api)
    code = code_of(api, key)
    with passing(api, 1.6):
        assert authenticate(api, mfa_token=half(api, name), code=code).status == 401
        later = code_of(api, key, 1)
        assert authenticate(api, mfa_token=half(api, name), code=int(later)).status == 200


def test_the_password_alone_gives_nothing(api: Site) -> None:
    _, name, _, _ = person(api)
    token = half(api, name)
    assert error(api.get(MY, token=token)) == (401, "InvalidToken")
    assert error(authenticate(api, refresh_token=token)) == (401, "InvalidToken")
    assert error(authenticate(api, application_token=token)) == (401, "InvalidCredentials")


def test_half_a_login_ends(api: Site) -> None:
    id, name, key, _ = person(api)
    token = half(api, name)
    with passing(api, 5.1):
        assert error(authenticate(api, mfa_token=token, code=code_of(api, key))) == (401, "TokenExpired")
    body = {"password": "another one"}
    assert api.call("PATCH", f"/v1/user/{id}", body).status == 204
    assert error(authenticate(api, mfa_token=token, code=code_of(api, key))) == (401, "InvalidToken")


def test_wrong_codes_lock_and_the_password_does_not_unlock(api: Site) -> None:
    _, name, key, _ = person(api)
    for _ in range(3):
        token = half(api, name)
        answer = authenticate(api, mfa_token=token, code=wrong_code(api, key))
        assert error(answer) == (401, "InvalidCredentials")
    assert error(authenticate(api, username=name, password=PASSWORD)) == (401, "TooManyRequests")
    assert error(authenticate(api, mfa_token=token, code=code_of(api, key))) == (401, "TooManyRequests")
    with passing(api, 5.1):
        assert authenticate(api, mfa_token=half(api, name), code=code_of(api, key)).status == 200


def test_wrong_codes_at_once_count_as_many(api: Site) -> None:
    _, name, key, _ = person(api)
    token, address = half(api, name), new_address()
    wrong = partial(authenticate, api, address, mfa_token=token, code=wrong_code(api, key))
    tokens = sorted(error(answer)[1] for answer in at_once([wrong] * 6))
    assert tokens == ["InvalidCredentials"] * 3 + ["TooManyRequests"] * 3


def test_a_trusted_device_needs_no_code_for_30_days(api: Site) -> None:
    id, name, key, token = person(api)
    body = {"mfa_token": half(api, name), "code": code_of(api, key), "trusted_device": DEVICE}
    assert authenticate(api, **body).status == 200
    login = {"username": name, "password": PASSWORD}
    trusted = authenticate(api, **login, fingerprint=DEVICE["fingerprint"])
    assert set(trusted.body) == {"auth_token", "refresh_token"}
    other = authenticate(api, **login, fingerprint="g" * 32)
    assert list(other.body) == ["mfa_token"]
    (shown,) = api.get(f"{MY}/mfa/trusted_device", token=token).body
    assert (shown["operating_system"], shown["browser"]) == ("Ubuntu 16.04", "Firefox")
    assert "f" * 32 not in str(shown)
    with passing(api, 30 * 24 * 60 + 1):
        assert list(authenticate(api, **login, fingerprint=DEVICE["fingerprint"]).body) == ["mfa_token"]
    assert api.call("DELETE", f"/v1/user/{id}/mfa/trusted_device/{shown['id']}").status == 204
    assert api.call("DELETE", f"/v1/user/{id}/mfa/trusted_device/{shown['id']}").status == 404
    assert list(authenticate(api, **login, fingerprint=DEVICE["fingerprint"]).body) == ["mfa_token"]


def test_a_fingerprint_is_good_for_its_own_user(api: Site) -> None:
    _, name, key, _ = person(api)
    _, other, _, _ = person(api)
    authenticate(api, mfa_token=half(api, name), code=code_of(api, key), trusted_device=DEVICE)
    answer = authenticate(api, username=other, password=PASSWORD, fingerprint=DEVICE["fingerprint"])
    assert list(answer.body) == ["mfa_token"]


def test_a_wrong_code_trusts_nobody(api: Site) -> None:
    _, name, key, token = person(api)
    body = {"mfa_token": half(api, name), "code": wrong_code(api, key), "trusted_device": DEVICE}
    assert authenticate(api, **body).status == 401
    assert api.get(f"{MY}/mfa/trusted_device", token=token).body == []


def test_a_new_password_trusts_no_device(api: Site) -> None:
    id, name, key, _ = person(api)
    authenticate(api, mfa_token=half(api, name), code=code_of(api, key), trusted_device=DEVICE)
    assert api.call("PATCH", f"/v1/user/{id}", {"password": "another one"}).status == 204
    answer = authenticate(api, username=name, password="another one", fingerprint=DEVICE["fingerprint"])
    assert list(answer.body) == ["mfa_token"]


def test_a_key_is_deleted_by_its_owner_and_by_an_administrator(api: Site) -> None:
    id, name, _, token = person(api)
    (key,) = api.get(MY, token=token).body["mfa"]
    _, stranger = new_login(api, "user")
    assert api.call("DELETE", f"/v1/user/{id}/mfa/{key['id']}", token=stranger).status == 403
    assert api.call("DELETE", f"{MY}/mfa/{key['id']}", token=token).status == 204
    assert "auth_token" in log_in(api, name)
    other, other_name, _, other_token = person(api)
    (key,) = api.get(MY, token=other_token).body["mfa"]
    assert api.call("DELETE", f"/v1/user/{id}/mfa/{key['id']}").status == 404
    assert api.call("DELETE", f"/v1/user/{other}/mfa/{key['id']}").status == 204
    assert "auth_token" in log_in(api, other_name)


def test_keys_of_others_are_unknown(api: Site) -> None:
    _, _, _, owner = person(api)
    _, token = new_login(api)
    (key,) = api.get(MY, token=owner).body["mfa"]
    body = {"status": {"id": 1}, "code": "123456"}
    for id in (key["id"], 1, -1):
        assert api.call("PATCH", f"/v1/user/mfa/{id}", body, token=token).status == 404
        assert api.call("DELETE", f"{MY}/mfa/{id}", token=token).status == 404
    assert len(api.get(MY, token=owner).body["mfa"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": {"id": 1}},
        {"code": "1"},
        {"status": {"id": 0}, "code": "1"},
        {"status": 1, "code": "1"},
    ],
)
def test_bad_input_is_422(api: Site, body: dict[str, object]) -> None:
    _, token = new_login(api)
    made = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token).body
    assert api.call("PATCH", f"/v1/user/mfa/{made['id']}", body, token=token).status == 422


def test_the_lookups(api: Site) -> None:
    assert api.get("/v1/user/mfa/status").body == [
        {"id": 0, "description": "Activation Pending"},
        {"id": 1, "description": "Active"},
    ]
    assert api.get("/v1/user/mfa/type").body == [{"id": 0, "description": "Time-Based One-Time Password"}]


def test_a_user_has_only_so_many_keys(api: Site) -> None:
    _, name, _, token = person(api)
    for _ in range(4):
        new_key(api, token)
    answer = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token)
    assert (answer.status, len(api.get(MY, token=token).body["mfa"])) == (422, 5)
    assert half(api, name)
