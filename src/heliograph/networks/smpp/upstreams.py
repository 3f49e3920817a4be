"""All upstreams at work: a gate for each that is enabled, opened at the start, changed at once when people
change it.

In: rows as they come and change. Out: gates for the dispatcher, each with its outlet; the health of each.
"""

import asyncio

from heliograph.core.upstream import Upstream
from heliograph.flow.reads.smpp_port import TraceLine
from heliograph.flow.reads.upstream_port import UpstreamView
from heliograph.networks.smpp.station import Station, Tools


class Upstreams:
    """The seam `flow/reads/upstream_port.UpstreamLinks`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._by_id: dict[int, Station] = {}
        self._off: dict[int, Station] = {}  # switched off: what they counted is theirs, and may go on
        self.leaving: dict[Station, asyncio.Task[None]] = {}  # taken away, with something under way

    def put(self, upstream: Upstream) -> None:
        """A name is its gate's: with another name it is another one. Answers of two changes may come in any
        order: the newer row stays.
        """
        known = self._by_id.get(upstream.id)
        if known is not None and upstream.updated_at < known.upstream.updated_at:
            return
        if known is not None and upstream.name != known.upstream.name:
            self.remove(upstream.id)
            known = None
        if not upstream.enabled:
            self._switch_off(upstream.id)
        elif known is not None:
            known.change(upstream)
        else:
            self._begin(upstream)

    def _switch_off(self, id: int) -> None:
        station = self._by_id.pop(id, None)
        if station is not None:
            self._off[id] = station
            station.leave()

    def _begin(self, upstream: Upstream) -> None:
        """Only its own row's: who takes over the name of another one sees nothing of that one's SMS."""
        station = self._off.pop(upstream.id, None)
        for other in [*self._by_id.values(), *self._off.values()]:
            if other.upstream.name == upstream.name:  # that it is gone is told later
                self.remove(other.upstream.id)
        if station is None or station.upstream.name != upstream.name:
            station = Station(upstream, self._tools)
        else:
            station.change(upstream)
        self._by_id[upstream.id] = station
        station.start()

    def remove(self, id: int) -> None:
        station = self._by_id.pop(id, None) or self._off.pop(id, None)
        if station is not None:
            station.leave()
            task = asyncio.get_running_loop().create_task(station.gone())
            self.leaving[station] = task
            task.add_done_callback(lambda _: self.leaving.pop(station))

    def view(self, id: int) -> UpstreamView | None:
        station = self._by_id.get(id)
        return station.view() if station is not None else None

    def views(self) -> list[UpstreamView]:
        found = [station.view() for station in self._by_id.values()]
        return sorted(found, key=lambda view: view.name)

    def trace(self, id: int, with_text: bool, limit: int) -> list[TraceLine]:
        station = self._by_id.get(id)
        return station.traced(with_text, limit) if station is not None else []

    async def stop(self) -> None:
        """A clean stop: every bind is taken leave of."""
        stations = [*self._by_id.values(), *self._off.values(), *self.leaving]
        await asyncio.gather(*(station.stop() for station in stations))
