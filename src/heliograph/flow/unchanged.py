"""Unchanged: a change that is made only while nothing that its organisation sees was changed since somebody
looked.

In: a flow, and the number of the newest entry in the audit trails that tell of it, from before the look. Out:
what the flow answers; or, within the same transaction and with nothing written, that something changed
meanwhile. Whoever asked looks again.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Generic

from heliograph.flow.ports import A, Answers, Flow, R, Transaction, Urgency


class Moved(Enum):
    """It was not asked: something was changed."""

    MOVED = "moved"


class Unchanged(Generic[R, A]):
    """Wraps a flow for one call: no other call shares its batch. `orgs`: whose trails are watched."""

    def __init__(self, flow: Flow[R, A], orgs: Sequence[int], seen: int) -> None:
        self._flow = flow
        self._orgs = orgs
        self._seen = seen

    @property
    def urgency(self) -> Urgency:
        return self._flow.urgency

    async def __call__(self, tx: Transaction, requests: Sequence[R]) -> Answers[A | Moved]:
        if max([await tx.admin.last_change(org) for org in self._orgs]) != self._seen:
            return Answers([Moved.MOVED for _ in requests], [])
        done = await self._flow(tx, requests)
        return Answers([*done.answers], done.jobs)
