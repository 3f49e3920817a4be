"""One account at work: its row as it now stands, its sessions, its gate, its rate, its trace.

In: sessions that bind and leave, changes of the row. Out: the gate `application:<id>` open while a session
receives, and sessions ended when the account says so.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.delivery import gate_of_application
from heliograph.core.far_end import FarEnd
from heliograph.core.gate import Gate
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ports import Clock, Report
from heliograph.flow.ports.doors import TIMER_MARGIN_MS, Doors
from heliograph.interfaces.smpp.alerts import Owned
from heliograph.interfaces.smpp.joining import Joiner, Segment
from heliograph.interfaces.smpp.outlet import AccountOutlet, Bringer
from heliograph.interfaces.smpp.translate.requests import Asker, asker_of
from heliograph.wire.smpp.pdus import AlertNotification, Response
from heliograph.wire.smpp.trace import Trace


class Member(Protocol):
    """A bound session, as its account sees it."""

    @property
    def bringer(self) -> Bringer: ...
    @property
    def receives(self) -> bool: ...
    @property
    def window(self) -> int: ...

    @property
    def unanswered(self) -> int: ...
    @property
    def asked(self) -> int: ...

    sends_at_once: int

    def answer(self, sequence: int, response: Response) -> None: ...
    def alert(self, pdu: AlertNotification) -> bool: ...
    def flush_soon(self) -> None: ...
    def unbind(self, forbids: bool = False) -> None: ...


class Tools(Struct, frozen=True):
    """What all accounts share."""

    doors: Doors
    report: Report
    clock: Clock
    time: Callable[[], float]  # of the loop
    country_of: Callable[[int], str]  # of the national numbers that an organisation dials
    owned: Owned
    response_seconds: int
    join_seconds: float  # 0: segments are not held
    trace_pdus: int


class Counters(Struct):
    """Since the start, of all sessions."""

    submitted: int = 0
    refused: int = 0
    throttled: int = 0
    delivered: int = 0
    failed: int = 0  # deliver_sm that were answered by an error, or not at all

    def add(self, more: "Counters") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(more, name))


class Rate:
    """Submits a second, a second's worth at once."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._at = 0.0

    def take(self, per_s: int, now: float, units: int = 1) -> bool:
        """So many that could never be taken at once are taken when there is a full second's worth."""
        self._tokens = min(float(per_s), self._tokens + (now - self._at) * per_s)
        self._at = now
        if self._tokens < min(units, per_s):
            return False
        self._tokens -= units
        return True


class Desk:
    def __init__(
        self, account: SmppAccount, tools: Tools, give_up: Callable[["Desk", Sequence[Segment]], None]
    ) -> None:
        self._tools = tools
        self._gate: Gate | None = None
        self.is_open = False
        self.gate_name = gate_of_application(account.id)
        self.outlet = AccountOutlet(account, tools.report, tools.time)
        self.members: list[Member] = []
        self.trace = Trace(tools.trace_pdus)
        self.rate = Rate()
        self.counters = Counters()
        self.joiner = Joiner(tools.join_seconds, lambda segments: give_up(self, segments))
        self.asker: Asker = asker_of(account, tools.country_of(account.org))

    @property
    def account(self) -> SmppAccount:
        return self.outlet.account

    @property
    def joins(self) -> bool:
        return self._tools.join_seconds > 0

    def change(self, account: SmppAccount) -> None:
        """Whoever is bound stays, unless the change says otherwise. Windows are those of the next bind."""
        before = self.account
        self.outlet.account = account
        self.asker = asker_of(account, self._tools.country_of(account.org))
        if account.version != before.version or not account.enabled:
            self.unbind_all()

    def unbind_all(self) -> None:
        """They may not be bound any more: what they ask meanwhile is refused."""
        for member in list(self.members):
            member.unbind(forbids=True)

    def join(self, member: Member) -> None:
        self.members.append(member)
        if member.receives:
            self._share()
            self._open()

    def leave(self, member: Member) -> None:
        """Once. What it had under way it reports itself."""
        self.members.remove(member)
        self.joiner.leave(member)
        self._share()

    def retire(self) -> None:
        """A session was told to leave, and is given nothing more."""
        self._share()

    def _receivers(self) -> list[Member]:
        return [member for member in self.members if member.receives]

    def _share(self) -> None:
        receivers = self._receivers()
        self.outlet.change(receivers)
        if self._gate is not None and receivers:
            self._gate.far.window = sum(member.window for member in receivers)
        if not receivers and self.is_open:
            self.is_open = False
            self._tools.doors.closed(self.gate_name)

    def _open(self) -> None:
        """A receiver came: whatever failed before says nothing of it."""
        if self._gate is None:
            self._gate = Gate()
            timer_ms = self._tools.response_seconds * 2_000 + TIMER_MARGIN_MS
            self._tools.doors.add(self.gate_name, self._gate, self.outlet, timer_ms)
            self._share()
        self.is_open = True
        self._gate.far.worked()
        self._tools.doors.opened(self.gate_name)  # of each one: what rests is due for it

    def heal(self) -> None:
        """Sessions that died are not the account's failure while others are there."""
        if self._gate is not None and self.is_open and self._gate.far.worked():
            self._tools.doors.opened(self.gate_name)

    def remove(self) -> None:
        """The account is deleted."""
        self.unbind_all()
        self.joiner.stop()
        if self._gate is not None:
            self._gate.lead_to(FarEnd())
        if self.is_open:
            self.is_open = False
            self._tools.doors.closed(self.gate_name)
