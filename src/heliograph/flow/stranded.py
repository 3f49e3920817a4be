"""Stranded: what waits for an upstream that people took away. Another one carries it, or it fails, a slice at
a time.

In: the name of an upstream of which there is no row any more, and where the last slice ended. Out: where this
one ended, None at the end. What is under way is left to its own outcome.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import Changes
from heliograph.core.delivery import UNSENT, Job, Lane, LaneKey, Place
from heliograph.core.message import Event
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.detours import around
from heliograph.flow.ending import Endings
from heliograph.flow.heads import drop
from heliograph.flow.lanes import ApplicationLanes, lane_of
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.views import load_views

SLICE = 256
WHY = "upstream_deleted"


class Stranded(Struct, frozen=True):
    upstream: str
    after: int = 0  # the last delivery of the slice before


class FreeStranded:
    """The flow."""

    urgency = Urgency.BULK

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[Stranded]) -> Answers[int | None]:
        return Answers([await self._slice(tx, request) for request in requests], [])

    async def _slice(self, tx: Transaction, request: Stranded) -> int | None:
        if request.upstream in self._routes.table.names:
            return None  # there is one of this name again
        ids = await tx.upstreams.waiting(request.upstream, request.after, SLICE, UNSENT)
        jobs = [*(await tx.load_deliveries(ids)).values()] if ids else []
        stuck = await _headed_by(tx, jobs)
        changes = Changes()
        turned = {job.delivery.id for job in await around(tx, self._routes, changes, jobs)}
        await tx.write(changes)
        await self._fail(tx, [job for job in jobs if job.delivery.id not in turned])
        await _go_on(tx, stuck)
        return ids[-1] if len(ids) == SLICE else None

    async def _fail(self, tx: Transaction, jobs: Sequence[Job]) -> None:
        views, policies = await load_views(tx, {job.message.device for job in jobs if job.message.device})
        admission = Admission(tx, self._settings, self._routes, views, policies)
        lanes = ApplicationLanes(set(), set())  # the poll finds out what receipts their lanes have
        endings = Endings(tx, admission.changes, lanes, self._settings.receipt_validity_seconds)
        for job in jobs:
            story = line("rejected", tx.now, WHY) + admission.give_back(job.message)
            drop(endings, job, Event.REJECT, WHY, story)
        await tx.write(admission.changes)


async def _headed_by(tx: Transaction, jobs: Sequence[Job]) -> list[LaneKey]:
    """The lanes in which one of these is first. Others rest, or are under way, for reasons of their own."""
    lanes = {lane_of(job.delivery) for job in jobs if job.delivery.place == Place.WAITING}
    heads = await tx.load_heads(sorted(lanes)) if lanes else {}
    first = {job.delivery.id for job in jobs}
    return [key for key, head in heads.items() if head.job.delivery.id in first]


async def _go_on(tx: Transaction, keys: Sequence[LaneKey]) -> None:
    """What is first in each lane now is found by the poll of its gate; a lane that is empty rests no more."""
    heads = await tx.load_heads(keys) if keys else {}
    changes = Changes()
    for key in keys:
        head = heads.get(key)
        if head is None:
            changes.lanes_dropped.append(key)
        else:
            changes.lanes.append(Lane(key.receiver, key.key, head.job.gate, tx.now, 0, ""))
    await tx.write(changes)
