"""The inlet: HTTP requests to routes. Who calls, what may they, is the input well formed; then the handler.

In: ASGI calls. Out: answers, always JSON, with the headers that browsers and the contract ask for. What a
route does is in `routes/`.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from math import ceil
from typing import Any

from msgspec.json import Decoder, Encoder
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as Place

from heliograph.core.security.access import is_within
from heliograph.core.security.audit import Actor
from heliograph.flow.acting import ActingStore
from heliograph.flow.ports import Full
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.rest.always import ALWAYS, OF_DATA, PREFLIGHT
from heliograph.interfaces.rest.callers.access import Access, Caller, Later, bearer
from heliograph.interfaces.rest.callers.buckets import Buckets
from heliograph.interfaces.rest.callers.proxies import site_of
from heliograph.interfaces.rest.conditions import (
    CHANGES,
    Turns,
    answers_what_is_shown,
    changed_if,
    shower_of,
    tagged,
)
from heliograph.interfaces.rest.fields import with_field
from heliograph.interfaces.rest.problem import RETRY_SECONDS, Problem, error, problem
from heliograph.interfaces.rest.reading import Receive, Scope, body_of, path_of, query_of, read, refuse_other
from heliograph.interfaces.rest.repeats import HEADER
from heliograph.interfaces.rest.route import Call, Reply, Route, Stream

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/api"
IDENTITY = b"identity"
PAGE = "text/html; charset=utf-8"
ANYBODY = Caller(0, "anybody", frozenset())
_OF_PREFLIGHT = {name.decode(): value.decode() for name, value in PREFLIGHT}
_ENCODE = Encoder().encode


class Endpoint:
    """One route, as an ASGI application."""

    def __init__(
        self,
        route: Route,
        services: Any,
        access: Access,
        buckets: Buckets,
        site: str,
        shown: Route | None,
        turns: Turns,
    ) -> None:
        self._route = route
        self._shown = shown  # by what the change of a resource is seen
        self._tags = route.etag or (route.method in CHANGES and answers_what_is_shown(route, shown))
        self._turns = turns
        self._site = site
        self._services = services
        self._access = access
        self._buckets = buckets
        self._changes = route.audited and route.method != "GET"
        self._decoder = None if route.body is None else Decoder(route.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            call = await self._call(scope, receive, headers)
            answer = await self._answer(call)
        except Problem as found:
            answer = of_problem(with_field(found, self._route.kind))
        except (Full, TooSlow) as full:
            answer = of_problem(unavailable(full))
        if isinstance(answer, Stream):
            await _stream(answer, receive, send)
            return
        if self._tags and answer.status == 200 and answer.body is not None:
            answer = tagged(answer, headers.get(b"if-none-match") if self._route.method == "GET" else None)
        await _send(answer, send)

    async def _answer(self, call: Call[Any, Any]) -> Reply | Stream:
        if self._route.method not in CHANGES:
            return await self._act(self._services, call)
        given = call.headers.get(b"if-match")
        if self._shown is None and given is None:
            return await self._act(self._services, call)
        path = call.at if self._shown is None else PREFIX + self._shown.path.format(**call.path)
        async with self._turns.of(path):
            if given is None:
                return await self._act(self._services, call)
            return await changed_if(self._services, call, self._shown, given, self._act)

    async def _act(self, services: Any, call: Call[Any, Any]) -> Reply | Stream:
        """With the caller's name on whatever is changed."""
        if self._changes:
            store = ActingStore(services.store, Actor(call.caller.name, call.address))
            services = replace(services, store=store)
        return await self._route.handler(services, call)

    async def _call(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]) -> Call[Any, Any]:
        route = self._route
        client = scope.get("client")
        address: str = client[0] if client else ""
        caller = await self._caller(headers, address) if route.scope is not None else ANYBODY
        self._keep_rate(caller.name if route.scope is not None else address)
        body = None
        if route.repeats and sum(name == HEADER for name, _ in scope["headers"]) > 1:
            raise problem(400, 1000, "There are two Idempotency-Keys")
        if self._decoder is not None:
            _refuse_encoded(headers.get(b"content-encoding", IDENTITY))
            octets = await read(receive, route.most_body) or route.no_body
            body = body_of(octets, self._decoder, route.kind, route.malformed)
        elif route.takes:
            _refuse_encoded(headers.get(b"content-encoding", IDENTITY))
            refuse_other(headers.get(b"content-type", b""), route.takes)
            body = await read(receive, route.most_body)
        site = self._site or site_of(scope["scheme"], headers.get(b"host", b"localhost"))
        return Call(
            caller,
            path_of(scope["path_params"], route.texts),
            query_of(scope["query_string"], route.query, route.ours),
            body,
            headers,
            site,
            address,
            scope["path"],
        )

    async def _caller(self, headers: dict[bytes, bytes], address: str) -> Caller:
        credential = bearer(headers)
        if credential is None:
            raise problem(401, 1102, "A bearer token is required")
        found = await self._access.caller(credential, address)
        if isinstance(found, Later):
            raise too_many(found.seconds)
        if not isinstance(found, Caller):
            raise problem(401, found.code, found.message)
        # A valid credential is never answered 401: clients would log in again for ever.
        if not is_within(address, found.networks):
            raise problem(403, 1104, "The token may not be used from this address")
        scope = self._route.scope
        if scope and not found.may(scope):
            raise problem(403, 1104, f"This needs the scope {scope}")
        self._access.on_let_in(found, address)
        return found

    def _keep_rate(self, who: str) -> None:
        wait = self._buckets.wait_seconds(who)
        if wait:
            raise too_many(wait)


