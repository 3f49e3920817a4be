"""A receiver of callbacks on loopback: a real server in a thread; answers by a script and keeps what came.

In: HTTP requests. Out: `Heard` values, in the order of their arrival, with everything that was sent.
"""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from msgspec import Struct

from tests.cli.program import eventually


class Heard(Struct):
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    octets: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.octets)

    @property
    def text(self) -> str:
        return str(self.body.get("payload"))


class Say(Struct):
    """An answer: a status, headers, a body."""

    status: int = 204
    headers: dict[str, str] = {}
    body: bytes = b""


Script = Callable[[Heard], Say | None]  # None: the connection breaks, with no answer


def fine(_: Heard) -> Say:
    return Say()


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


class Receiver:
    """`script` says what is answered; it may be changed at any time."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.script: Script = fine
        self.heard: list[Heard] = []
        self.lock = threading.Lock()
        self.at_once = 0
        self.most_at_once = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                octets = self.rfile.read(int(self.headers.get("content-length") or 0))
                named = {name.lower(): value for name, value in self.headers.items()}
                said = receiver.hear(Heard(self.command, self.path, named, octets))
                if said is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                try:
                    self.send_response(said.status)
                    headers = {"content-length": str(len(said.body)), **said.headers}
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(said.body)
                except OSError:
                    self.close_connection = True

            do_POST = do_PATCH = do_GET = _answer  # noqa: N815  # the names are the library's

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
                """Quiet."""

        self._scheme = "http" if tls is None else "https"
        self._server = _Server(("127.0.0.1", port), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/hook"

    def hear(self, heard: Heard) -> Say | None:
        with self.lock:
            self.heard.append(heard)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self.script(heard)
        finally:
            with self.lock:
                self.at_once -= 1

    def wait(self, count: int = 1, method: str | None = None) -> list[Heard]:
        """As soon as so many came."""
        eventually(lambda: len(self.of(method)) >= count, f"{count} calls, came {len(self.heard)}")
        return self.of(method)

    def of(self, method: str | None) -> list[Heard]:
        with self.lock:
            return [heard for heard in self.heard if method in (None, heard.method)]

    @property
    def texts(self) -> list[str]:
        return [heard.text for heard in self.of("POST")]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def receiving(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver(port, tls)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


@contextmanager
def dead_port() -> Iterator[int]:
    """A port at which nobody answers, and which nobody else gets: a receiver may come and go there."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
