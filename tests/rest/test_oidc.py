"""Signing in by a provider of OpenID Connect, as far as that needs no provider: settings, and none at all."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from heliograph.app.rest.oidc import check_oidc
from heliograph.config import ConfigError, load
from heliograph.config.oidc import Oidc
from tests.rest.site import Site, site

NAMED: dict[str, Any] = {"issuer": "https://id.example", "client_id": "heliograph"}


def test_without_a_provider_there_is_the_password(api: Site) -> None:
    assert api.get("/v1/authenticate/methods", token=None).body == {"password": True}
    for path in ("/v1/authenticate/oidc", "/v1/authenticate/oidc/callback?code=x&state=y"):
        answer = api.get(path, token=None)
        assert (answer.status, answer.body["error_code"]) == (404, 1201)
    code = api.post("/v1/authenticate", {"oidc_code": "x"}, token=None)
    assert (code.status, code.body["error_code"]) == (401, 1102)


def test_a_code_goes_with_nothing_else(api: Site) -> None:
    body = {"oidc_code": "x", "refresh_token": "y"}
    assert api.post("/v1/authenticate", body, token=None).status == 400


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"client_id": ""}, "oidc.client_id"),
        ({"issuer": "https://"}, "oidc.issuer"),
        ({"issuer": "http://id.example"}, "oidc.issuer"),
        ({"issuer": "https://user:word@id.example"}, "oidc.issuer"),
        ({"allow": ("127.0.0.1/99",)}, "oidc.allow"),
        ({"roles": ("staff=user",)}, "oidc.role"),
        ({"role_claim": "groups"}, "oidc.role"),
        ({"create": True}, "oidc.create"),
    ],
)
def test_settings_that_make_no_sense_are_named(more: dict[str, Any], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        check_oidc(Oidc(**NAMED | more))


def test_settings_that_make_sense_pass() -> None:
    check_oidc(Oidc())
    check_oidc(Oidc(**NAMED))
    check_oidc(Oidc(**NAMED | {"issuer": "http://127.0.0.1:9000", "allow": ("127.0.0.0/8",)}))
    check_oidc(Oidc(**NAMED | {"create": True, "domains": ("acme.example",)}))


def test_the_secret_is_not_shown_where_settings_are() -> None:
    variables = {"HELIOGRAPH_OIDC__CLIENT_SECRET": "hush", "HELIOGRAPH_OIDC__ROLES": "a=user, b=observer"}
    loaded = load(None, variables)
    assert loaded.config.oidc.client_secret == "hush"
    assert loaded.config.oidc.roles == ("a=user", "b=observer")
    (shown,) = [one for one in loaded.settings if one.name == "oidc.client_secret"]
    assert "hush" not in str(shown)


class Refuses(BaseHTTPRequestHandler):
    """A provider that says no to every code, in other words each time."""

    answered = count(400)

    def do_GET(self) -> None:
        here = f"http://{self.headers['Host']}"
        places = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), here)
        self.say(200, json.dumps({"issuer": here, **places}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status = next(self.answered)
        self.say(status, f"a secret of mine: {status}".encode())

    def say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
    Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_a_provider_says_makes_one_entry_whatever_it_says(refusing: str, tmp_path: Path) -> None:
    settings = {"OIDC__ISSUER": refusing, "OIDC__CLIENT_ID": "us", "OIDC__ALLOW": "127.0.0.1"}
    with site(tmp_path / "data", settings) as api:
        for _ in range(5):
            there = api.get("/v1/authenticate/oidc", token=None).headers
            (state,) = parse_qs(urlsplit(there["location"]).query)["state"]
            cookie = there["set-cookie"].partition(";")[0]
            path = f"/v1/authenticate/oidc/callback?code=x&state={state}"
            back = api.get(path, token=None, Cookie=cookie).headers["location"]
            assert back == "/signin#error=oidc_invalid"
        (entry,) = api.get("/v1/audit?kind=login&action=login_failed").body
        assert entry["after"]["why"] == "the provider answered 400"


def test_a_provider_that_is_away_is_told_to_the_portal_and_to_the_trail(tmp_path: Path) -> None:
    settings = {"OIDC__ISSUER": "http://127.0.0.1:9", "OIDC__CLIENT_ID": "us", "OIDC__ALLOW": "127.0.0.1"}
    with site(tmp_path / "data", settings) as api:
        answer = api.get("/v1/authenticate/oidc", token=None)
        assert (answer.status, answer.headers["location"]) == (302, "/signin#error=oidc_unreachable")
        (entry,) = api.get("/v1/audit?kind=login&per_page=1").body
        assert api.ask(api.app.audit.chain(entry["number"] - 1, 1))[0].org == api.org
        assert entry["after"]["how"] == "OpenID Connect"
        assert entry["after"]["why"].startswith("NotConnected")
