"""Retention as it runs: step after step while something is old, then again after a while."""

import asyncio

from heliograph.app.settings import retain_flow
from heliograph.config import Config
from heliograph.flow.ports import Full, Store
from heliograph.flow.reads.browse import Browse

STEP_PAUSE_SECONDS = 0.1  # traffic comes between two steps
ROUND_PAUSE_SECONDS = 600.0


async def retain(store: Store, browse: Browse, config: Config) -> None:
    """Until cancelled."""
    flow = retain_flow(config)
    while True:
        organisations = [organisation.id for organisation in await browse.organisations()]
        try:
            more = any(retained.more for retained in await store.run(flow, organisations))
        except Full:
            more = False
        await asyncio.sleep(STEP_PAUSE_SECONDS if more else ROUND_PAUSE_SECONDS)
