"""Routes of SMS to upstreams: listed, created, changed, deleted; and which way an SMS would go, and why."""

from typing import Any

from msgspec import UNSET, UnsetType

from heliograph.core.address import is_device_number, normalise
from heliograph.core.content import content_of_text
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import OUTSIDE
from heliograph.core.upstream import Route as Row
from heliograph.core.upstream import Upstream, is_configured, is_visible, place_of_route
from heliograph.flow.manage.routes import DeleteRoute, NewRoute, RouteRequest, SetRoute
from heliograph.flow.reads.ways import refusal_of, ways
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, out_of_range, problem, required
from heliograph.interfaces.rest.refusals import OF_ROUTES, answered, asked, of_refusal
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.routes.upstreams import owns, visible, whose
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.shapes import Reference
from heliograph.interfaces.rest.translate.sms_routes import (
    KIND,
    NewRouteBody,
    PreviewWaysBody,
    RouteChange,
    RouteShown,
    WaysShown,
    shown_route,
    shown_way,
    wish,
)

SECTION = "SMS routes"
FIELDS = {
    "id": Field("id", "number"),
    "upstream": Field("upstream", "text"),
    "network": Field("network", "exact"),
    "prefix": Field("prefix", "exact"),
    "cost": Field("cost", "number"),
    "created": Field("created_at", "time"),
}


async def list_routes(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = [row for row in services.upstreams.directory.routes() if is_visible(row, call.caller.org)]
    rows.sort(key=place_of_route)
    return short_list(call, rows, FIELDS, lambda row: _shown(services, row), bare="upstream")


async def create_route(services: Services, call: Call[Nothing, NewRouteBody]) -> Reply:
    org = whose(services, call, call.body.platform)
    request = NewRoute(org, wish(call.body, _named(services, call, call.body.upstream)))
    made = await _asked(services, call, request)
    services.upstreams.directory.put_route(made)
    return created(call, f"/v1/sms_route/{made.id}", _shown(services, made))


async def show_route(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(_shown(services, _one(services, call)))


async def change_route(services: Services, call: Call[Nothing, RouteChange]) -> Reply:
    row = _own(services, call)
    request = SetRoute(row.org, row.id, wish(call.body, _named(services, call, call.body.upstream)))
    changed = await _asked(services, call, request)
    services.upstreams.directory.put_route(changed)
    return reply(_shown(services, changed))


async def delete_route(services: Services, call: Call[Nothing, None]) -> Reply:
    row = _own(services, call)
    gone = await _asked(services, call, DeleteRoute(row.org, row.id))
    services.upstreams.directory.remove_route(gone.id)
    return DONE


async def preview_ways(services: Services, call: Call[Nothing, PreviewWaysBody]) -> Reply:
    """Nothing is sent. Among ways that are equally good each SMS draws; this shows one such order."""
    network, number = await _receiver(services, call)
    table, org = services.upstreams.table, call.caller.org
    content = None if call.body.payload is None else answered(content_of_text(call.body.payload), call)
    if network in table.networks:
        return reply(WaysShown(network=network, number=number, ways=[], refusal=None))
    found = ways(table, org, network, number, content)
    up = {view.name for view in services.upstreams.links.views() if view.is_up}
    return reply(
        WaysShown(
            network=network or None,
            number=number,
            ways=[shown_way(order, way, way.upstream.name in up) for order, way in enumerate(found, 1)],
            refusal=refusal_of(found, network),
        )
    )


async def _receiver(services: Services, call: Call[Any, PreviewWaysBody]) -> tuple[str, str]:
    """The network and the number. A number of the fleet is its device's."""
    body, org = call.body, call.caller.org
    if (body.endpoint is None) == (body.number is None):
        raise required("Preview", "endpoint or number, one of them,")
    if body.endpoint is not None:
        found = await services.fleet.reader.device(org, body.endpoint.number or 0)
        if found is None:
            raise of_refusal(refuse("unknown_device"), OF_ROUTES, body=body)
        return found.device.network, found.device.msisdn
    number = normalise((body.number or "").strip())
    if not is_device_number(number):
        raise out_of_range("Preview", "number", "must be an international number")
    device = await services.browse.device(org, number)
    is_its = not isinstance(device, Refusal) and device.msisdn == number
    return (device.network if is_its and not isinstance(device, Refusal) else OUTSIDE), number


def _named(services: Services, call: Call[Any, Any], wanted: Reference | UnsetType) -> str | UnsetType:
    """The upstream's name, of one that the caller may use."""
    if wanted is UNSET:
        return UNSET
    found = next((row for row in visible(services, call.caller.org) if row.id == wanted.number), None)
    if found is None:
        raise of_refusal(refuse("unknown_upstream"), OF_ROUTES, body=call.body)
    return found.name


def _one(services: Services, call: Call[Any, Any]) -> Row:
    id = call.path["route"]
    row = next((row for row in services.upstreams.directory.routes() if row.id == id), None)
    if row is None or not is_visible(row, call.caller.org):
        raise not_found(KIND, id)
    return row


def _own(services: Services, call: Call[Any, Any]) -> Row:
    row = _one(services, call)
    if not owns(services, call, row.org):
        raise problem(403, 1104, "It is for every organisation: the installation's own may change it")
    if is_configured(row.id):
        raise of_refusal(refuse("configured", "route"))
    return row


def _shown(services: Services, row: Row) -> RouteShown:
    upstreams: list[Upstream] = services.upstreams.directory.upstreams()
    return shown_route(row, next((one for one in upstreams if one.name == row.upstream), None))


async def _asked(services: Services, call: Call[Any, Any], request: RouteRequest) -> Row:
    return await asked(services.store, services.upstreams.routes, request, call, OF_ROUTES)


UNKNOWN = Answer("There is no such route.", ErrorBody)
BAD = Answer("Not well formed, out of range, or it leads to no upstream.", ErrorBody)
NOT_OWNER = Answer("It is for every organisation.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/sms_route",
        list_routes,
        "List the routes of the organisation's SMS",
        {200: Answer("The routes.", list[RouteShown]), 422: BAD},
        scope="upstream:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/sms_route",
        create_route,
        "Create a route",
        {
            201: Answer("Created; it counts at once.", RouteShown),
            403: NOT_OWNER,
            409: Answer("There is such a route already.", ErrorBody),
            422: BAD,
        },
        scope="upstream:write",
        body=NewRouteBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/sms_route/{route}",
        show_route,
        "Show a route",
        {200: Answer("The route.", RouteShown), 404: UNKNOWN},
        scope="upstream:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "PATCH",
        "/v1/sms_route/{route}",
        change_route,
        "Change a route",
        {
            200: Answer("The route as it now stands.", RouteShown),
            403: NOT_OWNER,
            404: UNKNOWN,
            409: Answer("There is such a route already, or the settings name it.", ErrorBody),
            422: BAD,
        },
        scope="upstream:write",
        body=RouteChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/sms_route/{route}",
        delete_route,
        "Delete a route",
        {
            204: Answer("Deleted."),
            403: NOT_OWNER,
            404: UNKNOWN,
            409: Answer("The settings name it.", ErrorBody),
        },
        scope="upstream:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/sms_route/preview",
        preview_ways,
        "Show which upstreams would carry an SMS, in which order and why",
        {200: Answer("The ways, the first to take it first.", WaysShown), 422: BAD},
        scope="upstream:read",
        body=PreviewWaysBody,
        kind="Preview",
        section=SECTION,
        audited=False,
        ours=True,
    ),
)
