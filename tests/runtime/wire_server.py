"""An HTTP server under test on a real port, in a thread, and clients that speak to it octet by octet."""

import asyncio
import datetime as dt
import json
import select
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import uvloop
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from heliograph.runtime.http.limits import HttpDoor, Limits
from heliograph.runtime.http.server import HttpServer, listen
from heliograph.runtime.tls import Tls

PATIENCE_SECONDS = 20.0
QUICK = Limits(
    head_seconds=1.0,
    body_seconds=2.0,
    idle_seconds=1.0,
    unread_seconds=0.5,
    stalled_seconds=1.0,
    closing_seconds=1.0,
    renew_seconds=0.1,
)
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
Message = dict[str, Any]


def words(status: int) -> tuple[tuple[tuple[bytes, bytes], ...], bytes]:
    return ((b"content-type", b"application/json"),), json.dumps({"status": status}).encode()


class Application:
    """What it does is said by the path. It notes who left."""

    def __init__(self) -> None:
        self.under_way = 0
        self.left = 0
        self.seen: list[Message] = []

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        self.under_way += 1
        self.seen.append(dict(scope))
        try:
            await getattr(self, scope["path"].strip("/").partition("/")[0], self.hello)(receive, send)
        finally:
            self.under_way -= 1

    async def hello(self, receive: Any, send: Any) -> None:
        await answer(send, 200, b"hello")

    async def body(self, receive: Any, send: Any) -> None:
        """Tells how long the body was."""
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left += 1
                return
            size += len(message["body"])
            more = message["more_body"]
        await answer(send, 200, b"%d" % size)

    async def unread(self, receive: Any, send: Any) -> None:
        await answer(send, 413, b"too much")

    async def hang(self, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left += 1

    async def deaf(self, receive: Any, send: Any) -> None:
        """Hears nothing, not even that the client left."""
        await asyncio.Event().wait()

    async def flood(self, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2_000):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Wire:
    """The server, and how to reach it."""

    def __init__(self, server: HttpServer, application: Application) -> None:
        self.server = server
        self.application = application
        self.port = server.port
        self.stop_seconds = 0.0

    def connect(self, receive_octets: int | None = None) -> socket.socket:
        client = socket.socket()
        client.settimeout(PATIENCE_SECONDS)
        if receive_octets:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_octets)
        client.connect(("127.0.0.1", self.port))
        return client

    def say(self, *pieces: bytes, pause_seconds: float = 0.0) -> bytes:
        """All that the server answers until it closes, or until it says nothing more."""
        with closing(self.connect()) as client:
            for piece in pieces:
                try:
                    client.sendall(piece)
                except OSError:
                    break
                if pause_seconds and select.select([client], [], [], pause_seconds)[0]:
                    break
            return rest(client)

    def is_serving(self) -> bool:
        return self.say(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endswith(b"hello")


def rest(client: socket.socket) -> bytes:
    """Until the end."""
    heard = b""
    try:
        while octets := client.recv(65_536):
            heard += octets
    except ConnectionResetError:
        pass
    return heard


def until(client: socket.socket, mark: bytes) -> bytes:
    heard = b""
    while mark not in heard:
        octets = client.recv(65_536)
        assert octets, heard
        heard += octets
    return heard


def status_of(heard: bytes) -> int:
    return int(heard.split(b" ", 2)[1])


def eventually(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never came: {what}"
        select.select([], [], [], 0.01)


@contextmanager
def serving(
    limits: Limits = QUICK,
    loop: str = "asyncio",
    tls: Tls | None = None,
    exempt: Callable[[str], bool] | None = None,
    served: Any = None,
) -> Iterator[Wire]:
    ready, stop = threading.Event(), threading.Event()
    made: list[Wire] = []

    async def main() -> None:
        application = Application()
        server = HttpServer(
            served or application, listen("127.0.0.1", 0), HttpDoor(limits, words, exempt), tls
        )
        await server.start()
        made.append(Wire(server, application))
        ready.set()
        await asyncio.to_thread(stop.wait)
        began = time.monotonic()
        await server.stop()
        made[0].stop_seconds = time.monotonic() - began

    def run() -> None:
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            runner.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(PATIENCE_SECONDS)
    try:
        yield made[0]
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "the server does not stop"


def make_certificate(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret
