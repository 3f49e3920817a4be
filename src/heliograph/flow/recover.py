"""Recovering: attempts that an earlier boot left under way become Unknown, before any gate opens.

They are repeated, marked, and come first in their lanes: nothing that was acknowledged is lost, and nothing
else is ever sent twice.
"""

from collections.abc import Sequence

from heliograph.core.changes import Changes
from heliograph.core.ids import LARGEST_ID
from heliograph.core.outcome import Unknown
from heliograph.core.schedule import RetrySchedule
from heliograph.flow.ending import Endings
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.verdict import Verdict

SLICE = 512


class Recover:
    """The flow. All gates are closed; their opening wakes what waits. The answer: how many were found; ask
    again until it is none.
    """

    urgency = Urgency.SETTLE

    def __init__(self, schedule: RetrySchedule, receipt_validity_seconds: int) -> None:
        self._schedule = schedule
        self._receipt_validity_seconds = receipt_validity_seconds

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[int]:
        left = await tx.left_under_way(0, LARGEST_ID, SLICE)
        endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), self._receipt_validity_seconds)
        verdict = Verdict(tx, endings, self._schedule)
        for job in left:
            verdict.settle(job, Unknown("restart"))
        await tx.write(endings.changes)
        return Answers([len(left)] * len(requests), [])
