"""Routing: which network or upstream carries an SMS, and whether it can carry this one.

A device's network is a carrier, which is a gate itself; or it is routed: a name that routes lead from, or an
upstream's. In: whose SMS, to whom. Out: upstreams, the first to take it first.
"""

from collections.abc import Container, Iterable, Mapping
from hashlib import blake2b
from math import inf, log

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.core.message import Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.upstream import EVERYONE, Route, Upstream, serves
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

OUTSIDE = ""  # the network of phones outside the fleet
_DRAWS = 2**64

Said = Content | Message  # either says how it is coded, and in how many segments


class Capability(Struct, frozen=True):
    """What a network carries. NB-IoT operators differ in this, so it is said per network."""

    mt: bool = True
    mo: bool = True
    binary: bool = True
    ucs2: bool = True
    user_data_header: bool = True
    segments: int = 255


class Table:
    """Upstreams and routes as they stand at one moment. It never changes: another one takes its place."""

    def __init__(self, upstreams: Iterable[Upstream] = (), routes: Iterable[Route] = ()) -> None:
        self.upstreams: Mapping[str, Upstream] = {one.name: one for one in upstreams if one.enabled}
        self.capabilities = {name: _capability(one) for name, one in self.upstreams.items()}
        self._routes: dict[tuple[str, str], list[Route]] = {}
        for route in routes:
            if route.enabled and route.upstream in self.upstreams:
                self._routes.setdefault((route.network, route.prefix), []).append(route)
        self.networks = frozenset(network for network, _ in self._routes if network) | self.upstreams.keys()
        self._lengths = sorted({len(prefix) for _, prefix in self._routes}, reverse=True)

    def ways(self, org: int, network: str, number: str, message: int) -> list[Route]:
        """The routes that lead there, the best first, one for each upstream. A route that names the device's
        network goes before one that names none; then the longest prefix, the organisation's own, the
        cheapest. Among equals the message's id draws by weight, so that the same message always finds the
        same order. A network that is an upstream's name means that one.
        """
        ways: list[Route] = []
        named = self.upstreams.get(network)
        if named is not None and serves(named, org):
            ways.append(Route(0, network, org, network))
        for from_network in (network, OUTSIDE) if network and named is None else (network,):
            for length in self._lengths:
                found = self._routes.get((from_network, number[:length])) if length <= len(number) else None
                ways += self._ranked(found, org, message) if found else ()
        best: dict[str, Route] = {}
        for way in ways:
            best.setdefault(way.upstream, way)
        return list(best.values())

    def _ranked(self, routes: list[Route], org: int, message: int) -> list[Route]:
        mine = [
            route
            for route in routes
            if route.org in (EVERYONE, org) and serves(self.upstreams[route.upstream], org)
        ]
        if len(mine) == 1:
            return mine
        return sorted(mine, key=lambda route: (route.org == EVERYONE, route.cost, _draw(route, message)))


NO_TABLE = Table()


class Routes:
    """The carriers that are configured, by name, and the table as it stands. A flow reads `table` and `down`
    once per decision; others replace them whole.
    """

    def __init__(self, networks: Mapping[str, Capability], table: Table = NO_TABLE) -> None:
        self.networks = networks
        self.table = table
        self.down: Container[str] = frozenset()  # upstreams that have been away for too long: the last choice

    def __contains__(self, network: object) -> bool:
        """Is this a network that a device may have?"""
        return network in self.networks or network in self.table.networks

    def candidates(self, org: int, network: str, number: str, message: int) -> list[str]:
        """Upstreams for an SMS, the first to take it first. Those that are down come last."""
        if network in self.networks:
            return []
        return [way.upstream for way in self.ways(org, network, number, message)]

    def ways(
        self, org: int, network: str, number: str, message: int, content: Said | None = None
    ) -> list[Route]:
        """Likewise, as routes, and with a content those alone that can carry it."""
        table, down = self.table, self.down
        ways = table.ways(org, network, number, message)
        if content is not None:
            ways = [way for way in ways if not lacks(table.capabilities[way.upstream], content)]
        return sorted(ways, key=lambda way: way.upstream in down) if len(ways) > 1 else ways

    def first(self, org: int, network: str, number: str, message: Message, before: str = "") -> str:
        """The upstream that takes it first; empty when there is none. What takes the place of another message
        goes where that one would have gone, if it can: `before` says by which upstreams.
        """
        names = [way.upstream for way in self.ways(org, network, number, message.id, message)]
        last = before.rpartition(" ")[2]
        return last if last in names else "".join(names[:1])

    def refuses(self, network: str, content: Content, org: int = 0, number: str = "") -> Refusal | None:
        """None when the network, or one of the upstreams that it is routed to, can carry it."""
        capability = self.networks.get(network)
        if capability is None:
            if not network or network not in self.table.networks:
                return refuse("no_network", f"network {network}")
            return self.refuses_way(org, network, number, content)
        lacking = lacks(capability, content)
        return refuse("not_supported", f"network {network}: {lacking}") if lacking else None

    def refuses_way(self, org: int, network: str, number: str, content: Content) -> Refusal | None:
        """None when a route leads there, and one of the upstreams that it leads to can carry it."""
        table = self.table
        ways = table.ways(org, network, number, 0)
        if not ways:
            return refuse("no_network" if network else "no_external_route", f"number {number}")
        lacking = [(way.upstream, lacks(table.capabilities[way.upstream], content)) for way in ways]
        if not all(why for _, why in lacking):
            return None
        name, why = lacking[0]
        return refuse("not_supported", f"upstream {name}: {why}", "No upstream carries this kind of SMS.")


def lacks(capability: Capability, content: Said) -> str | None:
    """The first thing that the network lacks for it."""
    if not capability.mt:
        return "mt"
    if content.segments > capability.segments:
        return "segments"
    has_header = content.udh or content.segments > 1 or content.languages
    if has_header and not capability.user_data_header:
        return "user_data_header"
    if content.dcs == 0:
        return None
    alphabet = parse_dcs(content.dcs).alphabet
    if alphabet == Alphabet.OCTETS and not capability.binary:
        return "binary"
    return "ucs2" if alphabet == Alphabet.UCS2 and not capability.ucs2 else None


def _capability(upstream: Upstream) -> Capability:
    return Capability(
        binary=bool(upstream.octets),
        ucs2=bool(upstream.ucs2),
        user_data_header=bool(upstream.user_data_header),
        segments=upstream.segments,
    )


def _draw(route: Route, message: int) -> float:
    """Weighted rendezvous hashing: the smallest of these is each route's as often as its weight says."""
    if route.weight <= 0:
        return inf
    digest = blake2b(b"%d %d %b" % (message, route.id, route.upstream.encode()), digest_size=8).digest()
    return -log((int.from_bytes(digest) + 1) / (_DRAWS + 1)) / route.weight
