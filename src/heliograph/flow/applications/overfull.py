"""Overfull accounts: of what waits for an SMPP account that stays away, the oldest beyond what may wait are
given up.

In: accounts, and whether people were told already. Out: how many were given up, at most a slice of them.
Asked again and again, so that accepting and settling count nothing. What is under way is left alone.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import WARN, Changes, Happening
from heliograph.core.delivery import Job
from heliograph.core.message import Event
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ending import Endings
from heliograph.flow.heads import drop
from heliograph.flow.lanes import ApplicationLanes, go_on_without
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 256
TOO_MANY = "too_many_waiting"
GIVEN_UP = "waiting_given_up"


class Overfull(Struct, frozen=True):
    account: SmppAccount
    told: bool  # people know that this account loses some


class GiveUpOldest:
    """The flow."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[Overfull]) -> Answers[int]:
        return Answers([await _shorten(tx, request) for request in requests], [])


async def _shorten(tx: Transaction, request: Overfull) -> int:
    account = request.account
    jobs = await tx.load_deliveries(await tx.smpp.beyond(account.id, account.most_waiting, SLICE))
    if not jobs:
        return 0
    # None of them has a sender who is told: no receipt comes of it.
    endings = Endings(tx, Changes(), ApplicationLanes(set(), set()), 0)
    for job in jobs.values():
        drop(endings, job, Event.REJECT, TOO_MANY, "")
        go_on_without(tx, endings.changes, job, tx.now)
    if not request.told:
        endings.changes.happenings.append(_happening(tx, account, next(iter(jobs.values()))))
    await tx.write(endings.changes)
    return len(jobs)


def _happening(tx: Transaction, account: SmppAccount, oldest: Job) -> Happening:
    detail = f"SMPP account {account.system_id}: more than {account.most_waiting} wait"
    return Happening(
        tx.next_id(0), account.org, tx.now, GIVEN_UP, WARN, None, oldest.message.id or None, detail
    )
