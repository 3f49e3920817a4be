"""The ledger: what devices have used, within one batch. Opens their month, writes each tally once, and gives
back what was counted for messages of which nothing was ever sent.
"""

from collections.abc import Mapping, Sequence

from heliograph.core.changes import Changes
from heliograph.core.device import DeviceView
from heliograph.core.message import Direction, Message
from heliograph.core.policy import Policy
from heliograph.core.story.timeline import line
from heliograph.core.tariff import price_of
from heliograph.core.usage import give_back, month_of, turn_month
from heliograph.flow.ports import Transaction
from heliograph.flow.views import load_views


class Ledger:
    """The views of one batch, and how their tallies change."""

    def __init__(
        self,
        tx: Transaction,
        changes: Changes,
        views: Mapping[int, DeviceView],
        policies: Mapping[int, Policy],
    ) -> None:
        self.tx = tx
        self.changes = changes
        self.views = views
        self.policies = policies
        self.month = month_of(tx.now)
        self._touched: set[int] = set()

    def open_month(self, view: DeviceView) -> None:
        if view.tally.month != self.month:
            closed = turn_month(view.tally, self.month)
            if closed is not None:
                self.changes.history.append(closed)
            self.touch(view)

    def touch(self, view: DeviceView) -> None:
        """The view's tally is written once, as it stands at the end of the batch."""
        if view.device.id not in self._touched:
            self._touched.add(view.device.id)
            self.changes.tallies.append(view.tally)
            if view.quota is not None:
                self.changes.quotas.append(view.quota)

    def give_back(self, message: Message) -> str:
        """Nothing of it was ever sent: what it counted towards its device returns. What the timeline says of
        that.
        """
        view = self.views.get(message.device or 0)
        segments = returns(message)
        if view is None or not segments:
            return ""
        policy = self.policies[view.device.policy]
        self.open_month(view)
        quota = view.quota if policy.quota else None
        # A P2P carries its sender's price; its receiver paid by its own policy.
        own = message.direction == Direction.MT
        price = message.price if own else segments * price_of(view, policy, True)
        give_back(view.tally, quota, True, segments, price, month_of(message.accepted_at))
        self.touch(view)
        return given_back(message, self.tx.now)


def returns(message: Message) -> int:
    """The segments that are given back if the message ends now. An MO was used when it came; for a phone
    outside the fleet nothing is counted.
    """
    uncounted = message.attempts or message.device is None or message.direction == Direction.MO
    return 0 if uncounted else message.segments


def given_back(message: Message, now: int) -> str:
    """What the timeline says of it; nothing where nothing is given back."""
    segments = returns(message)
    return line("given_back", now, segments) if segments else ""


async def give_all_back(tx: Transaction, changes: Changes, messages: Sequence[Message]) -> None:
    """For those who hold no views: of these messages nothing was sent."""
    views, policies = await load_views(tx, {message.device for message in messages if message.device})
    ledger = Ledger(tx, changes, views, policies)
    for message in messages:
        ledger.give_back(message)
