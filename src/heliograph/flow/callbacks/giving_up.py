"""Giving up: what waits for a callback or an SMPP account that people delete ends, with the reason that they
did.

In: one that is off. Out: how many ended; a whole slice means that there may be more. What is under way
is left to its own outcome.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.callback import Callback
from heliograph.core.changes import Changes
from heliograph.core.message import Event
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.core.story.timeline import line
from heliograph.flow.ending import Endings
from heliograph.flow.heads import drop
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 256
OF_CALLBACK, OF_ACCOUNT = "callback_deleted", "account_deleted"


class GiveUp(Struct, frozen=True):
    org: int
    application: int  # the callback, or the account


class GiveUpWaiting:
    """The flow."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[GiveUp]) -> Answers[int | Refusal]:
        return Answers([await _give_up(tx, request) for request in requests], [])


async def _give_up(tx: Transaction, request: GiveUp) -> int | Refusal:
    why = await _why(tx, request)
    if isinstance(why, Refusal):
        return why
    waiting = await tx.callbacks.waiting(request.application, tx.next_position(), SLICE)
    endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), 0)  # nothing here makes a receipt
    for job in (await tx.load_deliveries(waiting)).values():
        drop(endings, job, Event.REJECT, why, line("rejected", tx.now, why))
    await tx.write(endings.changes)
    return len(waiting)


async def _why(tx: Transaction, request: GiveUp) -> str | Refusal:
    """What it is that goes, when it is off."""
    callback = (await tx.admin.load(Callback, [request.application])).get(request.application)
    if callback is not None and callback.org == request.org and callback.disabled:
        return OF_CALLBACK
    account = (await tx.admin.load(SmppAccount, [request.application])).get(request.application)
    if account is not None and account.org == request.org and not account.enabled:
        return OF_ACCOUNT
    return refuse("unknown_callback" if account is None else "unknown_smpp_account")
