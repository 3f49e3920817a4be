"""The far end of `bench webhook`, in a process of its own: it answers calls, checks that they are signed, and
counts what came by unique text.

In: HTTP on a port that it prints first; a line on standard input ends it. Out: one JSON object.
"""

import asyncio
import json
import sys
from collections import Counter
from typing import Any

import httptools
import msgspec
import uvloop
from standardwebhooks import Webhook, WebhookVerificationError

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
CHECKED_EVERY = 50  # checking costs more than answering


class _Body(msgspec.Struct):
    payload: str


_DECODE = msgspec.json.Decoder(_Body).decode


class Books:
    def __init__(self, secret: str) -> None:
        self.texts: Counter[str] = Counter()
        self.calls = 0
        self.repeated = 0
        self.badly_signed = 0
        self.webhook = Webhook(secret)

    def take(self, headers: dict[str, str], body: bytes) -> None:
        self.calls += 1
        if headers.get("heliograph-attempt", "1") != "1":
            self.repeated += 1
        else:
            self.texts[_DECODE(body).payload] += 1
        if self.calls % CHECKED_EVERY == 0:
            try:
                self.webhook.verify(body, headers)
            except WebhookVerificationError as bad:
                self.badly_signed += 1
                print(bad, file=sys.stderr)


class Connection(asyncio.Protocol):
    def __init__(self, books: Books) -> None:
        self._books = books
        self._parser = httptools.HttpRequestParser(self)
        self._headers: dict[str, str] = {}
        self._body = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._books.take(self._headers, self._body)
        self._headers, self._body = {}, b""
        self._transport.write(ANSWER)


async def main(secret: str) -> None:
    books, loop = Books(secret), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(books), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(
        json.dumps(
            {
                "texts": books.texts,
                "repeated": books.repeated,
                "badly_signed": books.badly_signed,
                "calls": books.calls,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
