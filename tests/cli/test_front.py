"""The front of the API as people run it: TLS by settings, what `check` says, a stop that waits for nobody."""

import json
import socket
import ssl
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.cli import program
from tests.cli.program import Folder
from tests.runtime.wire_server import make_certificate, rest

SOON_SECONDS = 4.0  # the API within two, the rest within two


def test_a_stop_waits_for_no_client(folder: Folder) -> None:
    with ExitStack() as stack, folder.serving() as server:
        port = int(server.started["api"].rpartition(":")[2].partition("/")[0])
        for octets in (
            b"",
            b"GET /api/v1",
            b"POST /api/v1/authenticate HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
        ):
            for _ in range(10):
                client = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 10)))
                client.sendall(octets)
        code, seconds, log = server.stop()
        assert (code, "Traceback" in log) == (0, False)
        assert seconds < SOON_SECONDS


def test_a_stop_ends_open_streams(folder: Folder) -> None:
    with ExitStack() as stack, folder.serving() as server:
        port = int(server.started["api"].rpartition(":")[2].partition("/")[0])
        bearer = server.started["secrets"]["token"]
        head = f"GET /api/v1/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {bearer}"
        clients = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 10))) for _ in range(5)
        ]
        for client in clients:
            client.sendall(f"{head}\r\n\r\n".encode())
            assert client.recv(4_096).startswith(b"HTTP/1.1 200")
        code, seconds, log = server.stop()
        assert (code, log) == (0, "")
        assert seconds < SOON_SECONDS
        for client in clients:
            assert rest(client).endswith(b"0\r\n\r\n")  # whole, not cut


def test_connections_leave_descriptors_for_the_rest(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system allows few, clients that hold all they get stop neither commands nor the store."""
    few = ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh", *program.PROGRAM]
    monkeypatch.setattr(program, "PROGRAM", few)
    with ExitStack() as stack, folder.serving() as server:
        port = int(server.started["api"].rpartition(":")[2].partition("/")[0])
        for _ in range(300):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 10)))
        folder.ok("device", "add", "one")
        assert folder.document("check")["healthy"]
        code, _, log = server.stop()
        assert (code, log) == (0, "")


def test_tls_by_settings(folder: Folder, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    variables = {"HELIOGRAPH_HTTP__CERTIFICATE": str(certificate), "HELIOGRAPH_HTTP__KEY": str(key)}
    with folder.serving(**variables) as server:
        assert server.started["api"].startswith("https://")
        port = server.started["api"].rpartition(":")[2].partition("/")[0]
        trusting = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"https://localhost:{port}/api/openapi.json", context=trusting) as answer:
            assert json.load(answer)["openapi"].startswith("3.1")
            assert answer.headers["strict-transport-security"]


def test_a_certificate_that_cannot_be_used_is_told_by_check_and_serve(folder: Folder, tmp_path: Path) -> None:
    folder.ok("device", "add", "one")
    variables = {"HELIOGRAPH_HTTP__CERTIFICATE": str(tmp_path / "none.pem"), "HELIOGRAPH_HTTP__KEY": "x"}
    said = folder.run("check", "--json", **variables)
    findings = {finding["what"]: finding for finding in said.document["findings"]}
    assert (said.code, findings["API"]["ok"]) == (1, False)
    assert "certificate" in findings["API"]["finding"]
    assert folder.run("serve", **variables).code == 3
    assert folder.run("serve", HELIOGRAPH_HTTP__TRUSTED_PROXIES="10.0.0.0/99").code == 2
