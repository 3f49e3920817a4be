"""alert_notification: who hears that a device is there again, and how many wishes are kept."""

import asyncio
from collections.abc import Container, Sequence

from heliograph.core.message import DAY_MS
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.smpp.alerts import MOST_WISHES, Alerts
from heliograph.wire.smpp.pdus import AlertNotification

OURS, THEIRS = SmppAccount(1, 10, "ours", ""), SmppAccount(2, 20, "theirs", "")
NUMBER, DEVICE = "491510000001", 7


class Told:
    """`orgs`: of devices."""

    def __init__(self, orgs: dict[int, int] | None = None) -> None:
        self.orgs = {DEVICE: 10} if orgs is None else orgs
        self.now = 0
        self.heard: list[tuple[int, str]] = []
        self.is_slow = False
        self.alerts = Alerts(lambda: self.now, self._tell, self._owned)

    def _tell(self, account: int, alert: AlertNotification) -> None:
        self.heard.append((account, alert.esme_addr))

    async def _owned(self, org: int, devices: Sequence[int]) -> Container[int]:
        if self.is_slow:
            raise TooSlow
        return {device for device in devices if self.orgs[device] == org}

    def see(self, devices: dict[int, str] | None = None) -> list[tuple[int, str]]:
        """Who was told of it."""
        self.heard = []
        asyncio.run(self.alerts.seen({DEVICE: NUMBER} if devices is None else devices))
        return self.heard


def test_only_accounts_of_its_own_organisation_hear_of_a_device() -> None:
    told = Told()
    told.alerts.want(THEIRS, NUMBER, "1")
    told.alerts.want(OURS, NUMBER, "2")
    assert told.see() == [(1, "2")]
    told.orgs[DEVICE] = 20  # it was sold
    assert told.see() == [(2, "1")]
    assert told.see() == []


def test_each_sender_that_asked_is_told_once() -> None:
    told = Told()
    for source in ("1", "2", "1"):
        told.alerts.want(OURS, NUMBER, source)
    assert told.see({8: "49151"}) == []
    assert told.see() == [(1, "1"), (1, "2")]
    assert told.see() == []


def test_a_wish_is_forgotten_after_a_day() -> None:
    told = Told()
    told.alerts.want(OURS, NUMBER, "1")
    told.now = DAY_MS
    assert told.see() == []
    assert len(told.alerts) == 0


def test_wishes_are_bounded_for_each_account() -> None:
    """However many sources it names for one number, and whatever others wish for."""
    told = Told()
    told.alerts.want(THEIRS, NUMBER, "1")
    for source in range(MOST_WISHES + 5):
        told.alerts.want(OURS, NUMBER, str(source))
    assert len(told.alerts) == MOST_WISHES + 1
    assert told.see()[0] == (1, "5")


def test_an_account_that_is_deleted_leaves_no_wish() -> None:
    told = Told()
    told.alerts.want(OURS, NUMBER, "1")
    told.alerts.want(THEIRS, NUMBER, "1")
    told.alerts.leave(OURS.id)
    assert len(told.alerts) == 1
    assert told.see() == []


def test_where_the_store_is_too_slow_the_wish_waits() -> None:
    told = Told()
    told.alerts.want(OURS, NUMBER, "1")
    told.is_slow = True
    assert told.see() == []
    told.is_slow = False
    assert told.see() == [(1, "1")]
