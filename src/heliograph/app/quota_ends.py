"""Quotas end by their time, whether anybody sends or not: looked for again and again, told once."""

import asyncio

from heliograph.flow.manage.quotas import ENDED_SLICE, EndQuotas
from heliograph.flow.ports import Full, Store

PAUSE_SECONDS = 5.0


async def end_quotas(store: Store) -> None:
    """Until cancelled."""
    flow = EndQuotas()
    while True:
        try:
            (ended,) = await store.run(flow, [None])
        except Full:
            ended = 0
        if ended < ENDED_SLICE:
            await asyncio.sleep(PAUSE_SECONDS)
