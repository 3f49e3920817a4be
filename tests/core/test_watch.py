"""Rates that are exact, habits that are learned, holds that end, and events that do not flood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from heliograph.core.firewall.guarded import Guarded, count_passed, forbids_again, over_habit, over_rates
from heliograph.core.firewall.passing import Owned, compiled
from heliograph.core.firewall.rules import WAYS, Anomaly, Rate, Rules, Way, bad_rules
from heliograph.core.firewall.watch import TELL_MS, Watch, count_blocked, is_held, release
from heliograph.core.message import DAY_MS, HOUR_MS, MINUTE_MS

NOW = 1_773_144_000_000


def guarded(*rules: Rules) -> Guarded:
    assert [bad_rules(one) for one in rules] == [None] * len(rules)
    marks = zip("pd", ("policy p", "device d"), rules, strict=False)
    return Guarded(tuple(Owned(whose, mark, compiled(one)) for mark, whose, one in marks), Watch(1, 1))


def take(one: Guarded, now: int = NOW, way: Way = "MT", sent: bool = False, segments: int = 1) -> bool:
    if over_rates(one, way, segments, sent, now) is not None:
        return False
    count_passed(one, way, segments, sent, now)
    return True


def test_a_rate_lets_exactly_its_limit_pass_at_once() -> None:
    one = guarded(Rules(rates=(Rate(10, "hour"),)))
    assert sum(take(one) for _ in range(200)) == 10
    refusal = over_rates(one, "MT", 1, False, NOW)
    assert refusal is not None
    assert (refusal.code, refusal.rule) == ("rate_reached", "policy p: rate 10 per hour")
    assert not take(one, NOW + HOUR_MS // 10 - 1)
    assert take(one, NOW + HOUR_MS // 10)


def test_a_burst_is_less_than_the_limit() -> None:
    one = guarded(Rules(rates=(Rate(60, "minute", burst=5),)))
    assert sum(take(one) for _ in range(20)) == 5
    assert sum(take(one, NOW + 3000) for _ in range(20)) == 3


def test_directions_sides_and_rule_sets_have_buckets_of_their_own() -> None:
    one = guarded(Rules(rates=(Rate(3, "day"),)), Rules(rates=(Rate(2, "day", directions=("MT",)),)))
    assert sum(take(one) for _ in range(9)) == 2
    assert sum(take(one, way="MO", sent=True) for _ in range(9)) == 3
    assert sum(take(one, way="P2P", sent=True) for _ in range(9)) == 3
    assert sum(take(one, way="P2P") for _ in range(9)) == 3


def test_segments_count_and_a_long_sms_passes_whole_or_not_at_all() -> None:
    one = guarded(Rules(rates=(Rate(5, "day"),)))
    assert [take(one, segments=segments) for segments in (3, 3, 2, 1)] == [True, False, True, False]


@given(
    st.integers(1, 50),
    st.sampled_from([("minute", MINUTE_MS), ("hour", HOUR_MS), ("day", DAY_MS)]),
    st.integers(1, 20),
    st.lists(st.integers(0, 40_000), max_size=80),
)
def test_no_span_sees_more_than_the_burst_and_what_flows_in(
    limit: int, period: tuple[str, int], burst: int, pauses: list[int]
) -> None:
    one = guarded(Rules(rates=(convert({"limit": limit, "per": period[0], "burst": burst}, Rate),)))
    now, passed = NOW, []
    for pause in pauses:
        now += pause
        if take(one, now):
            passed.append(now)
    every = period[1] * 1000 // limit
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            span = (passed[last] - passed[first]) * 1000
            assert last - first + 1 <= burst + span // every
    assert len(one.watch.rates.split()) <= 1


ANOMALY = Anomaly(times=3, least=10, learning_hours=2, hold_seconds=7200)


def send(one: Guarded, count: int, now: int) -> int:
    """How many pass."""
    passed = 0
    for _ in range(count):
        if forbids_again(one, "MO", "1", now) is None and over_habit(one, "MO", 1, now) is None:
            count_passed(one, "MO", 1, True, now)
            passed += 1
    return passed


def test_a_device_is_watched_before_it_is_judged() -> None:
    one = guarded(Rules(anomaly=ANOMALY))
    assert send(one, 500, NOW) == 500
    assert send(one, 1, NOW + HOUR_MS) == 1
    assert not is_held(one.watch, NOW + HOUR_MS)


def learned(anomaly: Anomaly = ANOMALY, each_hour: int = 20) -> tuple[Guarded, int]:
    """A device that sends so many an hour, and the hour after."""
    one = guarded(Rules(anomaly=anomaly))
    for hour in range(5):
        assert send(one, each_hour, NOW + hour * HOUR_MS) == each_hour
    return one, NOW + 5 * HOUR_MS


def test_far_above_its_habit_it_is_held_and_that_is_told_once() -> None:
    one, now = learned()
    assert send(one, 500, now) == 60
    assert is_held(one.watch, now)
    assert one.hold_began
    assert one.watch.held_rule == "policy p: anomaly, more than 60 an hour where 20 are usual"
    for way in WAYS:
        refusal = forbids_again(one, way, "1", now)
        assert refusal is not None
        assert (refusal.code, refusal.rule) == ("device_held", one.watch.held_rule)


def test_a_hold_ends_after_its_time_and_by_hand() -> None:
    one, now = learned()
    send(one, 500, now)
    assert forbids_again(one, "MO", "1", now + 7_199_999) is not None
    assert send(one, 10, now + 7_200_000) == 10
    one, now = learned()
    send(one, 500, now)
    release(one.watch)
    assert send(one, 500, now) == 60, "the hour starts anew"


def test_without_a_time_a_hold_waits_for_a_hand() -> None:
    one, now = learned(Anomaly(times=3, least=10, learning_hours=2, hold_seconds=None))
    send(one, 500, now)
    assert is_held(one.watch, now + 1000 * DAY_MS)


def test_what_was_held_does_not_become_the_habit() -> None:
    one, now = learned()
    send(one, 500, now)
    send(one, 1, now + 3 * HOUR_MS)
    assert one.watch.usual <= 60_000


def test_a_habit_fades_and_a_quiet_device_may_send_the_least() -> None:
    one, now = learned()
    assert send(one, 500, now + 60 * DAY_MS) == 10


def test_a_daily_burst_is_a_habit() -> None:
    one = guarded(Rules(anomaly=ANOMALY))
    for day in range(10):
        assert send(one, 50, NOW + day * DAY_MS) == 50


def test_a_hold_may_leave_a_direction_open() -> None:
    anomaly = Anomaly(times=3, least=10, learning_hours=0, hold_seconds=600, directions=("MO", "P2P"))
    one = guarded(Rules(anomaly=anomaly))
    assert send(one, 50, NOW) == 10
    assert forbids_again(one, "MT", "1", NOW) is None
    assert forbids_again(one, "P2P", "1", NOW) is not None


def test_the_devices_own_anomaly_rule_goes_before_its_policys() -> None:
    policy, own = (Anomaly(least=least, learning_hours=0) for least in (5, 30))
    assert send(guarded(Rules(anomaly=policy), Rules(anomaly=own)), 50, NOW) == 30


@pytest.mark.parametrize("every_ms", [10, 60_000])
def test_a_flood_is_told_once_an_hour_and_counted(every_ms: int) -> None:
    watch = Watch(1, 1)
    told = [many for step in range(1000) if (many := count_blocked(watch, NOW + step * every_ms))]
    assert watch.blocked == 1000
    assert sum(told) + watch.untold == 1000
    assert len(told) == 1 + 999 * every_ms // TELL_MS
    assert told[0] == 1
