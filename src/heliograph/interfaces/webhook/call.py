"""One call: a request to a URL, and what came of it, within limits of time and size.

In: a method, a URL, a body, headers. Out: an answer with its first bytes, or why there is none. Never follows
a redirect, never keeps a cookie, never goes where the guard forbids.
"""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from msgspec import Struct
from yarl import URL

from heliograph.core.outcome import Temporary, Unknown
from heliograph.interfaces.webhook.guard import MARK, Guard

MOST_ANSWER = 65_536  # octets of an answer that are read; a longer one costs its connection
FIRST_BYTES = 512  # of an answer, kept in the log
BODY_SECONDS = 2.0  # for the rest of an answer whose status is known
IDLE_SECONDS = 4.0  # a connection is not used again after so long: servers close theirs after five
NAMES_SECONDS = 10  # how long a resolved name is believed

AGENT = "Heliograph"


class Limits(Struct, frozen=True):
    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    connections: int = 1_000  # to all receivers together


class Answered(Struct, frozen=True):
    status: int
    retry_after: str | None
    first: bytes
    latency_ms: int


class Failed(Struct, frozen=True):
    """There is no answer."""

    outcome: Temporary | Unknown
    why: str
    latency_ms: int


class Client:
    """Made on the running loop."""

    def __init__(
        self,
        guard: Guard,
        limits: Limits,
        resolver: AbstractResolver | None = None,
        names_seconds: int = NAMES_SECONDS,
    ) -> None:
        connector = aiohttp.TCPConnector(
            limit=limits.connections,
            resolver=resolver,
            use_dns_cache=names_seconds > 0,
            ttl_dns_cache=names_seconds,
            keepalive_timeout=IDLE_SECONDS,
            socket_factory=guard.socket_for,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=limits.total_seconds, connect=limits.connect_seconds),
            auto_decompress=False,
            trust_env=False,
            headers={"content-type": "application/json", "user-agent": AGENT, "accept-encoding": "identity"},
        )

    async def call(self, method: str, url: URL, body: bytes, headers: Mapping[str, str]) -> Answered | Failed:
        started = perf_counter()
        try:
            response = await self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, TimeoutError) as failure:
            return Failed(*_meant(failure), _ms(started))
        first = await _first(response)
        retry_after = response.headers.get("retry-after")
        return Answered(response.status, retry_after, first[:FIRST_BYTES], _ms(started))

    async def close(self) -> None:
        await self._session.close()


def _ms(started: float) -> int:
    return int((perf_counter() - started) * 1000)


def _meant(failure: Exception) -> tuple[Temporary | Unknown, str]:
    """Was anything sent? What was not connected was not; what broke later may have arrived."""
    why = str(failure)[:FIRST_BYTES] or type(failure).__name__
    match failure:
        case aiohttp.ClientConnectorError() if MARK in why:
            return Temporary("address_refused"), MARK  # which address it was is not the caller's to learn
        case aiohttp.ClientConnectorError():
            return Temporary("receiver_down"), why
        case aiohttp.ConnectionTimeoutError() | aiohttp.InvalidURL():
            return Temporary("receiver_down"), why
        case TimeoutError():
            return Temporary("receiver_timeout"), why
        case aiohttp.ClientResponseError():
            return Temporary("receiver_failing"), why
    return Unknown("link_lost"), why


async def _first(response: aiohttp.ClientResponse) -> bytes:
    """The body, up to the limit. Its status is known: one that breaks off harms nothing."""
    content = response.content
    if content.is_eof():
        return content.read_nowait(MOST_ANSWER)
    got = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while len(got) < MOST_ANSWER:
                piece: Any = await content.readany()
                if not piece:
                    return bytes(got)
                got += piece
    except (aiohttp.ClientError, TimeoutError):
        pass
    response.close()
    return bytes(got)
