"""Routing: which network or upstream carries an SMS, and whether it can carry this one.

A device's network is a carrier, which is a gate itself; or it is routed: a name that routes lead from, or an
upstream's. In: whose SMS, to whom. Out: upstreams, the first to take it first.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
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
MOST_KNOWN = 10_000  # beginnings of numbers for which the order is remembered

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
        rows = list(upstreams)
        self.names = frozenset(one.name for one in rows)  # also of those that are off
        self.upstreams: Mapping[str, Upstream] = {one.name: one for one in rows if one.enabled}
        self.capabilities = {name: _capability(one) for name, one in self.upstreams.items()}
        self._routes: dict[tuple[str, str], list[Route]] = {}
        for route in routes:
            if route.enabled and route.upstream in self.upstreams:
                self._routes.setdefault((route.network, route.prefix), []).append(route)
        self.networks = frozenset(network for network, _ in self._routes if network) | self.upstreams.keys()
        self._lengths = sorted({len(prefix) for _, prefix in self._routes}, reverse=True)
        self._longest = max(self._lengths, default=0)
        self._known: dict[tuple[int, str, str], tuple[Sequence[Route] | None, Sequence[list[Route]]]] = {}

    def ways(self, org: int, network: str, number: str, message: int) -> Sequence[Route]:
        """The routes that lead there, the best first, one for each upstream. A route that names the device's
        network goes before one that names none; then the longest prefix, the organisation's own, the
        cheapest. Among equals the message's id draws by weight, so that the same message always finds the
        same order. A network that is an upstream's name means that one.
        """
        fixed, groups = self._of(org, network, number)
        return _drawn(groups, message) if fixed is None else fixed

    def any(self, org: int, network: str, number: str) -> Sequence[Route]:
        """The same, in no order among equals."""
        fixed, groups = self._of(org, network, number)
        return [route for group in groups for route in group] if fixed is None else fixed

    def _of(
        self, org: int, network: str, number: str
    ) -> tuple[Sequence[Route] | None, Sequence[list[Route]]]:
        key = (org, network, number[: self._longest])
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known = {}
            known = self._known[key] = self._look(org, network, number)
        return known

    def _look(
        self, org: int, network: str, number: str
    ) -> tuple[Sequence[Route] | None, Sequence[list[Route]]]:
        """Groups of equals, the best first; and the order itself, where there is nothing to draw."""
        groups: list[list[Route]] = []
        named = self.upstreams.get(network)
        if named is not None and named.org not in (EVERYONE, org):
            named = None  # somebody else's: a name that they chose leads nobody's devices to them
        if named is not None:
            groups.append([Route(0, network, org, network)])
        for from_network in (network, OUTSIDE) if network and named is None else (network,):
            for length in self._lengths:
                found = self._routes.get((from_network, number[:length])) if length <= len(number) else None
                groups += self._ranked(found, org) if found else ()
        return None if any(len(group) > 1 for group in groups) else _drawn(groups, 0), groups

    def _ranked(self, routes: list[Route], org: int) -> list[list[Route]]:
        """Those that the organisation may use, equals together."""
        groups: dict[tuple[bool, int], list[Route]] = {}
        for route in routes:
            if route.org in (EVERYONE, org) and serves(self.upstreams[route.upstream], org):
                groups.setdefault((route.org == EVERYONE, route.cost), []).append(route)
        return [groups[rank] for rank in sorted(groups)]


def _drawn(groups: Sequence[list[Route]], message: int) -> Sequence[Route]:
    """One for each upstream."""
    best: dict[str, Route] = {}
    for group in groups:
        for way in group if len(group) == 1 else sorted(group, key=lambda one: _draw(one, message)):
            best.setdefault(way.upstream, way)
    return list(best.values())


NO_TABLE = Table()


class Routes:
    """The carriers that are configured, by name, and the table as it stands. Others replace `table` and
    `down` whole, at any time: what asks more than once takes a snapshot.
    """

    def __init__(self, networks: Mapping[str, Capability], table: Table = NO_TABLE) -> None:
        self.networks = networks
        self.table = table
        self.down: Container[str] = frozenset()  # upstreams that have been away for too long: the last choice

    def snapshot(self) -> "Routes":
        """As they stand now, for all that one batch decides."""
        taken = Routes(self.networks, self.table)
        taken.down = self.down
        return taken

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
    ) -> Sequence[Route]:
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

    def refuses(self, network: str, content: Said, org: int = 0, number: str = "") -> Refusal | None:
        """None when the network, or one of the upstreams that it is routed to, can carry it."""
        capability = self.networks.get(network)
        if capability is None:
            if not network or network not in self.table.networks:
                return refuse("no_network", f"network {network}")
            return self.refuses_way(org, network, number, content)
        lacking = lacks(capability, content)
        return refuse("not_supported", f"network {network}: {lacking}") if lacking else None

    def refuses_way(self, org: int, network: str, number: str, content: Said) -> Refusal | None:
        """None when a route leads there, and one of the upstreams that it leads to can carry it."""
        table = self.table
        ways = table.any(org, network, number)
        if not ways:
            return refuse("no_network" if network else "no_external_route", f"number {number}")
        if any(lacks(table.capabilities[way.upstream], content) is None for way in ways):
            return None
        name = ways[0].upstream
        why = lacks(table.capabilities[name], content)
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
