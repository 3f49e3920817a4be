"""Batches whose call a stop broke off: nobody decides their recipients any more, and they say so."""

from heliograph.core.batch import BatchEvent
from heliograph.flow.batches.send import MoveBatch, MoveBatches
from heliograph.flow.ports import Store
from heliograph.flow.reads.batch_port import BatchReader


async def break_off(store: Store, reader: BatchReader) -> None:
    """At the start, before any call is taken."""
    left = [MoveBatch(one.org, one.id, BatchEvent.BREAK_OFF) for one in await reader.unfinished()]
    if left:
        await store.run(MoveBatches(), left)
