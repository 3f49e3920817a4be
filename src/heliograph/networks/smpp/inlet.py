"""From an upstream to us: receipts of what it took over, and SMS from devices and phones.

In: the deliver_sm and data_sm of one read. Out: one call of the store for all receipts of a turn of the loop,
one for all SMS; and the answers, after the commit. A receipt that is ahead of its message is held a moment.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog
from msgspec import Struct

from heliograph.core.delivery import gate_of_upstream
from heliograph.core.refusal import Refusal
from heliograph.flow.confirm import Confirm, Report
from heliograph.flow.from_outside import FromOutside, FromPhone
from heliograph.flow.ports import Full, Store
from heliograph.networks.smpp.holding import HELD_SECONDS, Holding, Lately, Waiting, Waker
from heliograph.networks.smpp.translate.ids import Ids
from heliograph.networks.smpp.translate.mo import from_phone_of
from heliograph.networks.smpp.translate.receipts import Receipt, receipt_of
from heliograph.networks.smpp.translate.statuses import BROKE_DOWN, FULL, status_of
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DataSm, DataSmResp, DeliverSm, DeliverSmResp
from heliograph.wire.smpp.session import SmppSession

log = structlog.get_logger()

BATCH = 128  # finds room in a round beside what is settled


class Counters(Struct):
    """Plain integers, read by whoever shows them."""

    receipts: dict[str, int] = {}  # by state
    duplicates: int = 0
    unknown_references: int = 0
    received: int = 0  # SMS
    refused: int = 0
    alerts: int = 0


class _Brought(Struct, eq=False):
    """An SMS that was not answered yet."""

    session: SmppSession
    line: Waker
    sequence: int
    response: type[DeliverSmResp | DataSmResp]
    sms: FromPhone


class Tools(Struct, frozen=True):
    """What the inlets of all upstreams share."""

    store: Store
    confirm: Confirm
    from_outside: FromOutside
    time: Callable[[], float]
    country_code: str


class Inlet:
    """`is_behind` says whether an answer of the upstream may still name what a receipt is about."""

    def __init__(
        self, upstream: str, tools: Tools, ids: Ids, coding_0: str, is_behind: Callable[[], bool]
    ) -> None:
        self._upstream = upstream
        self._gate = gate_of_upstream(upstream)
        self._tools = tools
        self._is_behind = is_behind
        self._receipts: list[Waiting] = []
        self._brought: list[_Brought] = []
        self._is_flushing = False
        self._tasks: set[asyncio.Future[None] | asyncio.Future[list[bool]]] = set()
        self._holding = Holding()
        self._told = Lately()
        self._given = Lately()
        self.ids = ids
        self.coding_0 = coding_0
        self.counters = Counters(receipts={})

    @property
    def held(self) -> int:
        return len(self._holding)

    def take(self, session: SmppSession, line: Waker, requests: Sequence[Requested], now: float) -> None:
        is_thorough = self.ids.is_tolerant
        for sequence, pdu in requests:
            if isinstance(pdu, DeliverSm | DataSm):
                response = DeliverSmResp if isinstance(pdu, DeliverSm) else DataSmResp
                receipt = receipt_of(pdu, is_thorough)
                if receipt is not None:
                    doubtful = None if receipt.is_certain else pdu
                    self._take_receipt(session, line, sequence, response, receipt, now, doubtful)
                else:
                    self._take_sms(session, line, sequence, response, pdu)
            else:
                self.counters.alerts += 1  # alert_notification, which wants no answer
        line.flush_soon()

    # Receipts.

    def _take_receipt(
        self,
        session: SmppSession,
        line: Waker,
        sequence: int,
        response: type[DeliverSmResp | DataSmResp],
        receipt: Receipt,
        now: float,
        doubtful: DeliverSm | DataSm | None,
    ) -> None:
        ids = receipt.ids
        if doubtful is None:
            self._count(receipt.state)
        if receipt.outcome is None:
            if doubtful is not None and not self._is_ours(self.ids.of_receipt(ids[0])):
                self._take_sms(session, line, sequence, response, doubtful)
                return
            session.answer(sequence, response())
            return
        references = self.ids.of_receipt(ids[0])
        if len(ids) > 1:
            references = tuple(dict.fromkeys((*references, *self.ids.of_receipt(ids[1]))))
        if references[0] in self._told:
            self.counters.duplicates += 1
            session.answer(sequence, response())
            return
        self._receipts.append(
            Waiting(
                session,
                line,
                sequence,
                response,
                ids,
                references,
                receipt.outcome,
                receipt.state,
                now,
                receipt.error,
                doubtful,
            )
        )
        self._flush_soon()

    def _count(self, state: str) -> None:
        counted = self.counters.receipts
        counted[state] = counted.get(state, 0) + 1

    def _is_ours(self, references: Sequence[str]) -> bool:
        """Was it given, or confirmed, lately?"""
        return any(reference in self._given or reference in self._told for reference in references)

    def names(self, reference: str, message: int) -> bool:
        """May the upstream call this message so? Not by the name of another one that is not reported yet."""
        known = self._given.of(reference)
        if known is None:
            self._given.add(reference, message)
        return known is None or known == message

    def expect(self, references: Sequence[str]) -> None:
        """The upstream gave these just now; what follows from that was handed in before."""
        holds = len(self._holding)
        for reference in references:
            self._told.forget(reference)
            if holds:
                self._ask_again(self._holding.named(reference))

    def _ask_again(self, found: Sequence[Waiting]) -> None:
        for waiting in found:
            waiting.turn = 0
            self._receipts.append(waiting)
        if found:
            self._flush_soon()

    def pass_time(self, now: float) -> None:
        """What is held is asked about again, now and then."""
        if len(self._holding):
            self._ask_again(self._holding.due(now))

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        receipts, self._receipts = self._receipts, []
        for start in range(0, len(receipts), BATCH):
            self._confirm(receipts[start : start + BATCH])
        brought, self._brought = self._brought, []
        for start in range(0, len(brought), BATCH):
            self._start(self._receive(brought[start : start + BATCH]))

    def _confirm(self, batch: list[Waiting]) -> None:
        gate = self._gate
        reports = [Report(gate, one.references[one.turn], one.outcome, one.error) for one in batch]
        try:
            asked = asyncio.ensure_future(self._tools.store.run(self._tools.confirm, reports))
        except Full:
            self._refuse(batch, FULL)
            return
        self._tasks.add(asked)
        # What was behind when the store was asked may be settled by the time it answers.
        asked.add_done_callback(partial(self._confirmed, batch, self._is_behind()))

    def _confirmed(self, batch: list[Waiting], was_behind: bool, asked: "asyncio.Future[list[bool]]") -> None:
        self._tasks.discard(asked)
        if asked.cancelled():
            return
        bug = asked.exception()
        if bug is not None:
            if not isinstance(bug, Full):
                log.error("receipts were not confirmed", gate=self._gate, exc_info=bug)
            self._refuse(batch, FULL if isinstance(bug, Full) else BROKE_DOWN)
            return
        now = self._tools.time()
        for waiting, is_known in zip(batch, asked.result(), strict=True):
            if is_known:
                reference = waiting.references[waiting.turn]
                self._told.add(reference)
                self._given.forget(reference)
                if waiting.doubtful is not None:
                    self._count(waiting.state)
                if len(waiting.references) > 1:
                    self.ids.matched(waiting.ids[0], reference)
                self._answer(waiting, Status.ROK)
            else:
                self._not_known(waiting, now, was_behind)

    def _not_known(self, waiting: Waiting, now: float, was_behind: bool) -> None:
        if waiting.turn + 1 < len(waiting.references):
            waiting.turn += 1
            self._receipts.append(waiting)
            self._flush_soon()
            return
        waiting.asked += 1
        waiting.turn = 0
        if waiting.asked == 1 and any(reference in self._given for reference in waiting.references):
            self._ask_again([waiting])  # its message was settled after we asked
            return
        is_old = now >= waiting.at + HELD_SECONDS
        if is_old or not was_behind:
            if any(reference in self._told for reference in waiting.references):
                self.counters.duplicates += 1
            elif waiting.doubtful is not None and not self._is_ours(waiting.references):
                self._take_sms(
                    waiting.session, waiting.line, waiting.sequence, waiting.response, waiting.doubtful
                )
                waiting.line.flush_soon()
                return
            else:
                self.counters.unknown_references += 1
            self._answer(waiting, Status.ROK)
        elif not self._holding.hold(waiting):
            self._answer(waiting, FULL)

    def _refuse(self, batch: Sequence[Waiting], status: Status) -> None:
        """The upstream will bring it again."""
        for waiting in batch:
            self._answer(waiting, status)

    def _answer(self, waiting: Waiting | _Brought, status: int) -> None:
        waiting.session.answer(waiting.sequence, waiting.response(status))
        waiting.line.flush_soon()

    # SMS.

    def _take_sms(
        self,
        session: SmppSession,
        line: Waker,
        sequence: int,
        response: type[DeliverSmResp | DataSmResp],
        pdu: DeliverSm | DataSm,
    ) -> None:
        sms = from_phone_of(self._upstream, pdu, self.coding_0, self._tools.country_code)
        if isinstance(sms, Refusal):
            self.counters.refused += 1
            session.answer(sequence, response(status_of(sms)))
            return
        self._brought.append(_Brought(session, line, sequence, response, sms))
        self._flush_soon()

    async def _receive(self, batch: Sequence[_Brought]) -> None:
        statuses: Sequence[int] = [BROKE_DOWN] * len(batch)
        try:
            answers = await self._tools.store.run(self._tools.from_outside, [one.sms for one in batch])
            statuses = [status_of(one) if isinstance(one, Refusal) else Status.ROK for one in answers]
        except Full:
            statuses = [FULL] * len(batch)
        finally:
            for brought, status in zip(batch, statuses, strict=True):
                self.counters.received += not status
                self.counters.refused += bool(status)
                self._answer(brought, status)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[None]") -> None:
        """A bug is told once; the upstream brings it again."""
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("SMS were not taken", gate=self._gate, exc_info=bug)

    async def stop(self) -> None:
        """What is under way is answered; what is held is brought again later."""
        self._flush()
        if self._tasks:
            await asyncio.wait(self._tasks)
