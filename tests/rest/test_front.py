"""What every answer carries, whoever gives it; what browsers may do; and whom we believe about a caller."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from heliograph.interfaces.rest.callers.proxies import Proxies, read_address, site_of
from heliograph.interfaces.rest.problem import Problem
from tests.rest.site import Answered, Site, site

EXPOSED = {"location", "link", "x-count-per-page", "x-current-page", "x-total-count", "x-total-pages"}
EXPOSED |= {"x-sort", "x-count", "x-page", "x-pages", "x-per-page"}


def assert_safe(answer: Answered) -> None:
    headers = answer.headers
    assert headers["access-control-allow-origin"] == "*"
    exposed = {name.strip().lower() for name in headers["access-control-expose-headers"].split(",")}
    assert exposed >= EXPOSED
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-credentials" not in headers
    assert "server" not in headers
    if answer.status >= 400:
        assert headers["content-type"] == "application/json"
        assert set(answer.body) >= {"error_code", "error_token", "message"}


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("front-1", msisdn="491510000002", imsi="901280000000002")


@pytest.mark.parametrize(
    ("method", "path", "body", "token", "status"),
    [
        ("GET", "/v1/audit", None, "", 200),
        ("GET", "/docs", None, None, 200),
        ("GET", "/v1/audit", None, None, 401),
        ("GET", "/v1/audit", None, "None", 401),
        ("GET", "/v1/nothing", None, "", 404),
        ("GET", "/v1/audit/", None, "", 404),
        ("PUT", "/v1/audit", None, "", 405),
        ("GET", "/v1/audit?before=x", None, "", 400),
        ("POST", "/v1/endpoint/1/sms", "{", "", 400),
        ("POST", "/v1/endpoint/1/sms", {}, "", 422),
        ("POST", "/v1/endpoint/1/sms", {"payload": "x"}, "", 404),
        ("POST", "/v1/endpoint/1/sms", "x" * (2 << 20), "", 413),
        ("OPTIONS", "/v1/endpoint/1/sms", None, None, 204),
        ("OPTIONS", "/v1/nothing", None, None, 404),
    ],
)
def test_every_answer_is_safe(
    api: Site, method: str, path: str, body: object, token: str | None, status: int
) -> None:
    answer = api.call(method, path, body, token)
    assert answer.status == status
    assert_safe(answer)


def raw(api: Site, octets: bytes) -> Answered:
    with closing(socket.create_connection(("127.0.0.1", api.port), 10)) as client:
        client.sendall(octets)
        heard = b""
        while piece := client.recv(65_536):
            heard += piece
    head, _, body = heard.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    named = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answered(int(first.split()[1]), named, body)


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400),
        (b"GET /api/" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /api/v1/audit HTTP/1.1\r\nA: " + b"b" * 50_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_the_server_refuses_by_itself_is_safe_too(api: Site, octets: bytes, status: int) -> None:
    answer = raw(api, octets)
    assert answer.status == status
    assert_safe(answer)


def test_a_bug_tells_nothing_of_the_inside(api: Site) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret inside")

    async def put(entries: Any) -> Any:
        audit: Any = api.app.audit
        held, audit.entries = audit.entries, entries
        return held

    held = api.ask(put(broken))
    try:
        answer = api.get("/v1/audit")
    finally:
        api.ask(put(held))
    assert (answer.status, answer.body["error_token"]) == (500, "InternalError")
    assert "secret" not in answer.text
    assert_safe(answer)


def test_a_preflight_says_what_browsers_may_do(api: Site) -> None:
    answer = api.call("OPTIONS", "/v1/endpoint/1/sms", token=None, Origin="https://example.net")
    assert_safe(answer)
    allowed = {name.strip() for name in answer.headers["access-control-allow-methods"].split(",")}
    assert allowed == {"GET", "POST", "PATCH", "PUT", "DELETE"}
    assert answer.headers["access-control-max-age"] == "86400"
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", "<x>", "a:b", 'a"', "a" * 300])
def test_a_host_that_is_none_is_refused(api: Site, device: int, host: str) -> None:
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}, Host=host)
    assert answer.status == 400
    assert_safe(answer)


def test_nobody_is_believed_about_where_a_call_comes_from(api: Site, device: int) -> None:
    forged = {
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }
    answer = api.call("POST", f"/v1/endpoint/{device}/sms", {"payload": "x"}, **forged)
    assert answer.headers["location"].startswith(f"http://127.0.0.1:{api.port}/api/")


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = {"HTTP__TRUSTED_PROXIES": "127.0.0.0/8, 10.0.0.0/8"}
    with site(tmp_path_factory.mktemp("proxied") / "data", settings) as running:
        yield running


def test_a_trusted_proxy_is_believed(proxied: Site) -> None:
    device = proxied.new_device("proxied-1", msisdn="491510000003", imsi="901280000000003")
    passed = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "sms.example", "X-Forwarded-Proto": "https"}
    answer = proxied.call("POST", f"/v1/endpoint/{device}/sms", {"payload": "x"}, **passed)
    assert answer.headers["location"].startswith(f"https://sms.example/api/v1/endpoint/{device}/sms/")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.1.1.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1, 10.1.1.1, 10.1.1.2", "192.0.2.1"),
        ("10.1.1.1", "10.1.1.1"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("192.0.2.1:5000", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
        (", ".join(["192.0.2.1"] * 1000), "192.0.2.1"),
    ],
)
def test_the_client_is_the_last_one_that_is_no_proxy(forwarded: str, client: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())]
    assert _address(Proxies(["127.0.0.0/8", "10.0.0.0/8"]), "127.0.0.1", headers) == client


def test_a_header_on_two_lines_is_one() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-for", b"192.0.2.2")]
    assert _address(Proxies(["127.0.0.1"]), "127.0.0.1", headers) == "192.0.2.2"
    assert _address(Proxies(["127.0.0.1"]), "127.0.0.2", headers) == "127.0.0.2"
    assert _address(Proxies([]), "127.0.0.1", headers) == "127.0.0.1"


def _address(proxies: Proxies, peer: str, headers: list[tuple[bytes, bytes]]) -> str:
    found: list[str] = []

    async def application(scope: dict[str, object], receive: object, send: object) -> None:
        client = scope["client"]
        assert isinstance(client, tuple)
        found.append(client[0])

    call = proxies.around(application)({"client": (peer, 1), "headers": headers}, None, None)
    with pytest.raises(StopIteration):
        call.send(None)
    return found[0]


def test_addresses_and_hosts() -> None:
    assert read_address("nonsense") is None
    assert site_of("https", b"sms.example:8443") == "https://sms.example:8443"
    assert site_of("http", b"[::1]:80") == "http://[::1]:80"
    with pytest.raises(Problem):
        site_of("http", b"")


def test_settings_that_cannot_be_used_say_so(tmp_path: Path) -> None:
    from heliograph.app.rest.front import check_http
    from heliograph.config import ConfigError, load
    from heliograph.runtime.unavailable import Unavailable

    def http(**settings: str) -> None:
        check_http(
            load(None, {f"HELIOGRAPH_HTTP__{name}": value for name, value in settings.items()}).config.http
        )

    with pytest.raises(ConfigError, match="trusted_proxies"):
        http(TRUSTED_PROXIES="10.0.0.0/99")
    with pytest.raises(ConfigError, match="both"):
        http(CERTIFICATE="c.pem")
    with pytest.raises(Unavailable, match="certificate"):
        http(CERTIFICATE=str(tmp_path / "c.pem"), KEY=str(tmp_path / "k.pem"))


def test_over_tls_browsers_are_told_to_stay(tmp_path: Path) -> None:
    with site(tmp_path / "data", {"HTTP__PUBLIC_URL": "https://sms.example"}) as secure:
        answer = secure.get("/v1/nothing")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert json.loads(answer.text)["error_code"] == 1201
