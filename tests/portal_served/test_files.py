"""The portal as browsers get it: which path answers what, how long it is kept, and what it may do. The files
are made up here; what is in the real ones is tried in tests/portal.
"""

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from heliograph.interfaces.portal.files import read_files
from heliograph.interfaces.portal.inlet import portal_place
from tests.portal_served.serving import serving
from tests.rest.site import Answered, Site, site

PAGE, CONSOLE, SCRIPT = b"<!doctype html>portal", b"<!doctype html>console", b"console.log(1)" * 100
HTML = "text/html,application/xhtml+xml"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    folder = tmp_path / "built"
    folder.joinpath("assets").mkdir(parents=True)
    folder.joinpath("index.html").write_bytes(PAGE)
    folder.joinpath("console.html").write_bytes(CONSOLE)
    folder.joinpath("favicon.svg").write_bytes(b"<svg/>")
    folder.joinpath("assets/index-1a.js").write_bytes(SCRIPT)
    folder.joinpath("assets/index-1a.js.gz").write_bytes(gzip.compress(SCRIPT))
    tmp_path.joinpath("secret.key").write_text("not for browsers")
    return folder


@pytest.fixture
def port(built: Path) -> Iterator[int]:
    with serving(Starlette(routes=[portal_place(built)])) as found:
        yield found


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[Answered, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): headers[name] for name in headers})
        answer = connection.getresponse()
        octets = answer.read()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(answer.status, named, octets.decode("latin-1")), octets
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/devices", "/devices/7/sms", "/no/such/page", "/apiary"])
def test_every_path_of_a_browser_is_the_portals_page(port: int, path: str) -> None:
    answer, body = ask(port, path, accept=HTML)
    assert (answer.status, body) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/L1nk", "/console?id=a"])
def test_the_console_has_a_page_of_its_own(port: int, path: str) -> None:
    assert ask(port, path, accept=HTML)[1] == CONSOLE


def test_the_first_page_needs_no_accept_header_and_others_do(port: int) -> None:
    assert ask(port, "/")[1] == PAGE
    assert ask(port, "/console")[1] == CONSOLE
    assert ask(port, "/v1/endpoint", accept="application/json")[0].status == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "//api/nothing"])
def test_nothing_of_the_api_is_answered(port: int, path: str) -> None:
    assert ask(port, path, accept=HTML)[0].status == 404


def test_assets_are_kept_for_ever_and_missing_ones_are_missing(port: int) -> None:
    answer, body = ask(port, "/assets/index-1a.js")
    assert (answer.status, body) == (200, SCRIPT)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert ask(port, "/assets/gone.js", accept=HTML)[0].status == 404


def test_whoever_takes_gzip_gets_it(port: int) -> None:
    answer, body = ask(port, "/assets/index-1a.js", accept_encoding="br, gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert gzip.decompress(body) == SCRIPT
    assert len(body) == int(answer.headers["content-length"]) < len(SCRIPT)
    assert "content-encoding" not in ask(port, "/favicon.svg", accept_encoding="gzip")[0].headers


def test_what_a_browser_has_is_not_sent_again(port: int) -> None:
    tag = ask(port, "/")[0].headers["etag"]
    answer, body = ask(port, "/", if_none_match=f'"other", W/{tag}')
    assert (answer.status, body) == (304, b"")
    assert answer.headers["etag"] == tag
    packed = ask(port, "/assets/index-1a.js", accept_encoding="gzip")[0].headers["etag"]
    assert ask(port, "/assets/index-1a.js", if_none_match=packed)[0].status == 200


def test_head_is_get_without_the_body(port: int) -> None:
    answer, body = ask(port, "/assets/index-1a.js", "HEAD")
    assert (answer.status, body) == (200, b"")
    assert answer.headers["content-length"] == str(len(SCRIPT))
    assert ask(port, "/", "POST")[0].status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.key",
        "/assets/../../secret.key",
        "/%2e%2e/secret.key",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.key",
        "/..%5csecret.key",
        "//secret.key",
    ],
)
def test_no_path_leads_out_of_the_folder(port: int, path: str) -> None:
    assert ask(port, path)[0].status == 404
    assert b"browsers" not in ask(port, path, accept=HTML)[1]


@pytest.mark.parametrize("path", ["/", "/console", "/assets/index-1a.js", "/favicon.svg"])
def test_every_file_says_what_it_may_do(port: int, path: str) -> None:
    headers = ask(port, path)[0].headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_without_a_portal_a_page_says_what_to_do(tmp_path: Path) -> None:
    tmp_path.joinpath("reason.txt").write_text("The npm registry <gone> was out of reach.")
    assert not read_files(tmp_path / "nowhere").is_built
    with serving(Starlette(routes=[portal_place(tmp_path)])) as port:
        answer, _ = ask(port, "/", accept=HTML)
        assert answer.status == 503
        assert "make portal" in answer.text
        assert "&lt;gone&gt;" in answer.text
        assert "/api/docs" in answer.text


def test_it_is_served_beside_the_api(tmp_path: Path) -> None:
    with site(tmp_path / "data") as api:
        check_beside(api)


def check_beside(api: Site) -> None:
    page, _ = ask(api.port, "/", accept=HTML)
    assert page.status in (200, 503)  # whether or not this checkout has a portal
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("/api/nothing", "/nothing"):
        answer, _ = ask(api.port, path)
        assert (answer.status, answer.body["error_code"]) == (404, 1201)
    assert ask(api.port, "/api/v1/endpoint", accept=HTML)[0].status == 401
    assert ask(api.port, "/api/v1/authenticate", accept=HTML)[0].status == 405
    assert ask(api.port, "/metrics", host="localhost")[0].status == 200