def _refuse_encoded(encoding: bytes) -> None:
    if encoding.lower() != IDENTITY:
        raise problem(
            415, 1000, f"The Content-Encoding {encoding.decode('latin-1')[:40]} is not taken: send it plain"
        )


def too_many(seconds: float) -> Problem:
    return Problem(429, error(1105, "Too many requests"), ((b"retry-after", str(ceil(seconds)).encode()),))


def of_problem(found: Problem) -> Reply:
    return Reply(found.status, _ENCODE(found.body), found.headers)


def unavailable(full: Exception) -> Problem:
    retry = (b"retry-after", str(RETRY_SECONDS).encode())
    return Problem(503, error(1500, f"Cannot take this now: {full}"), (retry,))


async def _send(answer: Reply, send: Send) -> None:
    body = answer.body if answer.body is not None else b""
    headers = [*ALWAYS, *answer.headers]
    if answer.media != PAGE:
        headers.append(OF_DATA)
    if answer.status not in (204, 304):
        headers.append((b"content-length", str(len(body)).encode()))
    if answer.body is not None:
        headers.append((b"content-type", answer.media.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(answer: Stream, receive: Receive, send: Send) -> None:
    """Until it ends or its client is gone, which a stream that has nothing to say would not notice."""
    headers = [*ALWAYS, OF_DATA, *answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    sending, gone = asyncio.ensure_future(_pieces(answer, send)), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, gone):
            task.cancel()
        await asyncio.wait({sending, gone})
    if not sending.cancelled():
        sending.result()


async def _pieces(answer: Stream, send: Send) -> None:
    try:
        async for piece in answer.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)  # others go on, and it is heard when the client has gone
    finally:
        close = getattr(answer.pieces, "aclose", None)
        if close is not None:
            await close()  # what it holds is let go now, not when somebody collects it
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def application(
    routes: Sequence[Route],
    services: Any,
    access: Access,
    buckets: Buckets,
    site: str = "",
    beside: Sequence[Place] = (),
) -> Starlette:
    """All of it as one ASGI application. `site` is how clients reach it, when it is not as they call it.
    `beside`: what is served there and is no part of the API.
    """
    turns = Turns()
    places = [
        Place(
            PREFIX + route.path,
            Endpoint(route, services, access, buckets, site, shower_of(route, routes), turns),
            methods=[route.method],
        )
        for route in routes
    ]
    paths = dict.fromkeys(PREFIX + route.path for route in routes)
    preflights = [Place(path, _preflight, methods=["OPTIONS"]) for path in paths]
    served = Starlette(
        routes=[*places, *preflights, *beside], exception_handlers={HTTPException: _no_route, 500: _bug}
    )
    served.router.redirect_slashes = False  # every answer is ours, with our headers
    return served


async def _preflight(_: Request) -> Response:
    return Response(status_code=204, headers=_OF_PREFLIGHT)


async def _no_route(request: Request, failure: Exception) -> Response:
    """Unknown paths and methods, in JSON as everything else."""
    status = failure.status_code if isinstance(failure, HTTPException) else 404
    said = "Method not allowed" if status == 405 else f"No such path: {request.url.path[:200]}"
    kept = {"allow": ", ".join(_methods(request))} if status == 405 else None
    return _plain(status, problem(status, 1406 if status == 405 else 1201, said), kept)


def _methods(request: Request) -> list[str]:
    """All that the path takes: each of its methods has a place of its own."""
    places = (place for place in request.app.routes if isinstance(place, Place))
    there = (place.methods or () for place in places if place.matches(request.scope)[0] != Match.NONE)
    return sorted({method for methods in there for method in methods})


async def _bug(_: Request, __: Exception) -> Response:
    """Starlette has logged it with its traceback; the caller learns nothing of the inside."""
    return _plain(500, problem(500, 1501, "An error inside Heliograph; it was logged"), None)


def _plain(status: int, found: Problem, headers: Any) -> Response:
    given = {name.decode(): value.decode() for name, value in (*ALWAYS, OF_DATA)} | dict(headers or {})
    return Response(_ENCODE(found.body), status, given, media_type="application/json")
