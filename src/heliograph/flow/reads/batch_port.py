"""The seam for reads of batches by the API, each of one organisation and of bounded size."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.batch import Batch, BatchRefusal
from heliograph.core.device import Device
from heliograph.core.message import Message


class Sent(Struct, frozen=True, gc=False):
    """What became of a recipient whose SMS was accepted."""

    message: int
    number: int  # its place in the call
    state: int
    reason: str | None
    device: int | None  # None: a phone outside the fleet, with its number in `msisdn`
    name: str
    msisdn: str
    final_at: int | None


class BatchReader(Protocol):
    async def batches(self, org: int, before: int, limit: int) -> list[Batch]:
        """Newest first."""
        ...

    async def batch(self, org: int, id: int) -> Batch | None: ...
    async def unfinished(self) -> list[Batch]:
        """Those of all organisations that are being accepted, or were when the program stopped."""
        ...

    async def retries(self, org: int, batch: int, limit: int) -> list[Batch]:
        """Those that send again to its failed ones, oldest first."""
        ...

    async def states(self, batch: int) -> dict[int, int]:
        """How many of its messages are in which state."""
        ...

    async def sent(self, batch: int, after: int, limit: int) -> list[Sent]:
        """By message id."""
        ...

    async def refusals(self, batch: int, after: int, limit: int) -> list[BatchRefusal]:
        """By number."""
        ...

    async def failed(self, batch: int, after: int, limit: int) -> list[Message]:
        """Its messages that failed or expired, by id."""
        ...

    async def numbers(self, org: int, msisdns: Sequence[str]) -> dict[str, Device]: ...
    async def suppressed(self, org: int, numbers: Sequence[str]) -> set[str]:
        """Those outside the fleet that want nothing more."""
        ...
