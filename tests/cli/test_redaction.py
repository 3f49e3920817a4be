"""No secret comes out: not in the log at its chattiest, not in the store's files, not in what errors say.

A server as people run it goes through logins, second factors, tokens, signed callbacks, a new key and what
can go wrong with each of them; then everything it left is searched for every secret that was in play.
"""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from base64 import b32decode, urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha1, sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pyotp
import pytest
from msgspec import Struct

from tests.cli.program import ENVIRONMENT, Folder, eventually
from tests.webhook.receiver import receiving

PASSWORD = "correct horse battery"
FINGERPRINT = "fingerprint-of-a-browser"
SIGNING = "signing-secret-of-the-callback"
SIGNING_NEW = "newer-signing-secret"
IN_URL = "secret-in-the-url"


class Played(Struct):
    """What was in play, and what came back."""

    port: int
    secrets: dict[str, str]
    refused: list[str]  # every answer that was a no

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {token or self.secrets['first session']}"}
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        try:
            connection.request(method, f"/api{path}", text, headers)
            answer = connection.getresponse()
            said = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 400:
            self.refused.append(f"{said} {answer.getheaders()}")
            return None
        location = answer.getheader("location")
        return json.loads(said) if said else {"id": int(location.rpartition("/")[2])} if location else {}

    def login(self, **body: Any) -> Any:
        return self.call("POST", "/v1/authenticate", body, token="None")


def people(play: Played) -> None:
    """Passwords, codes, sessions; right ones and wrong ones."""
    secrets = play.secrets
    play.call(
        "POST", "/v1/user", {"username": "anna@example.net", "password": PASSWORD, "roles": [{"id": 1}]}
    )
    hashed = sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    secrets |= {"password": PASSWORD, "password as clients send it": hashed}
    session = play.login(username="anna@example.net", password=hashed)
    secrets |= {"session": session["auth_token"], "refresh": session["refresh_token"]}
    key = play.call("POST", "/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, session["auth_token"])
    secrets["seed"] = key["secret_key"]
    code = pyotp.TOTP(key["secret_key"])
    body = {"status": {"id": 1}, "code": code.now()}
    play.call("PATCH", f"/v1/user/mfa/{key['id']}", body, session["auth_token"])
    half = play.login(username="anna@example.net", password=PASSWORD)["mfa_token"]
    secrets |= {"half a login": half, "fingerprint": FINGERPRINT}
    trusted = {"fingerprint": FINGERPRINT, "operating_system": "x", "browser": "y"}
    following = code.generate_otp(code.timecode(_now()) + 1)
    whole = play.login(mfa_token=half, code=following, trusted_device=trusted)
    assert whole is not None, play.refused
    secrets |= {"second session": whole["auth_token"], "second refresh": whole["refresh_token"]}
    assert play.login(refresh_token=whole["refresh_token"])
    secrets["wrong password"] = "wrong password that somebody typed"
    for _ in range(4):
        play.login(username="anna@example.net", password=secrets["wrong password"])
    play.login(refresh_token=whole["refresh_token"] + "x")
    play.login(mfa_token=half, code="000000")
    changed = {"password": "another horse battery", "current_password": PASSWORD}
    play.call("PATCH", "/v1/user/my", changed, whole["auth_token"])
    secrets["changed password"] = "another horse battery"


def _now() -> Any:
    import datetime as dt

    return dt.datetime.now(dt.UTC)


def tokens(play: Played) -> None:
    secrets = play.secrets
    secrets["token"] = play.call("POST", "/v1/application_token", {"scopes": ["sms:read"]})[
        "application_token"
    ]
    secrets["session of a token"] = play.login(application_token=secrets["token"])["auth_token"]
    play.call("GET", "/v1/endpoint", token=secrets["token"])
    for token in (secrets["token"] + "x", secrets["session of a token"][:-2] + "xx", "None"):
        play.call("GET", "/v1/sms", token=token)
        play.call("GET", "/v1/endpoint?q=" + token)
    play.login(application_token=secrets["token"] + "x")
    play.call("POST", "/v1/authenticate", '{"password": "' + PASSWORD + '", "username": 5}', token="None")
    play.call("POST", "/v1/authenticate", '{"password": "' + PASSWORD + '"', token="None")
    play.call("POST", "/v1/user", {"username": "", "password": PASSWORD})
    play.call("POST", "/v1/user", {"username": "anna@example.net", "password": PASSWORD})


def callbacks(play: Played, port: int, device: str) -> None:
    secrets = play.secrets
    secrets |= {"signing secret": SIGNING, "newer signing secret": SIGNING_NEW}
    secret = play.call("POST", "/v1/api_secret", {"secret": SIGNING, "purpose": "test"})["id"]
    play.call("PATCH", f"/v1/api_secret/{secret}", {"secret": SIGNING_NEW, "overlap_hours": 1})
    play.call("POST", "/v1/api_secret", {"secret": SIGNING, "purpose": 5})
    url = f"http://127.0.0.1:{port}/hook?token={IN_URL}"
    body = {"url": url, "api_secret": {"id": secret}}
    callback = play.call("POST", "/v1/api_callback", body)["id"]
    told = play.call("POST", f"/v1/api_callback/{callback}/test", {})
    assert told is not None
    closed = {"url": f"http://127.0.0.1:1/hook?token={IN_URL}", "api_secret": {"id": secret}}
    other = play.call("POST", "/v1/api_callback", closed)["id"]
    play.call("POST", f"/v1/api_callback/{other}/test", {})
    play.call("GET", f"/v1/api_secret/{secret}")
    play.call("GET", f"/v1/api_callback/{callback}/log")
    play.call("GET", "/v1/audit?per_page=500")
    play.call("POST", f"/v1/endpoint/{device}/sms", {"payload": "hello"})


def bugs(play: Played, folder: Folder) -> None:
    """What every part does when its table is gone: a bug, which the log has to tell."""
    secrets = play.secrets
    secrets["in a bug"] = "signing-secret-in-a-bug"
    with missing(folder, "callback_secret"):
        play.call("POST", "/v1/api_secret", {"secret": secrets["in a bug"]})
    with missing(folder, "account"):
        play.login(username="anna@example.net", password=PASSWORD)
    with missing(folder, "token"):
        play.call("GET", "/v1/endpoint", token=secrets["token"])
        play.call("POST", "/v1/application_token", {"scopes": ["sms:read"]})
    assert sum("InternalError" in said for said in play.refused) == 4, play.refused[-4:]


@contextmanager
def missing(folder: Folder, table: str) -> Iterator[None]:
    with closing(sqlite3.connect(folder.data / "heliograph.db", timeout=30)) as store:
        store.execute(f"ALTER TABLE {table} RENAME TO gone")
        yield
        store.execute(f"ALTER TABLE gone RENAME TO {table}")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, dict[str, bytes]]:
    """What was in play, and all that it left, by the place."""
    folder = Folder(tmp_path_factory.mktemp("redaction") / "data")
    variables = {"HELIOGRAPH_LOG__LEVEL": "debug", "HELIOGRAPH_WEBHOOKS__ALLOW": "127.0.0.0/8"}
    with receiving() as receiver, folder.serving(**variables) as server:
        first = server.started["secrets"]
        port = int(server.started["api"].rpartition(":")[2].partition("/")[0])
        play = Played(port, {"first token": first["token"], "administrator": first["password"]}, [])
        login = play.login(username=first["administrator"], password=first["password"])
        play.secrets["first session"] = login["auth_token"]
        people(play)
        tokens(play)
        folder.ok("device", "add", "one", "--msisdn", "99900000001", "--imsi", "001010000000001")
        device = folder.document("device", "show", "one")["id"]
        callbacks(play, receiver.port, str(device))
        eventually(lambda: receiver.heard, "the test of the callback")
        play.secrets["signature"] = receiver.heard[0].headers["authorization"].removeprefix("Bearer ")
        bugs(play, folder)
        for number, word in enumerate((folder.data / "secret.key").read_text().split()):
            play.secrets[f"key {number}"] = word
        folder.ok("key", "rotate")
        play.secrets["new key"] = (folder.data / "secret.key").read_text().split()[0]
        left = {path.name: path.read_bytes() for path in folder.data.iterdir() if path.is_file()}
        assert any(name.endswith("-wal") for name in left)
        _, _, log = server.stop()
    assert log.count("Traceback") >= 4, "each bug is logged"
    left["the log"] = log.encode()
    left["refusals"] = "\n".join(play.refused).encode()
    del left["secret.key"]
    return play, left


