"""The doors of whatever brings deliveries somewhere: gates with their outlets, and the way back of outcomes.

In: gates that come, open and close. Out: the dispatcher knows of them. One for all: networks, upstreams,
callbacks, accounts, listening commands.
"""

from heliograph.core.gate import Gate, Gates
from heliograph.dispatcher import DEFAULT_TIMER_MS, Dispatcher
from heliograph.flow.ports import Outlet


class Doors:
    def __init__(self, gates: Gates, dispatcher: Dispatcher) -> None:
        self._gates = gates
        self._dispatcher = dispatcher
        self.opened = dispatcher.opened
        self.closed = dispatcher.closed
        self.recovered = dispatcher.recovered
        self.set_timer = dispatcher.set_timer
        self.report = dispatcher.report

    def add(self, name: str, gate: Gate, outlet: Outlet, timer_ms: int = DEFAULT_TIMER_MS) -> None:
        self._gates.add(name, gate)
        self._dispatcher.connect(name, outlet, timer_ms)
