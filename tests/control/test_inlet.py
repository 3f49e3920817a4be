"""The control socket: frames whole and in pieces, nonsense, callers who leave, who do not read, who are too
many.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from heliograph.interfaces.control import inlet as inlets
from heliograph.interfaces.control.frames import FRAME_BYTES, SOCKET_NAME, Frame, Request, answer, item
from heliograph.interfaces.control.inlet import Inlet
from heliograph.interfaces.control.verb import Channel

PATIENCE_SECONDS = 20.0


class Peer:
    """A caller that speaks bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, octets: bytes) -> None:
        self.writer.write(octets)

    def ask(self, verb: str) -> None:
        self.say(json.dumps({"verb": verb}).encode() + b"\n")

    async def hear(self) -> Any:
        """The next frame; None at the end."""
        line = await self.reader.readline()
        return json.loads(line) if line else None

    def leave(self) -> None:
        self.writer.close()


class Handler:
    """What the socket calls."""

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()
        self.items = 0

    async def __call__(self, request: Request, channel: Channel) -> Frame:
        match request.verb:
            case "echo":
                return answer({"org": request.org, "arguments": json.loads(bytes(request.arguments))})
            case "two items":
                await channel.send(item(1))
                await channel.send(item(2))
                return answer("done")
            case "acknowledged":
                reply = await channel.reply()
                return answer([reply.delivery, reply.accepted])
            case "for ever":
                try:
                    await channel.send(item("begun"))
                    await asyncio.Event().wait()
                finally:
                    self.cancelled.set()
            case "flood":
                try:
                    while True:
                        await channel.send(item("x" * 10_000))
                        self.items += 1
                finally:
                    self.cancelled.set()
        raise ZeroDivisionError(request.verb)


def converse(folder: Path, talk: Callable[[Handler, Callable[[], Awaitable[Peer]]], Awaitable[None]]) -> None:
    """One inlet on a folder, and a conversation with it."""

    async def main() -> None:
        handler = Handler()
        inlet = Inlet(folder, handler)
        await inlet.start()
        peers: list[Peer] = []

        async def connect() -> Peer:
            limit = 4 * FRAME_BYTES
            peers.append(Peer(*await asyncio.open_unix_connection(str(folder / SOCKET_NAME), limit=limit)))
            return peers[-1]

        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await talk(handler, connect)
        finally:
            for peer in peers:
                peer.leave()
            await inlet.stop()
        assert not (folder / SOCKET_NAME).exists()

    asyncio.run(main())


Connect = Callable[[], Awaitable[Peer]]


def test_requests_follow_each_other_on_one_connection(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.say(b'{"verb":"echo","org":"acme","arguments":{"a":1}}\n')
        assert await peer.hear() == {"answer": {"org": "acme", "arguments": {"a": 1}}}
        peer.ask("two items")
        assert [await peer.hear() for _ in range(3)] == [{"item": 1}, {"item": 2}, {"answer": "done"}]

    converse(tmp_path, talk)


def test_a_frame_may_come_in_any_pieces(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        for octet in b'{"verb":"echo"}\n':
            peer.say(bytes([octet]))
            await peer.writer.drain()
        assert (await peer.hear())["answer"]["arguments"] == {}

    converse(tmp_path, talk)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\n",
        b"[]\n",
        b'{"verb":3}\n',
        b'{"verb":"echo","extra":1}\n',
        b"\xff\xfe\n",
        b"\n",
        b"{" * 100 + b"\n",
    ],
)
def test_a_malformed_frame_gets_an_error_and_the_connection_closes(tmp_path: Path, nonsense: bytes) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer, other = await connect(), await connect()
        peer.say(nonsense)
        assert (await peer.hear())["error"]["code"] == "bad_frame"
        assert await peer.hear() is None
        other.ask("echo")
        assert "answer" in await other.hear()

    converse(tmp_path, talk)


def test_a_frame_beyond_the_limit_gets_an_error(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.say(b'{"verb":"' + b"x" * FRAME_BYTES * 2)
        error = (await peer.hear())["error"]
        assert (error["code"], str(FRAME_BYTES) in error["reason"]) == ("bad_frame", True)

    converse(tmp_path, talk)


def test_a_frame_without_its_end_is_dropped_with_its_caller(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.say(b'{"verb":"echo"}')
        peer.writer.write_eof()
        assert await peer.hear() is None

    converse(tmp_path, talk)


def test_a_reply_reaches_the_handler_and_nonsense_in_its_place_ends_it(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer, liar = await connect(), await connect()
        peer.ask("acknowledged")
        peer.say(b'{"delivery":7,"accepted":false}\n')
        assert await peer.hear() == {"answer": [7, False]}
        liar.ask("for ever")
        assert await liar.hear() == {"item": "begun"}
        liar.say(b'{"delivery":"seven"}\n')
        assert (await liar.hear())["error"]["code"] == "bad_frame"
        await handler.cancelled.wait()

    converse(tmp_path, talk)


def test_a_server_at_work_says_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inlets, "ALIVE_SECONDS", 0.01)

    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.ask("for ever")
        assert await peer.hear() == {"item": "begun"}
        assert await peer.hear() == {"alive": True}
        assert await peer.hear() == {"alive": True}

    converse(tmp_path, talk)


def test_a_caller_that_leaves_takes_its_request_along(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.ask("for ever")
        assert await peer.hear() == {"item": "begun"}
        peer.leave()
        await handler.cancelled.wait()

    converse(tmp_path, talk)


def test_a_handler_that_dies_of_a_bug_harms_its_own_request_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.ask("unheard of")
        assert (await peer.hear())["error"]["code"] == "bug"
        peer.ask("echo")
        assert "answer" in await peer.hear()

    converse(tmp_path, talk)
    logged = capsys.readouterr()
    assert "ZeroDivisionError" in logged.out + logged.err


def test_a_caller_that_does_not_read_is_bounded_and_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inlets, "SLOW_CALLER_SECONDS", 0.2)

    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport can
        peer.ask("flood")
        await handler.cancelled.wait()
        assert 0 < handler.items < 1000

    converse(tmp_path, talk)


def test_callers_hear_that_the_server_stops(tmp_path: Path) -> None:
    async def main() -> None:
        inlet = Inlet(tmp_path, Handler())
        await inlet.start()
        peer = Peer(*await asyncio.open_unix_connection(str(tmp_path / SOCKET_NAME)))
        peer.ask("for ever")
        assert await peer.hear() == {"item": "begun"}
        await inlet.stop()
        assert (await peer.hear())["error"]["code"] == "stopping"
        assert await peer.hear() is None
        peer.leave()

    asyncio.run(main())


def test_too_many_callers_are_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inlets, "CONNECTIONS", 2)

    async def talk(handler: Handler, connect: Connect) -> None:
        first, second = await connect(), await connect()
        for peer in (first, second):
            peer.ask("for ever")
            assert await peer.hear() == {"item": "begun"}
        third = await connect()
        assert (await third.hear())["error"]["code"] == "store_full"
        assert await third.hear() is None

    converse(tmp_path, talk)


@contextmanager
def dead_socket(folder: Path) -> Iterator[None]:
    """A file as a killed server leaves it."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / SOCKET_NAME))
    yield


def test_a_dead_socket_file_is_replaced(tmp_path: Path) -> None:
    async def talk(handler: Handler, connect: Connect) -> None:
        peer = await connect()
        peer.ask("echo")
        assert "answer" in await peer.hear()

    with dead_socket(tmp_path):
        converse(tmp_path, talk)
