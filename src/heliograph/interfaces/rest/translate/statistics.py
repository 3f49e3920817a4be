"""Statistics: segments and costs in the contract's words. `rx` is from the device, `tx` towards it."""

from datetime import UTC, datetime

from msgspec import UNSET, Struct, UnsetType

from heliograph.flow.reads.traffic import Statistics, Used, before

MILLIONTHS = 1_000_000


class TrafficType(Struct, frozen=True):
    id: int = 6
    description: str = "SMS"
    unit: str = "SMS"


SMS = TrafficType()


class SmsVolume(Struct, frozen=True):
    volume: int
    volume_tx: int
    volume_rx: int
    cost: float
    cost_tx: float
    cost_rx: float
    traffic_type_id: int
    traffic_type: TrafficType
    month: str | UnsetType = UNSET


class Period(Struct, frozen=True):
    sms: SmsVolume


class StatisticsShown(Struct, frozen=True):
    last_month: Period
    current_month: Period
    last_hour: Period


class DayShown(Struct, frozen=True):
    date: str
    sms: SmsVolume


def shown_statistics(found: Statistics, month: int) -> StatisticsShown:
    return StatisticsShown(
        Period(volume(found.last_month, _first_of(before(month)))),
        Period(volume(found.this_month, _first_of(month))),
        Period(volume(found.last_hour)),
    )


def shown_day(at: int, used: Used) -> DayShown:
    return DayShown(datetime.fromtimestamp(at / 1000, UTC).date().isoformat(), volume(used))


def volume(used: Used, month: str | UnsetType = UNSET) -> SmsVolume:
    return SmsVolume(
        used.to_device + used.from_device,
        used.to_device,
        used.from_device,
        (used.cost_to + used.cost_from) / MILLIONTHS,
        used.cost_to / MILLIONTHS,
        used.cost_from / MILLIONTHS,
        SMS.id,
        SMS,
        month,
    )


def _first_of(month: int) -> str:
    return f"{month // 100:04}-{month % 100:02}-01"
