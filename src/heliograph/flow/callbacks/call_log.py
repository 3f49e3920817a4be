"""The log of calls: written a batch at a time, after the calls; trimmed a slice at a time."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.callback import CallbackAttempt
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 1_000


class LogCalls:
    """The flow. The answers: the numbers, which are given here."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[CallbackAttempt]) -> Answers[int]:
        rows = [replace(row, number=tx.next_position()) for row in requests]
        await tx.callbacks.log(rows)
        return Answers([row.number for row in rows], [])


class Trim(Struct, frozen=True):
    callback: int
    up_to: int


class TrimCalls:
    """The flow. The answer: is more left?"""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[Trim]) -> Answers[bool]:
        return Answers(
            [
                await tx.callbacks.trim_log(request.callback, request.up_to, SLICE) == SLICE
                for request in requests
            ],
            [],
        )
