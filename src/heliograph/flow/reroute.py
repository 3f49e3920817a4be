"""Rerouting: what waits for an upstream that stays down goes to the next one, a slice at a time.

In: an upstream's name and where the last slice ended. Out: where this one ended, None at the end. What may
have arrived stays, and so does what no other upstream can carry.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import Changes, Park
from heliograph.core.routing import Routes
from heliograph.flow.detours import around
from heliograph.flow.lanes import lane_of
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 256


class RerouteSlice(Struct, frozen=True):
    upstream: str
    after: int = 0  # the last delivery of the slice before


class Reroute:
    """The flow."""

    urgency = Urgency.TIMERS

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[RerouteSlice]) -> Answers[int | None]:
        return Answers([await self._slice(tx, request) for request in requests], [])

    async def _slice(self, tx: Transaction, request: RerouteSlice) -> int | None:
        ids = await tx.upstreams.waiting(request.upstream, request.after, SLICE)
        jobs = await tx.load_deliveries(ids) if ids else {}
        changes = Changes()
        turned = {job.delivery.id: job for job in await around(tx, self._routes, changes, [*jobs.values()])}
        await tx.write(changes)
        heads = await tx.load_heads(sorted({lane_of(job.delivery) for job in turned.values()}))
        lanes = Changes()
        for key, head in heads.items():
            if head.job.delivery.id in turned:  # the poll of its new gate takes it, by the lane's clock
                lanes.turns.append(Park(key.receiver, key.key, head.job.gate, tx.now))
        await tx.write(lanes)
        return ids[-1] if len(ids) == SLICE else None


class AwaitedUpstreams:
    """The flow: the names of all upstreams for which something waits."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[list[str]]:
        names = await tx.upstreams.awaited()
        return Answers([names] * len(requests), [])
