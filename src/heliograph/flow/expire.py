"""Timers: what is past its validity ends, what is due enters its lane, and a set of parts that stays
incomplete goes on with what it has. Works in slices, so that a restart after a week does not stall
traffic.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from heliograph.core.changes import Changes
from heliograph.core.delivery import Job, Kind, LaneKey, Place, is_news
from heliograph.core.routing import Routes
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.detours import around, in_charge
from heliograph.flow.ending import Endings, receipt_lane
from heliograph.flow.heads import drop, too_late
from heliograph.flow.lanes import ApplicationLanes, come_first, go_on_without, moved
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.turns import missed_turns, move_on
from heliograph.flow.views import load_views

SLICE = 256


class Timers(Struct):
    more: bool
    next_at: int | None


class Expire:
    """The flow. Its requests carry nothing: it asks the store what is due."""

    urgency = Urgency.TIMERS

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[Timers]:
        expired = await tx.due_expiries(tx.now, SLICE)
        jobs = await self._end(tx, expired) if expired else []
        entering = await tx.due_entries(tx.now, SLICE)
        if entering:
            await self._enter(tx, entering)
        timers = Timers(SLICE in (len(expired), len(entering)), await tx.next_timer())
        return Answers([timers] * len(requests), jobs)

    async def _end(self, tx: Transaction, expired: Sequence[Job]) -> list[Job]:
        lanes = {lane for job in expired if (lane := _receipt_lane(job)) is not None}
        admission = await self._admission(
            tx,
            {job.message.device for job in expired if job.message.device and job.delivery.kind == Kind.SMS},
        )
        endings = Endings(
            tx,
            admission.changes,
            await ApplicationLanes.load(tx, lanes),
            self._settings.receipt_validity_seconds,
        )
        for job in expired:
            _expire(tx, admission, endings, job)
        await tx.write(admission.changes)
        return endings.jobs

    async def _enter(self, tx: Transaction, due: Sequence[Job]) -> None:
        """Each takes its place behind those that wait. The poll tries it, and asks policy again."""
        missed = missed_turns(due, tx.now)
        entering, changes = missed.on_time, Changes()
        if missed.since:
            admission = await self._admission(tx, missed.since)
            entering = entering + await move_on(tx, admission, missed)
            changes = admission.changes
        table, down = self._routes.table, self._routes.down
        away = [job for job in entering if (name := in_charge(job)) in down or name not in table.upstreams]
        await around(tx, self._routes, changes, [job for job in away if job.delivery.via])
        for job in entering:
            delivery = job.delivery
            delivery.place, delivery.enter_at = Place.WAITING, None
            delivery.position = tx.next_position()
            changes.moves.append(moved(delivery))
            come_first(tx, changes, job, tx.now)
        await tx.write(changes)

    async def _admission(self, tx: Transaction, devices: Iterable[int]) -> Admission:
        views, policies = await load_views(tx, devices)
        return Admission(tx, self._settings, self._routes, views, policies)


def _receipt_lane(job: Job) -> LaneKey | None:
    return None if is_news(job.delivery.kind) else receipt_lane(job.message)


def _expire(tx: Transaction, admission: Admission, endings: Endings, job: Job) -> None:
    delivery, message = job.delivery, job.message
    awaited = delivery.place == Place.AWAITING
    if awaited:
        admission.changes.references_done.append(message.id)
    story = admission.give_back(message) if delivery.kind == Kind.SMS else ""
    drop(endings, job, too_late(job), "no_receipt" if awaited else "validity", story)
    if delivery.place == Place.WAITING:
        go_on_without(tx, admission.changes, job, tx.now + 1)  # a lane that rests keeps its own clock
