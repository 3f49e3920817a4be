"""A lab with two upstreams and routes to them, for tests of routes, phones and fail-over."""

from typing import Any

from heliograph.core.delivery import Job, gate_of_upstream, phones_of
from heliograph.core.routing import Capability, Routes, Table
from heliograph.core.upstream import Route, Upstream
from heliograph.flow.accept import Settings
from tests.engine import RADIO, Lab

ACME, BETA, GAMMA = "acme", "beta", "gamma"
PHONE = "491511234567"
OUTSIDE = phones_of(1)


def upstream(name: str, **fields: Any) -> Upstream:
    return Upstream(sum(name.encode()), name, "127.0.0.1", 2775, **fields)


def route(name: str, **fields: Any) -> Route:
    return Route(sum(name.encode()), name, **fields)


def routes(*rows: Route, **fields: Any) -> Routes:
    """With an upstream for each name that the rows lead to."""
    names = dict.fromkeys(row.upstream for row in rows)
    return Routes({RADIO: Capability()}, Table([upstream(name, **fields) for name in names], rows))


def in_turn(*names: str) -> Routes:
    """The first is the cheapest."""
    return routes(*(route(name, cost=cost) for cost, name in enumerate(names, 1)))


def make_upstream_lab(
    known: Routes | None = None, path: Any = ":memory:", settings: Settings | None = None, **policy: Any
) -> Lab:
    """Three devices of network `nbiot`, which is routed: to acme, else to beta. Both are open."""
    lab = Lab(path, settings, routes=known or nbiot(ACME, BETA))
    lab.policy(**policy)
    for id in (1, 2, 3):
        lab.device(id, network="nbiot")
    lab.gate()
    for name in lab.routes.table.upstreams:
        lab.gate(gate_of_upstream(name))
    return lab


def nbiot(*names: str) -> Routes:
    """Routes for devices of that network, and for phones."""
    rows = [row for cost, name in enumerate(names, 1) for row in _both(name, cost)]
    return routes(*rows)


def _both(name: str, cost: int) -> tuple[Route, Route]:
    return route(name, cost=cost), Route(sum(name.encode()) + 1, name, network="nbiot", cost=cost)


def open_(lab: Lab, name: str) -> None:
    lab.open(gate_of_upstream(name))


def close(lab: Lab, name: str) -> None:
    lab.close(gate_of_upstream(name))


def through(job: Job) -> str:
    """The upstream that carries it."""
    return job.gate.partition(":")[2]


def went(lab: Lab, id: int) -> list[str]:
    """The upstreams that its attempts left by."""
    told = lab.message(id).timeline.splitlines()
    return [text.split(" ")[3].partition(":")[2] for text in told if text.startswith("attempt ")]
