"""Deleted applications: what waits for a callback or an SMPP account that people delete ends, with the reason
that they did.

In: one that is off. Out: how many ended; a whole slice means that there may be more. What is under way
is left to its own outcome.
"""

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
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction, Urgency

SLICE = 256


class EndOfCallback(Struct, frozen=True):
    org: int
    callback: int


class EndOfAccount(Struct, frozen=True):
    org: int
    account: int


class EndWaiting(OneByOne[EndOfCallback | EndOfAccount, int | Refusal]):
    urgency = Urgency.BULK

    async def answer(self, tx: Transaction, request: EndOfCallback | EndOfAccount) -> int | Refusal:
        if isinstance(request, EndOfCallback):
            callback = (await tx.admin.load(Callback, [request.callback])).get(request.callback)
            if callback is None or callback.org != request.org or not callback.disabled:
                return refuse("unknown_callback")
            return await _end(tx, callback.id, "callback_deleted")
        account = (await tx.admin.load(SmppAccount, [request.account])).get(request.account)
        if account is None or account.org != request.org or account.enabled:
            return refuse("unknown_smpp_account")
        return await _end(tx, account.id, "account_deleted")


async def _end(tx: Transaction, application: int, why: str) -> int:
    waiting = await tx.admin.waiting_for_application(application, tx.next_position(), SLICE)
    endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), 0)  # nothing here makes a receipt
    for job in (await tx.load_deliveries(waiting)).values():
        drop(endings, job, Event.REJECT, why, line("rejected", tx.now, why))
    await tx.write(endings.changes)
    return len(waiting)