def forms(secret: str) -> Iterator[bytes]:
    """The text, and the octets that it stands for."""
    yield secret.encode()
    for decode, kept in ((urlsafe_b64decode, secret.removeprefix("hg_")), (b32decode, secret)):
        try:
            octets = decode(kept + "=" * (-len(kept) % 4))
        except ValueError:
            continue
        if len(octets) >= 16:
            yield octets


def test_no_secret_is_left_anywhere(played: tuple[Played, dict[str, bytes]]) -> None:
    play, left = played
    assert len(play.secrets) >= 15
    assert len(play.refused) >= 12
    found = [
        (name, place)
        for name, secret in play.secrets.items()
        for form in forms(secret)
        for place, octets in left.items()
        if form in octets
    ]
    assert not found


def test_what_a_url_carries_is_in_no_log_and_no_refusal(played: tuple[Played, dict[str, bytes]]) -> None:
    _, left = played
    assert IN_URL.encode() not in left["the log"]
    assert IN_URL.encode() not in left["refusals"]


def test_the_search_would_find_what_is_there(played: tuple[Played, dict[str, bytes]]) -> None:
    """The store holds hashes of tokens, in the main file or its log; texts as they are."""
    play, left = played
    store = b"".join(octets for name, octets in left.items() if name.startswith("heliograph.db"))
    assert sha256(play.secrets["token"].encode()).digest() in store
    assert b"anna@example.net" in store
    assert IN_URL.encode() in store


BUG = """
import structlog
from heliograph.runtime.log import start_logging
start_logging("debug")
def inner(password):
    raise RuntimeError("broken")
try:
    inner("s3cret-local")
except RuntimeError:
    structlog.get_logger().exception("task died")
"""


def test_a_trace_on_a_terminal_shows_no_values(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        subprocess.run([sys.executable, "-c", BUG], stderr=theirs, check=True, env=ENVIRONMENT, cwd=tmp_path)
        said = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "RuntimeError" in said
    assert "s3cret" not in said.replace('inner("s3cret-local")', "")
