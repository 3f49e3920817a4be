"""What a provider of OpenID Connect may say, and what is not believed. The one here says what it is told."""

import asyncio
import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from heliograph.runtime.http.client import HttpClient, Limits
from heliograph.runtime.oidc import Attempt, Client, NotBelieved, NotReached, Provider

NOW = 1_800_000_000
ATTEMPT = Attempt("state", "nonce", "verifier")
REDIRECT = "https://here.example/callback"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
EC = ECKey.generate_key("P-256", {"kid": "two"})
SECRET = "s e:cret"
LIMITS = Limits(connect_seconds=2.0, total_seconds=5.0, connections=5)


class Liar:
    """`says`: what is answered, by path; a status, or JSON."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        self.asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        self.keys: list[Any] = [KEY]
        self.claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": "us",
            "sub": "7",
            "exp": NOW + 300,
            "iat": NOW,
            "nonce": "nonce",
        }
        self.says: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth?tenant=1",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/me",
                "something_else": [1],
            },
            "/me": {"sub": "7", "email": "ada@example.net"},
        }

    def sign(self, key: Any = KEY, algorithm: str = "RS256", **header: Any) -> None:
        """What the token endpoint answers from now on."""
        token = jwt.encode({"alg": algorithm, "kid": key.kid, **header}, self.claims, key)
        self.says["/token"] = {"id_token": token, "access_token": "access"}

    def answer(self, path: str) -> tuple[int, bytes]:
        if path == "/jwks" and path not in self.says:
            return 200, json.dumps(KeySet(self.keys).as_dict(private=False)).encode()
        said = self.says.get(path, 404)
        if isinstance(said, int):
            return said, b"no"
        return 200, said if isinstance(said, bytes) else json.dumps(said).encode()

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _, _ in self.asked)


@pytest.fixture
def liar() -> Iterator[Liar]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            form = parse_qs(self.rfile.read(length).decode())
            made.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, form))
            status, body = made.answer(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made = Liar(server)
        made.sign()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def with_provider(
    liar: Liar,
    work: Callable[[Provider], Awaitable[Any]],
    secret: str = SECRET,
    permits: Callable[[str], bool] = lambda _: True,
    usable: Callable[[str], str | None] = lambda _: None,
) -> Any:
    async def main() -> Any:
        http = HttpClient(permits, LIMITS)
        provider = Provider(Client(liar.issuer, "us", secret), http, usable, lambda: NOW * 1000)
        try:
            return await work(provider)
        finally:
            await http.close()

    return asyncio.run(main())


def claims(liar: Liar, **more: Any) -> Any:
    return with_provider(liar, lambda one: one.claims("code", ATTEMPT, REDIRECT, "email"), **more)


def refused(liar: Liar, **more: Any) -> str:
    with pytest.raises(NotBelieved) as caught:
        claims(liar, **more)
    return str(caught.value)


def test_what_a_good_provider_says_is_believed(liar: Liar) -> None:
    found = claims(liar)
    assert (found["sub"], found["email"]) == ("7", "ada@example.net")
    form, headers = next((form, headers) for path, headers, form in liar.asked if path == "/token")
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["code"],
        "redirect_uri": [REDIRECT],
        "code_verifier": ["verifier"],
    }
    assert headers["authorization"] == "Basic dXM6cyUyMGUlM0FjcmV0"
    assert headers["content-type"] == "application/x-www-form-urlencoded"


def test_where_a_browser_is_sent_holds_no_secret(liar: Liar) -> None:
    address = with_provider(liar, lambda one: one.address(ATTEMPT, REDIRECT))
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{liar.issuer}/auth?tenant=1&")
    # RFC 7636 §4.2: BASE64URL(SHA256("verifier"))
    assert query["code_challenge"] == ["iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"]
    assert (query["state"], query["nonce"], query["response_type"]) == (["state"], ["nonce"], ["code"])
    assert "verifier" not in address


def test_who_wants_the_secret_in_the_body_gets_it_there(liar: Liar) -> None:
    published = liar.says["/.well-known/openid-configuration"]
    published["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    claims(liar)
    form = next(form for path, _, form in liar.asked if path == "/token")
    assert (form["client_id"], form["client_secret"]) == (["us"], ["s e:cret"])
    liar.asked.clear()
    claims(liar, secret="")
    form, headers = next((form, headers) for path, headers, form in liar.asked if path == "/token")
    assert form["client_id"] == ["us"]
    assert "client_secret" not in form
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://other.example"),
        ("iss", None),
        ("aud", "others"),
        ("aud", ["others"]),
        ("aud", ["us", "others"]),  # and no azp
        ("aud", None),
        ("azp", "others"),
        ("nonce", "another"),
        ("nonce", None),
        ("exp", NOW - 61),
        ("exp", "soon"),
        ("exp", None),
        ("iat", NOW + 61),
        ("iat", None),
        ("nbf", NOW + 61),
        ("sub", None),
        ("sub", 7),
    ],
)
def test_a_token_with_a_wrong_claim_is_not_believed(liar: Liar, claim: str, value: Any) -> None:
    liar.claims[claim] = value
    if value is None:
        del liar.claims[claim]
    liar.sign()
    assert refused(liar)


@pytest.mark.parametrize(
    ("claim", "value"), [("exp", NOW - 59), ("iat", NOW + 59), ("aud", ["us"]), ("azp", "us")]
)
def test_clocks_may_differ_and_audiences_be_lists(liar: Liar, claim: str, value: Any) -> None:
    liar.claims[claim] = value
    liar.sign()
    assert claims(liar)["sub"] == "7"


def test_several_audiences_name_the_one_it_was_made_for(liar: Liar) -> None:
    liar.claims |= {"aud": ["us", "others"], "azp": "us"}
    liar.sign()
    assert claims(liar)["sub"] == "7"


def test_a_signature_of_somebody_else_is_not_believed(liar: Liar) -> None:
    liar.sign(OTHER)
    assert "bad_signature" in refused(liar)


def test_nobody_signs_with_what_is_public(liar: Liar) -> None:
    """RFC 8725 §2.1: the public key as an HMAC's secret, or no signature at all."""
    head, body, _ = liar.says["/token"]["id_token"].split(".")
    text = f"eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9.{body}"  # {"alg":"HS256","kid":"one"}
    mac = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    liar.says["/token"] = {"id_token": f"{text}.{urlsafe_b64encode(mac).decode().rstrip('=')}"}
    assert "not allowed" in refused(liar)
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    for token in (f"{unsigned}.{body}.", f"{head}.{body}.", f"{head}.{body}", "x", "", "x" * 20_000):
        liar.says["/token"] = {"id_token": token}
        assert refused(liar)


