"""A far end for the HTTP client, on the loop of the test: it answers by a script, whatever that says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from heliograph.runtime.http.answer import Answer, CallFailed
from heliograph.runtime.http.client import HttpClient, Limits, Target

FINE = b"HTTP/1.1 204 No Content\r\n\r\n"


class FarEnd:
    """Reads requests; answers each with the next octets of its script, the last ones again and again."""

    def __init__(self, *script: bytes, closes: bool = False) -> None:
        self.script = list(script)
        self.closes = closes
        self.requests: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self.ended = 0

    async def open(self) -> "FarEnd":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append((head, await reader.readexactly(size)))
                answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                writer.write(answer)
                await writer.drain()
                if self.closes:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended += 1
            writer.close()

    def target(self, path: str = "/hook") -> Target:
        return Target(f"http://127.0.0.1:{self.port}{path}", "Test")


def everywhere(_: str) -> bool:
    return True


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # the far end tells nobody
            await asyncio.sleep(0.001)


Story = Callable[[HttpClient, FarEnd], Awaitable[Any]]


def played(far: FarEnd, story: Story, **fields: Any) -> Any:
    async def main() -> Any:
        await far.open()
        permits, resolve = fields.pop("permits", everywhere), fields.pop("resolve", None)
        client = HttpClient(permits, Limits(**fields), resolve)
        try:
            return await story(client, far)
        finally:
            await client.close()
            far.server.close()

    return uvloop.run(main())


async def post(client: HttpClient, far: FarEnd, body: bytes = b"{}") -> Answer | CallFailed:
    try:
        return await client.call("POST", far.target(), body, {"x-name": "value"})
    except CallFailed as failure:
        return failure


async def post_twice(client: HttpClient, far: FarEnd) -> list[Answer | CallFailed]:
    return [await post(client, far), await post(client, far)]
