"""Webhooks, put together: callbacks with their gates, the log of their calls kept short, what routes need."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from heliograph.app.doors import Doors
from heliograph.config import Config
from heliograph.core.callback import Callback, CallbackAttempt
from heliograph.core.delivery import Job
from heliograph.core.message import DAY_MS
from heliograph.core.outcome import Outcome
from heliograph.flow.callbacks.call_log import LogCalls, Trim, TrimCalls
from heliograph.flow.manage.callbacks import DisableCallback, ManageCallbacks
from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.ports.callbacks import CallbackReader
from heliograph.flow.ports.doors import TIMER_MARGIN_MS
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.rest.translate.events import type_of
from heliograph.interfaces.webhook.call import Client
from heliograph.interfaces.webhook.callbacks import Callbacks, Settings
from heliograph.interfaces.webhook.directory import Directory
from heliograph.interfaces.webhook.journal import Journal
from heliograph.interfaces.webhook.outlet import Tools
from heliograph.runtime.guard import Guard
from heliograph.runtime.http.client import Limits
from heliograph.runtime.unavailable import Unavailable
from heliograph.runtime.vault import Vault

log = structlog.get_logger()

TRIM_PAUSE_SECONDS = 10.0
TRIM_ALL_EVERY = 360  # pauses: callbacks that are not called any more have a log, too
GONE = "the far end answered 410"


class Webhooks:
    """Made with the app. Until it is started, no gate is open; a test call can be made all the same."""

    def __init__(
        self, config: Config, store: Store, reader: CallbackReader, vault: Vault, clock: Clock, doors: Doors
    ) -> None:
        settings = config.webhooks
        self._config = config
        self._store = store
        self._reader = reader
        self._clock = clock
        self._report_on = doors.report
        self.outcomes: dict[str, int] = {}  # of all calls since the start, by kind
        self.manage = ManageCallbacks()
        self._log_calls, self._trim_calls = LogCalls(), TrimCalls()
        self.journal = Journal(self._write)
        self._client = Client(
            guard_of(config), Limits(settings.connect_seconds, settings.total_seconds, settings.connections)
        )
        directory = Directory(reader, vault, clock)

        def tools(gone: Callable[[Callback], None]) -> Tools:
            return Tools(self._client, directory, self.journal, clock, self._report, described, gone)

        timer_ms = settings.total_seconds * 1000 + TIMER_MARGIN_MS
        self.callbacks = Callbacks(
            reader,
            tools,
            doors,
            Settings(settings.window, settings.connections, settings.drain_per_s or None, timer_ms),
            self._disable,
        )
        self._disabling: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self.callbacks.start()

    async def stop(self) -> None:
        await self.callbacks.stop()
        if self._disabling:
            await asyncio.wait(self._disabling)

    def _report(self, outcomes: Sequence[tuple[Job, Outcome]]) -> None:
        """Counted here, since callbacks come and go."""
        for _, outcome in outcomes:
            kind = type(outcome).__name__.lower()
            self.outcomes[kind] = self.outcomes.get(kind, 0) + 1
        self._report_on(outcomes)

    def _disable(self, callback: Callback) -> None:
        task = asyncio.get_running_loop().create_task(self._tell_disabled(callback))
        self._disabling.add(task)
        task.add_done_callback(self._disabling.discard)

    async def _tell_disabled(self, callback: Callback) -> None:
        """If the store cannot take it, the gate stays closed until a restart, and 410 comes again."""
        try:
            await self._store.run(self.manage, [DisableCallback(callback.org, callback.id, GONE)])
        except Full:
            log.warning("a callback is off, and nobody was told", callback=callback.id)

    async def _write(self, attempts: Sequence[CallbackAttempt]) -> Sequence[int]:
        return await self._store.run(self._log_calls, attempts)

    async def keep_log_short(self) -> None:
        """Until cancelled."""
        pauses = 0
        while True:
            grown, self.journal.written = self.journal.written, set()
            if pauses % TRIM_ALL_EVERY == 0:
                grown |= {callback.id for callback in await self._reader.callbacks(None)}
            for callback in sorted(grown):
                try:
                    await self._trim(callback)
                except (Full, TooSlow):
                    self.journal.written.add(callback)
            pauses += 1
            await asyncio.sleep(TRIM_PAUSE_SECONDS)

    async def _trim(self, callback: int) -> None:
        settings = self._config.webhooks
        since = self._clock.now() - settings.log_days * DAY_MS
        up_to = await self._reader.log_end(callback, settings.log_rows, since)
        more = up_to > 0
        while more:
            (more,) = await self._store.run(self._trim_calls, [Trim(callback, up_to)])


def described(type: str) -> tuple[int, str]:
    """As the API lists events."""
    look = type_of(type)
    return look.id, look.description


def guard_of(config: Config) -> Guard:
    try:
        return Guard(config.webhooks.allow)
    except ValueError as error:
        raise Unavailable(f"webhooks.allow: {error}.") from error
