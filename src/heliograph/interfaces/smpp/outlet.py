"""From us to the peer: receipts, notifications and SMS from devices, as deliver_sm to any session of their
account that receives.

In: jobs of the gate `application:<account>`. Out: PDUs, within the window of each session, and each job's
outcome. What a session had sent when it died is unknown, what it had not returns.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from heliograph.core.delivery import Job, Kind
from heliograph.core.outcome import DELIVERED, GATE_CLOSED, LINK_LOST, Outcome, Permanent, Unknown
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ports import Report
from heliograph.interfaces.smpp.translate.mo import mo_of
from heliograph.interfaces.smpp.translate.receipts import receipt_of
from heliograph.interfaces.smpp.translate.statuses import NEVER, outcome_of
from heliograph.wire.smpp.events import Answered, Sent
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DeliverSm, GenericNack
from heliograph.wire.smpp.session import SmppSession


class _Whole:
    """A job of several PDUs: it is brought when all of them are."""

    __slots__ = ("job", "left", "outcome", "sent")

    def __init__(self, job: Job, pdus: int) -> None:
        self.job = job
        self.left = pdus
        self.sent = 0
        self.outcome: Outcome = DELIVERED

    def heard(self, outcome: Outcome) -> bool:
        """True when there is nothing more to wait for. One that failed for good fails all."""
        self.left -= 1
        if not isinstance(self.outcome, Permanent) and outcome is not DELIVERED:
            self.outcome = outcome
        return self.left == 0


Ticket = Job | _Whole
Outcomes = list[tuple[Job, Outcome]]


class Bringer:
    """What one session brings: in its window, or waiting for room there."""

    def __init__(self, session: SmppSession, now: Callable[[], int]) -> None:
        self._session = session
        self._now = now
        self._sent: dict[int, Ticket] = {}
        self._backlog: deque[tuple[DeliverSm, Ticket]] = deque()  # bounded by the gate's window

    @property
    def load(self) -> int:
        return len(self._sent) + len(self._backlog)

    def bring(self, job: Job, account: SmppAccount, now: float, failed: Outcomes) -> None:
        """A job that cannot be said to this peer is put into `failed`."""
        kind = job.delivery.kind
        if kind == Kind.RECEIPT or kind == Kind.INTERIM:
            self._send(self._receipt(job, account), job, now, failed)
        elif kind == Kind.MO or kind == Kind.REPLAY:
            try:
                pdus = mo_of(job, account, self._session.with_tlvs)
            except ValueError:  # no PDU holds it
                failed.append((job, NEVER))
                return
            ticket = job if len(pdus) == 1 else _Whole(job, len(pdus))
            for pdu in pdus:
                self._send(pdu, ticket, now, failed)
        else:
            failed.append((job, NEVER))

    def _receipt(self, job: Job, account: SmppAccount) -> DeliverSm:
        is_interim = job.delivery.kind == Kind.INTERIM
        return receipt_of(job, account.receipt_coding, is_interim, self._now())

    def _send(self, pdu: DeliverSm, ticket: Ticket, now: float, failed: Outcomes) -> None:
        if self._backlog:
            self._backlog.append((pdu, ticket))
        else:
            self._put(pdu, ticket, now, failed)

    def _put(self, pdu: DeliverSm, ticket: Ticket, now: float, failed: Outcomes) -> None:
        try:
            sequence = self._session.send(pdu, now)
        except ValueError:
            self._over(ticket, NEVER, failed)
            return
        if sequence is None:
            self._backlog.append((pdu, ticket))
            return
        self._sent[sequence] = ticket
        if isinstance(ticket, _Whole):
            ticket.sent += 1

    def heard(self, event: Answered, outcomes: Outcomes) -> None:
        ticket = self._sent.pop(event.sequence, None)
        if ticket is None:
            return
        response = event.response
        status = response.status
        if type(response) is GenericNack and status == Status.ROK:
            status = Status.RSYSERR
        self._over(ticket, outcome_of(status), outcomes)

    def unanswered(self, requests: Sequence[Sent], outcome: Unknown, outcomes: Outcomes) -> None:
        for sent in requests:
            ticket = self._sent.pop(sent.sequence, None)
            if ticket is not None:
                self._over(ticket, outcome, outcomes)

    def _over(self, ticket: Ticket, outcome: Outcome, outcomes: Outcomes) -> None:
        if isinstance(ticket, Job):
            outcomes.append((ticket, outcome))
        elif ticket.heard(outcome):
            outcomes.append((ticket.job, ticket.outcome))

    def drain(self, now: float, failed: Outcomes) -> None:
        """There is room again."""
        while self._backlog and self._session.room:
            self._put(*self._backlog.popleft(), now, failed)

    def leave(self, outcomes: Outcomes) -> None:
        """The session is over: what waited for room was never sent, or not all of it."""
        for ticket in self._sent.values():
            self._over(ticket, LINK_LOST, outcomes)
        self._sent.clear()
        for _, ticket in self._backlog:
            partly = isinstance(ticket, _Whole) and ticket.sent
            self._over(ticket, LINK_LOST if partly else GATE_CLOSED, outcomes)
        self._backlog.clear()


class Receiver(Protocol):
    """What the outlet knows of a session."""

    @property
    def bringer(self) -> Bringer: ...
    def flush_soon(self) -> None: ...


class AccountOutlet:
    """The outlet of one account's gate. Takes its sessions in turn."""

    def __init__(self, account: SmppAccount, report: Report, time: Callable[[], float]) -> None:
        self.account = account
        self._report = report
        self._time = time
        self._receivers: list[Receiver] = []
        self._turn = 0

    def change(self, receivers: Sequence[Receiver]) -> None:
        self._receivers = list(receivers)

    def send(self, jobs: Sequence[Job]) -> None:
        failed: Outcomes = []
        receivers, window, now = self._receivers, self.account.window, self._time()
        for job in jobs:
            for _ in receivers:
                self._turn = (self._turn + 1) % len(receivers)
                receiver = receivers[self._turn]
                if receiver.bringer.load < window:
                    receiver.bringer.bring(job, self.account, now, failed)
                    break
            else:
                failed.append((job, GATE_CLOSED))
        for receiver in receivers:
            receiver.flush_soon()
        if failed:
            self._report(failed)
