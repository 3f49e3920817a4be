"""Giving up: what waits for a callback that people delete ends, with the reason that they did.

In: a callback that is off. Out: how many ended; a whole slice means that there may be more. What is under way
is left to its own outcome.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.callback import Callback
from heliograph.core.changes import Changes
from heliograph.core.message import Event
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.story.timeline import line
from heliograph.flow.ending import Endings
from heliograph.flow.heads import drop
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 256
WHY = "callback_deleted"


class GiveUp(Struct, frozen=True):
    org: int
    callback: int


class GiveUpWaiting:
    """The flow."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[GiveUp]) -> Answers[int | Refusal]:
        return Answers([await _give_up(tx, request) for request in requests], [])


async def _give_up(tx: Transaction, request: GiveUp) -> int | Refusal:
    callback = (await tx.admin.load(Callback, [request.callback])).get(request.callback)
    if callback is None or callback.org != request.org or not callback.disabled:
        return refuse("unknown_callback")
    waiting = await tx.callbacks.waiting(callback.id, tx.next_position(), SLICE)
    endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), 0)  # nothing here makes a receipt
    for job in (await tx.load_deliveries(waiting)).values():
        drop(endings, job, Event.REJECT, WHY, line("rejected", tx.now, WHY))
    await tx.write(endings.changes)
    return len(waiting)
