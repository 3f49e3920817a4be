"""A batch once more: a new one, to those whose SMS failed or expired. An addition to the contract."""

from collections.abc import Iterable

from heliograph.core.batch import MOST_RECIPIENTS, Batch, BatchState
from heliograph.core.message import Message
from heliograph.core.refusal import refuse
from heliograph.flow.batches.send import NewBatch, Recipient
from heliograph.interfaces.rest.problem import ErrorBody
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
    failed = await _failed(services, old)
    if old.state == BatchState.ACCEPTING:
        raise of_refusal(refuse("batch_state", "batch", "The batch is still being accepted."))
    if not failed:
        raise of_refusal(refuse("batch_state", "batch", "No SMS of the batch has failed or expired."))
    name = body.name or old.name
    new = NewBatch(caller.org, caller.name, name, old.payload, len(failed), retry_of=old.id)

    async def rest(batch: Batch) -> Iterable[Recipient]:
        """All of them; or, when a crash broke it off, those that are still undecided."""
        left = [message for message in failed if (message.final_at or 0) <= batch.created_at]
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
        "Send again to those whose SMS failed or expired, as a new batch that names this one",
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
