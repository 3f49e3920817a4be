"""Ways: which upstreams would carry an SMS, in which order, and why each stands where it stands.

In: the table of routes as it stands, whose SMS, to whom. Out: one line for each that a route leads to.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.core.routing import Routes, lacks
from heliograph.core.upstream import EVERYONE, Route, Upstream


class Way(Struct, frozen=True):
    upstream: Upstream
    route: Route  # its id is 0 where the network is the upstream's own name
    why: tuple[str, ...]
    lacks: str = ""  # what of the SMS it cannot carry; such a one is passed over
    is_down: bool = False  # it has been away for so long that others go first


def ways(routes: Routes, org: int, network: str, number: str, content: Content | None = None) -> list[Way]:
    """The first to take it first; those that cannot carry it are at the end."""
    table = routes.table
    found = [
        Way(
            table.upstreams[route.upstream],
            route,
            _why(route, network),
            (lacks(table.capabilities[route.upstream], content) or "") if content is not None else "",
            route.upstream in routes.down,
        )
        for route in routes.ways(org, network, number, 0)
    ]
    return sorted(found, key=lambda way: bool(way.lacks))


def refusal_of(found: Sequence[Way], network: str) -> str | None:
    """What an SMS would be refused by; None: one of them takes it."""
    if not found:
        return "no_network" if network else "no_external_route"
    return "not_supported" if all(way.lacks for way in found) else None


def _why(route: Route, network: str) -> tuple[str, ...]:
    """In the order in which these count."""
    if not route.id:
        return (f"the device's network is the upstream {network}",)
    return (
        f"for devices of network {route.network}" if route.network else "for any network",
        f"prefix {route.prefix}" if route.prefix else "any number",
        "for every organisation" if route.org == EVERYONE else "the organisation's own",
        f"cost {route.cost / 1_000_000:.6f}".rstrip("0").rstrip("."),
        f"weight {route.weight}" if route.weight else "only where no other is left",
    )
