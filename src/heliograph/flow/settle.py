"""Settling: the outcomes of attempts, recorded; and each freed lane's next head taken in the same
transaction.

In: jobs with their outcomes. Out: the next jobs, to the dispatcher. An outcome for a job that is no longer
under way (its timer had made it Unknown) never comes here: the dispatcher drops it.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.changes import Changes, Park
from heliograph.core.delivery import Job, LaneKey, gate_of_application, is_news
from heliograph.core.outcome import Accepted, Delivered, Outcome
from heliograph.core.routing import Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.flow.deliver import SLICE, Deliver
from heliograph.flow.detours import Detours, is_refused, load_detours
from heliograph.flow.ending import Endings, receipt_lane
from heliograph.flow.heads import take_heads
from heliograph.flow.lanes import ApplicationLanes, lane_of
from heliograph.flow.ports import Answers, ReferenceCount, Transaction, Urgency
from heliograph.flow.verdict import Verdict


class Settled(Struct, gc=False):
    job: Job
    outcome: Outcome


class Settle:
    """The flow."""

    urgency = Urgency.SETTLE

    def __init__(
        self, schedule: RetrySchedule, receipt_validity_seconds: int, routes: Routes | None = None
    ) -> None:
        self._schedule = schedule
        self._routes = routes
        self._receipt_validity_seconds = receipt_validity_seconds
        self._deliver = Deliver(receipt_validity_seconds)

    async def __call__(self, tx: Transaction, requests: Sequence[Settled]) -> Answers[None]:
        lanes = await ApplicationLanes.load(tx, _receipt_lanes(requests))
        endings = Endings(tx, Changes(), lanes, self._receipt_validity_seconds)
        counts = await _counts(tx, requests)
        detours = await self._detours(tx, requests, counts)
        verdict = Verdict(tx, endings, self._schedule, detours, counts)
        for settled in requests:
            tx.rooms.give_back(settled.job.gate, lane_of(settled.job.delivery))
            verdict.settle(_own(settled.job), settled.outcome)
        await tx.write(endings.changes)
        jobs, freed = endings.jobs, verdict.freed
        if tx.rooms.behind:
            freed, older = await self._oldest(tx, freed, dict(tx.rooms.behind))
            jobs = jobs + older
        return Answers([None] * len(requests), jobs + await take_heads(tx, endings.afresh(), freed))

    async def _oldest(
        self, tx: Transaction, freed: Sequence[LaneKey], behind: Mapping[str, int]
    ) -> tuple[list[LaneKey], list[Job]]:
        """Through gates that catch up what is oldest goes, on whichever lane: else the lanes that came first
        would drain whole while others wait for room. The lanes of other gates are left, the first ones.
        """
        waiting = [
            lane for lane in freed if lane.receiver > 0 and gate_of_application(lane.receiver) in behind
        ]
        changes, gates = Changes(), {gate_of_application(lane.receiver) for lane in waiting}
        for lane, head in (await tx.load_heads(waiting)).items():
            age = behind[head.job.gate] + head.job.delivery.position
            changes.parks.append(Park(lane.receiver, lane.key, head.job.gate, min(age, tx.now)))
        await tx.write(changes)
        jobs: list[Job] = []
        for gate in sorted(gates):
            if tx.rooms.left(gate):
                jobs += await self._deliver.take(tx, gate, min(SLICE, tx.rooms.left(gate)))
        apart = set(waiting)
        return [lane for lane in freed if lane not in apart], jobs

    async def _detours(
        self, tx: Transaction, requests: Sequence[Settled], counts: Mapping[int, ReferenceCount]
    ) -> Detours | None:
        """Looked up for those alone that an upstream refused, or did not deliver in part."""
        failed = {id for id, count in counts.items() if count.failed}
        refused = [
            one.job
            for one in requests
            if one.job.delivery.via and (is_refused(one.outcome) or one.job.message.id in failed)
        ]
        return await load_detours(tx, self._routes, refused) if refused and self._routes else None


async def _counts(tx: Transaction, requests: Sequence[Settled]) -> Mapping[int, ReferenceCount]:
    """Of long SMS whose last segment an upstream took: what it reported of the others meanwhile."""
    taken = {one.job.message.id for one in requests if one.job.delivery.segment and _is_last_taken(one)}
    return await tx.count_references(sorted(taken)) if taken else {}


def _is_last_taken(settled: Settled) -> bool:
    job, outcome = settled.job, settled.outcome
    if job.delivery.segment + 1 < job.message.segments:
        return False
    return isinstance(outcome, Accepted) or (isinstance(outcome, Delivered) and outcome.unnamed)


def _own(job: Job) -> Job:
    """A copy to decide on: after a roll back, for another call's sake, the same job is settled again."""
    return replace(job, delivery=replace(job.delivery), message=replace(job.message))


def _receipt_lanes(requests: Sequence[Settled]) -> set[LaneKey]:
    messages = (settled.job.message for settled in requests if not is_news(settled.job.delivery.kind))
    return {lane for message in messages if (lane := receipt_lane(message)) is not None}
