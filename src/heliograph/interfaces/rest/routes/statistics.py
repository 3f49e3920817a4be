"""What an endpoint sent and received."""

from datetime import UTC, date, datetime

from msgspec import Struct

from heliograph.core.usage import month_of
from heliograph.flow.reads.fleet_port import DeviceRow, Spans
from heliograph.flow.reads.traffic import DAY_MS, NONE, Browsing
from heliograph.interfaces.rest.problem import ErrorBody, problem
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.devices import device_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.statistics import (
    DayShown,
    StatisticsShown,
    shown_day,
    shown_statistics,
)

SECTION = "Statistics"
MOST_DAYS = 92


class Days(Struct, frozen=True):
    """From the first of this month until today, when nothing is said."""

    start_date: date | None = None
    end_date: date | None = None


async def statistics(services: Services, call: Call[Nothing, None]) -> Reply:
    row, now = await device_of(services, call), services.clock.now()
    found = await Browsing(services.fleet.reader).statistics(row, await _price_mt(services, row), now)
    return reply(shown_statistics(found, month_of(now)))


async def daily(services: Services, call: Call[Days, None]) -> Reply:
    row = await device_of(services, call)
    first, days = _span(call.query, services.clock.now())
    found = await Browsing(services.fleet.reader).spans(
        row, await _price_mt(services, row), Spans(first, DAY_MS, days)
    )
    return reply([shown_day(first + day * DAY_MS, found.get(day, NONE)) for day in range(days)])


def _span(query: Days, now: int) -> tuple[int, int]:
    """The first day's midnight and how many days."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    end = query.end_date or today
    start = query.start_date or end.replace(day=1)
    days = (end - start).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise problem(400, 1000, f"start_date and end_date must be in order, and {MOST_DAYS} days at most")
    return (start.toordinal() - date(1970, 1, 1).toordinal()) * DAY_MS, days


async def _price_mt(services: Services, row: DeviceRow) -> int:
    """What a segment to this device costs now."""
    policies, device = services.policies.reader, row.device
    if device.tariff is not None:
        tariff = await policies.tariff(device.org, device.tariff)
        return tariff.price_mt if tariff is not None else 0
    policy = await policies.policy(device.org, device.policy)
    return policy.price_mt if policy is not None else 0


_NONE = {404: Answer("There is no such endpoint.", ErrorBody)}
ROUTES = (
    Route(
        "GET",
        "/v1/endpoint/{endpoint}/stats",
        statistics,
        "Last month, this month and the last hour of an endpoint",
        {200: Answer("Segments and costs.", StatisticsShown), **_NONE},
        scope="device:read",
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/endpoint/{endpoint}/stats/daily",
        daily,
        "Day by day, UTC",
        {200: Answer("Segments and costs.", list[DayShown]), 400: Answer("Bad dates.", ErrorBody), **_NONE},
        scope="device:read",
        query=Days,
        section=SECTION,
    ),
)
