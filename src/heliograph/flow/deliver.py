"""Delivering: the poll. Takes the heads of due lanes through one gate, oldest first, as far as the gate has
room.

In: names of gates. Out per gate: when to ask again, and whether more is due than the gate had room for.
Lanes are hints, deliveries are the truth: a lane found empty or under way is put to rest here.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import Changes
from heliograph.core.delivery import Job, Lane, LaneKey
from heliograph.flow.ending import Endings
from heliograph.flow.heads import take_heads
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 512
FEW = 8  # gates; of more, those with something due are found first, in one look


class Polled(Struct):
    crowded: bool  # more is due than the gate has room for
    next_due_at: int | None


class Deliver:
    """The flow."""

    urgency = Urgency.TIMERS

    def __init__(self, receipt_validity_seconds: int) -> None:
        self._receipt_validity_seconds = receipt_validity_seconds

    async def __call__(self, tx: Transaction, requests: Sequence[str]) -> Answers[Polled]:
        answers: Answers[Polled] = Answers([], [])
        due = await tx.gates_due() if len(requests) > FEW else None
        for gate in requests:
            if due is not None and due.get(gate, tx.now + 1) > tx.now:
                answers.answers.append(Polled(False, due.get(gate)))
            else:
                answers.answers.append(await self._poll(tx, gate, answers.jobs))
        return answers

    async def _poll(self, tx: Transaction, gate: str, jobs: list[Job]) -> Polled:
        limit = min(SLICE, tx.rooms.left(gate))
        if limit:
            jobs += await self.take(tx, gate, limit)
        next_due_at = await tx.next_lane_due(gate)
        crowded = next_due_at is not None and next_due_at <= tx.now and tx.rooms.left(gate) <= 0
        return Polled(crowded, next_due_at)

    async def take(self, tx: Transaction, gate: str, limit: int) -> list[Job]:
        """The heads of so many lanes that are due, those that are due longest first."""
        lanes = await tx.due_lanes(gate, tx.now, limit)
        if not lanes:
            return []
        changes = Changes()
        counts = await tx.count_lanes([LaneKey(lane.receiver, lane.key) for lane in lanes])
        free = []
        for lane in lanes:
            key = LaneKey(lane.receiver, lane.key)
            count = counts.get(key)
            if count is None or (count.under_way and not lane.attempts):
                changes.lanes_dropped.append(key)
            elif count.under_way:
                changes.lanes.append(Lane(lane.receiver, lane.key, gate, None, lane.attempts, lane.code))
            else:
                free.append(key)
                if not lane.attempts:
                    changes.lanes_dropped.append(key)
        await tx.write(changes)
        endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), self._receipt_validity_seconds)
        polled = {LaneKey(lane.receiver, lane.key): lane for lane in lanes if lane.code}
        return await take_heads(tx, endings, free, polled)
