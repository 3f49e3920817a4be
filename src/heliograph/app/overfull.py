"""What waits for SMPP accounts is looked at again and again: beyond what may wait, the oldest are given up.
People are told once, and again when there was room in between.
"""

import asyncio

from heliograph.app.smpp.accounts import SmppAccounts
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.applications.overfull import SLICE, GiveUpOldest, Overfull
from heliograph.flow.ports import Full, Store

PAUSE_SECONDS = 5.0
AT_ONCE = 16  # accounts of one batch


async def give_up_oldest(store: Store, accounts: SmppAccounts) -> None:
    """Until cancelled."""
    sweep = Sweep(store)
    while True:
        await sweep.once(accounts.all())
        await asyncio.sleep(PAUSE_SECONDS)


class Sweep:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._flow = GiveUpOldest()
        self._told: set[int] = set()

    async def once(self, accounts: list[SmppAccount]) -> None:
        """As long as there is one that holds too many."""
        told: set[int] = set()
        for first in range(0, len(accounts), AT_ONCE):
            waiting = accounts[first : first + AT_ONCE]
            while waiting:
                requests = [Overfull(one, one.id in self._told | told) for one in waiting]
                try:
                    counts = await self._store.run(self._flow, requests)
                except Full:
                    self._told |= told
                    return
                told.update(one.id for one, count in zip(waiting, counts, strict=True) if count)
                waiting = [one for one, count in zip(waiting, counts, strict=True) if count == SLICE]
        self._told = told
