"""Feeding: an application that cannot be called fetches what waits for it, and says up to where it has it.

What it fetches are the same deliveries on the same lanes that a callback or a listener would be given; they
are numbered by their position, which was given in the transaction that made them. Fetching changes nothing.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.changes import Changes, Mark
from heliograph.core.delivery import Job, gate_of_application, is_news
from heliograph.core.message import Event, Message, advance
from heliograph.core.organisation import Application
from heliograph.core.outcome import DELIVERED
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.schedule import RetrySchedule
from heliograph.flow.ending import Endings
from heliograph.flow.heads import take_heads
from heliograph.flow.lanes import ApplicationLanes, attempt_line, start_attempt
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.verdict import Verdict

SLICE = 256  # deliveries that one request acknowledges


class Fed(Struct, frozen=True):
    """What waits for an application."""

    number: int
    kind: int
    message: Message


class FeedReader(Protocol):
    async def waiting(self, org: int, application: int, after: int, limit: int) -> list[Fed]:
        """What waits for an application of this organisation, in the order of their numbers."""
        ...


class Acknowledge(Struct, frozen=True):
    org: int
    application: int
    up_to: int


class AcknowledgeFeed:
    """The flow. The answer: how many were acknowledged; a whole slice means that there may be more. A number
    that was never given out acknowledges nothing: what it would end, nobody has fetched.
    """

    urgency = Urgency.SETTLE

    async def __call__(self, tx: Transaction, requests: Sequence[Acknowledge]) -> Answers[int | Refusal]:
        counts: list[int | Refusal] = []
        jobs: list[Job] = []
        known = await tx.admin.load(Application, [request.application for request in requests])
        for request in requests:
            application = known.get(request.application)
            if application is None or application.org != request.org:
                counts.append(refuse("unknown_application"))
                continue
            if request.up_to >= tx.next_position():
                counts.append(refuse("bad_value", "up_to", "No feed has given this number."))
                continue
            count, taken = await _acknowledge(tx, request)
            counts.append(count)
            jobs += taken
        return Answers(counts, jobs)


async def _acknowledge(tx: Transaction, request: Acknowledge) -> tuple[int, list[Job]]:
    waiting = await tx.admin.waiting_for_application(request.application, request.up_to, SLICE)
    endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), 0)  # nothing here makes a receipt
    verdict = Verdict(tx, endings, RetrySchedule())  # what is delivered is never retried
    for job in (await tx.load_deliveries(waiting)).values():
        _attempt(endings, job, tx.now)
        verdict.settle(job, DELIVERED)
    await tx.write(endings.changes)
    jobs: list[Job] = []
    if tx.rooms.is_reachable(gate_of_application(request.application)):
        jobs = await take_heads(tx, endings.afresh(), verdict.freed)
    return len(waiting), jobs


def _attempt(endings: Endings, job: Job, now: int) -> None:
    """That it was fetched is the attempt; the timeline tells it with its end."""
    start_attempt(job)
    message = job.message
    if not is_news(job.delivery.kind):
        message.state = advance(message.state, Event.ATTEMPT)
        message.attempts += 1
        story = attempt_line(job, now)
        endings.changes.marks.append(Mark(message.state, None, None, message.attempts, story, message.id))
