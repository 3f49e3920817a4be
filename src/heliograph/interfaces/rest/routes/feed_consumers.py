"""Consumers of the feed: applications that fetch what a callback would be told, named by service profiles."""

from typing import Any

from msgspec import Struct

from heliograph.core.organisation import Application
from heliograph.flow.manage.requests import DeleteApplication, NewApplication
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_CONSUMERS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.shapes import Name
from heliograph.interfaces.rest.translate.times import shown

KIND = "Feed Consumer"
SECTION = "Stream and feed"
FIELDS = {"id": Field("id", "number"), "name": Field("name", "text"), "created": Field("created_at", "time")}


class NewConsumer(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name


class ConsumerShown(Struct, frozen=True):
    id: int
    name: str
    created: str


async def consumers_of(services: Services, org: int) -> list[Application]:
    """The oldest first. Those that are called, or bind, have no feed."""
    called = {row.id for row in await services.callbacks.reader.callbacks(org)}
    bound = {row.id for row in await services.smpp.reader.accounts(org)}
    rows = [row for row in await services.browse.applications(org) if row.id not in called | bound]
    return sorted(rows, key=lambda one: (one.created_at, one.id))


async def list_consumers(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = await consumers_of(services, call.caller.org)
    return short_list(call, rows, FIELDS, _shown, bare="name")


async def create_consumer(services: Services, call: Call[Nothing, NewConsumer]) -> Reply:
    request = NewApplication(call.caller.org, call.body.name)
    made = await asked(services.store, services.feed.create, request, call)
    return created(call, f"/v1/feed/consumer/{made.id}", _shown(made))


async def show_consumer(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(_shown(await _one(services, call)))


async def delete_consumer(services: Services, call: Call[Nothing, None]) -> Reply:
    consumer = await _one(services, call)
    request = DeleteApplication(call.caller.org, consumer.id)
    await asked(services.store, services.feed.delete, request, call, OF_CONSUMERS)
    return DONE


async def _one(services: Services, call: Call[Any, Any]) -> Application:
    id = call.path["consumer"]
    for consumer in await consumers_of(services, call.caller.org):
        if consumer.id == id:
            return consumer
    raise not_found(KIND, id)


def _shown(row: Application) -> ConsumerShown:
    return ConsumerShown(row.id, row.name, shown(row.created_at))


UNKNOWN = Answer("There is no such consumer.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/feed/consumer",
        list_consumers,
        "List the consumers of the feed",
        {200: Answer("The consumers.", list[ConsumerShown]), 422: BAD},
        scope="callback:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/feed/consumer",
        create_consumer,
        "Create a consumer of the feed",
        {
            201: Answer("Created. Location names it.", ConsumerShown),
            409: Answer("The name is taken.", ErrorBody),
            422: BAD,
        },
        scope="callback:write",
        body=NewConsumer,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/feed/consumer/{consumer}",
        show_consumer,
        "Show a consumer of the feed",
        {200: Answer("The consumer.", ConsumerShown), 404: UNKNOWN},
        scope="callback:read",
        section=SECTION,
        ours=True,
        etag=True,
    ),
    Route(
        "DELETE",
        "/v1/feed/consumer/{consumer}",
        delete_consumer,
        "Delete a consumer of the feed",
        {
            204: Answer("Deleted."),
            404: UNKNOWN,
            409: Answer("A profile names it, or something waits for it.", ErrorBody),
        },
        scope="callback:write",
        section=SECTION,
        ours=True,
    ),
)
