"""Signing in by a real provider of OpenID Connect: the npm package `oidc-provider`, with its own pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec import Struct

from tests.interop.browser import Browser, Page
from tests.interop.centre import free_port
from tests.interop.needs import NODE, node_with
from tests.interop.processes import serving
from tests.rest.people import PASSWORD, authenticate, code_of, log_in, new_key, new_user, passing
from tests.rest.site import Answered, Site, site

PUBLIC = "sms.example.net"
HERE = f"https://{PUBLIC}"
SECRET = "a secret that is long enough to be one: 0123456789"
CALLBACK = f"{HERE}/api/v1/authenticate/oidc/callback"
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"email": "Ada@acme.example", "email_verified": True, "name": "Ada", "groups": ["staff", "x"]},
    "bob": {"email": "bob@acme.example", "email_verified": False, "name": "Bob", "groups": ["staff"]},
    "eve": {"email": "eve@evil.example", "email_verified": True, "name": "Eve", "groups": ["staff"]},
    "joe": {"email": "joe@acme.example", "email_verified": True, "name": "Joe", "groups": []},
    "amy": {"email": "amy@acme.example", "email_verified": True, "name": "Amy", "groups": ["staff"]},
    "mallory": {"email": "amy@acme.example", "email_verified": True, "name": "Mal", "groups": ["staff"]},
    "una": {"email": "Una@acme.example", "email_verified": True, "name": "Una", "groups": ["staff"]},
    "kim": {"email": "kim@acme.example", "email_verified": True, "name": "Kim", "groups": ["bosses"]},
}
MAKES = {"OIDC__CREATE": "true", "OIDC__DOMAINS": "acme.example"}
MAPS = {
    "OIDC__ROLE_CLAIM": "groups",
    "OIDC__ROLES": "bosses=administrator,staff=user",
    "OIDC__CREATE": "true",
}


class House(Struct):
    """A site and the provider of its people."""

    api: Site
    issuer: str

    def browser(self) -> Browser:
        return Browser({PUBLIC: self.api.port})

    def there(self, who: str, browser: Browser) -> Page:
        """Logs in there, consents, and is sent back; the page that sends to our callback."""
        page = browser.go(f"{HERE}/api/v1/authenticate/oidc", CALLBACK)
        for _ in range(3):
            if CALLBACK in page.header("location"):
                return page
            url, fields = page.form()
            page = browser.post(url, fields | {"login": who, "password": "whatever"})
            if page.status // 100 == 3 and CALLBACK not in page.header("location"):
                page = browser.go(page.header("location"), CALLBACK)
        raise AssertionError(page)

    def come(self, who: str, browser: Browser | None = None) -> dict[str, str]:
        """What the portal is told at the end."""
        browser = browser or self.browser()
        return self.back(self.there(who, browser).header("location"), browser)

    def back(self, location: str, browser: Browser) -> dict[str, str]:
        page = browser.get(location)
        assert page.status == 302, page
        path, _, fragment = page.header("location").partition("#")
        assert path == "/signin"
        return {name: values[0] for name, values in parse_qs(fragment).items()}

    def exchange(self, code: str, browser: Browser) -> Answered:
        cookies = "; ".join(
            f"{name}={value[0]}" for (of, name), value in browser.cookies.items() if of == PUBLIC
        )
        body = {"oidc_code": code}
        return self.api.post("/v1/authenticate", body, token=None, Cookie=cookies, Host=PUBLIC)

    def sign_in(self, who: str) -> dict[str, Any]:
        browser = self.browser()
        answer = self.exchange(self.come(who, browser)["oidc_code"], browser)
        assert answer.status == 200, answer
        return dict(answer.body)

    def me(self, who: str) -> dict[str, Any]:
        token = self.sign_in(who)["auth_token"]
        return dict(self.api.get("/v1/user/my", token=token).body)


@contextmanager
def house(folder: Path, in_id_token: bool = False, secret: str = SECRET, **settings: str) -> Iterator[House]:
    port = free_port()
    how = "client_secret_basic" if secret else "none"
    client = {"client_id": "heliograph", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": how}
    if secret:
        client["client_secret"] = secret
    orders = {"client": client, "people": PEOPLE, "inIdToken": in_id_token}
    words = [node_with("oidc-provider"), "provider.mjs", str(port)]
    issuer = f"http://127.0.0.1:{port}"
    named = {
        "OIDC__ISSUER": issuer,
        "OIDC__CLIENT_ID": "heliograph",
        "OIDC__CLIENT_SECRET": secret,
        "OIDC__NAME": "Acme ID",
        "OIDC__ALLOW": "127.0.0.0/8",
        "HTTP__PUBLIC_URL": HERE,
        **settings,
    }
    place = ("127.0.0.1", port)
    with (
        serving(words, folder / "provider.log", place, variables={"ORDERS": json.dumps(orders)}, cwd=NODE),
        site(folder / "data", named) as api,
    ):
        yield House(api, issuer)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Nobody is made; claims are asked for beside the ID token."""
    with house(tmp_path_factory.mktemp("known")) as made:
        yield made


