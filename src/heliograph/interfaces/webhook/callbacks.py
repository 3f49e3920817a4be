"""All callbacks at work: a gate for each, opened at the start, changed at once when people change it.

In: rows of callbacks as they come and change. Out: gates for the dispatcher, each with its outlet; a test
call whenever somebody asks for one.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from heliograph.core.callback import Callback, CallbackAttempt
from heliograph.core.delivery import gate_of_application
from heliograph.core.gate import Gate
from heliograph.flow.ports import Outlet
from heliograph.flow.ports.callbacks import CallbackReader
from heliograph.interfaces.webhook.outlet import CallbackOutlet, Tools
from heliograph.interfaces.webhook.translate import TEST, trial

LONGEST_OPEN_MS = 60_000  # a dead receiver is probed this often
TIMER_MARGIN_MS = 10_000  # a call that outlives its own limits by this much is unknown


class Settings(Struct, frozen=True):
    window: int
    connections: int
    drain_per_s: int | None
    timer_ms: int


class Doors(Protocol):
    """Where gates are kept: the dispatcher's, seen from here."""

    def add(self, name: str, gate: Gate, outlet: Outlet, timer_ms: int) -> None: ...
    def opened(self, name: str) -> None: ...
    def closed(self, name: str) -> None: ...


class _Door(Struct):
    gate: Gate
    outlet: CallbackOutlet


class Callbacks:
    def __init__(
        self,
        reader: CallbackReader,
        tools: Callable[[Callable[[Callback], None]], Tools],
        doors: Doors,
        settings: Settings,
        disable: Callable[[Callback], None],
    ) -> None:
        self._reader = reader
        self._doors = doors
        self._settings = settings
        self._disable = disable
        self._tools = tools(self._gone)
        self._by_id: dict[int, _Door] = {}
        self._started = False

    async def start(self) -> None:
        self._started = True
        for callback in await self._reader.callbacks(None):
            self._open(callback)
        self._share()

    def __contains__(self, application: object) -> bool:
        return application in self._by_id

    def put(self, callback: Callback) -> None:
        """It is new, or it changed: its circuit starts anew. Where nothing is sent, nothing is opened."""
        if self._started:
            self._open(callback)
            self._share()

    def _open(self, callback: Callback) -> None:
        name = gate_of_application(callback.id)
        door = self._by_id.get(callback.id)
        if door is None:
            gate = Gate(longest_open_ms=LONGEST_OPEN_MS, drain_per_s=self._settings.drain_per_s)
            door = self._by_id[callback.id] = _Door(gate, CallbackOutlet(callback, self._tools))
            self._doors.add(name, gate, door.outlet, self._settings.timer_ms)
        else:
            door.outlet.change(callback)
            door.gate.worked()
        if callback.disabled:
            self._doors.closed(name)
        else:
            self._doors.opened(name)

    def _share(self) -> None:
        """Windows that fit into the connections that there are: a slow receiver takes none of another's."""
        share = max(1, self._settings.connections // max(1, len(self._by_id)))
        for door in self._by_id.values():
            door.gate.window = min(door.outlet.callback.window or self._settings.window, share)

    def remove(self, id: int) -> None:
        if self._by_id.pop(id, None) is not None:
            self._doors.closed(gate_of_application(id))
            self._share()

    def _gone(self, callback: Callback) -> None:
        """410: no call leaves from now on, and the row is told."""
        door = self._by_id.get(callback.id)
        if door is not None and door.outlet.callback is callback:
            self._doors.closed(gate_of_application(callback.id))
            self._disable(callback)

    def forget_secret(self, id: int) -> None:
        """It was changed: from now on calls are signed as it says."""
        self._tools.directory.forget(id)

    async def test(self, callback: Callback, secret: int | None) -> CallbackAttempt:
        """One call at once, beside all lanes, also while the callback is off. It is in the log like any."""
        tools = self._tools
        await tools.directory.learn_of(callback.org, secret)
        now = tools.clock.now()
        request = trial(callback.org, tools.directory.organisation(callback.org), now, now)
        made = await CallbackOutlet(callback, tools).call(request, tools.directory.keys(0, secret), 1)
        line = made.line(callback, now, TEST, 0, 0, 1)
        tools.journal.note(line)
        return line

    async def stop(self) -> None:
        for door in self._by_id.values():
            await door.outlet.stop()
        await self._tools.journal.flush()
        await self._tools.client.close()
