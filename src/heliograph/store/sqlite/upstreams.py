"""Upstreams, and phones outside the fleet, on SQLite: verbs within a transaction of the writer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import apsw
from msgspec import json

from heliograph.core.delivery import IN_LANE, Job, LaneKey, Place, gate_of_upstream
from heliograph.core.phone import Phone
from heliograph.core.upstream import Route
from heliograph.store.sql.upstream import SQL

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


def _keys(values: Sequence[int]) -> str:
    return json.encode(list(values)).decode()


class SqliteUpstreams:
    """Of one transaction, whose jobs `load` finds by their deliveries."""

    def __init__(
        self,
        connection: apsw.Connection,
        now: int,
        lane_limit: int,
        load: Callable[[Sequence[int]], Awaitable[dict[int, Job]]],
    ) -> None:
        self._load = load
        self._connection = connection
        self._now = now
        self._lane_limit = lane_limit

    def _rows(self, name: str, *values: int | str) -> list[Row]:
        return self._connection.execute(SQL[name], values).fetchall()

    async def routes_to(self, upstream: str) -> list[Route]:
        return [Route(*row) for row in self._rows("routes_to", upstream)]

    async def count_upstreams(self, org: int) -> int:
        return int(self._rows("count_upstreams", org)[0][0])

    async def count_routes(self, org: int) -> int:
        return int(self._rows("count_routes", org)[0][0])

    async def load_phones(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, Phone]:
        """Whether one is under way, memory knows."""
        found = {}
        for receiver in sorted({lane.receiver for lane in lanes}):
            numbers = sorted(lane.key for lane in lanes if lane.receiver == receiver)
            for key, queued, busy in self._rows("phones", receiver, self._lane_limit, _keys(numbers)):
                found[LaneKey(receiver, key)] = Phone(queued, busy)
        return found

    async def replaceable(self, lane: LaneKey, replace_key: str) -> list[Job]:
        rows = self._rows("replaceable", lane.receiver, lane.key, replace_key)
        return list((await self._load([row[0] for row in rows])).values()) if rows else []

    async def waiting(
        self, upstream: str, after: int, limit: int, places: Sequence[Place] = IN_LANE
    ) -> list[int]:
        found: list[int] = []
        for (via,) in self._rows("ways", upstream):
            for place in places:
                found += [row[0] for row in self._rows("waiting", via, place, after, limit)]
        return sorted(found)[:limit]

    async def awaited(self) -> list[str]:
        return sorted({via.rpartition(" ")[2] for (via,) in self._rows("all_ways") if via})

    async def waiting_of_device(self, device: int) -> list[int]:
        return [row[0] for row in self._rows("waiting_of_device", device)]

    async def wake(self, upstream: str, after: int, limit: int) -> int | None:
        """Lanes in which something waits for this upstream are due. A lane's own clock goes on; where it was
        set for another upstream, this one's poll will find out what is at its head.
        """
        found = await self.waiting(upstream, after, limit)
        if found:
            self._rows("wake", gate_of_upstream(upstream), self._now, _keys(found))
        return found[-1] if len(found) == limit else None
