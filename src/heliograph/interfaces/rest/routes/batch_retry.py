"""A batch once more: a new one, to those whose SMS failed or expired. An addition to the contract."""

from collections.abc import Iterable, Sequence

from heliograph.core.batch import MOST_RECIPIENTS, MOST_RETRIES, Batch, BatchState
from heliograph.core.message import Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.batches.send import NewBatch, Recipient
from heliograph.interfaces.rest.problem import ErrorBody, Problem
from heliograph.interfaces.rest.refusals import of_refusal
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route
from heliograph.interfaces.rest.routes.batches import batch_of, begun, decided_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.batch_retry import Again, RetryBody, name_of
from heliograph.interfaces.rest.translate.batches import KIND, BatchShown

PIECE = 500  # messages that are read at a time


async def retry(services: Services, call: Call[Nothing, RetryBody]) -> Reply:
    caller, body = call.caller, call.body
    again = Again(body, caller, services.clock.now())
    old = await batch_of(services, caller.org, call.path["batch"])
    if old.state == BatchState.ACCEPTING:
        raise _bad_state("The batch is still being accepted.")
    failed = await _failed(services, old)
    if not failed:
        raise _bad_state("No SMS of the batch has failed or expired.")
    reader = services.batches.reader
    earlier = [] if body.again else await reader.retries(caller.org, old.id, MOST_RETRIES)
    untaken = await _untaken(services, failed, earlier)
    new = NewBatch(
        caller.org,
        caller.name,
        body.name or old.name,
        old.payload,
        len(untaken),
        _nobody(untaken, earlier),  # not raised: a repeat under its key is answered as the first call was
        old.id,
        None if body.again else len(earlier),
    )

    async def rest(batch: Batch) -> Iterable[Recipient]:
        """All of them; or, when a crash broke it off, those that are still undecided."""
        before = [one for one in earlier if one.id < batch.id]
        left = [one for one in failed if (one.final_at or 0) <= batch.created_at]
        left = await _untaken(services, left, before)
        if batch.decided:
            sent, names = await decided_of(services, batch)
            left = [one for one in left if (one.device or one.destination) not in sent]
            left = [one for one in left if name_of(one) not in names]
        labels = {}
        for start in range(0, len(left), PIECE):
            some = [message.id for message in left[start : start + PIECE]]
            labels.update(await services.batches.devices.labels(some))
        return again.recipients(batch, left, labels)

    return await begun(services, call, new, rest)


def _bad_state(reason: str) -> Problem:
    return of_refusal(refuse("batch_state", "batch", reason))


async def _untaken(
    services: Services, messages: Sequence[Message], retries: Sequence[Batch]
) -> list[Message]:
    """Those whose recipients none of these retries took."""
    taken: set[int | str] = set()
    for batch in retries:
        taken |= (await decided_of(services, batch))[0]
    return [one for one in messages if (one.device or one.destination) not in taken]


def _nobody(untaken: Sequence[Message], earlier: Sequence[Batch]) -> Refusal | None:
    """Why there is nobody to send to now."""
    undecided = next((one.id for one in earlier if one.is_undecided()), None)
    if undecided is not None:
        said = f"Batch {undecided} is sending it again and is not accepted yet: wait for it, or cancel it."
        return refuse("batch_state", "retried", said)
    if not untaken:
        said = "A retry has sent to all of them already: retry that one, or say again: true."
        return refuse("batch_state", "retried", said)
    return None


async def _failed(services: Services, batch: Batch) -> list[Message]:
    found: list[Message] = []
    after = 0
    while len(found) < MOST_RECIPIENTS and (
        some := await services.batches.reader.failed(batch.id, after, PIECE)
    ):
        found += some
        after = some[-1].id
    return found


ROUTES = (
    Route(
        "POST",
        "/v1/batch/{batch}/retry",
        retry,
        "Send again to those whose SMS failed or expired and to whom no retry has sent yet, as a new batch",
        {
            202: Answer("Every recipient is decided and safe on disk. Location names the batch.", BatchShown),
            409: Answer("It is still being accepted, or nobody is left to send to.", ErrorBody),
        },
        scope="sms:send",
        audited=False,
        body=RetryBody,
        no_body=b"{}",
        repeats=True,
        kind=KIND,
        section="Batches",
        ours=True,
    ),
)
