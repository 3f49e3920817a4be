"""Seen: which logins and tokens called, when and from where, noted at most once a minute each.

In: callers that were let in. Out: a write now and then, for many at a time; a call never waits for it.
"""

import asyncio

import structlog

from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.seen import NoteSeen, Seen
from heliograph.interfaces.rest.callers.access import Caller

FOLDED_MS = 60_000
PAUSE_SECONDS = 1.0  # what comes within it is written together
MOST_REMEMBERED = 20_000
log = structlog.get_logger()

Who = tuple[int, int]  # the login, the token; one of them is 0


class SeenDesk:
    """On the loop."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._flow = NoteSeen()
        self._told: dict[Who, tuple[int, str]] = {}  # when, from where
        self._waiting: dict[Who, Seen] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, caller: Caller, address: str) -> None:
        who = (caller.session or 0, caller.token or 0)
        now = self._clock.now()
        at, place = self._told.get(who, (0, ""))
        if (0 <= now - at < FOLDED_MS and place == address) or who == (0, 0):
            return
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[who] = (now, address)
        self._waiting[who] = Seen(caller.org, now, address, caller.session, caller.token)
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        """Nobody has to be told when it fails: the next call is noted again."""
        await asyncio.sleep(PAUSE_SECONDS)
        seen, self._waiting, self._writing = list(self._waiting.values()), {}, None
        try:
            await self._store.run(self._flow, seen)
        except Full:
            log.warning("when logins were seen is not written", logins=len(seen))

    def end(self) -> None:
        """The server stops: what was seen in its last moment is not noted."""
        if self._writing is not None:
            self._writing.cancel()
