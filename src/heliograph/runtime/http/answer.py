"""One connection of an HTTP/1.1 client: a request out, its answer in, one after the other.

In: octets of a request; what the far end sends. Out: the answer, or why there is none. Interim answers are
passed over. A far end that says more than it was asked, or more than the limits, loses the connection.
"""

import asyncio
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from msgspec import Struct

MOST_HEAD = 32_768  # octets before the body, interim answers included
MOST_ANSWER = 65_536  # octets of an answer that are read; a longer one costs its connection
FIRST_BYTES = 512  # of a body, that are kept where nobody asks for more
BODY_SECONDS = 2.0  # for the rest of an answer whose status is known
_INTERIM = range(100, 200)  # RFC 9110 §15.2


class CallFailed(Exception):
    """There is no answer. The argument says why, in words."""


class TimedOut(CallFailed):
    """Sent, and no answer came in time."""


class BadAnswer(CallFailed):
    """What came is no HTTP, or too much of it."""


class LinkLost(CallFailed):
    """The connection ended before an answer: whether the request arrived, nobody knows."""


class Answer(Struct):
    status: int
    headers: dict[bytes, bytes]  # names in lower case; of several with one name the last
    first: bytes


class Connection(asyncio.Protocol):
    """`idle_until` belongs to whoever keeps it while it has nothing to do."""

    idle_until = 0.0

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = HttpResponseParser(self)
        self._transport: Any = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._body_timer: asyncio.TimerHandle | None = None
        self.lost: asyncio.Future[None] = loop.create_future()
        self.usable = True
        self._kept = FIRST_BYTES
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._first = b""
        self._head_size = self._headers_size = self._body_size = 0
        self._status = 0
        self._is_over = self._has_more = False

    def ask(self, request: bytes, kept: int = FIRST_BYTES) -> "asyncio.Future[Answer]":
        """`kept`: as many octets of the body."""
        self._begin()
        self._kept = kept
        self._waiter = self._loop.create_future()
        self._transport.write(request)
        return self._waiter

    def give_up(self) -> None:
        """Its time is over."""
        self._fail(TimedOut("no answer came in time"))

    def close(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    # What the transport tells.

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked
            self.close()
            return
        if not self._status:
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as bad:
            self._fail(BadAnswer(f"not HTTP: {bad}"))
            return
        self._look()

    def _look(self) -> None:
        if max(self._headers_size, 0 if self._status else self._head_size) > MOST_HEAD:
            self._end(BadAnswer("the head of the answer is too long"))
        elif self._is_over:
            # An answer to what was not sent yet, or to more than was sent, is none to go on after.
            self.usable = self.usable and not self._has_more and not self._transport.get_write_buffer_size()
            self._end(None)
        elif self._body_size > MOST_ANSWER:
            self._cut()
        elif self._status and self._body_timer is None:
            self._body_timer = self._loop.call_later(BODY_SECONDS, self._cut)

    def connection_lost(self, reason: Exception | None) -> None:
        self.usable = False
        if self._waiter is not None:
            self._fail(LinkLost(str(reason or "the connection was closed without an answer")))
        if not self.lost.done():
            self.lost.set_result(None)

    def _fail(self, failure: CallFailed) -> None:
        """Once its status is known, what is missing of the body harms nothing."""
        if self._status:
            self._cut()
        else:
            self._end(failure)

    def _cut(self) -> None:
        self.usable = False
        self._end(None)

    def _end(self, failure: CallFailed | None) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            if failure is None:
                waiter.set_result(Answer(self._status, self._headers, self._first))
            else:
                waiter.set_exception(failure)
        if failure is not None or not self.usable:
            self.close()

    # What the parser tells.

    def on_message_begin(self) -> None:
        self._has_more = self._is_over

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers_size += len(name) + len(value)
        if not self._is_over:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status not in _INTERIM and not self._is_over:
            self._status = status

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if len(self._first) < self._kept:
            self._first += body[: self._kept - len(self._first)]

    def on_message_complete(self) -> None:
        if not self._status:
            self._headers = {}
            return
        self._is_over = True
        self.usable = self.usable and bool(self._parser.should_keep_alive())
