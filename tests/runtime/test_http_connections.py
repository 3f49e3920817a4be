"""The HTTP client's connections: opened where it may, used again while they hold, given up in time."""

import asyncio
import socket
from typing import Any

import pytest

from heliograph.runtime.http import client as http_client
from heliograph.runtime.http.answer import Answer, CallFailed, TimedOut
from heliograph.runtime.http.client import (
    HttpClient,
    NotConnected,
    NotPermitted,
    NotResolved,
    NotTrusted,
    Target,
)
from tests.runtime.http_far_end import FINE, FarEnd, played, post, post_twice, until


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 2"])
def test_no_answer_in_time_ends_the_connection(said: bytes) -> None:
    far = FarEnd(said, FINE)

    async def story(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
        made = await post_twice(client, far)
        await until(lambda: far.ended > 0)
        return made

    first, second = played(far, story, total_seconds=0.1)
    assert type(first) is TimedOut
    assert isinstance(second, Answer)
    assert far.connections == 2


def test_a_connection_that_rested_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "IDLE_SECONDS", 0.02)
    far = FarEnd(FINE)

    async def story(client: HttpClient, far: FarEnd) -> None:
        await post(client, far)
        await until(lambda: far.ended > 0)  # swept, though nobody asked for it
        await post(client, far)

    played(far, story)
    assert far.connections == 2


def test_a_connection_that_its_far_end_closed_is_not_used_again() -> None:
    far = FarEnd(FINE, closes=True)

    async def story(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
        first = await post(client, far)
        await until(lambda: not client._open)  # it has heard of it
        return [first, await post(client, far)]

    assert [made.status for made in played(far, story)] == [204, 204]
    assert far.connections == 2


def test_what_nobody_asked_for_ends_a_resting_connection() -> None:
    class Talker(FarEnd):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            await reader.readuntil(b"\r\n\r\n{}")
            writer.write(FINE)
            await writer.drain()
            if self.connections == 1:
                await asyncio.sleep(0.02)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
            await reader.read()
            self.ended += 1
            writer.close()

    async def story(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
        first = await post(client, far)
        await until(lambda: far.ended > 0)
        return [first, await post(client, far)]

    far = Talker()
    assert [made.status for made in played(far, story)] == [204, 204]
    assert far.connections == 2


def test_many_at_once_share_the_connections_that_there_are() -> None:
    far = FarEnd(FINE)

    async def story(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
        return list(await asyncio.gather(*(post(client, far) for _ in range(20))))

    made = played(far, story, connections=20)
    assert {one.status for one in made} == {204}
    assert far.connections == 20


def test_a_resting_connection_makes_room_for_another_place() -> None:
    one, other = FarEnd(FINE), FarEnd(FINE)

    async def story(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
        await other.open()
        made = [await post(client, far), await post(client, other), await post(client, far)]
        other.server.close()
        return made

    assert [made.status for made in played(one, story, connections=1, connect_seconds=2)] == [204] * 3
    assert (one.connections, other.connections) == (2, 1)


def test_where_no_connection_is_free_nothing_is_sent() -> None:
    far = FarEnd(b"", FINE)

    async def story(client: HttpClient, far: FarEnd) -> Any:
        waits = asyncio.ensure_future(post(client, far))
        await until(lambda: bool(far.requests))
        late = await post(client, far)
        waits.cancel()
        await asyncio.wait([waits])
        return late, await post(client, far)

    late, after = played(far, story, connections=1, connect_seconds=0.05)
    assert type(late) is NotConnected
    assert after.status == 204  # a call that was given up gave its place back
    assert len(far.requests) == 2


def test_a_dead_port_a_silent_place_and_an_unknown_name() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]

        async def story(client: HttpClient, far: FarEnd) -> list[type]:
            failures = []
            for url in (f"http://127.0.0.1:{port}/", "http://no.such.name.invalid/", f"http://{'a' * 64}.x/"):
                with pytest.raises(CallFailed) as failed:
                    await client.call("POST", Target(url, "Test"), b"", {})
                failures.append(failed.type)
            return failures

        assert played(FarEnd(FINE), story) == [NotConnected, NotResolved, NotResolved]


def test_a_name_that_is_looked_up_for_ever_ends_in_time_and_is_looked_up_once() -> None:
    asked = []

    async def silent(host: str, port: int) -> Any:
        asked.append(host)
        await asyncio.sleep(3600)

    async def story(client: HttpClient, far: FarEnd) -> list[Any]:
        target = Target("http://silent.example/", "Test")
        calls = (client.call("POST", target, b"", {}) for _ in range(5))
        return await asyncio.gather(*calls, return_exceptions=True)

    made = played(FarEnd(FINE), story, resolve=silent, connect_seconds=0.05)
    assert {type(one) for one in made} == {NotConnected}
    assert asked == ["silent.example"]


def test_only_permitted_addresses_are_connected_to() -> None:
    far = FarEnd(FINE)
    looked_at = []

    def permits(address: str) -> bool:
        looked_at.append(address)
        return False

    assert type(played(far, post, permits=permits)) is NotPermitted
    assert looked_at == ["127.0.0.1"]
    assert far.connections == 0


def test_tls_that_is_none_is_not_trusted() -> None:
    class Plain(FarEnd):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()

    async def story(client: HttpClient, far: FarEnd) -> Any:
        with pytest.raises(CallFailed) as failed:
            await client.call("POST", Target(f"https://127.0.0.1:{far.port}/", "Test"), b"", {})
        return failed.type

    assert played(Plain(), story) is NotTrusted
