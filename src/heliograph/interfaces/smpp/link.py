"""One connection of a peer: its session, who is bound on it, and what it brought.

In: events of the session. Out: binds to the judge, requests to the inlet, answers of deliver_sm to the
dispatcher, all of one read together. Ends with everything it had under way reported.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from heliograph.core.outcome import DELIVERED, LINK_LOST, NO_ANSWER
from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.binding import BIND_TYPES
from heliograph.interfaces.smpp.desk import Desk
from heliograph.interfaces.smpp.outlet import Bringer, Outcomes
from heliograph.runtime.link import Link
from heliograph.wire.smpp.events import (
    Answered,
    BindRequested,
    Ended,
    Event,
    Limits,
    Rejected,
    Requested,
    Sent,
    Unanswered,
)
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import RESPONSE_BIT, Status
from heliograph.wire.smpp.pdus import AlertNotification, Bind, Outbind, Response
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.tally import Tally
from heliograph.wire.smpp.trace import LONGEST_KEPT, Frame, Trace, kept

MOST_REFUSED_BINDS = 5  # on one connection, before it is closed
PDUS_BEFORE_BIND = 16  # that are kept for the trace
MOST_PDUS = 100_000  # a second, both ways; a peer that wants more waits, so that others have their turn
MOST_PDUS_UNBOUND = 200


class House(Protocol):
    """What a connection knows of the server."""

    @property
    def limits(self) -> Limits: ...
    @property
    def system_id(self) -> str: ...
    @property
    def stopping(self) -> bool: ...

    tally: Tally

    def now(self) -> int: ...
    @property
    def time(self) -> Callable[[], float]: ...
    def enter(self, connection: "Connection") -> bool: ...
    def asks_to_bind(self, connection: "Connection", bind: Bind) -> None: ...
    def desk_of(self, account: SmppAccount) -> Desk: ...
    def desk_named(self, system_id: str) -> Desk | None: ...
    def requested(self, connection: "Connection", requests: Sequence[Requested]) -> None: ...
    def report(self, outcomes: Outcomes) -> None: ...
    def left(self, connection: "Connection") -> None: ...


class Connection:
    """The `Member` of a desk while it is bound."""

    def __init__(
        self, house: House, number: int, is_tls: bool = False, outbind: Outbind | None = None
    ) -> None:
        self._house = house
        self._time = house.time
        self._tally = house.tally
        self._outbind = outbind  # what we say first, where we called the peer
        self.number = number
        self.is_tls = is_tls
        self.address, self.port = "", 0
        self.trace = Trace(PDUS_BEFORE_BIND)
        self.session = SmppSession(Side.SMSC, house.time(), house.limits, self._watch)
        self.bringer = Bringer(self.session, house.now)
        self.link: Link[Event] = Link(self.session, self._heard, self._lost, made=self._made)
        self.desk: Desk | None = None
        self.system_id = ""
        self.bind_type = ""
        self.version = 0
        self.since = house.now()
        self.last: list[Frame | None] = [None, None]  # theirs and ours
        self.window = 0
        self.their_window = 0
        self._leaving = False
        self._answers = False  # something that it was sent, since something timed out
        self.sends_at_once = 0  # so many submits, then it waits for answers; 0: not known
        self.throttled = 0
        self.octets = 0  # of its texts on the way to the store
        self.submitted = self.delivered = 0
        self.errors = 0  # PDUs that were refused, by either side
        self.error = (0, 0)  # the last of them: its command, the status
        self._refused_binds = 0
        self._pdus, self._most_pdus, self._second = 0, MOST_PDUS_UNBOUND, house.time()

    @property
    def receives(self) -> bool:
        """Is it given what comes for its account? Not any more, once it was told to leave."""
        return self.bind_type in ("rx", "trx") and not self._leaving

    @property
    def unanswered(self) -> int:
        """Requests of the peer that wait for our answer."""
        return self.session.to_answer

    @property
    def asked(self) -> int:
        return self.submitted + self.throttled

    def flush_soon(self) -> None:
        self.link.flush_soon()

    def _watch(self, is_ours: bool, octets: bytes) -> None:
        """Of every PDU: what costs more than a note is done when somebody looks."""
        self._tally.note(is_ours, octets)
        if len(octets) > LONGEST_KEPT:
            octets = kept(octets)
        frame = self.last[is_ours] = (self._time(), self.number, is_ours, octets)
        self.trace.frames.append(frame)
        self._pdus += 1
        if self._pdus >= self._most_pdus:
            self._slow_down(frame[0])

    def _slow_down(self, now: float) -> None:
        """It had its share of this second: no more is read before the next one."""
        left = self._second + 1.0 - now
        self._pdus = 0
        if left > 0.0 and not self.link.is_closing:
            self._second = now + left
            self.link.hold()
            self.link.later(left, self.link.release)
        else:
            self._second = now

    def _made(self) -> None:
        peer = self.link.about("peername")
        if isinstance(peer, tuple):
            self.address, self.port = str(peer[0]), int(peer[1])
        if not self._house.enter(self):
            self.link.abort()
        elif self._outbind is not None:
            self.session.outbind(self._outbind, self._time())

    def _heard(self, events: Sequence[Event]) -> None:
        requests: list[Requested] = []
        outcomes: Outcomes = []
        desk = self.desk
        for event in events:
            if isinstance(event, Requested):
                requests.append(event)
            elif isinstance(event, Answered):
                self._answered(event, outcomes)
            else:
                self._other(event, outcomes)
        if requests:
            self._house.requested(self, requests)
        self.bringer.drain(self._time(), outcomes)
        if outcomes and desk is not None:
            self._report(desk, outcomes)

    def _answered(self, event: Answered, outcomes: Outcomes) -> None:
        self._answers = True
        if event.response.status:
            self._refused(event.request.command_id, event.response.status)
        self.bringer.heard(event, outcomes)

    def _unanswered(self, requests: Sequence[Sent], outcomes: Outcomes) -> None:
        """A peer that says it is there, and answers nothing that it is sent, is told to leave."""
        if self.session.is_over:
            self.bringer.unanswered(requests, LINK_LOST, outcomes)
            return
        self.bringer.unanswered(requests, NO_ANSWER, outcomes)
        if not self._answers:
            self.unbind()
        self._answers = False

    def _refused(self, command: int, status: int) -> None:
        self.errors += 1
        self.error = (command, status)

    def _other(self, event: Event, outcomes: Outcomes) -> None:
        match event:
            case BindRequested(_, bind):
                self._house.asks_to_bind(self, bind)
            case Unanswered(requests):
                self._unanswered(requests, outcomes)
            case Rejected(_, command, status, _):
                self._refused(command, status)
                if status == Status.RTHROTTLED and self.desk is not None:
                    self.desk.counters.throttled += 1
                    self.throttled += 1
            case Ended():
                self._leave(outcomes)
                self.link.close()

    def _report(self, desk: Desk, outcomes: Outcomes) -> None:
        failed = sum(outcome is not DELIVERED for _, outcome in outcomes)
        self.delivered += len(outcomes) - failed
        desk.counters.delivered += len(outcomes) - failed
        desk.counters.failed += failed
        self._house.report(outcomes)
        if self.session.is_over:
            desk.heal()

    def accept(self, account: SmppAccount, bind: Bind) -> None:
        """Its password was right. What else may forbid it, and then it is bound."""
        desk = self._house.desk_of(account)
        kind = BIND_TYPES[bind.command_id]
        if (
            self._house.stopping
            or kind not in account.binds.split()
            or len(desk.members) >= account.most_binds
        ):
            self.refuse(Status.RBINDFAIL, bind)
            return
        limits = limits_of(self._house.limits, account)
        if not self.session.accept_bind(self._house.system_id, self._time(), limits):
            return
        self.desk, self.bind_type, self.version = desk, kind, bind.interface_version
        self.system_id = bind.system_id
        self.window, self.their_window = account.window, account.their_window
        self.since = self._house.now()
        self._most_pdus = MOST_PDUS
        desk.trace.take_over(self.trace)
        self.trace = desk.trace
        self.link.flush_soon()
        desk.join(self)

    def refuse(self, status: int, bind: Bind) -> None:
        self._refused(bind.command_id, status)
        self._refused_binds += 1
        self.session.refuse_bind(status)
        desk = self._house.desk_named(bind.system_id)
        if desk is not None:
            desk.trace.take_over(self.trace)
        self.trace = Trace(PDUS_BEFORE_BIND)
        if self._refused_binds >= MOST_REFUSED_BINDS:
            self.link.close()
        else:
            self.link.flush_soon()

    def answer(self, sequence: int, response: Response) -> None:
        """The answer to a request; it leaves with the others of this turn."""
        if response.status:
            self._refused(response.command_id & ~RESPONSE_BIT, response.status)
        self.session.answer(sequence, response)

    def alert(self, pdu: AlertNotification) -> bool:
        """False when it cannot be told here."""
        if not self.session.may_send(AlertNotification):
            return False
        told = self.session.send(pdu, self._time()) is not None
        self.link.flush_soon()
        return told

    def unbind(self, forbids: bool = False) -> None:
        """Take leave: what the peer answers meanwhile is still heard. `forbids`: it may ask nothing more."""
        self._leaving = True
        if self.desk is not None:
            self.desk.retire()
        if not self.session.unbind(self._time(), forbids=forbids):
            self.link.close()
        self.link.flush_soon()

    def _leave(self, outcomes: Outcomes) -> None:
        """The account's business here is over, once."""
        self.bringer.leave(outcomes)
        desk, self.desk = self.desk, None
        if desk is not None:
            desk.leave(self)

    def _lost(self) -> None:
        """The session has said everything before, unless a bug came in between."""
        desk = self.desk
        if desk is not None:
            outcomes: Outcomes = []
            self._leave(outcomes)
            self._report(desk, outcomes)
        self._house.left(self)


def limits_of(limits: Limits, account: SmppAccount) -> Limits:
    """Those of the server, with the windows of the account."""
    return replace(limits, our_window=account.window, their_window=account.their_window)
