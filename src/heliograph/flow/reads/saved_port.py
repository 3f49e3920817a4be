"""The seam for reads of what people saved. Each list is bounded by how many there may be."""

from typing import Protocol

from heliograph.core.saved import SavedView, SmsTemplate


class SavedReader(Protocol):
    async def views(self, org: int) -> list[SavedView]:
        """Everybody's, by id."""
        ...

    async def templates(self, org: int) -> list[SmsTemplate]: ...