def test_a_secret_of_ours_signs_nothing(liar: Liar) -> None:
    liar.sign(OctKey.import_key("s e:cret" * 8, {"kid": "one"}), "HS256")
    assert "not allowed" in refused(liar)


def test_other_algorithms_of_the_provider_are_believed(liar: Liar) -> None:
    liar.keys = [KEY, EC]
    liar.sign(EC, "ES256")
    assert claims(liar)["sub"] == "7"


def test_what_is_published_is_kept_and_new_keys_are_found(liar: Liar) -> None:
    async def work(provider: Provider) -> None:
        loop: Any = asyncio.get_running_loop()
        for _ in range(3):
            await provider.claims("code", ATTEMPT, REDIRECT, "email")
        assert (liar.count("/.well-known/openid-configuration"), liar.count("/jwks")) == (1, 1)
        liar.keys = [EC]
        liar.sign(EC, "ES256")
        with pytest.raises(NotBelieved):  # it was looked for a moment ago
            await provider.claims("code", ATTEMPT, REDIRECT, "email")
        assert liar.count("/jwks") == 1
        now = loop.time
        loop.time = lambda: now() + 11
        await provider.claims("code", ATTEMPT, REDIRECT, "email")
        assert liar.count("/jwks") == 2

    with_provider(liar, work)


def test_a_provider_that_fails_is_left_alone_for_a_while(liar: Liar) -> None:
    liar.says["/.well-known/openid-configuration"] = 503

    async def work(provider: Provider) -> None:
        for _ in range(3):
            with pytest.raises(NotBelieved, match="answered 503"):
                await provider.address(ATTEMPT, REDIRECT)
        assert liar.count("/.well-known/openid-configuration") == 1

    with_provider(liar, work)


def test_an_answer_about_another_user_is_not_believed(liar: Liar) -> None:
    liar.says["/me"] = {"sub": "8", "email": "eve@example.net"}
    assert "another one" in refused(liar)


def test_what_the_token_says_is_not_asked_for_again(liar: Liar) -> None:
    liar.claims["email"] = "signed@example.net"
    liar.sign()
    assert claims(liar)["email"] == "signed@example.net"
    assert liar.count("/me") == 0


def test_a_provider_that_calls_itself_otherwise_is_not_believed(liar: Liar) -> None:
    liar.says["/.well-known/openid-configuration"]["issuer"] = "https://other.example"
    assert "calls itself" in refused(liar)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/me"])
@pytest.mark.parametrize("said", [404, 302, b"{", b"[]", b'"x"', b"\xff", {"keys": 7}, b"x" * 100_000])
def test_what_makes_no_sense_is_not_believed(liar: Liar, path: str, said: Any) -> None:
    liar.says[path] = said
    assert refused(liar)


@pytest.mark.parametrize(
    "field", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
def test_it_leads_nowhere_that_must_not_be_called(liar: Liar, field: str) -> None:
    liar.says["/.well-known/openid-configuration"][field] = "http://inside.example/x"
    why = refused(liar, usable=lambda url: "it is inside" if "inside" in url else None)
    assert "it is inside" in why


def test_where_nobody_may_call_there_is_no_provider(liar: Liar) -> None:
    with pytest.raises(NotReached, match="NotPermitted"):
        claims(liar, permits=lambda _: False)
    assert not liar.asked
