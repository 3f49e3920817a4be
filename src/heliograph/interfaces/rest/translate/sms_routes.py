"""Routes of SMS to upstreams: what people say of them, how they are shown, and a preview of ways."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.upstream import EVERYONE, Route, Upstream, is_configured
from heliograph.flow.manage.routes import RouteWish
from heliograph.flow.reads.ways import Way
from heliograph.interfaces.rest.translate.shapes import Reference
from heliograph.interfaces.rest.translate.sms_shown import MILLIONTHS
from heliograph.interfaces.rest.translate.times import shown

KIND = "Sms Route"
MOST_COST = 1_000_000.0

Network = Annotated[str, Meta(max_length=40)]
Prefix = Annotated[str, Meta(max_length=16)]
Cost = Annotated[float, Meta(ge=0, le=MOST_COST)]
Weight = Annotated[int, Meta(ge=0, le=1_000_000)]


class RouteChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    upstream: Reference | UnsetType = UNSET
    network: Network | UnsetType = UNSET  # of endpoints; empty: any, and phones outside the fleet
    prefix: Prefix | UnsetType = UNSET  # of international numbers; empty: any
    cost: Cost | UnsetType = UNSET  # of a segment, in the organisation's currency
    weight: Weight | UnsetType = UNSET  # among those that are equally good
    enabled: bool | UnsetType = UNSET


class NewRouteBody(RouteChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    upstream: Reference
    platform: bool = False  # for every organisation; for the installation's own organisation to say


class UpstreamNamed(Struct, frozen=True):
    id: int | None  # null: it is not there
    name: str


class RouteShown(Struct, frozen=True, kw_only=True):
    id: int
    upstream: UpstreamNamed
    network: str
    prefix: str
    cost: float
    weight: int
    enabled: bool
    origin: str  # api or settings; the latter is changed there
    platform: bool  # for every organisation
    created: str | None
    last_updated: str | None


class PreviewWaysBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint, or the number of a phone. With a text, what an upstream cannot carry is told."""

    endpoint: Reference | None = None
    number: Annotated[str, Meta(max_length=40)] | None = None
    payload: Annotated[str, Meta(max_length=40_000)] | None = None


class WayShown(Struct, frozen=True, kw_only=True):
    order: int
    upstream: UpstreamNamed
    route: int | None  # null: the endpoint's network is the upstream's name
    why: list[str]
    cost: float
    up: bool
    down_for_long: bool  # others go before it
    cannot_carry: str | None  # what of the SMS it lacks: it is passed over


class WaysShown(Struct, frozen=True, kw_only=True):
    network: str | None
    number: str
    ways: list[WayShown]
    refusal: str | None  # there is none


def wish(body: RouteChange, upstream: str | UnsetType) -> RouteWish:
    """`upstream`: its name."""
    return RouteWish(
        upstream,
        body.network,
        body.prefix,
        UNSET if body.cost is UNSET else round(body.cost * MILLIONTHS),
        body.weight,
        UNSET if body.enabled is UNSET else int(body.enabled),
    )


def shown_route(route: Route, upstream: Upstream | None) -> RouteShown:
    return RouteShown(
        id=route.id,
        upstream=UpstreamNamed(None if upstream is None else upstream.id, route.upstream),
        network=route.network,
        prefix=route.prefix,
        cost=route.cost / MILLIONTHS,
        weight=route.weight,
        enabled=bool(route.enabled),
        origin="settings" if is_configured(route.id) else "api",
        platform=route.org == EVERYONE,
        created=shown(route.created_at) if route.created_at else None,
        last_updated=shown(route.updated_at) if route.updated_at else None,
    )


def shown_way(order: int, way: Way, is_up: bool) -> WayShown:
    return WayShown(
        order=order,
        upstream=UpstreamNamed(way.upstream.id, way.upstream.name),
        route=way.route.id or None,
        why=list(way.why),
        cost=way.route.cost / MILLIONTHS,
        up=is_up,
        down_for_long=way.is_down,
        cannot_carry=way.lacks or None,
    )
