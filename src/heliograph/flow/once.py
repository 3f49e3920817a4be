"""Once: a flow whose requests carry an idempotency key. The key's row is written with what the flow writes.

In: keyed requests. Out: per request the flow's answer, and whether it is the repeat of an earlier one. A
repeat in the same batch gets the first one's answer, too. Callers without a key use the flow itself.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

from msgspec import Struct, json

from heliograph.core.changes import Changes
from heliograph.core.idempotency import KeptAnswer, Standing, is_kept, standing
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.ports import Answers, Flow, Transaction, Urgency

R = TypeVar("R")
A = TypeVar("A")
Key = tuple[int, str]


class Keyed(Struct, Generic[R], gc=False):
    """A request under a key of its organisation. `fingerprint` tells it from any other request."""

    org: int
    key: str
    fingerprint: bytes
    request: R


class Told(Struct, Generic[A], gc=False):
    answer: A | Refusal
    replayed: bool


class Once(Generic[R, A]):
    """Wraps a flow. `kind` is what it answers, beside refusals; it has to survive JSON."""

    def __init__(self, flow: Flow[R, A | Refusal], kind: type[A]) -> None:
        self._flow = flow
        self._kind = kind

    @property
    def urgency(self) -> Urgency:
        return self._flow.urgency

    async def __call__(self, tx: Transaction, requests: Sequence[Keyed[R]]) -> Answers[Told[A]]:
        known = await tx.load_kept_answers(sorted({(request.org, request.key) for request in requests}))
        first: dict[Key, Keyed[R]] = {}
        for request in requests:
            key = (request.org, request.key)
            if standing(known.get(key), request.fingerprint, tx.now) is Standing.NEW:
                first.setdefault(key, request)
        done = await self._flow(tx, [request.request for request in first.values()])
        fresh = dict(zip(first, done.answers, strict=True))
        await self._keep(tx, first, fresh)
        return Answers([self._tell(tx, request, known, first, fresh) for request in requests], done.jobs)

    async def _keep(self, tx: Transaction, first: dict[Key, Keyed[R]], fresh: dict[Key, A | Refusal]) -> None:
        changes = Changes()
        for key, request in first.items():
            answer = fresh[key]
            if is_kept(answer):
                refused, octets = int(isinstance(answer, Refusal)), json.encode(answer)
                row = KeptAnswer(*key, tx.now, request.fingerprint, refused, octets)
                changes.kept_answers.append(row)
        await tx.write(changes)

    def _tell(
        self,
        tx: Transaction,
        request: Keyed[R],
        known: dict[Key, KeptAnswer],
        first: dict[Key, Keyed[R]],
        fresh: dict[Key, A | Refusal],
    ) -> Told[A]:
        key = (request.org, request.key)
        began = first.get(key)
        if began is not None:
            same = began.fingerprint == request.fingerprint
            return Told(fresh[key], began is not request) if same else _other()
        kept = known[key]
        if standing(kept, request.fingerprint, tx.now) is Standing.OTHER:
            return _other()
        if kept.refused:
            return Told(json.decode(kept.answer, type=Refusal), replayed=True)
        return Told(json.decode(kept.answer, type=self._kind), replayed=True)


def _other() -> Told[A]:
    return Told(refuse("key_reused"), replayed=False)
