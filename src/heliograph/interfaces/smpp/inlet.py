"""From the peer to us: submit_sm, data_sm, submit_multi, query_sm, cancel_sm, replace_sm.

In: the requests of one read of one session. Out: one call of the store for all submits among them, and their
answers after its commit, in one write. Full or stopping is ESME_RMSGQFUL, too fast ESME_RTHROTTLED.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
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
from heliograph.flow.reads.port import TooSlow
from heliograph.flow.requests import Cancel as CancelRequest
from heliograph.flow.requests import SubmitAnswer, Submitted
from heliograph.flow.submit import Submit
from heliograph.interfaces.smpp.desk import Desk
from heliograph.interfaces.smpp.joining import Segment
from heliograph.interfaces.smpp.link import Connection
from heliograph.interfaces.smpp.submits import Batch, Load, submitted
from heliograph.interfaces.smpp.translate import requests as words
from heliograph.interfaces.smpp.translate.queries import answer_of
from heliograph.interfaces.smpp.translate.statuses import status_for
from heliograph.interfaces.smpp.translate.text import content_of
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    CancelSm,
    CancelSmResp,
    DataSm,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    SubmitMulti,
    SubmitSm,
)

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
        self._reader = reader
        self._flows = flows
        self._alerts = alerts
        self._now = now
        self._time = time
        self._tasks: set[asyncio.Future[None]] = set()
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
                case QuerySm():
                    self._start(self._query(connection, desk, sequence, pdu))
                case CancelSm():
                    self._cancel(connection, desk, sequence, pdu)
                case ReplaceSm():
                    self._start(self._replace(connection, desk, sequence, pdu))
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
            connection, ticket = segment.origin, segment.sequence
            assert isinstance(connection, Connection)
            content = content_of((segment.said,))
            if isinstance(content, Refusal):
                connection.answer(ticket, submitted(content))
                connection.flush_soon()
                continue
            segment.submission.content = content
            self.store(Load(connection, desk, [segment.submission], [ticket]))

    # Questions about messages, and wishes to end or change them: rare beside submits.

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _query(self, connection: Connection, desk: Desk, sequence: int, pdu: QuerySm) -> None:
        id = words.id_of(pdu.message_id)
        try:
            message = None if id is None else await self._reader.message(desk.account, id)
        except TooSlow:
            connection.answer(sequence, QuerySmResp(Status.RQUERYFAIL))
        else:
            if message is None or not words.is_source_of(pdu, message, desk.asker):
                connection.answer(sequence, QuerySmResp(Status.RINVMSGID))
            else:
                connection.answer(sequence, answer_of(message, self._now(), connection.version))
        connection.flush_soon()

    def _cancel(self, connection: Connection, desk: Desk, sequence: int, pdu: CancelSm) -> None:
        wish = words.cancel_of(pdu, desk.asker)
        if isinstance(wish, Refusal):
            connection.answer(sequence, CancelSmResp(status_for(wish, Status.RCANCELFAIL)))
            return

        async def ask() -> None:
            try:
                if isinstance(wish, CancelRequest):
                    status = _ended((await self._store.run(self._flows.cancel, [wish]))[0])
                else:
                    status = _ended((await self._store.run(self._flows.cancel_alike, [wish]))[0])
            except Full:
                status = Status.RMSGQFUL
            connection.answer(sequence, CancelSmResp(status))
            connection.flush_soon()

        self._start(ask())

    async def _replace(self, connection: Connection, desk: Desk, sequence: int, pdu: ReplaceSm) -> None:
        connection.answer(sequence, ReplaceSmResp(await self._change(desk, pdu)))
        connection.flush_soon()

    async def _change(self, desk: Desk, pdu: ReplaceSm) -> Status:
        id = words.replaced_of(pdu)
        if isinstance(id, Refusal):
            return status_for(id, Status.RREPLACEFAIL)
        try:
            old = await self._reader.message(desk.account, id)
            if old is None:
                return Status.RINVMSGID
            change = words.change_of(pdu, old, desk.asker, self._now())
            if isinstance(change, Refusal):
                return status_for(change, Status.RREPLACEFAIL)
            answer = (await self._store.run(self._flows.change, [change]))[0]
        except Full:
            return Status.RMSGQFUL
        except TooSlow:
            return Status.RREPLACEFAIL
        return status_for(answer, Status.RREPLACEFAIL) if isinstance(answer, Refusal) else Status.ROK

    async def stop(self) -> None:
        """Nothing new; what is under way may still be answered."""
        self.stopping = True
        waiting: list[asyncio.Future[None] | asyncio.Task[bool]] = list(self._tasks)
        idle = asyncio.ensure_future(self._idle.wait())
        if self._under_way:
            waiting.append(idle)
        if waiting:
            await asyncio.wait(waiting, timeout=STOP_SECONDS)
        idle.cancel()


def _full(full: Full) -> Refusal:
    return refuse("stopping" if str(full) == "stopping" else "store_full")


def _ended(answer: object) -> Status:
    return status_for(answer, Status.RCANCELFAIL) if isinstance(answer, Refusal) else Status.ROK
