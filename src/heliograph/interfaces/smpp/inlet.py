"""From the peer to us: submit_sm, data_sm, submit_multi, query_sm, cancel_sm, replace_sm.

In: the requests of one read of one session. Out: one call of the store for all submits among them, and their
answers after its commit, in one write. Full or stopping is ESME_RMSGQFUL, too fast ESME_RTHROTTLED.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import structlog
from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.cancel import Cancel, CancelAlike
from heliograph.flow.change import Change
from heliograph.flow.ports import Full, Store
from heliograph.flow.ports.smpp import SmppReader
from heliograph.flow.requests import SubmitAnswer, Submitted
from heliograph.flow.submit import Submit
from heliograph.interfaces.smpp.desk import Desk
from heliograph.interfaces.smpp.joining import Segment
from heliograph.interfaces.smpp.link import Connection
from heliograph.interfaces.smpp.questions import Questions
from heliograph.interfaces.smpp.submits import Batch, Load, Ticket, answer_segments, submitted
from heliograph.interfaces.smpp.translate.text import content_of
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.pdus import CancelSm, DataSm, QuerySm, ReplaceSm, Response, SubmitMulti, SubmitSm

log = structlog.get_logger()

STOP_SECONDS = 0.3  # for questions under way at a stop
BROKE_DOWN = refuse("broke_down")
"""Ours alone: a bug while the store worked on it."""


class Flows(Struct, frozen=True):
    submit: Submit
    cancel: Cancel
    cancel_alike: CancelAlike
    change: Change


class Alerts(Protocol):
    """Who remembers that a sender wants to hear when a device is there again."""

    def want(self, account: SmppAccount, number: str, source: str) -> None: ...


class Inlet:
    def __init__(
        self,
        store: Store,
        reader: SmppReader,
        flows: Flows,
        alerts: Alerts,
        now: Callable[[], int],
        time: Callable[[], float],
    ) -> None:
        self._store = store
        self._questions = Questions(store, reader, flows.cancel, flows.cancel_alike, flows.change, now)
        self._flows = flows
        self._alerts = alerts
        self._now = now
        self._time = time
        self._under_way = 0  # calls of the store
        self._idle = asyncio.Event()
        self.stopping = False

    def take(self, connection: Connection, desk: Desk, requests: Sequence[Requested]) -> None:
        batch = Batch(self, connection, desk, self._now(), self._time())
        for sequence, pdu in requests:
            if isinstance(pdu, SubmitSm):
                batch.submit(sequence, pdu)
                continue
            batch.send()  # what came before goes before
            match pdu:
                case DataSm():
                    batch.data(sequence, pdu)
                case SubmitMulti():
                    batch.multi(sequence, pdu)
                case QuerySm() | CancelSm() | ReplaceSm():
                    self._questions.ask(connection, desk, sequence, pdu, batch.throttles())
                case _:
                    # deliver_sm to a message centre and the like: the session's matrix refuses them before.
                    raise TypeError(f"{type(pdu).__name__} has no place here")
        batch.send()
        connection.flush_soon()

    def alert(self, account: SmppAccount, number: str, source: str) -> None:
        """set_dpf: its sender wants to hear when the device is there again."""
        self._alerts.want(account, number, source)

    def store(self, load: Load) -> None:
        """All of it shares a transaction, and is answered together after it."""
        if self.stopping:
            self._answer(load, [refuse("stopping")] * len(load.tickets))
            return
        try:
            asked: asyncio.Future[list[SubmitAnswer]] = asyncio.ensure_future(
                self._store.run(self._flows.submit, load.submissions)
            )
        except Full as full:
            self._answer(load, [_full(full)] * len(load.tickets))
            return
        self._under_way += 1
        asked.add_done_callback(partial(self._stored, load))

    def _stored(self, load: Load, asked: "asyncio.Future[list[SubmitAnswer]]") -> None:
        self._under_way -= 1
        answers: Sequence[SubmitAnswer]
        error = None if asked.cancelled() else asked.exception()
        if error is None and not asked.cancelled():
            answers = asked.result()
        elif isinstance(error, Full):
            answers = [_full(error)] * len(load.tickets)
        else:
            log.error("submits died", session=load.connection.number, exc_info=error)
            answers = [BROKE_DOWN] * len(load.tickets)
        self._answer(load, answers)
        if self.stopping and not self._under_way:
            self._idle.set()

    def _answer(self, load: Load, answers: Sequence[SubmitAnswer]) -> None:
        connection, counters, refused = load.connection, load.desk.counters, 0
        for ticket, answer in zip(load.tickets, answers, strict=True):
            if isinstance(ticket, int):
                connection.answer(ticket, submitted(answer))
            else:
                ticket(answer)
            refused += not isinstance(answer, Submitted)
        connection.octets -= load.octets
        connection.submitted += len(answers) - refused
        counters.refused += refused
        counters.submitted += len(answers) - refused
        connection.flush_soon()

    def give_up(self, desk: Desk, segments: Sequence[Segment]) -> None:
        """Segments whose set will not be whole go on one by one."""
        for segment in segments:
            connection = segment.origin
            assert isinstance(connection, Connection)
            content = content_of((segment.said,))
            answer = partial(answer_segments, (segment,))
            if isinstance(content, Refusal):
                answer(content)
                continue
            ticket: Ticket = answer if segment.repeats else segment.sequence
            segment.submission.content = content
            self.store(Load(connection, desk, [segment.submission], [ticket]))

    async def stop(self) -> None:
        """Nothing new; what is under way may still be answered."""
        self.stopping = True
        waiting: list[asyncio.Task[Response] | asyncio.Task[bool]] = list(self._questions.under_way)
        idle = asyncio.ensure_future(self._idle.wait())
        if self._under_way:
            waiting.append(idle)
        if waiting:
            await asyncio.wait(waiting, timeout=STOP_SECONDS)
        idle.cancel()


def _full(full: Full) -> Refusal:
    return refuse("stopping" if str(full) == "stopping" else "store_full")
