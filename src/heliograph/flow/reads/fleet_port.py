"""The seam for reads of devices, SIMs, events and traffic by the API. Each answers of one organisation, in
short snapshots of bounded size.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from heliograph.core.changes import Happening
from heliograph.core.device import Device, MonthUsage, Tally
from heliograph.core.sim import Sim
from heliograph.flow.reads.listing import Wanted
from heliograph.flow.shown import Mark

T = TypeVar("T")
Offset = Callable[[int], int]  # where a page begins, given how many rows there are
MOST_COUNTED = 1_000_000
MOST_EVENTS_COUNTED = 100_000
MOST_WAITING_COUNTED = 1_000  # of one device


class Found(Struct, Generic[T], frozen=True):
    """A page of a list, and how many rows there are. `cut`: more than were counted."""

    rows: list[T]
    total: int
    cut: bool = False


class DeviceRow(Struct, frozen=True):
    device: Device
    sim: Sim | None
    policy: str  # its name
    tariff: str | None
    waiting: int = 0  # SMS to it that are not under way: counted in lists alone


class SimRow(Struct, frozen=True):
    sim: Sim
    device: Device | None


class EventRow(Struct, frozen=True):
    event: Happening
    device: Device | None  # None too when it was deleted since
    sim: Sim | None


class Spans(Struct, frozen=True):
    """Spans of time, all as wide, one after the other."""

    since: int
    width_ms: int
    count: int = 1

    @property
    def end(self) -> int:
        return self.since + self.width_ms * self.count


class Traffic(Struct, frozen=True):
    """One slice of a device's messages, newest first: by the number of their span, segments and cost in
    millionths of the currency.
    """

    spans: dict[int, tuple[int, int]]
    before: Mark | None  # where the next slice begins; None: nothing older counts


class Months(Struct, frozen=True):
    tally: Tally | None
    history: Sequence[MonthUsage]


class FleetReader(Protocol):
    async def organisation(self, org: int) -> str:
        """Its name."""
        ...

    async def devices(self, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[DeviceRow]: ...
    async def device_ids(self, org: int, wanted: Wanted, most: int) -> list[int]:
        """Of all that a list would show, in its order, up to so many."""
        ...

    async def devices_of(self, org: int, ids: Sequence[int]) -> list[DeviceRow]:
        """Those that are there, in the order of the ids."""
        ...

    async def device(self, org: int, id: int) -> DeviceRow | None: ...
    async def sims(self, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[SimRow]: ...
    async def sim(self, org: int, id: int) -> SimRow | None: ...
    async def avoided(self, org: int, device: int) -> list[int] | None:
        """Operators that the device keeps away from; None: there is no such device."""
        ...

    async def events(
        self,
        org: int,
        wanted: Wanted,
        offset: Offset,
        limit: int,
        device: int | None = None,
        sim: int | None = None,
    ) -> Found[EventRow]:
        """Newest first, of all, of a device, or of a SIM and of its device while it was there."""
        ...

    async def traffic(self, device: int, towards: bool, spans: Spans, before: Mark, price: int) -> Traffic:
        """`towards` the device or from it. `price` is what the device pays now for a segment from another
        device, whose message has its sender's price.
        """
        ...

    async def months(self, device: int) -> Months: ...
