"""The stream: what happens in an organisation, as server-sent events, while it happens."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from msgspec.json import Encoder

from heliograph.interfaces.rest.callers.access import Caller, bearer
from heliograph.interfaces.rest.following import Following, Place, Record
from heliograph.interfaces.rest.problem import ErrorBody, Problem, error, problem
from heliograph.interfaces.rest.route import Answer, Call, Headers, Route, Stream
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.news import EventNews, SmsNews, StreamQuery, Wanted, told, wanted

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 900.0  # then the client comes again
RETRY_MS = 2_000  # how soon a client comes back
MISSED = "Some news may be missing here. GET /v1/sms?since= and GET /v1/event have them."
Ask = Callable[[], Awaitable[bool]]
_ID = re.compile(r"(\d{1,15})-(\d{1,15})")
_ENCODE = Encoder().encode
_HEADERS: Headers = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # proxies shall not hold it back
)


async def stream(services: Services, call: Call[StreamQuery, None]) -> Stream:
    """From now on, or from where the client was when it was here last."""
    asked = wanted(call.query, call.caller)
    if not asked.kinds:
        raise problem(403, 1104, "This needs the scope sms:read or event:read")
    following = services.following
    if not following.has_room(call.caller.org):
        raise Problem(503, error(1500, "Too many follow already"), ((b"retry-after", b"30"),))
    given = call.headers.get(b"last-event-id", b"").decode("latin-1") or call.query.after

    async def may_still() -> bool:
        """A token that was taken back, or has other scopes by now, sees no more."""
        caller = await services.access.known.caller(bearer(call.headers) or "", call.address)
        return isinstance(caller, Caller) and caller.scopes == call.caller.scopes

    return Stream(200, lines(following, call.caller.org, asked, _place(given), may_still), _HEADERS)


def _place(text: str) -> Place | None:
    """None: from now on. One that nobody gave is of no record."""
    found = _ID.fullmatch(text)
    if found is None:
        return Place(0, 0) if text else None
    return Place(int(found[1]), int(found[2]))


async def lines(
    following: Following, org: int, asked: Wanted, place: Place | None, may_still: Ask
) -> AsyncIterator[bytes]:
    record = following.join(org)
    try:
        at = Place(record.of, record.last)
        if place is None or record.knows(place):
            at = place or at
            yield b"retry: %d\n%b" % (RETRY_MS, _line("ready", at, {}))
        else:
            yield b"retry: %d\n%b" % (RETRY_MS, _line("gap", at, {"reason": MISSED}))
        async for piece in _news(following, record, asked, at, may_still):
            yield piece
    finally:
        following.leave(org)


async def _news(
    following: Following, record: Record, asked: Wanted, at: Place, may_still: Ask
) -> AsyncIterator[bytes]:
    asked_at = spoke_at = monotonic()
    ends_at = spoke_at + LONGEST_SECONDS
    while not following.is_over and monotonic() < ends_at:
        if not record.knows(at):
            yield _line("behind", None, {"reason": f"Read too slowly. {MISSED}"})
            return
        if monotonic() - asked_at >= HEARTBEAT_SECONDS:
            if not await may_still():
                break
            asked_at = monotonic()
        found = record.after(at.number)
        if not found:
            await record.wait(HEARTBEAT_SECONDS)
        pieces = []
        for news in found:
            at = Place(at.of, at.number + 1)
            if asked.has(news):
                name, body = told(news)
                pieces.append(_line(name, at, body))
        if pieces or monotonic() - spoke_at >= HEARTBEAT_SECONDS:
            # The heartbeat moves the client's place on, also past what it does not want to hear.
            yield b"".join(pieces) or b"id: %d-%d\n\n" % (at.of, at.number)
            spoke_at = monotonic()
    yield _line("end", None, {"reason": "stopping" if following.is_over else "come again"})


def _line(name: str, at: Place | None, body: SmsNews | EventNews | dict[str, str | None]) -> bytes:
    """One event. Without an id the client keeps the one before."""
    id = b"" if at is None else b"id: %d-%d\n" % (at.of, at.number)
    return b"%bevent: %b\ndata: %b\n\n" % (id, name.encode(), _ENCODE(body))


ROUTES = (
    Route(
        "GET",
        "/v1/stream",
        stream,
        "Follow what happens: SMS, their states and events, as server-sent events",
        {
            200: Answer(
                "Events `sms`, `state` and `event`; `ready` first, or `gap` where something may be missed"
                " after Last-Event-ID; `behind` and `end` before it closes.",
                media="text/event-stream",
            ),
            422: Answer("An unknown kind.", ErrorBody),
        },
        scope="",
        query=StreamQuery,
        section="Stream and feed",
        ours=True,
    ),
)
