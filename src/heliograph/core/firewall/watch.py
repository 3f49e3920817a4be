"""What is remembered of a device whose rules count: its rates, its habit, whether it is held, what was
blocked.

In: the row as it stands, a rule, a moment. Out: whether something is too much; the row counted up. Written
for those devices alone whose firewall asks for it.
"""

from msgspec import Struct

from heliograph.core.firewall.rules import Anomaly, Rate
from heliograph.core.message import DAY_MS, HOUR_MS, MINUTE_MS

PERIODS_MS = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS}
FADING = 0.99  # what an hour leaves of a habit: half of it is gone after three days
TELL_MS = HOUR_MS  # between two events about blocked SMS of one device


class Watch(Struct, gc=False):
    """One row of the watch table, in its column order."""

    device: int
    org: int
    rates: str = ""  # `key:microseconds` of each bucket: when it is empty again
    hour: int = 0  # since the epoch: that which `sent` counts
    sent: int = 0
    usual: int = 0  # thousandths of segments in its busiest hours; it fades
    since: int = 0  # the first hour
    held_at: int | None = None
    held_until: int | None = None  # None: until it is released
    held_rule: str = ""
    blocked: int = 0
    told_at: int = 0  # when the last event about blocked SMS was raised
    untold: int = 0  # blocked since then


# Rates: a bucket is one number, the time at which it is empty again (GCRA).


def read_rates(watch: Watch) -> dict[str, int]:
    return {key: int(time) for key, _, time in (pair.partition(":") for pair in watch.rates.split())}


def _after(rate: Rate, empty_at: int, segments: int, now: int) -> int:
    return max(empty_at, now * 1000) + segments * (PERIODS_MS[rate.per] * 1000 // rate.limit)


def over_rate(rate: Rate, empty_at: int, segments: int, now: int) -> bool:
    room = (rate.burst or rate.limit) * (PERIODS_MS[rate.per] * 1000 // rate.limit)
    return _after(rate, empty_at, segments, now) - now * 1000 > room


def count_rates(watch: Watch, rates: list[tuple[str, Rate]], segments: int, now: int) -> None:
    """Buckets that are empty by now say nothing, and are not kept."""
    times = read_rates(watch)
    for key, rate in rates:
        times[key] = _after(rate, times.get(key, 0), segments, now)
    watch.rates = " ".join(f"{key}:{time}" for key, time in times.items() if time > now * 1000)


# Habit and hold.


def is_held(watch: Watch, now: int) -> bool:
    return watch.held_at is not None and (watch.held_until is None or now < watch.held_until)


def most_an_hour(watch: Watch, anomaly: Anomaly) -> int:
    return max(anomaly.least, anomaly.times * watch.usual // 1000)


def open_hour(watch: Watch, now: int) -> None:
    """Learns from the hour that closed. One in which a hold began is no habit: it counts nothing."""
    hour = now // HOUR_MS
    if watch.held_at is not None and not is_held(watch, now):
        release(watch)
    if not watch.since:
        watch.since = watch.hour = hour
    if hour <= watch.hour:
        return
    watch.usual = int(max(watch.usual * FADING, watch.sent * 1000) * FADING ** (hour - watch.hour - 1))
    watch.hour, watch.sent = hour, 0


def is_far_above(watch: Watch, anomaly: Anomaly, segments: int) -> bool:
    if watch.hour - watch.since < anomaly.learning_hours:
        return False
    return watch.sent + segments > most_an_hour(watch, anomaly)


def hold(watch: Watch, anomaly: Anomaly, rule: str, now: int) -> None:
    watch.held_at, watch.held_rule = now, rule
    watch.held_until = None if anomaly.hold_seconds is None else now + anomaly.hold_seconds * 1000


def release(watch: Watch) -> None:
    """It starts anew within its hour."""
    watch.held_at = watch.held_until = None
    watch.held_rule, watch.sent = "", 0


# Blocked SMS: counted one by one, told from time to time.


def count_blocked(watch: Watch, now: int, may_tell: bool = True) -> int:
    """How many to tell of in an event now; 0 when it is too early for another one, or too much is told."""
    watch.blocked += 1
    watch.untold += 1
    if not may_tell or now - watch.told_at < TELL_MS:
        return 0
    told, watch.untold, watch.told_at = watch.untold, 0, now
    return told
