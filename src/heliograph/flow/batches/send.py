"""Sending to many: a batch is begun, its recipients are decided slice by slice, and it is accepted when the
last of them is on disk.

In: one request to begin; then the recipients, each a submission or a refusal made before. Out: the batch, and
an answer per recipient. Slices yield to whatever single callers want.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.batch import (
    MOST_RETRIES,
    TRANSITIONS,
    Batch,
    BatchEvent,
    BatchProgress,
    BatchRefusal,
    BatchState,
)
from heliograph.core.changes import Changes
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.ports import Answers, Flow, Store, Transaction, Urgency
from heliograph.flow.requests import Submission, SubmitAnswer

SLICE = 32  # recipients: all that a round holds while single sends wait, too
IN_FLIGHT = 8  # slices handed in: half of them are written, in one round, while the next are made


class NewBatch(Struct, frozen=True):
    org: int
    sender: str
    name: str
    payload: str
    total: int
    refusal: Refusal | None = None  # why there is none: no text fits anybody
    retry_of: int | None = None
    retries: int | None = None  # of that one before this, as the caller saw them; None: however many


class Recipient(Struct, frozen=True, gc=False):
    """One of many: who was meant, and the SMS for them; or why there is none."""

    batch: int
    number: int  # from 1, in the order of the call
    name: str
    wanted: Submission | Refusal
    device: int | None = None


class BeginBatches:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[NewBatch]) -> Answers[Batch | Refusal]:
        answers: list[Batch | Refusal] = []
        changes = Changes()
        for one in requests:
            answer = one.refusal or await self._refuses(tx, one, changes.batches) or self._begin(tx, one)
            answers.append(answer)
            if isinstance(answer, Batch):
                changes.batches.append(answer)
        await tx.write(changes)
        return Answers(answers, [])

    async def _refuses(self, tx: Transaction, one: NewBatch, begun: Sequence[Batch]) -> Refusal | None:
        """Two who send a batch again at once would send twice to the same people."""
        if one.retry_of is None:
            return None
        there = await tx.count_retries(one.retry_of)
        there += sum([batch.retry_of == one.retry_of for batch in begun])
        if there >= MOST_RETRIES:
            return refuse("batch_state", "retried", f"The batch was sent again {MOST_RETRIES} times already.")
        if one.retries in (None, there):
            return None
        return refuse("batch_state", "retried", "The batch was sent again by somebody else just now.")

    def _begin(self, tx: Transaction, one: NewBatch) -> Batch:
        id = tx.next_id(0)
        return Batch(id, one.org, tx.now, one.sender, one.name, one.payload, one.total, retry_of=one.retry_of)


class DecideRecipients:
    """The flow. `submit` decides over each SMS as over any other."""

    urgency = Urgency.BULK

    def __init__(self, submit: Flow[Submission, SubmitAnswer]) -> None:
        self._submit = submit

    async def __call__(self, tx: Transaction, requests: Sequence[Recipient]) -> Answers[SubmitAnswer]:
        wanted = [one.wanted for one in requests if isinstance(one.wanted, Submission)]
        done = await self._submit(tx, wanted)
        fresh = iter(done.answers)
        answers = [next(fresh) if isinstance(one.wanted, Submission) else one.wanted for one in requests]
        await tx.write(_books(requests, answers))
        return Answers(answers, done.jobs)


def _books(requests: Sequence[Recipient], answers: Sequence[SubmitAnswer]) -> Changes:
    """Who was refused, and how far each batch has come."""
    changes = Changes()
    decided: dict[int, int] = {}
    refused: dict[int, int] = {}
    for one, answer in zip(requests, answers, strict=True):
        decided[one.batch] = one.number
        if isinstance(answer, Refusal):
            refused[one.batch] = refused.get(one.batch, 0) + 1
            device = None if answer.code == "unknown_device" else one.device
            rule = answer.rule or ""
            row = BatchRefusal(one.batch, one.number, one.name, answer.code, answer.reason, rule, device)
            changes.batch_refusals.append(row)
    changes.batch_progress += [BatchProgress(last, refused.get(id, 0), id) for id, last in decided.items()]
    return changes


class MoveBatch(Struct, frozen=True):
    org: int
    batch: int
    event: BatchEvent


class MoveBatches:
    """The flow: a batch takes the next step of its life, or refuses it."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[MoveBatch]) -> Answers[Batch | Refusal]:
        return Answers([await self._move(tx, request) for request in requests], [])

    async def _move(self, tx: Transaction, request: MoveBatch) -> Batch | Refusal:
        batch = (await tx.load_batches([request.batch])).get(request.batch)
        if batch is None or batch.org != request.org:
            return refuse("no_such_batch")
        after = TRANSITIONS.get((BatchState(batch.state), request.event))
        if after is None:
            said = f"A batch that is {BatchState(batch.state).name} cannot do this."
            return refuse("batch_state", "batch", said)
        batch = replace(batch, state=after)
        changes = Changes()
        changes.batch_states.append((after, batch.id))
        await tx.write(changes)
        return batch


async def decide(store: Store, flow: DecideRecipients, recipients: Iterable[Recipient]) -> list[SubmitAnswer]:
    """All of them, in order, a bounded number at a time. Returns when the last is committed."""
    rest, answers = iter(recipients), list[SubmitAnswer]()
    under_way = []
    while some := list(islice(rest, SLICE)):
        under_way.append(store.run(flow, some))
        if len(under_way) == IN_FLIGHT:
            answers += await under_way.pop(0)
    for last in under_way:
        answers += await last
    return answers
