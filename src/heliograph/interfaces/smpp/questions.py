"""Questions about messages, and wishes to end or change them: query_sm, cancel_sm, replace_sm. Rare beside
submits, and one by one.

In: requests. Out: an answer to each, whatever becomes of it: ESME_RMSGQFUL where the store is full, the
command's own failure where it is too slow, or a bug is in the way.
"""

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from heliograph.core.refusal import Refusal
from heliograph.flow.cancel import Cancel, CancelAlike
from heliograph.flow.change import Change
from heliograph.flow.ports import Full, Store
from heliograph.flow.ports.smpp import SmppReader
from heliograph.flow.reads.port import TooSlow
from heliograph.flow.requests import Cancel as CancelRequest
from heliograph.interfaces.smpp.desk import Desk
from heliograph.interfaces.smpp.link import Connection
from heliograph.interfaces.smpp.translate import requests as words
from heliograph.interfaces.smpp.translate.queries import answer_of
from heliograph.interfaces.smpp.translate.statuses import status_for
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    CancelSm,
    CancelSmResp,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    Response,
)

log = structlog.get_logger()

Question = QuerySm | CancelSm | ReplaceSm
_FAILURES: dict[type[Question], Status] = {
    QuerySm: Status.RQUERYFAIL,
    CancelSm: Status.RCANCELFAIL,
    ReplaceSm: Status.RREPLACEFAIL,
}
_ANSWERS: dict[type[Question], Callable[[int], Response]] = {
    QuerySm: QuerySmResp,
    CancelSm: CancelSmResp,
    ReplaceSm: ReplaceSmResp,
}


class Questions:
    def __init__(
        self,
        store: Store,
        reader: SmppReader,
        cancel: Cancel,
        cancel_alike: CancelAlike,
        change: Change,
        now: Callable[[], int],
    ) -> None:
        self._store = store
        self._reader = reader
        self._cancel = cancel
        self._cancel_alike = cancel_alike
        self._change = change
        self._now = now
        self.under_way: set[asyncio.Task[Response]] = set()

    def ask(
        self, connection: Connection, desk: Desk, sequence: int, pdu: Question, is_too_fast: bool
    ) -> None:
        if is_too_fast:
            connection.answer(sequence, _ANSWERS[type(pdu)](Status.RTHROTTLED))
            return
        task = asyncio.ensure_future(self._work(desk, pdu, connection.version))
        self.under_way.add(task)
        task.add_done_callback(partial(self._answer, connection, sequence, type(pdu)))

    def _answer(
        self, connection: Connection, sequence: int, kind: type[Question], task: "asyncio.Task[Response]"
    ) -> None:
        """Whatever became of it: a request that is not answered would hold a place in the peer's window."""
        self.under_way.discard(task)
        bug = None if task.cancelled() else task.exception()
        if bug is None and not task.cancelled():
            response = task.result()
        elif isinstance(bug, Full):
            response = _ANSWERS[kind](Status.RMSGQFUL)
        else:
            response = _ANSWERS[kind](_FAILURES[kind])
            if not isinstance(bug, TooSlow):
                log.error("a question died", session=connection.number, kind=kind.__name__, exc_info=bug)
        connection.answer(sequence, response)
        connection.flush_soon()

    async def _work(self, desk: Desk, pdu: Question, version: int) -> Response:
        match pdu:
            case QuerySm():
                return await self._query(desk, pdu, version)
            case CancelSm():
                return CancelSmResp(await self._end(desk, pdu))
            case ReplaceSm():
                return ReplaceSmResp(await self._replace(desk, pdu))

    async def _query(self, desk: Desk, pdu: QuerySm, version: int) -> QuerySmResp:
        id = words.id_of(pdu.message_id)
        message = None if id is None else await self._reader.message(desk.account, id)
        if message is None or not words.is_source_of(pdu, message, desk.asker):
            return QuerySmResp(Status.RINVMSGID)
        return answer_of(message, self._now(), version)

    async def _end(self, desk: Desk, pdu: CancelSm) -> Status:
        wish = words.cancel_of(pdu, desk.asker)
        if isinstance(wish, Refusal):
            return status_for(wish, Status.RCANCELFAIL)
        answer: object
        if isinstance(wish, CancelRequest):
            (answer,) = await self._store.run(self._cancel, [wish])
        else:
            (answer,) = await self._store.run(self._cancel_alike, [wish])
        return status_for(answer, Status.RCANCELFAIL) if isinstance(answer, Refusal) else Status.ROK

    async def _replace(self, desk: Desk, pdu: ReplaceSm) -> Status:
        id = words.replaced_of(pdu)
        if isinstance(id, Refusal):
            return status_for(id, Status.RREPLACEFAIL)
        old = await self._reader.message(desk.account, id)
        if old is None:
            return Status.RINVMSGID
        change = words.change_of(pdu, old, desk.asker, self._now())
        if isinstance(change, Refusal):
            return status_for(change, Status.RREPLACEFAIL)
        (answer,) = await self._store.run(self._change, [change])
        return status_for(answer, Status.RREPLACEFAIL) if isinstance(answer, Refusal) else Status.ROK
