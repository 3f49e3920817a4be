"""alert_notification: a device is there again, told to whoever asked for it by set_dpf (SMPP 3.4 §4.12).

In: wishes, and devices that show themselves. Out: one PDU for each wish, to a session of the account that
takes it. Kept in memory, bounded; a wish that is a day old is forgotten.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from heliograph.core.message import DAY_MS
from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.translate.addresses import address_of
from heliograph.wire.smpp.pdus import AlertNotification
from heliograph.wire.smpp.tlv import MS_AVAILABILITY_STATUS

MOST_WISHES = 10_000
_AVAILABLE = 0  # SMPP 3.4 §5.3.2.30

Key = tuple[int, str]  # account and source


class Alerts:
    """`tell` sends to a session of an account."""

    def __init__(self, now: Callable[[], int], tell: Callable[[int, AlertNotification], None]) -> None:
        self._now = now
        self._tell = tell
        self._wishes: OrderedDict[str, dict[Key, int]] = OrderedDict()  # by number

    def want(self, account: SmppAccount, number: str, source: str) -> None:
        self._wishes.setdefault(number, {})[account.id, source] = self._now()
        self._wishes.move_to_end(number)
        if len(self._wishes) > MOST_WISHES:
            self._wishes.popitem(last=False)

    def seen(self, numbers: Iterable[str]) -> None:
        if not self._wishes:
            return
        for number in numbers:
            for (account, source), at in self._wishes.pop(number, {}).items():
                if self._now() - at < DAY_MS:
                    self._tell(account, _alert(number, source))


def _alert(number: str, source: str) -> AlertNotification:
    return AlertNotification(*address_of(number), *address_of(source), (MS_AVAILABILITY_STATUS(_AVAILABLE),))
