"""The commands about routes of SMS to upstreams: rows, and a preview of ways."""

from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from heliograph.core.address import normalise
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import OUTSIDE
from heliograph.core.upstream import EVERYONE, Route, is_configured, is_visible, place_of_route
from heliograph.flow.manage.routes import DeleteRoute, NewRoute, RouteRequest, RouteWish, SetRoute
from heliograph.flow.reads.ways import refusal_of, ways
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb
from heliograph.interfaces.control.verbs.upstreams import named


class OfRoute(Struct, forbid_unknown_fields=True):
    route: int


class NewOne(Struct, forbid_unknown_fields=True):
    wish: RouteWish
    everyone: bool = False  # for every organisation


class SetOne(Struct, forbid_unknown_fields=True):
    route: int
    wish: RouteWish


class Preview(Struct, forbid_unknown_fields=True):
    to: str  # a device, or the number of a phone


async def list_all(call: Call[Nothing]) -> Document:
    rows = [row for row in call.services.upstreams.directory.routes() if is_visible(row, call.org)]
    rows.sort(key=place_of_route)
    return await call.items([_document(row) for row in rows])


async def create(call: Call[NewOne]) -> Document | Refusal:
    asked = call.arguments
    if asked.wish.upstream is UNSET or isinstance(named(call, asked.wish.upstream), Refusal):
        return refuse("unknown_upstream")
    return await _put(call, NewRoute(EVERYONE if asked.everyone else call.org, asked.wish))


async def change(call: Call[SetOne]) -> Document | Refusal:
    row = _known(call, call.arguments.route)
    if isinstance(row, Refusal):
        return row
    return await _put(call, SetRoute(row.org, row.id, call.arguments.wish))


async def delete(call: Call[OfRoute]) -> Document | Refusal:
    row = _known(call, call.arguments.route)
    if isinstance(row, Refusal):
        return row
    gone = await call.run(call.services.upstreams.routes, DeleteRoute(row.org, row.id))
    if isinstance(gone, Refusal):
        return gone
    call.services.upstreams.directory.remove_route(gone.id)
    return _document(gone)


async def preview(call: Call[Preview]) -> Document | Refusal:
    """The first to take it first. Among those that are equally good each SMS draws by weight."""
    device = await call.services.browse.device(call.org, call.arguments.to)
    if isinstance(device, Refusal):
        network, number = OUTSIDE, normalise(call.arguments.to)
        if not number.isdecimal():
            return device
    else:
        network, number = device.network, device.msisdn
    table = call.services.upstreams.table
    if network in table.networks:
        return await call.items([])
    found = ways(table, call.org, network, number)
    refused = refusal_of(found, network)
    if refused is not None:
        return refuse(refused, f"number {number}")
    up = {view.name for view in call.services.upstreams.links.views() if view.is_up}
    return await call.items(
        [
            {
                "order": order,
                "upstream": way.upstream.name,
                "route": way.route.id or None,
                "up": way.upstream.name in up,
                "why": ", ".join(way.why),
            }
            for order, way in enumerate(found, 1)
        ]
    )


def _known(call: Call[Any], id: int) -> Route | Refusal:
    rows = call.services.upstreams.directory.routes()
    found = [row for row in rows if row.id == id and is_visible(row, call.org)]
    return found[0] if found else refuse("unknown_route")


async def _put(call: Call[A], request: RouteRequest) -> Document | Refusal:
    answer = await call.run(call.services.upstreams.routes, request)
    if isinstance(answer, Refusal):
        return answer
    call.services.upstreams.directory.put_route(answer)
    return _document(answer)


def _document(row: Route) -> Document:
    document = asdict(row)
    del document["org"]
    return {
        **document,
        "enabled": bool(row.enabled),
        "everyone": row.org == EVERYONE,
        "origin": "settings" if is_configured(row.id) else "store",
    }


VERBS = {
    "route.list": Verb(Nothing, list_all),
    "route.create": Verb(NewOne, create),
    "route.set": Verb(SetOne, change),
    "route.delete": Verb(OfRoute, delete),
    "route.preview": Verb(Preview, preview),
}
