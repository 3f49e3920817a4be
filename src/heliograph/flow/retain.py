"""Retaining: what is old goes, in small steps that no traffic feels.

In: organisations, by id. Out: what a step removed, and whether more is left; its caller comes back for more
after a pause, and from time to time when nothing is left.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.idempotency import KEPT_MS
from heliograph.core.organisation import Organisation
from heliograph.core.retention import Retention, Walk, What, sort, until, walks
from heliograph.flow.ports import Answers, Transaction, Urgency

STEP = 200  # rows of a batch, all kinds together


class Retained(Struct, frozen=True):
    messages: int = 0
    bodies: int = 0
    events: int = 0
    more: bool = False


class Retain:
    """The flow."""

    urgency = Urgency.BULK

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[Retained]:
        organisations = await tx.admin.load(Organisation, requests)
        room = STEP
        answers = []
        for org in requests:
            step = _Step(tx, room)
            if org in organisations:
                await step.walk(self._retention, organisations[org])
                await step.drop_events(self._retention, org)
                await step.drop_kept_answers(org)
            room = step.room
            answers.append(step.retained())
        return Answers(answers, [])


class _Step:
    """One organisation's part of a batch."""

    def __init__(self, tx: Transaction, room: int) -> None:
        self._tx = tx
        self._gone = {What.BODY: 0, What.MESSAGE: 0}
        self._events = 0
        self.room = room

    async def walk(self, retention: Retention, organisation: Organisation) -> None:
        for walk, days in walks(retention, organisation):
            if self.room > 0:
                await self._look(walk, until(self._tx.now, days))

    async def _look(self, walk: Walk, cutoff: int) -> None:
        """First at what earlier steps passed over, then further along the walk."""
        admin = self._tx.admin
        candidates = await admin.kept(walk, cutoff, self.room)
        self.room -= len(candidates)
        if self.room > 0:
            further = await admin.walk(walk, cutoff, self.room)
            self.room -= len(further)
            candidates += further
        found = sort(candidates, cutoff)
        await (admin.drop_bodies if walk.what == What.BODY else admin.drop_messages)(found.old)
        await admin.keep(walk, found.kept)
        self._gone[walk.what] += len(found.old)

    async def drop_events(self, retention: Retention, org: int) -> None:
        if retention.event_days is not None and self.room > 0:
            before = until(self._tx.now, retention.event_days)
            self._events = await self._tx.admin.drop_events(org, before, self.room)
            self.room -= self._events

    async def drop_kept_answers(self, org: int) -> None:
        """A key may be used anew after its time."""
        if self.room > 0:
            self.room -= await self._tx.admin.drop_kept_answers(org, self._tx.now - KEPT_MS, self.room)

    def retained(self) -> Retained:
        """A batch that used up its room did not see the end."""
        return Retained(self._gone[What.MESSAGE], self._gone[What.BODY], self._events, self.room <= 0)
