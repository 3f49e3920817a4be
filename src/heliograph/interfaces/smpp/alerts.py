"""alert_notification: a device is there again, told to whoever asked for it by set_dpf (SMPP 3.4 §4.12).

In: wishes, and devices that show themselves. Out: one PDU for each wish, to a session of the account that
takes it, where the device is its organisation's. Kept in memory, bounded; a wish that is a day old is
forgotten.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence

import structlog

from heliograph.core.message import DAY_MS
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.smpp.translate.addresses import address_of
from heliograph.wire.smpp.pdus import AlertNotification
from heliograph.wire.smpp.tlv import MS_AVAILABILITY_STATUS

log = structlog.get_logger()

MOST_WISHES = 10_000  # of one account; beyond, its oldest are forgotten
_AVAILABLE = 0  # SMPP 3.4 §5.3.2.30

Key = tuple[str, str]  # number and source
Owned = Callable[[int, Sequence[int]], Awaitable[Container[int]]]
"""Which of these devices are an organisation's?"""


class Alerts:
    """`tell` sends to a session of an account."""

    def __init__(
        self, now: Callable[[], int], tell: Callable[[int, AlertNotification], None], owned: Owned
    ) -> None:
        self._now = now
        self._tell = tell
        self._owned = owned
        self._wishes: dict[int, OrderedDict[Key, int]] = {}  # by account, oldest first
        self._by_number: dict[str, dict[tuple[int, str], int]] = {}  # organisations, by account and source

    def __len__(self) -> int:
        return sum(map(len, self._wishes.values()))

    def want(self, account: SmppAccount, number: str, source: str) -> None:
        wishes = self._wishes.setdefault(account.id, OrderedDict())
        wishes[number, source] = self._now()
        wishes.move_to_end((number, source))
        self._by_number.setdefault(number, {})[account.id, source] = account.org
        if len(wishes) > MOST_WISHES:
            self._forget(account.id, *next(iter(wishes)))

    def _forget(self, account: int, number: str, source: str) -> None:
        wishes, there = self._wishes[account], self._by_number[number]
        del wishes[number, source], there[account, source]
        if not wishes:
            del self._wishes[account]
        if not there:
            del self._by_number[number]

    def leave(self, account: int) -> None:
        """It is deleted."""
        for number, source in list(self._wishes.get(account, ())):
            self._forget(account, number, source)

    async def seen(self, devices: Mapping[int, str]) -> None:
        """Devices that are there, with their numbers."""
        wanted = [(id, number) for id, number in devices.items() if number in self._by_number]
        if not wanted:
            return
        orgs = {org for _, number in wanted for org in self._by_number[number].values()}
        for org in orgs:
            try:
                owned = await self._owned(org, [id for id, _ in wanted])
            except TooSlow:
                log.warning("alerts wait for the next time their devices are seen", org=org)
                continue
            for id, number in wanted:
                if id in owned:
                    self._tell_of(number, org)

    def _tell_of(self, number: str, org: int) -> None:
        for (account, source), whose in list(self._by_number.get(number, {}).items()):
            if whose == org:
                at = self._wishes[account][number, source]
                self._forget(account, number, source)
                if self._now() - at < DAY_MS:
                    self._tell(account, _alert(number, source))


def _alert(number: str, source: str) -> AlertNotification:
    return AlertNotification(*address_of(number), *address_of(source), (MS_AVAILABILITY_STATUS(_AVAILABLE),))
