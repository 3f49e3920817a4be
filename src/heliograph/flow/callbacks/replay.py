"""Replaying: SMS, receipts and events that are over go to their callback once more, behind what waits there.

In: a callback and what of it. Out: how many were put on its lanes. The id that a receiver sees is the one of
the first time, so that it can drop what it has.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.callback import Callback
from heliograph.core.changes import Changes, Note
from heliograph.core.delivery import Job, Kind, gate_of_application, key_of_phone
from heliograph.core.message import Direction, Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.story.timeline import line, word
from heliograph.flow.callbacks.announce import tell
from heliograph.flow.lanes import new_delivery, park
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 200  # of one request


class Again(Struct, frozen=True):
    """Messages, or events, by id, oldest first."""

    org: int
    callback: int
    ids: tuple[int, ...]
    asked_by: str
    events: bool = False


class Replay:
    """The flow. What is not this callback's, or not over, is passed over."""

    urgency = Urgency.BULK

    def __init__(self, validity_seconds: int) -> None:
        self._validity_ms = validity_seconds * 1000

    async def __call__(self, tx: Transaction, requests: Sequence[Again]) -> Answers[int | Refusal]:
        return Answers([await self._replay(tx, request) for request in requests], [])

    async def _replay(self, tx: Transaction, request: Again) -> int | Refusal:
        callback = (await tx.admin.load(Callback, [request.callback])).get(request.callback)
        if callback is None or callback.org != request.org:
            return refuse("unknown_callback")
        changes = Changes()
        if request.events:
            for happening in await tx.callbacks.load_events(request.ids):
                if happening.org == request.org:
                    tell(tx, changes, callback.id, happening)
        else:
            await self._messages(tx, changes, request)
        await tx.write(changes)
        return len(changes.deliveries)

    async def _messages(self, tx: Transaction, changes: Changes, request: Again) -> None:
        messages = await tx.load_messages(request.ids)
        under_way = await tx.callbacks.replaying(request.callback, request.ids)
        for id in request.ids:
            message = messages.get(id)
            if message is not None and id not in under_way and _may(message, request):
                self._put(tx, changes, message, request)

    def _put(self, tx: Transaction, changes: Changes, message: Message, request: Again) -> None:
        is_mo = message.direction == Direction.MO
        own = message.origin if is_mo else message.device or message.origin
        key = own or key_of_phone(message.source if is_mo else message.destination)
        kind = Kind.REPLAY if is_mo else Kind.RECEIPT
        expires_at = tx.now + self._validity_ms
        delivery = new_delivery(tx, message, kind, request.callback, key, expires_at)
        changes.deliveries.append(delivery)
        note = line("replayed", tx.now, request.callback, word(request.asked_by))
        changes.notes.append(Note(note, message.id))
        gate = gate_of_application(request.callback)
        park(tx, changes, Job(delivery, message, gate, "", ""), tx.now)


def _may(message: Message, request: Again) -> bool:
    if message.org != request.org or message.application != request.callback or message.final_at is None:
        return False
    if message.direction == Direction.MO:
        return message.body is not None
    return bool(message.receipt)
