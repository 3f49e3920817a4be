"""Routes to upstreams: created, changed, deleted by people. What the settings name is changed there."""

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.core.upstream import CONFIGURED, EVERYONE, Route, Upstream, is_configured, is_visible
from heliograph.core.upstream_values import MOST_ROUTES, bad_route
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class RouteWish(Struct, frozen=True):
    """Fields of `core.upstream.Route`."""

    upstream: str | UnsetType = UNSET
    network: str | UnsetType = UNSET
    prefix: str | UnsetType = UNSET
    cost: int | UnsetType = UNSET
    weight: int | UnsetType = UNSET
    enabled: int | UnsetType = UNSET


class NewRoute(Struct, frozen=True):
    org: int  # EVERYONE: for every organisation
    wish: RouteWish


class SetRoute(Struct, frozen=True):
    org: int
    route: int
    wish: RouteWish


class DeleteRoute(Struct, frozen=True):
    org: int
    route: int


RouteRequest = NewRoute | SetRoute | DeleteRoute


class ManageRoutes(OneByOne[RouteRequest, Route | Refusal]):
    """In the order asked for. The answer is the route as it then stands, or as it was. `known` has the
    upstreams that the settings name.
    """

    def __init__(self, known: Routes) -> None:
        self._known = known

    async def answer(self, tx: Transaction, request: RouteRequest) -> Route | Refusal:
        if isinstance(request, NewRoute):
            return await self._create(tx, request)
        if is_configured(request.route):
            return refuse("configured", "route", CONFIGURED)
        route = (await tx.admin.load(Route, [request.route])).get(request.route)
        if route is None or route.org != request.org:
            return refuse("unknown_route")
        if isinstance(request, DeleteRoute):
            await tx.admin.drop([route])
            return route
        changed = await self._wished(tx, route, request.wish)
        if isinstance(changed, Route):
            await tx.admin.change([changed])
        return changed

    async def _create(self, tx: Transaction, request: NewRoute) -> Route | Refusal:
        refusal = None if request.org == EVERYONE else await refuses_organisation(tx, request.org)
        if refusal is None and await tx.upstreams.count_routes(request.org) >= MOST_ROUTES:
            refusal = refuse("bad_value", "route", f"There are {MOST_ROUTES} routes already.")
        if refusal is not None:
            return refusal
        made = await self._wished(tx, Route(tx.next_id(0), "", request.org, created_at=tx.now), request.wish)
        if isinstance(made, Route):
            await tx.admin.add([made])
        return made

    async def _wished(self, tx: Transaction, route: Route, wish: RouteWish) -> Route | Refusal:
        prefix = route.prefix if wish.prefix is UNSET else wish.prefix.removeprefix("+")
        changed = as_wished(route, wish, prefix=prefix, updated_at=tx.now)
        refusal = bad_route(changed)
        if refusal is None and changed.upstream != route.upstream:
            refusal = await self._refuses_upstream(tx, changed)
        if refusal is None and _place(changed) != _place(route):
            alike = [one for one in await tx.upstreams.routes_to(changed.upstream) if one.id != route.id]
            if _place(changed) in map(_place, alike):
                refusal = refuse("duplicate", "route", "There is such a route to this upstream already.")
        return refusal or changed

    async def _refuses_upstream(self, tx: Transaction, route: Route) -> Refusal | None:
        """May it lead there? One that is another organisation's own is unknown."""
        found = self._known.table.upstreams.get(route.upstream)
        if found is None or not is_configured(found.id):
            ids = await tx.admin.find(Upstream, EVERYONE, [route.upstream])
            found = next(iter((await tx.admin.load(Upstream, list(ids.values()))).values()), None)
        if found is None or not is_visible(found, route.org):
            return refuse("unknown_upstream")
        return None


def _place(route: Route) -> tuple[int, str, str, str]:
    """What may be there once."""
    return (route.org, route.network, route.prefix, route.upstream)
