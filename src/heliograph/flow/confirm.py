"""Confirming: an upstream reports what became of a segment that it had accepted, under its own reference.

In: gate, reference, outcome, and what the upstream calls the error. Out: whether the reference is known (a
report may come before its response; the adapter holds it for a moment then). The message is over when all
its segments are, and one that failed fails the whole: another upstream that may carry it gets it at once.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import Changes, Confirmation, Reference
from heliograph.core.delivery import Job, Place
from heliograph.core.message import Event
from heliograph.core.outcome import Delivered, Permanent
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line, word
from heliograph.flow.detours import Detours, load_detours, note_turn, turn
from heliograph.flow.ending import Endings, receipt_lane
from heliograph.flow.lanes import ApplicationLanes, come_first
from heliograph.flow.ports import Answers, ReferenceCount, Transaction, Urgency


class Report(Struct, gc=False):
    gate: str
    reference: str
    outcome: Delivered | Permanent
    error: str = ""  # its own number for that, by `core/story/errors`


class Confirm:
    """The flow."""

    urgency = Urgency.CONFIRM

    def __init__(self, receipt_validity_seconds: int, routes: Routes | None = None) -> None:
        self._routes = routes
        self._receipt_validity_seconds = receipt_validity_seconds

    async def __call__(self, tx: Transaction, requests: Sequence[Report]) -> Answers[bool]:
        references = await self._load(tx, requests)
        jobs = await tx.load_deliveries(sorted({row.delivery for row in references.values()}))
        counts = await tx.count_references(sorted({row.message for row in references.values()}))
        lanes = {lane for job in jobs.values() if (lane := receipt_lane(job.message)) is not None}
        endings = Endings(
            tx, Changes(), await ApplicationLanes.load(tx, lanes), self._receipt_validity_seconds
        )
        detours = await self._detours(tx, requests, list(jobs.values()))
        for request in _in_turn(requests, detours):
            row = references.get((request.gate, request.reference))
            job = jobs.get(row.delivery) if row is not None and row.code is None else None
            if row is None or job is None:
                continue
            if _confirm(tx, endings, request, row, job, counts[row.message], detours):
                del jobs[row.delivery]
        await tx.write(endings.changes)
        return Answers(
            [(request.gate, request.reference) in references for request in requests], endings.jobs
        )

    async def _detours(
        self, tx: Transaction, requests: Sequence[Report], jobs: Sequence[Job]
    ) -> Detours | None:
        """Looked up where something was not delivered."""
        if self._routes is None or all(isinstance(request.outcome, Delivered) for request in requests):
            return None
        return await load_detours(tx, self._routes, [job for job in jobs if job.delivery.via])

    async def _load(self, tx: Transaction, requests: Sequence[Report]) -> dict[tuple[str, str], Reference]:
        found = {}
        for gate in sorted({request.gate for request in requests}):
            wanted = [request.reference for request in requests if request.gate == gate]
            for reference, row in (await tx.load_references(gate, wanted)).items():
                found[gate, reference] = row
        return found


def _in_turn(requests: Sequence[Report], detours: Detours | None) -> Sequence[Report]:
    """What was delivered is told first: an SMS of which a segment arrived goes nowhere else."""
    if detours is None:
        return requests
    return sorted(requests, key=lambda request: not isinstance(request.outcome, Delivered))


def _confirm(
    tx: Transaction,
    endings: Endings,
    request: Report,
    row: Reference,
    job: Job,
    count: ReferenceCount,
    detours: Detours | None,
) -> bool:
    """One segment is known. A second report for it finds `code` set and changes nothing. Is nothing more
    awaited of this upstream?
    """
    row.code = "" if isinstance(request.outcome, Delivered) else word(request.outcome.code)
    count.waiting -= 1
    count.failed = count.failed or row.code or None
    story = _reported_line(job, request.error, tx.now, row.segment + 1, row.code)
    is_awaited = job.delivery.place == Place.AWAITING
    name = None
    if detours is not None and is_awaited and count.failed:
        name = detours.after(job, Permanent(count.failed))
    if name is not None:  # its sender hears nothing yet
        endings.changes.references_done.append(job.message.id)
        story += turn(endings.changes, job, name, count.failed or "", tx.now)
        note_turn(endings.changes, job, story)
        come_first(tx, endings.changes, job, tx.now)
        return True
    if count.waiting or not is_awaited:
        endings.changes.confirmations.append(Confirmation(row.code, row.gate, row.reference))
        endings.tell(job.message, story)
        return False
    endings.changes.dones.append(job.delivery.id)
    endings.changes.references_done.append(job.message.id)
    endings.end(job.message, Event.REJECT if count.failed else Event.DELIVER, count.failed, story)
    return True


def _reported_line(job: Job, error: str, now: int, segment: int, code: str) -> str:
    """What follows in this transaction reads it: may another upstream carry it, what was the error."""
    said = code or "delivered"
    story = line("reported", now, segment, said, error) if error else line("reported", now, segment, said)
    if code or job.message.segments > 1:
        job.message.timeline += story
    return story
