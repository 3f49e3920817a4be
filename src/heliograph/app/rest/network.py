"""What the API tells of networks, gates and lanes, put together."""

from heliograph.app import App
from heliograph.core.gate import Gates
from heliograph.flow.ports import Clock
from heliograph.flow.reads.network_port import GateView
from heliograph.interfaces.rest.services import NetworkServices
from heliograph.store.reads.network import SqliteNetworkReader


def network_services(app: App) -> NetworkServices:
    return NetworkServices(SqliteNetworkReader(app.reader), LiveGates(app.gates, app.clock))


class LiveGates:
    """The seam `flow/reads/network_port.GateDesk`: plain reads of what the writer's thread changes."""

    def __init__(self, gates: Gates, clock: Clock) -> None:
        self._gates = gates
        self._clock = clock

    def view(self, name: str) -> GateView | None:
        gate = self._gates.by_name.get(name)
        if gate is None:
            return None
        far = gate.far
        rests = far.circuit_open(self._clock.now())
        return GateView(
            name=name,
            is_reachable=gate.reachable,
            rests_since=far.opens_at - far.rests_ms if rests else None,
            rests_until=far.opens_at if rests else None,
            failures=far.failures,
            window=far.window,
            in_flight=gate.in_flight,
            rate_per_s=far.rate_per_s,
        )
