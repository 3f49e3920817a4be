"""Conditions: `If-None-Match` on what is read, `If-Match` on what is changed (RFC 9110 §13.1).

In: a call and the route that shows what it changes. Out: the answer, 304, or 412 with nothing changed.

Nothing comes between the look and the change. Changes of one resource go one after the other. And the change
is made only if the organisation's audit trail, which knows every change whoever makes it, has not grown since
the look: that is asked within the transaction of the change itself. If it has grown, we look again. Whoever
may change what all organisations share watches the trail of that as well.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace

from heliograph.core.security.audit import Actor
from heliograph.flow.ports import A, Flow, Full, R, Store
from heliograph.flow.unchanged import Moved, Unchanged
from heliograph.interfaces.rest.audit_trails import trails_of
from heliograph.interfaces.rest.problem import Problem, error
from heliograph.interfaces.rest.route import Call, Nothing, Reply, Route, Stream

MOST_LOOKS = 10
CHANGES = ("PATCH", "PUT", "DELETE")  # of something that is there
_NO_TAG = "Nothing here has an ETag that If-Match could name"
_STALE = "It has changed since: its ETag is another one now"

Answer = Reply | Stream


def tag_of(body: bytes) -> bytes:
    return b'"' + blake2b(body, digest_size=9).hexdigest().encode() + b'"'


def tagged(answer: Reply, asked: bytes | None) -> Reply:
    """What a client that knows it already need not read again."""
    tag = tag_of(answer.body or b"")
    headers = (*answer.headers, (b"etag", tag))
    known = asked is not None and names(asked, tag, weak=True)
    return Reply(304, None, headers) if known else replace(answer, headers=headers)


def names(given: bytes, tag: bytes, weak: bool = False) -> bool:
    """`*`, or one of several. A weak one is good enough for reading, RFC 9110 §13.1.1."""
    for one in map(bytes.strip, given.split(b",")):
        if one == b"*" or one == tag or (weak and one == b"W/" + tag):
            return True
    return False


def shower_of(route: Route, routes: Sequence[Route]) -> Route | None:
    """The route whose ETag a change of this one is asked about: its own path's, or that of the resource that
    it belongs to.
    """
    showing = [one for one in routes if one.etag and f"{route.path}/".startswith(f"{one.path}/")]
    return max(showing, key=lambda one: len(one.path), default=None)


def answers_what_is_shown(route: Route, shown: Route | None) -> bool:
    """Does a change answer with the resource as it then is? Then its ETag is known, too."""
    if shown is None or shown.path != route.path or 200 not in route.answers:
        return False
    return route.answers[200].body is shown.answers[200].body


class Turns:
    """One change at a time of each resource."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, path: str) -> AsyncIterator[None]:
        lock, wanted = self._locks.get(path, (asyncio.Lock(), 0))
        self._locks[path] = (lock, wanted + 1)
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._locks.pop(path)
            if wanted > 1:
                self._locks[path] = (lock, wanted - 1)


class _LookAgain(Exception):
    """Something was changed between the look and the change."""


class _SteadyStore:
    """A store whose first change is made only while nothing else has changed."""

    def __init__(self, store: Store, orgs: Sequence[int], seen: int) -> None:
        self._store = store
        self._orgs = orgs
        self._seen: int | None = seen

    async def run(self, flow: Flow[R, A], requests: Sequence[R], by: Actor | None = None) -> list[A]:
        if self._seen is None:
            return await self._store.run(flow, requests, by)
        answers = await self._store.run(Unchanged(flow, self._orgs, self._seen), requests, by)
        self._seen = None
        found = [answer for answer in answers if not isinstance(answer, Moved)]
        if len(found) < len(requests):
            raise _LookAgain
        return found


async def changed_if(
    services: Any,
    call: Call[Any, Any],
    shown: Route | None,
    given: bytes,
    change: Callable[[Any, Call[Any, Any]], Awaitable[Answer]],
) -> Answer:
    """The change, made with services whose store watches; only while the resource is what the client saw."""
    if shown is None:
        raise _failed(_NO_TAG)
    orgs = trails_of(services, call.caller.org)
    for _ in range(MOST_LOOKS):
        seen = max([await services.audit.last_change(org) for org in orgs])
        answer = await shown.handler(services, replace(call, query=Nothing(), body=None))
        if not isinstance(answer, Reply) or not names(given, tag_of(answer.body or b"")):
            raise _failed(_STALE)
        try:
            return await change(replace(services, store=_SteadyStore(services.store, orgs, seen)), call)
        except _LookAgain:
            continue
    raise Full("store_full")  # too much else is being changed


def _failed(why: str) -> Problem:
    return Problem(412, error(1503, why))
