"""One HTTP connection, hardened: uvicorn's protocol over httptools, with bounds on whatever a client sends
and on how long it takes.

In: octets of a client. Out: calls of the application; or a refusal, and the end of the connection. Time
limits are looked at by `sweep`, which the server calls now and then: no timer is set per request.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from heliograph.runtime.http.limits import HttpDoor

_CHUNK_OCTETS = 16  # that a chunk of a body may need around it
_FRAMING = (b"content-length", b"transfer-encoding", b"connection")
_CONTINUE = b"100-continue"  # RFC 9110 §10.1.1
# What of a request comes next. Plain numbers: they are compared for every header.
_NOTHING, _HEAD, _BODY = 0, 1, 2


class _Refused(Exception):
    """Ends the parsing. The parser wraps it."""


class HardProtocol(HttpToolsProtocol):
    def __init__(self, door: HttpDoor, config: Config, state: ServerState, loop: asyncio.AbstractEventLoop):
        super().__init__(config, state, {}, loop)
        self._door = door
        self._limits = door.limits
        self._address = ""
        self._entered = False
        self._over = False  # refused: whatever else it says is not heard
        self._status = 400
        self._part = _HEAD
        self._begun = False  # an octet of a request was read
        self._muted = False
        self._since = 0.0  # when this part began, or when the connection became idle
        self._spare = 0  # octets of this part beyond what the application gets
        self._unread = 0
        self._head_octets = 0
        self._stalled_at: float | None = None
        self._closing_at: float | None = None
        self._running: Any = None  # the cycle whose answer is being made; `cycle` is the last one that came

    # Coming and going

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        self._since = self.loop.time()
        self._address = self.client[0] if self.client else ""
        self._entered = True
        status = self._door.status_for(self._address)
        if status:
            self._refuse(status)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._entered:
            self._entered = False
            self._door.leave(self._address)
        for cycle in (self._running, *(cycle for cycle, _ in self.pipeline)):
            _leave(cycle)
        self.pipeline.clear()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: what is under way may end, and then the connection does."""
        self.pipeline.clear()
        if self._is_busy():
            self._running.keep_alive = False
        else:
            self.transport.close()

    def abandon(self) -> None:
        """Whoever works for this connection learns that it is gone."""
        _leave(self._running)
        self.flow.resume_writing()

    def _is_busy(self) -> bool:
        return self._running is not None and not self._running.response_complete

    # Octets

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        if self._part == _NOTHING:
            self._part, self._begun, self._since = _HEAD, False, self.loop.time()
        self._spare += len(data)
        try:
            self._feed(data)
        except HttpParserError:
            self._refuse(self._status)
            return
        if self._part == _HEAD:
            if self._begun and self._spare > self._limits.url_octets + self._limits.head_octets:
                self._refuse(431)
        elif self._part == _BODY and self._spare > self._limits.framing_octets:
            self._refuse(413)

    def _feed(self, data: bytes) -> None:
        """Offers of another protocol are passed over (RFC 9110 §7.8): Java's client makes one with its first
        request, whose body the parser would then leave unread.
        """
        while data:
            try:
                self.parser.feed_data(data)
                return
            except HttpParserUpgrade as offer:
                data = data[offer.args[0] :]
                self._parse_anew()

    def _parse_anew(self) -> None:
        """A parser that believes it has read these headers, without the offer."""
        lines = [name + b": " + value + b"\r\n" for name, value in self.headers if name in _FRAMING]
        kept = b"".join(line for line in lines if b"upgrade" not in line.lower())
        self.parser = HttpRequestParser(self)
        self._muted = True
        method = self.scope["method"].encode()
        self.parser.feed_data(method + b" / HTTP/1.1\r\n" + kept + b"\r\n")
        self._muted = False

    # What the parser found

    def on_message_begin(self) -> None:
        if self._muted:
            return
        if self._part != _HEAD:
            self._since = self.loop.time()  # pipelined behind the one before
        self._part, self._begun = _HEAD, True
        self._spare = self._head_octets = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        if self._muted:
            return
        self.url += url
        if len(self.url) > self._limits.url_octets:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._part != _HEAD or self._muted:
            return  # a trailer: it must not stand in for a header that a proxy set
        self._head_octets += len(name) + len(value)
        if self._head_octets > self._limits.head_octets or len(self.headers) >= self._limits.headers:
            self._stop(431)
        name = name.lower()
        if name == b"expect" and value.lower() == _CONTINUE:
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._muted:
            return
        if len(self.pipeline) >= self._limits.pipelined:
            self._stop(429)
        self._part = _BODY
        self._spare = self._unread = 0
        self._since = self.loop.time()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._spare -= len(body) + _CHUNK_OCTETS
        cycle = self.cycle
        if cycle.response_complete:
            self._unread += len(body)
            if self._unread > self._limits.unread_octets:
                self._stop(413)
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return  # its body comes yet, see `_parse_anew`
        self._part = _NOTHING
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """As the one it stands for, with no timer: `sweep` ends what is idle."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._since = self.loop.time()
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    # Saying no

    def _stop(self, status: int) -> None:
        self._status = status
        raise _Refused

    def _refuse(self, status: int) -> None:
        """The answer, unless another one is being given, and the end."""
        self._over = True
        self._door.refuses(status)
        if not self.transport.is_closing() and self._may_answer():
            self.transport.write(self._answer(status))
        _leave(self._running)
        self.transport.close()

    def _may_answer(self) -> bool:
        """Not in the middle of an answer, nor where an earlier request waits for its own."""
        if not self._is_busy():
            return True
        mine = self._part == _BODY and self._running is self.cycle
        return mine and not self._running.response_started

    def _answer(self, status: int) -> bytes:
        headers, body = self._door.refusal(status)
        lines = [*self.server_state.default_headers, *headers, (b"content-length", b"%d" % len(body))]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in lines)
        phrase = HTTPStatus(status).phrase.encode()
        return b"HTTP/1.1 %d %b\r\n%bconnection: close\r\n\r\n%b" % (status, phrase, head, body)

    # Time

    def pause_writing(self) -> None:
        self._stalled_at = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_at = None
        super().resume_writing()

    def sweep(self, now: float) -> None:
        limits = self._limits
        if self.transport.is_closing():
            self._closing_at = self._closing_at or now
            if now - self._closing_at > limits.closing_seconds:
                self.transport.abort()
        elif self._stalled_at is not None:
            if now - self._stalled_at > limits.stalled_seconds:
                self.transport.abort()
        elif not self.flow.read_paused:
            self._sweep_part(now - self._since)

    def _sweep_part(self, seconds: float) -> None:
        limits = self._limits
        if self._part == _HEAD:
            if seconds > limits.head_seconds and not self._is_busy():
                self._time_out()
        elif self._part == _BODY:
            if self.cycle.response_complete:
                if seconds > limits.unread_seconds:
                    self.transport.close()
            elif seconds > limits.body_seconds:
                self._time_out()
        elif not self._is_busy() and seconds > limits.idle_seconds:
            self.transport.close()

    def _time_out(self) -> None:
        """One that never said a word hears none."""
        if self._begun:
            self._refuse(408)
        else:
            self.transport.close()


def _leave(cycle: Any) -> None:
    """Its application hears that the client is gone, and what it still says goes nowhere."""
    if cycle is not None and not cycle.response_complete:
        cycle.disconnected = True
        cycle.message_event.set()
