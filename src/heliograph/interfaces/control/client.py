"""The socket's other end: asks a running server from another process. Blocking, for it serves one person.

In: a request. Out: its answer; what the server says on its way goes to `hear`, whose reply travels back.
"""

import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from heliograph.core.refusal import Refusal
from heliograph.interfaces.control import frames
from heliograph.interfaces.control.frames import FRAME_BYTES, NOTHING, SILENT_SECONDS, Frame, Reply, Request
from heliograph.interfaces.control.socket_path import address

CONNECT_SECONDS = 5.0

Hear = Callable[[Frame], Reply | None]


class NoServer(Exception):
    """Nobody serves this folder."""


class Refused(Exception):
    """The answer was no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Silent(OSError):
    """A server that is there and says nothing. The text is for people."""


class Client:
    """One connection to the server of a folder."""

    def __init__(self, folder: Path, silent_seconds: float = SILENT_SECONDS) -> None:
        """`silent_seconds`: how long to wait for a word. A server at work says one every few seconds."""
        self._folder = folder
        self._silent_seconds = silent_seconds
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(CONNECT_SECONDS)
        try:
            with address(folder) as path:
                self._socket.connect(path)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            self._socket.close()  # no file, or one that a killed server left
            raise NoServer from None
        self._socket.settimeout(silent_seconds)
        self._lines = self._socket.makefile("rb")

    def call(self, request: Request, hear: Hear) -> msgspec.Raw:
        """The answer, as JSON."""
        self._send(request)
        while True:
            frame = self._next()
            if frame.alive:
                continue
            if frame.answer != NOTHING:
                return frame.answer
            if frame.error is not None:
                raise Refused(frame.error)
            reply = hear(frame)
            if reply is not None:
                self._send(reply)

    def _send(self, frame: Request | Reply) -> None:
        try:
            self._socket.sendall(frames.encode(frame))
        except ConnectionError:
            pass  # what it said before it went may still be read
        except TimeoutError:
            raise self._silent() from None

    def _next(self) -> Frame:
        try:
            return frames.decode_frame(self._lines.readline(FRAME_BYTES + 1))
        except (ConnectionError, msgspec.MsgspecError):
            raise Refused(Refusal("server_gone", "The server went away before it answered.")) from None
        except TimeoutError:
            raise self._silent() from None

    def _silent(self) -> Silent:
        return Silent(
            f"The server on {self._folder} has said nothing for {self._silent_seconds:g} s: it hangs. "
            "What was asked may still happen."
        )

    def close(self) -> None:
        self._lines.close()
        self._socket.close()
