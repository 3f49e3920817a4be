"""The feed: SMS from devices and receipts, fetched by an application that cannot be called.

Everything stays until it is acknowledged: what was fetched and not acknowledged is fetched again.
"""

import asyncio
from time import monotonic
from typing import Annotated, Any

from msgspec import Meta, Struct

from heliograph.core.delivery import Kind
from heliograph.core.ids import LARGEST_ID
from heliograph.core.organisation import Application
from heliograph.core.refusal import Refusal
from heliograph.flow.callbacks.feeding import SLICE, Acknowledge, Fed
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem
from heliograph.interfaces.rest.refusals import asked
from heliograph.interfaces.rest.route import Answer, Call, Reply, Route, reply
from heliograph.interfaces.rest.routes.feed_consumers import consumers_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sms_shown import SmsObject, sms_object

KIND = "Feed"
DEFAULT_LIMIT, MOST_LIMIT = 100, 500
LONGEST_WAIT_SECONDS = 30
LOOK_SECONDS = 0.25  # between two looks, while there is nothing
SECTION = "Stream and feed"
_KINDS = {Kind.MO: "mo", Kind.RECEIPT: "receipt", Kind.REPLAY: "replay", Kind.INTERIM: "interim"}

Number = Annotated[int, Meta(ge=0, le=LARGEST_ID)]
# By name or id; empty: the organisation's first one that is neither called nor binds.
Consumer = Annotated[str, Meta(max_length=200)]


class FeedQuery(Struct, frozen=True):
    consumer: Consumer = ""
    after: Number = 0
    limit: Annotated[int, Meta(ge=1, le=MOST_LIMIT)] = DEFAULT_LIMIT
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT_SECONDS)] = 0  # seconds, while there is nothing


class FeedItem(Struct, frozen=True):
    number: int  # what to acknowledge, or to read on after
    kind: str
    sms: SmsObject


class AckBody(Struct, frozen=True, forbid_unknown_fields=True):
    up_to: Number
    consumer: Consumer = ""


class Acknowledged(Struct, frozen=True):
    acknowledged: int


async def read(services: Services, call: Call[FeedQuery, None]) -> Reply:
    query, org = call.query, call.caller.org
    application = await _application(services, call, query.consumer)
    ends_at = monotonic() + query.wait
    while not (rows := await services.feed.reader.waiting(org, application.id, query.after, query.limit)):
        if monotonic() >= ends_at or services.following.is_over:
            break
        await asyncio.sleep(LOOK_SECONDS)
    dressed = await services.sms.browse.dressed(org, [row.message for row in rows])
    items = [_item(row, sms_object(sms)) for row, sms in zip(rows, dressed, strict=True)]
    return reply(items, headers=((b"x-more", b"true"),) if len(rows) == query.limit else ())


def _item(row: Fed, shown: SmsObject) -> FeedItem:
    return FeedItem(row.number, _KINDS[Kind(row.kind)], shown)


async def acknowledge(services: Services, call: Call[Any, AckBody]) -> Reply:
    """All up to this number. What was acknowledged already is passed over."""
    application = await _application(services, call, call.body.consumer)
    request, total = Acknowledge(call.caller.org, application.id, call.body.up_to), 0
    while True:
        count = await asked(services.store, services.feed.acknowledge, request, call)
        total += count
        if count < SLICE:
            return reply(Acknowledged(total))


async def _application(services: Services, call: Call[Any, Any], name: str) -> Application:
    org = call.caller.org
    found: Application | Refusal | None
    if name:
        found = await services.browse.application(org, name)
    else:
        found = next(iter(await consumers_of(services, org)), None)
    if found is None or isinstance(found, Refusal):
        raise not_found("Consumer", name)
    if await services.callbacks.reader.callback(org, found.id) is not None:
        raise problem(409, 1406, f"{found.name} is called: it has no feed")
    if await services.smpp.reader.account(org, found.id) is not None:
        raise problem(409, 1406, f"{found.name} binds by SMPP: it has no feed")
    return found


_ANSWERS = {
    404: Answer("There is no such application.", ErrorBody),
    409: Answer("The application is called at its URL.", ErrorBody),
}
ROUTES = (
    Route(
        "GET",
        "/v1/feed",
        read,
        "Fetch SMS from devices and receipts that nobody acknowledged yet, oldest first",
        {200: Answer("What waits, in order. X-More says that there is more.", list[FeedItem]), **_ANSWERS},
        scope="sms:read",
        query=FeedQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/feed/ack",
        acknowledge,
        "Acknowledge everything of the feed up to a number",
        {
            200: Answer("How many were acknowledged by this call.", Acknowledged),
            422: Answer("A number that no feed has given.", ErrorBody),
            **_ANSWERS,
        },
        scope="sms:send",
        audited=False,
        body=AckBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
)
