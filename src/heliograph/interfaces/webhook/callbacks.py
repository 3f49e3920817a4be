"""All callbacks at work: a gate for each, opened at the start, changed at once when people change it. Those
of an organisation that lead to the same URL have one far end: its window, its circuit, its pace of recovery.

In: rows of callbacks as they come and change. Out: gates for the dispatcher, each with its outlet; a test
call whenever somebody asks for one.
"""

from collections.abc import Callable

from msgspec import Struct

from heliograph.core.callback import Callback, CallbackAttempt
from heliograph.core.delivery import gate_of_application
from heliograph.core.far_end import FarEnd
from heliograph.core.gate import Gate
from heliograph.core.outcome import DELIVERED
from heliograph.core.web_address import place_of
from heliograph.flow.ports.callbacks import CallbackReader
from heliograph.flow.ports.doors import Doors
from heliograph.interfaces.webhook.outlet import CallbackOutlet, Tools
from heliograph.interfaces.webhook.translate import TEST, trial

LONGEST_OPEN_MS = 60_000  # a dead receiver is probed this often


class Settings(Struct, frozen=True):
    window: int
    connections: int
    drain_per_s: int | None
    timer_ms: int


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
        self._far_ends: dict[tuple[int, str], FarEnd] = {}  # by organisation and URL
        self._started = False

    async def start(self) -> None:
        self._started = True
        for callback in await self._reader.callbacks(None):
            self._open(callback)
        self._share()

    def __contains__(self, application: object) -> bool:
        return application in self._by_id

    def put(self, callback: Callback) -> None:
        """It is new, or people changed it: then its far end starts anew. Where nothing is sent, nothing is
        opened.
        """
        if self._started:
            self._open(callback)
            self._share()

    def _open(self, callback: Callback) -> None:
        name, far = gate_of_application(callback.id), self._far_end(callback)
        door = self._by_id.get(callback.id)
        if door is None:
            door = self._by_id[callback.id] = _Door(Gate(), CallbackOutlet(callback, self._tools))
            door.gate.lead_to(far)
            self._doors.add(name, door.gate, door.outlet, self._settings.timer_ms)
        else:
            door.outlet.change(callback)
            if door.gate.far is not far:
                door.gate.lead_to(far)
            if far.worked():
                self._doors.recovered(name)
        if callback.disabled:
            self._doors.closed(name)
        else:
            self._doors.opened(name)

    def _far_end(self, callback: Callback) -> FarEnd:
        """One organisation's answers never hold up another's calls, though both lead to one URL."""
        place = (callback.org, place_of(callback.url))
        if place not in self._far_ends:
            self._far_ends[place] = FarEnd(
                longest_open_ms=LONGEST_OPEN_MS, drain_per_s=self._settings.drain_per_s
            )
        return self._far_ends[place]

    def _share(self) -> None:
        """Windows that fit into the connections that there are: a slow receiver takes none of another's. Of
        several callbacks to one URL the smallest window counts.
        """
        self._far_ends = {place: far for place, far in self._far_ends.items() if far.gates}
        share = max(1, self._settings.connections // max(1, len(self._far_ends)))
        for far in self._far_ends.values():
            far.window = share
        for door in self._by_id.values():
            far = door.gate.far
            far.window = min(far.window, door.outlet.callback.window or self._settings.window)

    def remove(self, id: int) -> None:
        door = self._by_id.pop(id, None)
        if door is not None:
            self._doors.closed(gate_of_application(id))
            door.gate.lead_to(FarEnd())
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
        """One call at once, beside all lanes, also while the callback is off. It is in the log like any. When
        it is accepted, what rests because its far end was away need not wait for its hour.
        """
        tools = self._tools
        await tools.directory.learn_of(callback.org, secret)
        now = tools.clock.now()
        request = trial(callback.org, tools.directory.organisation(callback.org), now, now)
        made = await CallbackOutlet(callback, tools).call(request, tools.directory.keys(0, secret), 1)
        door = self._by_id.get(callback.id)
        if made.outcome is DELIVERED and door is not None:
            door.gate.far.worked()
            self._doors.recovered(gate_of_application(callback.id))
        return await tools.journal.record(made.line(callback, now, TEST, 0, 0, 1))

    async def stop(self) -> None:
        for door in self._by_id.values():
            await door.outlet.stop()
        await self._tools.journal.flush()
        await self._tools.client.close()
