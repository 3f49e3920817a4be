"""The socket's other end: what it makes of a server that says nothing, that lives, that goes away."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from heliograph.interfaces.control.client import Client, Refused, Silent
from heliograph.interfaces.control.frames import SOCKET_NAME, Frame, Request

PATIENCE_SECONDS = 20.0


@contextmanager
def saying(folder: Path, *lines: bytes, hold: bool = False) -> Iterator[None]:
    """A server of one caller. With `hold` it keeps the connection and says no more."""
    done = threading.Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / SOCKET_NAME))
        server.listen()

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(1 << 16)
                for line in lines:
                    peer.sendall(line)
                if hold:
                    done.wait(PATIENCE_SECONDS)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(PATIENCE_SECONDS)


def deaf(frame: Frame) -> None:
    raise AssertionError(frame)


def ask(folder: Path, silent_seconds: float = PATIENCE_SECONDS) -> bytes:
    client = Client(folder, silent_seconds)
    try:
        return bytes(client.call(Request("status"), deaf))
    finally:
        client.close()


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with saying(tmp_path, b'{"alive":true}\n', hold=True), pytest.raises(Silent, match=r"0\.05 s: it hangs"):
        ask(tmp_path, 0.05)


def test_a_sign_of_life_is_no_answer_and_nobody_hears_it(tmp_path: Path) -> None:
    with saying(tmp_path, b'{"alive":true}\n', b'{"alive":true}\n', b'{"answer":7}\n'):
        assert ask(tmp_path) == b"7"


def test_a_server_that_goes_is_told(tmp_path: Path) -> None:
    with saying(tmp_path, b'{"alive":true}\n'), pytest.raises(Refused) as refused:
        ask(tmp_path)
    assert refused.value.refusal.code == "server_gone"
