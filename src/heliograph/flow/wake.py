"""Waking: a gate opened, so the lanes that waited behind it are due. A slice at a time, so that traffic
goes on.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.delivery import receiver_of_gate
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 1024


class WakeSlice(Struct, gc=False):
    gate: str
    after: int  # the last key of the slice before


class Wake:
    """The flow. The answer: the slice's last key, None when all are woken."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[WakeSlice]) -> Answers[int | None]:
        return Answers(
            [
                await tx.wake_gate(request.gate, receiver_of_gate(request.gate), request.after, SLICE)
                for request in requests
            ],
            [],
        )
