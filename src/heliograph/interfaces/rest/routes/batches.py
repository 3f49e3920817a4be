"""Batches: one call to many recipients, and what becomes of it. Additions to the contract."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from msgspec import UNSET, Struct

from heliograph.core.batch import MOST_RECIPIENTS, Batch, BatchEvent, BatchRefusal, BatchState
from heliograph.core.refusal import Refusal
from heliograph.flow.batches.send import MoveBatch, NewBatch, Recipient, decide
from heliograph.flow.batches.steer import SteerSlice, steer
from heliograph.flow.reads.batch_port import BatchReader
from heliograph.interfaces.rest.paging import next_link
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem
from heliograph.interfaces.rest.refusals import OF_BATCHES, asked, of_refusal
from heliograph.interfaces.rest.repeats import REPLAYED, told
from heliograph.interfaces.rest.route import (
    Answer,
    Call,
    Handler,
    Nothing,
    Reply,
    Route,
    Stream,
    created,
    reply,
)
from heliograph.interfaces.rest.routes.batch_plan import Plan, plan_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.table import table_headers, table_rows
from heliograph.interfaces.rest.translate.batches import (
    KIND,
    MANY_BODY,
    BatchShown,
    ManyBody,
    RecipientShown,
    accepted_shown,
    batch_shown,
    refused_shown,
    state_shown,
)

Rest = Callable[[Batch], Awaitable[Iterable[Recipient]]]
PIECE = 500
ANSWERED = 2_500  # recipients that an answer shows at a time, so that a long one holds nothing up
MOST_PER_PAGE = 1_000
_COLUMNS = ("number", "recipient", "endpoint", "sms", "status", "final_date", "reason", "refusal")
_AFTER = re.compile("(refused|sent)-([0-9]{1,16})")


class BatchesQuery(Struct, frozen=True):
    before: int = 2**53  # a batch id: older ones than this
    per_page: int = 100


class RecipientsQuery(Struct, frozen=True):
    """First those that were refused, by number, then the others. `after` is what X-More said."""

    after: str = "refused-0"
    per_page: int = PIECE


async def send_many(services: Services, call: Call[Nothing, ManyBody]) -> Reply:
    """202 when every recipient is decided and on disk; when nobody can be told anything, nothing is."""
    body, org = call.body, call.caller.org
    plan = await plan_of(services, call.caller, body, body.recipients)
    nobodys = await plan.nobodys()
    new = NewBatch(org, call.caller.name, body.name, body.payload, len(plan.found), nobodys)
    return await begun(services, call, new, lambda batch: _rest(services, batch, plan))


async def begun(services: Services, call: Call[Any, Any], new: NewBatch, rest: Rest) -> Reply:
    """A new batch, or the one of an earlier call, with all of its recipients decided."""
    answer = await told(services.store, call, services.batches.begin, services.batches.begin_once, new)
    if isinstance(answer.answer, Refusal):
        raise of_refusal(answer.answer)
    org, batch = call.caller.org, answer.answer
    desk = services.batches.desk
    await desk.wait(batch.id)
    known = await batch_of(services, org, batch.id) if answer.replayed else batch
    if known.state == BatchState.ACCEPTING or known.is_undecided():
        async with desk.deciding(batch.id):
            await decide(services.store, services.batches.decide, await rest(known))
            moved = MoveBatch(org, batch.id, BatchEvent.ACCEPTED)
            await services.store.run(services.batches.move, [moved])
    shown = await shown_of(services, await batch_of(services, org, batch.id), whole=True)
    made = created(call, f"/v1/batch/{batch.id}", shown)
    return Reply(202, made.body, made.headers + (REPLAYED if answer.replayed else ()))


async def _rest(services: Services, batch: Batch, plan: Plan) -> Iterable[Recipient]:
    """All of them; or, when a crash broke it off, those that are still undecided."""
    found = plan.found
    if batch.decided:
        sent, names = await decided_of(services, batch)
        found = [one for one in found if (one.number or one.device) not in sent and one.name not in names]
    return plan.texts.recipients(batch.id, found, plan.people, batch.decided)


async def decided_of(services: Services, batch: Batch) -> tuple[set[int | str], set[str]]:
    """Devices and numbers that were accepted, and the names of those that were refused."""
    reader = services.batches.reader
    done = await reader.sent(batch.id, 0, MOST_RECIPIENTS)
    sent = {one.msisdn if one.device is None else one.device for one in done}
    return sent, {row.recipient for row in await reader.refusals(batch.id, 0, MOST_RECIPIENTS)}


async def batch_of(services: Services, org: int, id: int) -> Batch:
    batch = await services.batches.reader.batch(org, id)
    if batch is None:
        raise not_found(KIND, id)
    return batch


async def shown_of(services: Services, batch: Batch, whole: bool = False) -> BatchShown:
    reader = services.batches.reader
    states = await reader.states(batch.id)
    return batch_shown(batch, states, await _decided(reader, batch.id) if whole else UNSET)


async def _decided(reader: BatchReader, batch: int) -> list[RecipientShown]:
    """What the call was answered: who was accepted, who not, in the order of the call."""
    decided = [refused_shown(row) for row in await reader.refusals(batch, 0, MOST_RECIPIENTS)]
    after = 0
    while sent := await reader.sent(batch, after, ANSWERED):
        decided += [accepted_shown(one) for one in sent]
        after = sent[-1].message
    return sorted(decided, key=lambda one: one.number)


async def list_batches(services: Services, call: Call[BatchesQuery, None]) -> Reply:
    size = max(1, min(call.query.per_page, MOST_PER_PAGE))
    before = max(0, min(call.query.before, 2**53))
    batches = await services.batches.reader.batches(call.caller.org, before, size)
    shown = [await shown_of(services, batch) for batch in batches]
    if len(shown) < size:
        return reply(shown)
    return reply(shown, headers=(next_link(call, before=batches[-1].id, per_page=size),))


async def show(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(await shown_of(services, await batch_of(services, call.caller.org, call.path["batch"])))


async def recipients(services: Services, call: Call[RecipientsQuery, None]) -> Reply:
    batch = await batch_of(services, call.caller.org, call.path["batch"])
    size = max(1, min(call.query.per_page, MOST_PER_PAGE))
    found = _AFTER.fullmatch(call.query.after)
    if found is None:
        raise problem(400, 1000, "after is what X-More said")
    reader, after = services.batches.reader, int(found[2])
    refusals = await reader.refusals(batch.id, after, size) if found[1] == "refused" else []
    left = size - len(refusals)
    sent = await reader.sent(batch.id, 0 if found[1] == "refused" else after, left) if left else []
    shown = [refused_shown(row) for row in refusals] + [state_shown(one) for one in sent]
    if len(shown) < size:
        return reply(shown)
    last = f"sent-{sent[-1].message}" if sent else f"refused-{refusals[-1].number}"
    return reply(shown, headers=((b"x-more", last.encode()),))


async def table(services: Services, call: Call[Nothing, None]) -> Stream:
    batch = await batch_of(services, call.caller.org, call.path["batch"])
    return Stream(200, _lines(services, batch), table_headers(f"batch-{batch.id}"))


async def _lines(services: Services, batch: Batch) -> AsyncIterator[bytes]:
    reader = services.batches.reader
    yield table_rows([_COLUMNS])
    refusals = await reader.refusals(batch.id, 0, MOST_RECIPIENTS)
    yield table_rows([_refused_line(row) for row in refusals])
    after = 0
    while sent := await reader.sent(batch.id, after, PIECE):
        shown = [state_shown(one) for one in sent]
        yield table_rows([_line(one) for one in shown])
        after = sent[-1].message


def _refused_line(row: BatchRefusal) -> tuple[object, ...]:
    return (row.number, row.recipient, row.device or "", "", "REFUSED", "", row.reason, row.code)


def _line(one: RecipientShown) -> tuple[object, ...]:
    ids = (one.endpoint.id if one.endpoint else "", one.sms.id if one.sms else "")
    status = one.status.description if one.status else ""
    return (one.number, one.recipient, *ids, status, one.final_date, one.reason, "")


def _steering(event: BatchEvent) -> Handler:
    async def handler(services: Services, call: Call[Nothing, None]) -> Reply:
        org, id = call.caller.org, call.path["batch"]
        await asked(services.store, services.batches.move, MoveBatch(org, id, event), call, OF_BATCHES)
        await steer(services.store, services.batches.steer, SteerSlice(org, id, event, call.caller.name))
        return reply(await shown_of(services, await batch_of(services, org, id)))

    return handler


def _route(
    method: str, path: str, handler: Any, summary: str, answer: Answer, query: type = Nothing
) -> Route:
    scope = "sms:read" if method == "GET" else "sms:send"
    answers = {200: answer} if method == "GET" else {200: answer, 409: _STATE}
    return Route(
        method,
        path,
        handler,
        summary,
        answers,
        scope=scope,
        query=query,
        audited=False,
        kind=KIND,
        section="Batches",
        etag=path == _ONE and method == "GET",
        ours=True,
    )


_ONE = "/v1/batch/{batch}"
_STANDS = Answer("The batch as it now stands.", BatchShown)
_STATE = Answer("The batch is in a state that does not allow this.", ErrorBody)
_PAGE = Answer("A page. Link leads to the next one.", list[BatchShown])
_RECIPIENTS = Answer("A page. X-More names where the next one begins.", list[RecipientShown])
ROUTES = (
    Route(
        "POST",
        "/v1/sms",
        send_many,
        "Send to many: devices by id, number, tag or query",
        {
            202: Answer("Every recipient is decided and safe on disk. Location names the batch.", BatchShown),
            422: Answer("Not well formed, too many recipients, or a text that fits nobody.", ErrorBody),
        },
        scope="sms:send",
        audited=False,
        body=ManyBody,
        most_body=MANY_BODY,
        repeats=True,
        kind=KIND,
        section="Batches",
        ours=True,
    ),
    _route("GET", "/v1/batch", list_batches, "Batches, newest first", _PAGE, BatchesQuery),
    _route("GET", _ONE, show, "A batch and its progress", _STANDS),
    _route("GET", f"{_ONE}/recipient", recipients, "What became of each", _RECIPIENTS, RecipientsQuery),
    _route("GET", f"{_ONE}/recipient.csv", table, "The same as a table", Answer("CSV.", media="text/csv")),
    _route("POST", f"{_ONE}/pause", _steering(BatchEvent.PAUSE), "Hold what still waits", _STANDS),
    _route("POST", f"{_ONE}/resume", _steering(BatchEvent.RESUME), "Let it go on", _STANDS),
    _route("POST", f"{_ONE}/cancel", _steering(BatchEvent.CANCEL), "Cancel what still waits", _STANDS),
)
