"""Fail-over of what waits: upstreams that stay away for too long, and their SMS sent elsewhere; upstreams of
which nothing is left, whose SMS fail where nobody else carries them.

In: which gates are open, looked at once a second. Out: `Routes.down`, and slices of the flows that reroute
and that free. What follows from an upstream's answer is `flow/detours`.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from heliograph.core.delivery import gate_of_upstream
from heliograph.core.gate import Gates
from heliograph.core.routing import Routes
from heliograph.flow.accept import Settings
from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.reroute import AwaitedUpstreams, Reroute, RerouteSlice
from heliograph.flow.stranded import FreeStranded, Stranded

LOOK_SECONDS = 1.0
FREE_EVERY_MS = 10_000  # what was under way, or was being accepted, comes to wait later
SPARED_MS = 600_000  # one that was gone at the start may be a slip in the settings, soon mended


class Failover:
    def __init__(self, store: Store, gates: Gates, clock: Clock, routes: Routes, settings: Settings) -> None:
        self._store = store
        self._gates = gates
        self._clock = clock
        self._routes = routes
        self._flow = Reroute(routes)
        self._stranded = FreeStranded(settings, routes)
        self._awaited = AwaitedUpstreams()
        self._away_since: dict[str, int] = {}
        self._known: frozenset[str] = frozenset()  # also those that are there no more
        self._situation: tuple[object, ...] = ()
        self._asked: set[str] = set()  # in this situation
        self._spared: frozenset[str] = frozenset()  # until then
        self._spared_until = 0
        self._freed: frozenset[str] = frozenset()
        self._free_at = 0

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

    async def free(self) -> None:
        """All that waits for upstreams that were deleted. Some of it enters its lane late."""
        now = self._clock.now()
        gone = self._known - self._routes.table.names
        gone -= self._spared if now < self._spared_until else frozenset()
        if not gone or (gone == self._freed and now < self._free_at):
            return
        (awaited,) = await self._store.run(self._awaited, [None])
        for upstream in sorted(gone.intersection(awaited)):
            after: int | None = 0
            while after is not None:
                (after,) = await self._store.run(self._stranded, [Stranded(upstream, after)])
        self._freed, self._free_at = gone, now + FREE_EVERY_MS

    async def start(self) -> None:
        """Some may have been taken away while nothing ran."""
        (awaited,) = await self._store.run(self._awaited, [None])
        self._known |= frozenset(awaited)
        self._spared = frozenset(awaited) - self._routes.table.names
        self._spared_until = self._clock.now() + SPARED_MS

    async def run(self) -> None:
        """Until cancelled."""
        await self.start()
        while True:
            for upstream in self.look():
                try:
                    await self.reroute(upstream)
                except Full:
                    self._asked.discard(upstream)
            with suppress(Full):  # the next look tries again
                await self.free()
            await asyncio.sleep(LOOK_SECONDS)
