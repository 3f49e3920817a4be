"""Fail-over of what waits: upstreams that stay away for too long, and their SMS sent elsewhere.

In: which gates are open, looked at once a second. Out: `Routes.down`, and slices of the flow that reroutes.
What follows from an upstream's answer is `flow/detours`.
"""

import asyncio
from collections.abc import Sequence

from heliograph.core.delivery import gate_of_upstream
from heliograph.core.gate import Gates
from heliograph.core.routing import Routes
from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.reroute import AwaitedUpstreams, Reroute, RerouteSlice

LOOK_SECONDS = 1.0


class Failover:
    def __init__(self, store: Store, gates: Gates, clock: Clock, routes: Routes) -> None:
        self._store = store
        self._gates = gates
        self._clock = clock
        self._routes = routes
        self._flow = Reroute(routes)
        self._awaited = AwaitedUpstreams()
        self._away_since: dict[str, int] = {}
        self._known: frozenset[str] = frozenset()  # also those that are there no more
        self._situation: tuple[object, ...] = ()
        self._asked: set[str] = set()  # in this situation

    def look(self) -> Sequence[str]:
        """Whose waiting SMS may have another way now: upstreams that were taken away, or are down for too
        long. Each is named once, and once more when another upstream comes or the table changes.
        """
        table, now = self._routes.table, self._clock.now()
        up = {name for name in table.upstreams if self._is_open(name)}
        away = {name: self._away_since.get(name, now) for name in table.upstreams if name not in up}
        patience = {name: table.upstreams[name].failover_seconds * 1000 for name in away}
        gone = self._known - table.upstreams.keys()
        down = gone | {name for name, since in away.items() if now - since >= patience[name]}
        self._away_since, self._known = away, self._known | table.upstreams.keys()
        self._routes.down = frozenset(down)
        if (up, table) != self._situation:
            self._situation, self._asked = (up, table), set()
        named = sorted(down - self._asked)
        self._asked |= down
        return named

    def _is_open(self, name: str) -> bool:
        gate = self._gates.by_name.get(gate_of_upstream(name))
        return gate is not None and gate.reachable

    async def reroute(self, upstream: str) -> None:
        """All that waits for it, slice by slice."""
        after: int | None = 0
        while after is not None:
            (after,) = await self._store.run(self._flow, [RerouteSlice(upstream, after)])

    async def start(self) -> None:
        """Some may have been taken away while nothing ran."""
        (awaited,) = await self._store.run(self._awaited, [None])
        self._known |= frozenset(awaited)

    async def run(self) -> None:
        """Until cancelled."""
        await self.start()
        while True:
            for upstream in self.look():
                try:
                    await self.reroute(upstream)
                except Full:
                    self._asked.discard(upstream)
            await asyncio.sleep(LOOK_SECONDS)
