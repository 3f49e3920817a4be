"""Events: what happened that people should know, of all, of an endpoint, of a SIM."""

from heliograph.interfaces.rest.criteria import Field, sort_shown, wanted
from heliograph.interfaces.rest.paging import ListQuery, listed, page_of, per_page
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.devices import device_of
from heliograph.interfaces.rest.routes.sims import organisation_of, sim_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.events import (
    SEVERITIES,
    SOURCES,
    EventShown,
    event_types,
    in_our_words,
    shown_event,
    words_of,
)
from heliograph.interfaces.rest.translate.shapes import Looked

SECTION = "Events"
PER_PAGE = 100
FIELDS = {
    "id": Field("id", "number"),
    "type": Field("type", "number", words_of(event_types())),
    "source": Field("source", "number", words_of(SOURCES), sorts=False),
    "severity": Field("severity", "number", words_of(SEVERITIES)),
    "alert": Field("alert", "number", {"true": 1, "false": 0}),
    "description": Field("detail", "text"),
    "organisation": Field("org", "number"),
    "user": Field("user", "number"),
    "endpoint": Field("device", "number"),
    "tags": Field("tags", "tag"),
    "imei": Field("imei", "text"),
    "iccid": Field("iccid", "text"),
    "imsi": Field("imsi", "text"),
    "from": Field("at", "since", sorts=False),
    "until": Field("at", "until", sorts=False),
    "timestamp": Field("at", "time"),
}


async def list_events(services: Services, call: Call[ListQuery, None]) -> Reply:
    return await _events(services, call)


async def of_device(services: Services, call: Call[ListQuery, None]) -> Reply:
    await device_of(services, call)
    return await _events(services, call, device=call.path["endpoint"])


async def of_sim(services: Services, call: Call[ListQuery, None]) -> Reply:
    await sim_of(services, call)
    return await _events(services, call, sim=call.path["sim"])


async def types(_: Services, __: Call[Nothing, None]) -> Reply:
    return reply(event_types())


async def _events(
    services: Services, call: Call[ListQuery, None], device: int | None = None, sim: int | None = None
) -> Reply:
    asked = wanted(call.query.q, call.query.sort, FIELDS, bare="description")
    found = await services.fleet.reader.events(
        call.caller.org,
        in_our_words(asked),
        lambda total: page_of(call.query, total, PER_PAGE).offset,
        per_page(call.query, PER_PAGE),
        device,
        sim,
    )
    organisation = await organisation_of(services, call.caller.org)
    page = page_of(call.query, found.total, PER_PAGE, found.cut)
    sort = sort_shown(asked.orders, FIELDS) or "-timestamp"
    return listed(call, [shown_event(row, organisation) for row in found.rows], page, sort)


_BAD = {422: Answer("A bad q or sort.", ErrorBody)}
_PAGE = {200: Answer("A page of them, newest first.", list[EventShown]), **_BAD}
ROUTES = (
    Route(
        "GET",
        "/v1/event/type",
        types,
        "The types of events",
        {200: Answer("All of them.", list[Looked])},
        scope="event:read",
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/event",
        list_events,
        "Events, filtered, sorted and paged",
        _PAGE,
        scope="event:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/endpoint/{endpoint}/event",
        of_device,
        "Events of an endpoint",
        {**_PAGE, 404: Answer("There is no such endpoint.", ErrorBody)},
        scope="event:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/sim/{sim}/event",
        of_sim,
        "Events of a SIM, and of its endpoint since it has it",
        {**_PAGE, 404: Answer("There is no such SIM.", ErrorBody)},
        scope="event:read",
        query=ListQuery,
        section=SECTION,
    ),
)
