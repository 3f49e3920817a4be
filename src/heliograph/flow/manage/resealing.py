"""Sealing anew: after a rotation, what older keys sealed is opened and sealed with the newest one.

In: a slice of a sealed column; the vault, as a `Sealer`. Out: what was found in it. Each slice is one small
transaction, so that it can be broken off at any time and started again.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.security.sealed import SEALED, KeyRing, SealedRow
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 100


class Sealer(Protocol):
    def is_current(self, sealed: bytes) -> bool: ...
    def renewed(self, sealed: bytes, purpose: str) -> bytes | None:
        """The same secret, sealed with the newest key. None: no key of the ring opens it."""
        ...


class Slice(Struct, frozen=True):
    """The next rows of a column of the registry."""

    column: int
    after: int
    write: bool  # else they are only looked at


class Looked(Struct, frozen=True):
    rows: int
    last: int | None  # the one that was looked at last; None: there was none left
    old: int  # that an older key sealed
    lost: int  # that no key opens


class Reseal(OneByOne[Slice, Looked]):
    urgency = Urgency.BULK

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def answer(self, tx: Transaction, request: Slice) -> Looked:
        column = SEALED[request.column]
        rows = await tx.admin.load_sealed(column, request.after, SLICE)
        old = [row for row in rows if not self._sealer.is_current(row.octets)]
        renewed: list[SealedRow] = []
        for row in old:
            octets = self._sealer.renewed(row.octets, column.purpose_of(row.org))
            if octets is not None:
                renewed.append(SealedRow(row.id, row.org, octets))
        if request.write:
            await tx.admin.replace_sealed(column, renewed)
        return Looked(len(rows), rows[-1].id if rows else None, len(renewed), len(old) - len(renewed))


class KeysChanged(Struct, frozen=True):
    action: str
    before: KeyRing
    after: KeyRing


class RecordKeys:
    """The flow that notes in the audit trail what became of the keys."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[KeysChanged]) -> Answers[None]:
        for request in requests:
            await tx.admin.record_keys(request.action, request.before, request.after)
        return Answers([None] * len(requests), [])