@pytest.fixture(scope="module")
def making(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Who is of the domain is made; claims are in the ID token."""
    with house(tmp_path_factory.mktemp("making"), in_id_token=True, **MAKES) as made:
        yield made


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Roles are the provider's; the client has no secret."""
    with house(tmp_path_factory.mktemp("mapping"), secret="", **MAPS) as made:
        yield made


def failures(api: Site) -> list[str]:
    entries = api.get("/v1/audit?kind=login&action=login_failed&per_page=50").body
    return [entry["after"]["why"] for entry in entries]


def test_the_portal_hears_how_one_may_sign_in(known: House) -> None:
    found = known.api.get("/v1/authenticate/methods", token=None).body
    assert found == {"password": True, "oidc": {"name": "Acme ID", "url": f"{HERE}/api/v1/authenticate/oidc"}}


def test_who_is_known_here_signs_in(known: House) -> None:
    id, _ = new_user(known.api, "user", name="ada@acme.example")
    tokens = known.sign_in("ada")
    assert tokens.keys() == {"auth_token", "refresh_token"}
    me = known.api.get("/v1/user/my", token=tokens["auth_token"]).body
    assert (me["id"], me["username"]) == (id, "ada@acme.example")
    entry = known.api.get(f"/v1/audit?kind=login&action=login&id={id}").body[0]
    assert entry["after"]["how"] == "OpenID Connect"
    assert authenticate(known.api, username="ada@acme.example", password=PASSWORD).status == 200


def test_an_address_is_the_same_in_capitals(known: House) -> None:
    id, _ = new_user(known.api, "user", name="Una@acme.example")  # as the provider says it
    assert known.me("una")["id"] == id


def test_who_is_not_known_does_not_come_in_and_is_not_made(known: House) -> None:
    assert known.come("joe") == {"error": "oidc_not_allowed"}
    assert "joe@acme.example" not in known.api.get("/v1/user?per_page=2000").text


def test_an_address_that_was_not_verified_is_nobodys(known: House) -> None:
    new_user(known.api, "administrator", name="bob@acme.example")
    assert known.come("bob") == {"error": "oidc_not_allowed"}
    assert "the e-mail address is not verified" in failures(known.api)


def test_the_provider_has_no_say_in_another_organisations_people(known: House) -> None:
    theirs = known.api.new_organisation("theirs")
    new_user(known.api, "administrator", theirs.id, name="eve@evil.example")
    assert known.come("eve") == {"error": "oidc_not_allowed"}


def test_who_is_suspended_does_not_come_in(known: House) -> None:
    id, _ = new_user(known.api, "user", name="kim@acme.example")
    assert known.api.call("PATCH", f"/v1/user/{id}", {"status": {"id": 2}}).status == 204
    assert known.come("kim") == {"error": "oidc_not_allowed"}


def test_a_second_factor_here_is_asked_for_all_the_same(known: House) -> None:
    id, name = new_user(known.api, "user", name="joe@acme.example")
    _, seed = new_key(known.api, log_in(known.api, name)["auth_token"])
    half = known.sign_in("joe")
    assert half.keys() == {"mfa_token"}
    code = code_of(known.api, seed)
    assert "auth_token" in authenticate(known.api, mfa_token=half["mfa_token"], code=code).body
    entry = known.api.get(f"/v1/audit?kind=login&action=login&id={id}&per_page=1").body[0]
    assert entry["after"]["how"] == "OpenID Connect and code"


def test_the_cookie_is_for_this_browser_and_no_script(known: House) -> None:
    browser = known.browser()
    page = browser.get(f"{HERE}/api/v1/authenticate/oidc")
    (cookie,) = browser.set
    assert cookie.endswith("Max-Age=600; Path=/api/v1/authenticate; HttpOnly; SameSite=Lax; Secure")
    query = parse_qs(urlsplit(page.header("location")).query)
    assert page.header("location").startswith(known.issuer)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [CALLBACK]
    assert query["state"][0] not in cookie
    assert query["nonce"][0] not in cookie


def test_another_browser_cannot_go_on_where_one_was_sent_back(known: House) -> None:
    there = known.there("kim", known.browser()).header("location")
    stranger = known.browser()
    assert known.back(there, stranger) == {"error": "oidc_expired"}
    stranger.get(f"{HERE}/api/v1/authenticate/oidc")  # with an attempt of its own
    assert known.back(there, stranger) == {"error": "oidc_expired"}


def test_who_takes_too_long_begins_again(known: House) -> None:
    browser = known.browser()
    there = known.there("kim", browser).header("location")
    with passing(known.api, 11):
        assert known.back(there, browser) == {"error": "oidc_expired"}


def test_a_code_is_good_once_in_one_browser_for_a_minute(making: House) -> None:
    browser = making.browser()
    code = making.come("ada", browser)["oidc_code"]
    assert making.exchange(code, making.browser()).status == 401
    assert making.exchange(code, browser).status == 401  # whoever tried it used it up
    browser = making.browser()
    code = making.come("ada", browser)["oidc_code"]
    with passing(making.api, 1.1):
        assert making.exchange(code, browser).status == 401
    browser = making.browser()
    code = making.come("ada", browser)["oidc_code"]
    good = making.exchange(code, browser)
    assert good.status == 200
    assert "Max-Age=0" in good.headers["set-cookie"]
    assert making.exchange(code, browser).status == 401
    assert making.exchange("x", browser).status == 401


def test_a_code_of_the_provider_is_good_once(making: House) -> None:
    browser = making.browser()
    there = making.there("ada", browser).header("location")
    assert "oidc_code" in making.back(there, browser)
    assert making.back(there, browser) == {"error": "oidc_invalid"}


def test_who_comes_first_is_made_when_the_settings_say_so(making: House) -> None:
    me = making.me("ada")
    assert (me["username"], me["name"]) == ("ada@acme.example", "Ada")
    assert [role["description"] for role in me["roles"]] == ["Observer"]
    assert making.me("ada")["id"] == me["id"]
    entry = making.api.get(f"/v1/audit?kind=user&action=create&id={me['id']}").body[0]
    assert (entry["actor"], entry["address"]) == ("heliograph", "127.0.0.1")
    for password in ("", "ada@acme.example", PASSWORD):
        assert authenticate(making.api, username="ada@acme.example", password=password).status == 401


def test_who_was_suspended_comes_again_when_an_administrator_says_so(making: House) -> None:
    """Without a password there is nothing else to make such a user active with."""
    ada = making.me("ada")["id"]

    def status(id: int) -> int:
        return making.api.call("PATCH", f"/v1/user/{ada}", {"status": {"id": id}}).status

    assert status(2) == 204
    assert making.come("ada") == {"error": "oidc_not_allowed"}
    assert status(1) == 204
    assert making.api.get(f"/v1/user/{ada}").body["status"]["id"] == 0
    assert making.me("ada")["status"]["id"] == 1
    assert making.api.call("PATCH", f"/v1/user/{ada}", {"name": "Countess"}).status == 204
    assert making.me("ada")["status"]["id"] == 1


def test_who_is_of_another_domain_is_not_made(making: House) -> None:
    assert making.come("eve") == {"error": "oidc_not_allowed"}
    assert "eve@" not in making.api.get("/v1/user?per_page=2000").text


def test_a_name_is_its_first_owners_until_an_administrator_unlinks_it(making: House) -> None:
    """At the provider a name may be given to somebody else, or somebody gets another name."""
    api, ada = making.api, making.me("ada")
    assert ada["provider"] == making.issuer
    assert api.call("PATCH", f"/v1/user/{ada['id']}", {"username": "ada@new.example"}).status == 204
    assert making.me("ada")["id"] == ada["id"]  # by who it is, not by its name
    id, _ = new_user(api, "user", name="amy@acme.example")
    assert making.me("amy")["id"] == id
    assert making.come("mallory") == {"error": "oidc_not_allowed"}  # who has Amy's address now
    path = f"/v1/user/{id}/provider"
    assert api.call("DELETE", path, token=api.new_token("user:read")).status == 403
    assert api.call("DELETE", path).status == 204
    entry = api.get(f"/v1/audit?kind=user&action=change&id={id}&per_page=1").body[0]
    assert (entry["before"]["subject"], entry["after"]["subject"]) == ("amy", "")
    assert making.me("mallory")["id"] == id
    assert making.come("amy") == {"error": "oidc_not_allowed"}


def test_who_says_no_there_is_sent_back(making: House) -> None:
    browser = making.browser()
    state = parse_qs(urlsplit(browser.get(f"{HERE}/api/v1/authenticate/oidc").header("location")).query)
    location = f"{CALLBACK}?error=access_denied&state={state['state'][0]}&session_state=7"
    assert making.back(location, browser) == {"error": "oidc_denied"}
    browser.get(f"{HERE}/api/v1/authenticate/oidc")
    assert making.back(f"{CALLBACK}?code=x&state=y&iss=https://other.example", browser) == {
        "error": "oidc_expired"
    }


def test_roles_are_the_providers_where_the_settings_say_so(mapping: House) -> None:
    first = mapping.me("kim")
    assert [role["id"] for role in first["roles"]] == [1]
    ada = mapping.me("ada")
    assert [role["id"] for role in ada["roles"]] == [2]
    assert mapping.api.call("PUT", f"/v1/user/{ada['id']}/role/1").status == 204
    assert [role["id"] for role in mapping.me("ada")["roles"]] == [2]
    assert mapping.come("joe") == {"error": "oidc_not_allowed"}


def test_an_invitation_from_before_the_provider_raised_the_role_is_over(mapping: House) -> None:
    id, _ = new_user(mapping.api, "observer", name="una@acme.example")
    invited = mapping.api.post(f"/v1/user/{id}/invitation").body["token"]
    assert [role["id"] for role in mapping.me("una")["roles"]] == [2]
    path = "/v1/authenticate/invitation"
    assert mapping.api.post(path, {"token": invited}, token=None).status == 401


def test_an_organisation_keeps_its_last_administrator(mapping: House) -> None:
    """Whatever the provider says of it."""
    ada = mapping.me("ada")["id"]
    assert mapping.api.call("PUT", f"/v1/user/{ada}/role/1").status == 204
    kim = mapping.me("kim")["id"]
    assert mapping.api.call("PATCH", f"/v1/user/{kim}", {"status": {"id": 2}}).status == 204
    assert [role["id"] for role in mapping.me("ada")["roles"]] == [1, 2]


def test_a_wrong_secret_is_told(tmp_path: Path) -> None:
    with house(tmp_path, **MAKES) as made:
        wrong = {"OIDC__ISSUER": made.issuer, "OIDC__CLIENT_ID": "heliograph", "OIDC__ALLOW": "127.0.0.1"}
        more = {"OIDC__CLIENT_SECRET": "wrong", "HTTP__PUBLIC_URL": HERE, **MAKES}
        with site(tmp_path / "other", wrong | more) as api:
            assert House(api, made.issuer).come("ada") == {"error": "oidc_invalid"}
            assert failures(api) == ["the provider answered 401"]


def test_a_provider_nearby_needs_leave(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        others = {"OIDC__ISSUER": made.issuer, "OIDC__CLIENT_ID": "heliograph", "OIDC__ALLOW": "10.0.0.0/8"}
        with site(tmp_path / "other", {**others, "HTTP__PUBLIC_URL": HERE}) as api:
            page = Browser({PUBLIC: api.port}).get(f"{HERE}/api/v1/authenticate/oidc")
            assert page.header("location") == "/signin#error=oidc_unreachable"
            assert failures(api) == ["NotPermitted: 127.0.0.1"]
