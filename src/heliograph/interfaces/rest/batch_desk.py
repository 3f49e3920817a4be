"""Batches that are being accepted right now: a repeat of the call waits for the first one instead of deciding
again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class BatchDesk:
    def __init__(self) -> None:
        self._under_way: dict[int, asyncio.Event] = {}

    async def wait(self, batch: int) -> None:
        """Until nobody is at it."""
        event = self._under_way.get(batch)
        if event is not None:
            await event.wait()

    @asynccontextmanager
    async def deciding(self, batch: int) -> AsyncIterator[None]:
        event = self._under_way[batch] = asyncio.Event()
        try:
            yield
        finally:
            del self._under_way[batch]
            event.set()
