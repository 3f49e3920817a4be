"""Tasks that must not die quietly: a supervisor logs what killed one, once, with context, and starts it
again.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0


async def supervise(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Runs `work` until it returns. A crash is a bug: it is logged and the work starts again, ever more
    slowly.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await work()
            return
        except Exception:
            log.exception("task died", task=name, again_in_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
