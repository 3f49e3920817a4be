"""One by one: a flow whose requests are answered one after the other, each seeing what those before it wrote.

For what people change. Traffic decides its whole batch at once, and has flows of its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic

from heliograph.flow.ports import A, Answers, R_contra, Transaction, Urgency


class OneByOne(ABC, Generic[R_contra, A]):
    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[R_contra]) -> Answers[A]:
        return Answers([await self.answer(tx, request) for request in requests], [])

    @abstractmethod
    async def answer(self, tx: Transaction, request: R_contra) -> A: ...
