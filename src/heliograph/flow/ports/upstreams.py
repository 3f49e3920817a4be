"""The seams for upstreams and for phones outside the fleet: verbs within a transaction, reads beside it."""

from collections.abc import Sequence
from typing import Protocol

from heliograph.core.delivery import IN_LANE, Job, LaneKey, Place
from heliograph.core.phone import Phone
from heliograph.core.upstream import Route, Upstream


class UpstreamTransaction(Protocol):
    """Upstreams and routes are added, changed and dropped by the admin verbs."""

    async def routes_to(self, upstream: str) -> list[Route]:
        """Of all organisations."""
        ...

    async def count_upstreams(self, org: int) -> int: ...
    async def count_routes(self, org: int) -> int: ...
    async def load_phones(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, Phone]: ...
    async def replaceable(self, lane: LaneKey, replace_key: str) -> list[Job]:
        """The pending message to a phone with this replace key."""
        ...

    async def waiting(
        self, upstream: str, after: int, limit: int, places: Sequence[Place] = IN_LANE
    ) -> list[int]:
        """Deliveries that wait for this upstream at these places, by id."""
        ...

    async def awaited(self) -> list[str]:
        """The upstreams for which something waits, in its lane or before it."""
        ...

    async def waiting_of_device(self, device: int) -> list[int]:
        """Deliveries to a device, none of them under way or with an upstream."""
        ...


class UpstreamReader(Protocol):
    async def upstreams(self) -> list[Upstream]:
        """All there are."""
        ...

    async def routes(self) -> list[Route]: ...


class UpstreamDirectory(Protocol):
    """All upstreams and routes in memory, as they now stand: told at once when people change them."""

    def upstreams(self) -> list[Upstream]:
        """Of all organisations, by name."""
        ...

    def routes(self) -> list[Route]: ...
    def put(self, upstream: Upstream) -> None: ...
    def remove(self, id: int) -> None:
        """With the routes to it that the store had."""
        ...

    def put_route(self, route: Route) -> None: ...
    def remove_route(self, id: int) -> None: ...
    def seal(self, org: int, password: str) -> bytes | None:
        """None: there is none."""
        ...
