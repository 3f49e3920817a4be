"""Steering a batch while it runs: its waiting messages are held, let go, or canceled, a slice at a time.

In: a batch and where the last slice ended. Out: where this one ended, None at the end. What is under way
ends by itself; what is final stays.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.batch import BatchEvent
from heliograph.core.changes import Changes, Note
from heliograph.core.delivery import Job, Place
from heliograph.core.story.timeline import line
from heliograph.flow.cancel import Cancel
from heliograph.flow.lanes import go_on_without, moved
from heliograph.flow.ports import Answers, Store, Transaction, Urgency
from heliograph.flow.requests import Cancel as CancelRequest

SLICE = 128


class SteerSlice(Struct, frozen=True):
    org: int
    batch: int
    event: BatchEvent
    sender: str
    after: int = 0  # the last message of the slice before


class SteerBatches:
    """The flow. One request is one slice."""

    urgency = Urgency.BULK

    def __init__(self, cancel: Cancel) -> None:
        self._cancel = cancel

    async def __call__(self, tx: Transaction, requests: Sequence[SteerSlice]) -> Answers[int | None]:
        return Answers([await self._steer(tx, request) for request in requests], [])

    async def _steer(self, tx: Transaction, request: SteerSlice) -> int | None:
        messages = await tx.load_batch_messages(request.batch, request.after, SLICE)
        if request.event is BatchEvent.CANCEL:
            await self._cancel(tx, [CancelRequest(request.org, id, request.sender) for id in messages])
        else:
            jobs = await tx.load_jobs(messages)
            change = _hold if request.event is BatchEvent.PAUSE else _let_go
            changes = Changes()
            for job in jobs.values():
                change(tx, changes, job)
            await tx.write(changes)
        return messages[-1] if len(messages) == SLICE else None


def _hold(tx: Transaction, changes: Changes, job: Job) -> None:
    """Out of its lane, so that others pass. Its validity runs on."""
    delivery = job.delivery
    if delivery.place not in (Place.WAITING, Place.SCHEDULED):
        return
    if delivery.place == Place.WAITING:
        go_on_without(tx, changes, job, tx.now)
    delivery.place = Place.HELD
    changes.moves.append(moved(delivery))
    changes.notes.append(Note(line("held", tx.now), job.message.id))


def _let_go(tx: Transaction, changes: Changes, job: Job) -> None:
    """Into its lane when it is due: behind those that came meanwhile."""
    delivery = job.delivery
    if delivery.place != Place.HELD:
        return
    delivery.place = Place.SCHEDULED
    delivery.enter_at = tx.now if delivery.enter_at is None else max(tx.now, delivery.enter_at)
    changes.moves.append(moved(delivery))
    changes.notes.append(Note(line("released", tx.now, delivery.enter_at), job.message.id))


async def steer(store: Store, flow: SteerBatches, first: SteerSlice) -> None:
    """All slices, one after the other."""
    after: int | None = first.after
    while after is not None:
        request = SteerSlice(first.org, first.batch, first.event, first.sender, after)
        (after,) = await store.run(flow, [request])
