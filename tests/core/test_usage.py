"""Usage: limits exact at their edge, months, quotas, and the P2P rate and cap over any window."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.device import Device, DeviceView, MonthUsage, Quota, Tally
from heliograph.core.message import DAY_MS, MINUTE_MS
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.core.usage import (
    count,
    enter_p2p,
    give_back,
    month_of,
    move_turns,
    over_limit,
    over_p2p_cap,
    over_quota,
    refill,
    turn_month,
)

NOW = 1_773_144_000_000
MARCH = 202603


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def view(quota: Quota | None = None, **tally: int) -> DeviceView:
    return DeviceView(Device(1, 1, "d", "", "", 1, ""), Tally(1, MARCH, **tally), 0, 0, quota)


def quota_of(volume: int, remaining: int | None = None, **fields: int | None) -> Quota:
    left = volume if remaining is None else remaining
    return Quota(1, 1, volume, left, volume, **fields)  # type: ignore[arg-type]  # fields of a quota


def code_of(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-03-31T23:59:59.999", 202603),
        ("2026-04-01T00:00:00", 202604),
        ("2026-12-31T23:59:59.999", 202612),
        ("2027-01-01T00:00:00", 202701),
        ("2028-02-29T12:00:00", 202802),
    ],
)
def test_months_turn_at_midnight_utc(moment: str, month: int) -> None:
    assert month_of(at(moment)) == month


def test_a_new_month_starts_from_nothing_and_keeps_the_old() -> None:
    tally = Tally(1, MARCH, 1, 2, 3, 4, "5", "6", "7")
    assert turn_month(tally, MARCH) is None
    assert turn_month(tally, 202604) == MonthUsage(1, MARCH, 1, 2, 3, 4)
    assert tally == Tally(1, 202604, p2p_received="5", p2p_sent="6", heard="7")  # sliding windows go on


def test_a_first_month_has_no_history() -> None:
    tally = Tally(1)
    assert turn_month(tally, MARCH) is None
    assert tally.month == MARCH


@pytest.mark.parametrize("mt", [True, False])
@pytest.mark.parametrize(
    ("limit", "used", "segments", "fits"),
    [(None, 10**9, 255, True), (10, 9, 1, True), (10, 10, 1, False), (10, 8, 3, False), (0, 0, 1, False)],
)
def test_a_limit_is_exact_at_its_edge(
    mt: bool, limit: int | None, used: int, segments: int, fits: bool
) -> None:
    direction = "mt" if mt else "mo"
    policy = Policy(1, 1, "p", **{f"{direction}_limit": limit})  # type: ignore[arg-type]  # a limit's name
    refusal = over_limit(view(**{direction: used}), policy, mt, segments)
    assert code_of(refusal) == (None if fits else f"{direction}_limit_reached")
    if refusal is not None:
        assert refusal.reason == f"Traffic limit of {limit} {direction.upper()}-SMS per month exceeded"
        assert refusal.rule == f"policy p: {direction}_limit"


@pytest.mark.parametrize(
    ("quota", "segments", "code"),
    [
        (None, 1, "quota_missing"),
        (quota_of(5), 5, None),
        (quota_of(5), 6, "quota_exhausted"),
        (quota_of(5, 0), 1, "quota_exhausted"),
        (quota_of(5, expires_at=NOW), 1, "quota_expired"),
        (quota_of(5, expires_at=NOW + 1), 1, None),
    ],
)
def test_a_quota_is_exact_at_its_edge(quota: Quota | None, segments: int, code: str | None) -> None:
    assert code_of(over_quota(quota, segments, NOW)) == code


@pytest.mark.parametrize(
    ("remaining", "segments", "events"),
    [
        (10, 4, []),
        (10, 5, ["quota_threshold_reached"]),
        (6, 2, ["quota_threshold_reached"]),
        (5, 1, []),  # reached before
        (1, 1, ["quota_used_up", "device_blocked"]),
        (10, 10, ["quota_threshold_reached", "quota_used_up", "device_blocked"]),
    ],
)
def test_a_quota_says_when_its_threshold_and_its_end_are_reached(
    remaining: int, segments: int, events: list[str]
) -> None:
    quota = quota_of(10, remaining, threshold_percent=50)
    assert count(view(quota), Policy(1, 1, "p", quota=1), True, segments) == events
    assert quota.remaining == remaining - segments


def test_a_quota_is_not_spent_where_the_policy_does_not_apply_it() -> None:
    quota = quota_of(10)
    count(view(quota), Policy(1, 1, "p"), True, 3)
    assert quota.remaining == 10


def test_counting_is_per_segment_price_and_direction() -> None:
    seen = view()
    policy = Policy(1, 1, "p", price_mt=5, price_mo=7, mt_limit=3, mo_limit=2)
    assert count(seen, policy, True, 3) == ["mt_limit_used_up", "device_blocked"]
    assert count(seen, policy, False, 1) == []
    assert count(seen, policy, False, 1) == ["mo_limit_used_up", "device_blocked"]
    tally = seen.tally
    assert (tally.mt, tally.cost_mt, tally.mo, tally.cost_mo) == (3, 15, 2, 14)


@pytest.mark.parametrize(
    ("auto", "refilled_day", "now", "remaining"),
    [
        (1, 10, 10 * DAY_MS + DAY_MS - 1, 2),  # the same day
        (1, 10, 11 * DAY_MS, 8),
        (1, 10, 15 * DAY_MS, 8),  # days that nobody asked on add nothing
        (0, 10, 11 * DAY_MS, 2),
        (1, 10, 9 * DAY_MS, 2),  # the clock went back
    ],
)
def test_a_quota_refills_at_midnight_utc(auto: int, refilled_day: int, now: int, remaining: int) -> None:
    quota = Quota(1, 1, 20, 2, 8, auto_refill=auto, refilled_day=refilled_day)
    assert refill(quota, now) == (remaining == 8)
    assert quota.remaining == remaining
    assert not refill(quota, now)


def test_a_refill_never_takes_away() -> None:
    quota = Quota(1, 1, 20, 15, 8, auto_refill=1)
    assert refill(quota, NOW)
    assert quota.remaining == 15


@pytest.mark.parametrize(("month", "left"), [(MARCH, (2, 10)), (202602, (5, 25))])
def test_only_the_same_month_gives_back_but_a_quota_always_does(month: int, left: tuple[int, int]) -> None:
    quota = quota_of(10, 1)
    tally = Tally(1, MARCH, mt=5, cost_mt=25)
    give_back(tally, quota, True, 3, 15, month)
    assert (tally.mt, tally.cost_mt) == left
    assert quota.remaining == 4


def test_giving_back_never_goes_below_nothing() -> None:
    tally = Tally(1, MARCH, mo=1, cost_mo=1)
    give_back(tally, None, False, 3, 15, MARCH)
    assert (tally.mo, tally.cost_mo) == (0, 0)


steps = st.lists(st.integers(0, 2 * MINUTE_MS), max_size=40)


@given(steps, st.integers(1, 6))
def test_no_minute_sees_more_p2p_than_its_rate_and_none_waits_in_vain(gaps: list[int], rate: int) -> None:
    tally, policy = Tally(1), Policy(1, 1, "p", p2p_received_per_minute=rate)
    now, entered = NOW, []
    for gap in gaps:
        now += gap
        at = enter_p2p(tally, policy, now)
        earlier = [time for time in entered if at - MINUTE_MS < time]
        assert at >= max([now, *entered])
        assert len(earlier) < rate
        if at > now:  # it waits because one moment sooner would be one too many, or for those before it
            sooner = [time for time in entered if at - 1 - MINUTE_MS < time]
            assert len(sooner) >= rate or at == max(entered)
        entered.append(at)
    assert len(tally.p2p_received.split()) <= rate


@given(steps, st.integers(1, 6), st.integers(0, 40), st.integers(1, 100 * MINUTE_MS))
def test_missed_turns_keep_the_rate(gaps: list[int], rate: int, taken: int, delay_ms: int) -> None:
    """Also together with those that were taken before, and with those that come later."""
    tally, policy = Tally(1), Policy(1, 1, "p", p2p_received_per_minute=rate)
    turns = [enter_p2p(tally, policy, NOW + gap) for gap in sorted(gaps)]
    if turns[taken:]:
        move_turns(tally, turns[taken], delay_ms)
    entered = turns[:taken] + [turn + delay_ms for turn in turns[taken:]]
    now = max(entered, default=NOW)
    entered += [enter_p2p(tally, policy, now) for _ in range(rate + 1)]
    assert entered == sorted(entered)
    for first, last in zip(entered, entered[rate:], strict=False):
        assert last - first >= MINUTE_MS


def test_the_minute_is_exact() -> None:
    tally, policy = Tally(1), Policy(1, 1, "p")
    assert [enter_p2p(tally, policy, NOW + at) for at in range(6)] == [NOW + at for at in range(6)]
    assert enter_p2p(tally, policy, NOW + MINUTE_MS - 1) == NOW + MINUTE_MS
    assert enter_p2p(tally, policy, NOW + MINUTE_MS + 1) == NOW + MINUTE_MS + 1


@given(st.lists(st.integers(0, DAY_MS), max_size=40), st.integers(0, 6))
def test_no_24_hours_see_more_p2p_sent_than_the_cap(gaps: list[int], cap: int) -> None:
    tally, policy = Tally(1), Policy(1, 1, "p", p2p_sent_per_day=cap)
    now, sent = NOW, []
    for gap in gaps:
        now += gap
        recent = [time for time in sent if time > now - DAY_MS]
        refusal = over_p2p_cap(tally, policy, now)
        assert code_of(refusal) == ("p2p_cap_reached" if len(recent) >= cap else None)
        if refusal is None:
            sent.append(now)
    assert len(tally.p2p_sent.split()) <= max(cap, 1)
