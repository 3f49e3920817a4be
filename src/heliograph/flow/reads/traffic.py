"""What a device sent and received: by the month from its tally, by the day or the hour from its messages,
newest first and in slices, so that a device with millions of them holds nobody up.
"""

from collections.abc import Mapping

from msgspec import Struct

from heliograph.core.device import MonthUsage
from heliograph.core.usage import month_of
from heliograph.flow.reads.fleet_port import DeviceRow, FleetReader, Spans
from heliograph.flow.reads.port import TooSlow
from heliograph.flow.shown import Mark

MOST_SLICES = 250  # five million messages of one device
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Used(Struct, frozen=True):
    """Segments and their cost in millionths of the currency, each way."""

    to_device: int = 0
    from_device: int = 0
    cost_to: int = 0
    cost_from: int = 0


NONE = Used()


class Statistics(Struct, frozen=True):
    last_month: Used
    this_month: Used
    last_hour: Used


class Browsing:
    """Reads over a `FleetReader`."""

    def __init__(self, reader: FleetReader) -> None:
        self._reader = reader

    async def statistics(self, row: DeviceRow, price_mt: int, now: int) -> Statistics:
        found = await self._reader.months(row.device.id)
        months = {month.month: _of_month(month) for month in found.history}
        tally = found.tally
        if tally is not None:
            months[tally.month] = Used(tally.mt, tally.mo, tally.cost_mt, tally.cost_mo)
        hour = await self.spans(row, price_mt, Spans(now + 1 - HOUR_MS, HOUR_MS))
        month = month_of(now)
        return Statistics(months.get(before(month), NONE), months.get(month, NONE), _all(hour))

    async def spans(self, row: DeviceRow, price_mt: int, spans: Spans) -> dict[int, Used]:
        """By the number of the span."""
        to = await self._sums(row.device.id, True, price_mt, spans)
        from_ = await self._sums(row.device.id, False, price_mt, spans)
        return {
            span: _both(to.get(span, (0, 0)), from_.get(span, (0, 0))) for span in to.keys() | from_.keys()
        }

    async def _sums(
        self, device: int, towards: bool, price: int, spans: Spans
    ) -> Mapping[int, tuple[int, int]]:
        sums: dict[int, tuple[int, int]] = {}
        mark = Mark(spans.end, -1)
        for _ in range(MOST_SLICES):
            part = await self._reader.traffic(device, towards, spans, mark, price)
            for span, (segments, cost) in part.spans.items():
                known = sums.get(span, (0, 0))
                sums[span] = (known[0] + segments, known[1] + cost)
            if part.before is None:
                return sums
            mark = part.before
        raise TooSlow("The device has too many SMS to count. Ask for fewer days.")


def _both(to: tuple[int, int], from_: tuple[int, int]) -> Used:
    return Used(to[0], from_[0], to[1], from_[1])


def _of_month(month: MonthUsage) -> Used:
    return Used(month.mt, month.mo, month.cost_mt, month.cost_mo)


def _all(spans: Mapping[int, Used]) -> Used:
    rows = spans.values()
    return Used(
        sum(row.to_device for row in rows),
        sum(row.from_device for row in rows),
        sum(row.cost_to for row in rows),
        sum(row.cost_from for row in rows),
    )


def before(month: int) -> int:
    """The month before, as year × 100 + month."""
    return month - 1 if month % 100 > 1 else month - 100 + 11
