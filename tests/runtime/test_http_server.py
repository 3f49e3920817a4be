"""The HTTP server against clients that are slow, greedy, broken or gone. Others are served meanwhile."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from heliograph.runtime.http.limits import Limits
from heliograph.runtime.tls import Tls
from tests.runtime.wire_server import (
    QUICK,
    Wire,
    eventually,
    make_certificate,
    rest,
    serving,
    status_of,
    until,
)

GET = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=["asyncio", "uvloop"], scope="module")
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    with serving(loop=request.param) as wire:
        yield wire


def is_refused(heard: bytes, status: int) -> bool:
    """In JSON, and the connection is closed."""
    head, _, body = heard.partition(b"\r\n\r\n")
    assert status_of(heard) == status, heard
    assert b"connection: close" in head
    assert json.loads(body) == {"status": status}
    return True


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /" + b"a" * 2_000_000, 414),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 4_000_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"b" * 4_000_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431),
        (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 1_000_000, 413),
        (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 1_000_000, 413),
        (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + b"a" * 1_000_000, 413),
    ],
    ids=[
        "line",
        "endless line",
        "header",
        "endless header",
        "endless name",
        "many",
        "size",
        "extension",
        "trailer",
    ],
)
def test_giants_are_refused(wire: Wire, octets: bytes, status: int) -> None:
    assert is_refused(wire.say(octets), status)
    assert wire.is_serving()


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 1000,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"GET /hello HTTP/9.9\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nA : b\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /body HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /body HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /body HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_garbage_is_400_and_the_end(wire: Wire, octets: bytes) -> None:
    assert is_refused(wire.say(octets), 400)
    assert wire.is_serving()


def test_headers_that_come_octet_by_octet_are_timed_out_and_others_served(wire: Wire) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(wire.connect())) for _ in range(50)]
        for client in slow:
            client.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nX")
        assert wire.is_serving()
        began = time.monotonic()
        heard = wire.say(*[b"G", *[b"E"] * 100], pause_seconds=0.05)  # never ends by itself
        assert time.monotonic() - began < 5
        assert status_of(heard) in (400, 408)
        for client in slow:
            assert is_refused(rest(client), 408)


def test_one_that_never_speaks_is_closed_without_a_word(wire: Wire) -> None:
    assert wire.say() == b""
    assert wire.say(b"\r\n\r\n") == b""


def test_a_body_that_does_not_end_is_timed_out(wire: Wire) -> None:
    left = wire.application.left
    assert is_refused(wire.say(b"POST /body HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc"), 408)
    eventually(lambda: wire.application.left == left + 1, "the application hears that it ended")


def test_a_slow_body_in_time_is_taken(wire: Wire) -> None:
    pieces = [b"POST /body HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n\r\n", *[b"a"] * 5]
    assert wire.say(*pieces, pause_seconds=0.05).endswith(b"\r\n\r\n5")


def test_small_chunks_are_no_attack(wire: Wire) -> None:
    chunks = b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n"
    head = b"POST /body HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert wire.say(head + chunks).endswith(b"50000")


def test_a_trailer_is_no_header(wire: Wire) -> None:
    head = b"POST /body HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert wire.say(head + b"0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n").endswith(b"0")
    assert b"x-forwarded-for" not in dict(wire.application.seen[-1]["headers"])


def test_a_body_that_nobody_wants_ends_the_connection(wire: Wire) -> None:
    with closing(wire.connect()) as client:
        client.sendall(b"POST /unread HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n")
        assert status_of(until(client, b"too much")) == 413
        began = time.monotonic()
        try:
            while True:
                client.sendall(b"x" * 65_536)
        except OSError:
            pass
        assert time.monotonic() - began < 5


def test_an_idle_connection_is_closed_and_a_used_one_is_kept(wire: Wire) -> None:
    with closing(wire.connect()) as client:
        for _ in range(3):
            client.sendall(GET)
            until(client, b"hello")
        began = time.monotonic()
        assert rest(client) == b""
        assert 0.3 < time.monotonic() - began < 5


def test_pipelined_requests_are_answered_in_order_and_bounded(wire: Wire) -> None:
    heard = wire.say(GET * 10 + LAST)
    assert heard.count(b"HTTP/1.1 200") == 11
    with closing(wire.connect()) as client:
        client.sendall(b"GET /hang HTTP/1.1\r\n\r\n" + GET * 1000)
        assert rest(client) == b""
    assert wire.is_serving()


def test_garbage_behind_a_request_never_answers_for_it(wire: Wire) -> None:
    with closing(wire.connect()) as client:
        client.sendall(b"GET /hang HTTP/1.1\r\n\r\n\x00\x00\x00")
        assert rest(client) == b""


def test_an_offer_of_another_protocol_is_passed_over(wire: Wire) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"
    post = b"POST /body HTTP/1.1\r\nHost: a\r\n" + offer + b"Content-Length: 5\r\n\r\nhello"
    chunked = b"POST /body HTTP/1.1\r\nHost: a\r\n" + offer
    chunked += b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    get = b"GET /hello HTTP/1.1\r\nHost: a\r\n" + offer + b"\r\n"
    heard = wire.say(post + chunked + get + LAST)
    bodies = [part.partition(b"\r\n\r\n")[2] for part in heard.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"5", b"3", b"hello", b"hello"]


def test_an_application_hears_that_its_client_left(wire: Wire) -> None:
    left = wire.application.left
    with closing(wire.connect()) as client:
        client.sendall(b"GET /hang HTTP/1.1\r\n\r\n" + GET)  # with one waiting behind it
        eventually(lambda: wire.application.under_way, "the request")
    eventually(lambda: wire.application.left == left + 1, "the application hears it")
    assert wire.is_serving()


def test_a_client_that_does_not_read_is_cut(wire: Wire) -> None:
    with closing(wire.connect(receive_octets=4096)) as client:
        client.sendall(b"GET /flood HTTP/1.1\r\n\r\n")
        eventually(lambda: wire.application.under_way, "the flood")
        assert wire.is_serving()
        eventually(lambda: not wire.application.under_way, "the end of it")


def test_connections_of_one_address_are_bounded() -> None:
    limits = Limits(connections_per_address=3)
    with serving(limits) as wire, ExitStack() as stack:
        held = [stack.enter_context(closing(wire.connect())) for _ in range(3)]
        assert is_refused(wire.say(LAST), 429)
        held[0].close()
        eventually(wire.is_serving, "a place")
    with serving(limits, exempt=lambda address: address == "127.0.0.1") as wire, ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(closing(wire.connect()))
        assert wire.is_serving()


def test_connections_are_bounded_in_all() -> None:
    with serving(Limits(connections=2)) as wire, ExitStack() as stack:
        held = [stack.enter_context(closing(wire.connect())) for _ in range(2)]
        assert is_refused(wire.say(LAST), 503)
        held[0].close()
        eventually(wire.is_serving, "a place")
        assert wire.server.refused[503] >= 1


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_it_stops_in_time_whatever_clients_do(loop: str) -> None:
    with ExitStack() as stack:
        with serving(Limits(), loop) as wire:
            for octets in (b"", b"GET / HT", b"POST /body HTTP/1.1\r\nContent-Length: 9\r\n\r\na", GET):
                client = stack.enter_context(closing(wire.connect()))
                client.sendall(octets)
            for path in (b"/hang", b"/deaf", b"/flood", b"/hang"):
                client = stack.enter_context(closing(wire.connect(receive_octets=4096)))
                client.sendall(b"GET " + path + b" HTTP/1.1\r\n\r\n" + GET)
            eventually(lambda: wire.application.under_way == 5, "all of them")
        assert wire.stop_seconds < 2
        assert wire.application.under_way == 0


def test_what_is_under_way_at_a_stop_is_answered() -> None:
    with closing(socket.socket()) as client:
        with serving(Limits()) as wire:
            client.settimeout(10)
            client.connect(("127.0.0.1", wire.port))
            client.sendall(b"POST /body HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
            eventually(lambda: wire.application.under_way, "the request")
            wire.server._server.close()  # type: ignore[union-attr]  # it runs
            client.sendall(b"cde")
            heard = until(client, b"\r\n\r\n5")
        assert status_of(heard) == 200
        assert wire.stop_seconds < 0.5


def test_answers_leave_at_once() -> None:
    """TCP_NODELAY: many small answers on one connection, each waited for."""
    with serving(Limits()) as wire, closing(wire.connect()) as client:
        began = time.monotonic()
        for _ in range(50):
            client.sendall(GET)
            until(client, b"hello")
        assert time.monotonic() - began < 1.5  # Nagle against delayed acknowledgements: 40 ms each


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_tls(tmp_path: Path, loop: str) -> None:
    certificate, key = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)
    with serving(QUICK, loop, Tls(certificate, key)) as wire:
        half_open = wire.connect()
        with (
            closing(half_open),
            closing(trusting.wrap_socket(wire.connect(), server_hostname="localhost")) as client,
        ):
            client.sendall(LAST)
            assert rest(client).endswith(b"hello")
            assert wire.application.seen[-1]["scheme"] == "https"
            assert b"hello" not in wire.say(LAST)  # in clear
            assert rest(half_open) == b""  # its handshake never came
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with closing(wire.connect()) as client, pytest.raises(ssl.SSLError):
            old.wrap_socket(client)


def test_a_renewed_certificate_is_taken_and_a_bad_one_is_not(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    first = certificate.read_text()
    with serving(QUICK, tls=Tls(certificate, key)) as wire:
        assert ssl.get_server_certificate(("127.0.0.1", wire.port)) == first
        certificate.write_text("no certificate")
        assert ssl.get_server_certificate(("127.0.0.1", wire.port)) == first
        make_certificate(tmp_path)
        eventually(
            lambda: ssl.get_server_certificate(("127.0.0.1", wire.port)) == certificate.read_text(),
            "the new certificate",
        )
        assert certificate.read_text() != first
