"""A device behind its firewall: the rule sets that count for it, and what is remembered of it.

In: an SMS that wants to pass. Out: the refusal that names the rule; counts, when it passed. One value serves
all decisions of a batch, so each sees those before it.
"""

from collections.abc import Iterator

from msgspec import Struct

from heliograph.core.firewall.passing import (
    Owned,
    Passing,
    forbids_content,
    forbids_peer,
    forbids_windows,
    over_pending,
)
from heliograph.core.firewall.rules import Rate, Way
from heliograph.core.firewall.watch import (
    Watch,
    count_rates,
    hold,
    is_far_above,
    is_held,
    most_an_hour,
    open_hour,
    over_rate,
    read_rates,
)
from heliograph.core.refusal import Refusal, refuse


class Guarded(Struct):
    owned: tuple[Owned, ...]  # the policy's, then the device's
    watch: Watch
    changed: bool = False  # the watch has to be written
    kept: bool = False  # it is among what will be written
    hold_began: bool = False  # in this batch, and nobody was told yet


def forbids_again(guarded: Guarded, way: Way, peer: str, now: int) -> Refusal | None:
    """Asked at acceptance and before each attempt: hold, peers, windows."""
    return (
        _held(guarded, way, now)
        or forbids_peer(guarded.owned, way, peer)
        or forbids_windows(guarded.owned, way, now)
    )


def forbids_to(
    guarded: Guarded, passing: Passing, queued: int | None, segments: int, now: int
) -> Refusal | None:
    """To the device. `queued` None: it takes the place of one that waits already."""
    return (
        forbids_again(guarded, passing.way, passing.peer, now)
        or forbids_content(guarded.owned, passing)
        or (over_pending(guarded.owned, queued) if queued is not None else None)
        or over_rates(guarded, passing.way, segments, False, now)
    )


def forbids_from(
    guarded: Guarded, passing: Passing, segments: int, now: int, whole: bool = True
) -> Refusal | None:
    """From the device. The content of a part says nothing by itself."""
    return (
        forbids_again(guarded, passing.way, passing.peer, now)
        or (forbids_content(guarded.owned, passing) if whole else None)
        or over_rates(guarded, passing.way, segments, True, now)
        or over_habit(guarded, passing.way, segments, now)
    )


def _held(guarded: Guarded, way: Way, now: int) -> Refusal | None:
    one = _judge(guarded)
    if one is None or not one.guard.sides[way].holds or not is_held(guarded.watch, now):
        return None
    return refuse("device_held", guarded.watch.held_rule)


def _judge(guarded: Guarded) -> Owned | None:
    """Whose anomaly rule counts: the device's own goes before its policy's."""
    return next((one for one in reversed(guarded.owned) if one.guard.anomaly is not None), None)


def _rates(guarded: Guarded, way: Way, sent: bool) -> Iterator[tuple[Owned, str, Rate]]:
    """With the key of each bucket: whose, which direction, which side, which period."""
    for one in guarded.owned:
        for rate in one.guard.sides[way].rates:
            yield one, f"{one.mark}{way}{'>' if sent else '<'}{rate.per[0]}", rate


def over_rates(guarded: Guarded, way: Way, segments: int, sent: bool, now: int) -> Refusal | None:
    times = read_rates(guarded.watch)
    for one, key, rate in _rates(guarded, way, sent):
        if over_rate(rate, times.get(key, 0), segments, now):
            return refuse(
                "rate_reached",
                f"{one.whose}: rate {rate.limit} per {rate.per}",
                f"The rate of {rate.limit} {way}-SMS per {rate.per} is exceeded.",
            )
    return None


def over_habit(guarded: Guarded, way: Way, segments: int, now: int) -> Refusal | None:
    """Far above what it usually sends: it is held from now on."""
    one = _judge(guarded)
    if one is None or one.guard.anomaly is None:
        return None
    watch, anomaly = guarded.watch, one.guard.anomaly
    open_hour(watch, now)
    guarded.changed = True
    if is_held(watch, now) or not is_far_above(watch, anomaly, segments):
        return None
    usual, most = watch.usual / 1000, most_an_hour(watch, anomaly)
    rule = f"{one.whose}: anomaly, more than {most} an hour where {usual:.0f} are usual"
    hold(watch, anomaly, rule, now)
    guarded.hold_began = True
    return refuse("device_held", rule) if one.guard.sides[way].holds else None


def count_passed(guarded: Guarded, way: Way, segments: int, sent: bool, now: int) -> None:
    rates = [(key, rate) for _, key, rate in _rates(guarded, way, sent)]
    if rates:
        count_rates(guarded.watch, rates, segments, now)
        guarded.changed = True
    if sent and _judge(guarded) is not None:
        guarded.watch.sent += segments
        guarded.changed = True
