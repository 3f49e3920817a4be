"""Logins in the audit trail: who, from where, and how; bounded, whoever guesses."""

from typing import Any

import pyotp
import pytest

from heliograph.core.security.audit import Entry
from heliograph.flow.manage.requests import RevokeToken
from heliograph.flow.reads.audit import NEWEST, AuditFilter
from heliograph.interfaces.rest.callers.login_fold import HOUR_MS, MINUTE_MS, Folding
from tests.rest.people import PASSWORD, authenticate, code_of, log_in, new_address, new_key, new_user, passing
from tests.rest.site import Site

MOST_AT_ONCE = 50


def entries(api: Site, id: int, action: str) -> list[dict[str, Any]]:
    """Of one user or token, oldest first."""
    found: list[dict[str, Any]] = api.get(f"/v1/audit?kind=login&id={id}&action={action}").body
    return found[::-1]


def of_nobody(api: Site) -> list[Entry]:
    """Those that belong to no organisation."""
    wanted = AuditFilter(kind="login", row=0)
    return list(api.ask(api.app.audit.entries(None, wanted, NEWEST, 500)).rows)


def test_a_login_tells_who_how_and_from_where(api: Site) -> None:
    id, name = new_user(api)
    address = new_address()
    assert authenticate(api, address, username=name, password=PASSWORD).status == 200
    (entry,) = entries(api, id, "login")
    assert (entry["actor"], entry["address"], entry["before"]) == (f"user:{id}", address, None)
    assert (entry["after"]["who"], entry["after"]["how"]) == (f"user {name}", "password")
    assert PASSWORD not in str(entry)


def test_failures_and_the_lock_are_told_and_no_password_is(api: Site) -> None:
    id, name = new_user(api)
    address = new_address()
    for _ in range(4):
        assert authenticate(api, address, username=name, password="a wrong secret").status == 401
    failed = entries(api, id, "login_failed")
    assert [(one["actor"], one["address"], one["after"]["why"]) for one in failed] == [
        ("somebody", address, "invalid password"),
        ("somebody", address, "the name is locked"),
    ]
    (locked,) = entries(api, id, "login_locked")
    assert locked["after"]["who"] == f"user {name}"
    assert "a wrong secret" not in api.get("/v1/audit?kind=login&per_page=500").text


def test_what_is_alike_is_told_once_a_minute_with_how_many_there_were(api: Site) -> None:
    id, name = new_user(api)
    address, other = new_address(), new_address()
    for _ in range(3):
        log_in_from(api, name, address)
    log_in_from(api, name, other)
    assert [one["address"] for one in entries(api, id, "login")] == [address, other]
    with passing(api, minutes=1.1):
        log_in_from(api, name, address)
    last = entries(api, id, "login")[-1]
    assert (last["address"], last["after"]["folded"]) == (address, 2)


def log_in_from(api: Site, name: str, address: str) -> None:
    assert authenticate(api, address, username=name, password=PASSWORD).status == 200


def test_a_code_is_told(api: Site) -> None:
    id, name = new_user(api)
    _, key = new_key(api, log_in(api, name)["auth_token"])
    half = authenticate(api, username=name, password=PASSWORD).body["mfa_token"]
    assert authenticate(api, mfa_token=half, code="abcdef").status in (400, 401)
    wrong = str((int(pyotp.TOTP(key).now()) + 1) % 1_000_000).zfill(6)
    assert authenticate(api, mfa_token=half, code=wrong).status == 401
    assert authenticate(api, mfa_token=half, code=code_of(api, key)).status == 200
    assert [one["after"]["how"] for one in entries(api, id, "login")] == ["password", "password and code"]
    assert {one["after"]["why"] for one in entries(api, id, "login_failed")} == {"invalid code"}


def test_an_application_token_is_told_once_an_hour(api: Site) -> None:
    secret = api.new_token("sms:read")
    address = new_address()
    for _ in range(3):
        answer = authenticate(api, address, application_token=secret)
        assert answer.status == 200
    token = max(one["id"] for one in api.get("/v1/application_token?per_page=1000").body)
    assert [one["address"] for one in entries(api, token, "login")] == [address]
    assert entries(api, token, "login")[0]["actor"] == f"token:{token}"
    api.run(api.app.flows.revoke_tokens, RevokeToken(api.org, token))
    assert authenticate(api, address, application_token=secret).status == 401
    (failed,) = entries(api, token, "login_failed")
    assert (failed["actor"], failed["after"]["why"]) == ("somebody", "invalid")
    assert secret not in api.get("/v1/audit?kind=login&per_page=500").text


def test_a_name_that_nobody_has_is_not_written_down(api: Site) -> None:
    before = len(of_nobody(api))
    assert authenticate(api, username="hunter2 in the wrong field", password="x").status == 401
    found = of_nobody(api)
    assert len(found) == before + 1
    assert (found[0].org, found[0].actor) == (0, "somebody")
    assert "hunter2" not in str(found)
    assert "hunter2" not in api.get("/v1/audit?kind=login&per_page=500").text


def test_a_flood_of_guesses_leaves_few_entries(api: Site) -> None:
    with passing(api, minutes=30):
        before = len(of_nobody(api))
        for number in range(MOST_AT_ONCE):
            assert authenticate(api, username=f"guess-{number}", password="x").status == 401
            assert authenticate(api, application_token=f"hg_{number}").status == 401
        assert len(of_nobody(api)) - before <= 2 * (10 + 1)  # a minute may begin meanwhile
        id, name = new_user(api)
        assert authenticate(api, username=name, password="wrong").status == 401
        assert len(entries(api, id, "login_failed")) == 1, "who has a name is told all the same"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=bogus", "`kind`"),
        ("action=explode", "`action`"),
        ("actor=user:x", "`actor`"),
        ("kinds=policy", "`kinds`"),
        ("id=x", "`id`"),
        ("kind=", "`kind`"),
    ],
)
def test_what_the_trail_does_not_know_is_refused_by_name(api: Site, query: str, said: str) -> None:
    answer = api.get(f"/v1/audit?{query}")
    assert (answer.status, answer.body["error_code"]) == (400, 1000)
    assert said in answer.body["message"]


def test_what_the_trail_knows_may_be_asked_for(api: Site) -> None:
    for entry in api.get("/v1/audit?per_page=500").body:
        query = f"kind={entry['kind']}&action={entry['action']}&actor={entry['actor'].replace(' ', '%20')}"
        assert entry["number"] in {one["number"] for one in api.get(f"/v1/audit?{query}&per_page=500").body}


def test_folding_tells_one_of_a_kind_and_few_of_all_kinds() -> None:
    folding = Folding(2)
    assert [folding.tell("a", 0), folding.tell("a", 1), folding.tell("a", 2)] == [0, None, None]
    assert folding.tell("b", 3) == 0
    assert [folding.tell("c", 4), folding.tell("d", 5), folding.tell("e", 6)] == [0, None, None]
    assert folding.tell("a", MINUTE_MS + 1) == 2
    assert folding.tell("t", 2 * MINUTE_MS, HOUR_MS) == 0
    assert folding.tell("t", HOUR_MS, HOUR_MS) is None
    assert [folding.tell(kind, HOUR_MS) for kind in "fgh"] == [0, 0, 2]
