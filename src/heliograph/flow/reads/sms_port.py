"""The seam for reads of SMS by the API: those of a device, and a search across devices. Newest first.

Each verb reads a bounded number of rows in one short snapshot; `sms` asks again.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.sim import Sim
from heliograph.flow.reads.port import Slice
from heliograph.flow.shown import Mark


class SmsFilter(Struct, frozen=True):
    direction: int | None = None
    state: int | None = None
    since: int = 0  # accepted then or later
    until: int | None = None  # accepted before
    text: str | None = None  # in the body, source or destination; ASCII letters in any case
    tag: str | None = None
    reference: str | None = None
    device: int | None = None  # to it or from it

    @property
    def is_plain(self) -> bool:
        """Nothing but what an index finds: whatever is looked at is wanted."""
        return (self.direction, self.state, self.text, self.tag) == (None, None, None, None) and not (
            self.reference is not None and self.device is not None
        )


class SmsReader(Protocol):
    async def device(self, org: int, id: int) -> Device | None: ...
    async def devices(self, org: int, ids: Sequence[int]) -> dict[int, Device]: ...
    async def sims(self, devices: Sequence[int]) -> dict[int, Sim]:
        """By device."""
        ...

    async def message(self, org: int, id: int) -> Message | None: ...
    async def labels(self, messages: Sequence[int]) -> dict[int, MessageLabel]: ...
    async def of_device(
        self, org: int, device: int, before: Mark, limit: int, offset: int = 0
    ) -> list[Message]: ...
    async def count(self, org: int, device: int, most: int) -> int:
        """Not counted beyond `most`."""
        ...

    async def search(self, org: int, wanted: SmsFilter, before: Mark, limit: int) -> Slice[Message, Mark]: ...
