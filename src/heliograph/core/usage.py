"""Usage: monthly limits, quotas, the P2P rate and cap. Counted per segment at acceptance, exact per device.

In: a device's view, its policy, what it wants to use. Out: a refusal, or the view counted up. What was
never sent is given back. The months end at 00:00 UTC on the first.
"""

from datetime import UTC, datetime
from enum import IntEnum

from heliograph.core.device import DeviceView, MonthUsage, Quota, Tally
from heliograph.core.message import DAY_MS, MINUTE_MS
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.tariff import price_of

BLOCKED = "device_blocked"  # nothing more is taken until the month turns, or somebody gives more


class QuotaStatus(IntEnum):
    ACTIVE = 1
    EXHAUSTED = 2
    EXPIRED = 3


def month_of(now: int) -> int:
    """Year × 100 + month, UTC."""
    date = datetime.fromtimestamp(now / 1000, UTC)
    return date.year * 100 + date.month


def turn_month(tally: Tally, month: int) -> MonthUsage | None:
    """Starts the month when it is a new one; gives the closed month for the history."""
    if tally.month == month:
        return None
    closed = MonthUsage(tally.device, tally.month, tally.mt, tally.mo, tally.cost_mt, tally.cost_mo)
    tally.month = month
    tally.mt = tally.mo = tally.cost_mt = tally.cost_mo = 0
    return closed if closed.month else None


def over_limit(view: DeviceView, policy: Policy, mt: bool, segments: int) -> Refusal | None:
    """Would these segments pass the monthly limit of their direction?"""
    limit = policy.mt_limit if mt else policy.mo_limit
    used = view.tally.mt if mt else view.tally.mo
    if limit is None or used + segments <= limit:
        return None
    name = "mt" if mt else "mo"
    return refuse(
        f"{name}_limit_reached",
        f"policy {policy.name}: {name}_limit",
        f"Traffic limit of {limit} {name.upper()}-SMS per month exceeded",
    )


def over_quota(quota: Quota | None, segments: int, now: int) -> Refusal | None:
    """Would these segments pass the quota? Asked when the policy applies quotas."""
    if quota is None:
        return refuse("quota_missing", "quota")
    if quota.expires_at is not None and now >= quota.expires_at:
        return refuse("quota_expired", "quota")
    if quota.remaining < segments:
        return refuse("quota_exhausted", "quota")
    return None


def refill(quota: Quota, now: int) -> bool:
    """A new UTC day fills an auto-refilling quota up to the last added volume. True when it changed."""
    day = now // DAY_MS
    if not quota.auto_refill or day <= quota.refilled_day:
        return False
    quota.refilled_day = day
    quota.remaining = max(quota.remaining, quota.last_added)
    return True


def count(view: DeviceView, policy: Policy, mt: bool, segments: int) -> list[str]:
    """Counts an accepted SMS; the events that this raises."""
    tally = view.tally
    if mt:
        tally.mt += segments
        tally.cost_mt += segments * price_of(view, policy, mt)
    else:
        tally.mo += segments
        tally.cost_mo += segments * price_of(view, policy, mt)
    raised = _limit_events(view, policy, mt)
    if policy.quota and view.quota is not None:
        raised += _spend_quota(view.quota, segments)
    return raised


def _limit_events(view: DeviceView, policy: Policy, mt: bool) -> list[str]:
    limit = policy.mt_limit if mt else policy.mo_limit
    used = view.tally.mt if mt else view.tally.mo
    if limit is None or used != limit:
        return []
    return ["mt_limit_used_up" if mt else "mo_limit_used_up", BLOCKED]


def _spend_quota(quota: Quota, segments: int) -> list[str]:
    before = quota.remaining
    quota.remaining -= segments
    raised = []
    threshold = threshold_of(quota)
    if threshold is not None and quota.remaining <= threshold < before:
        raised.append("quota_threshold_reached")
    if quota.remaining == 0:
        raised += ["quota_used_up", BLOCKED]
    return raised


def threshold_of(quota: Quota) -> float | None:
    """How much is left when the threshold is reached."""
    if quota.threshold is not None:
        return quota.threshold
    if quota.threshold_percent is None:
        return None
    return quota.volume * (100 - quota.threshold_percent) / 100


def quota_status(quota: Quota, now: int) -> QuotaStatus:
    """As it stands, with the refill that is due."""
    if quota.expires_at is not None and now >= quota.expires_at:
        return QuotaStatus.EXPIRED
    return QuotaStatus.ACTIVE if quota.remaining > 0 else QuotaStatus.EXHAUSTED


def give_back(tally: Tally, quota: Quota | None, mt: bool, segments: int, price: int, month: int) -> None:
    """Nothing was ever sent: the count, the cost and the quota return, if their month still runs."""
    if quota is not None:
        quota.remaining += segments
    if tally.month != month:
        return
    if mt:
        tally.mt = max(0, tally.mt - segments)
        tally.cost_mt = max(0, tally.cost_mt - price)
    else:
        tally.mo = max(0, tally.mo - segments)
        tally.cost_mo = max(0, tally.cost_mo - price)


def _times(ring: str) -> list[int]:
    return [int(time) for time in ring.split()]


def enter_p2p(tally: Tally, policy: Policy, now: int) -> int:
    """When a P2P SMS may enter the receiver's lane: at most so many in any minute, the rest wait their
    turn.
    """
    rate = policy.p2p_received_per_minute
    times = _times(tally.p2p_received)
    enter_at = now
    if times:
        enter_at = max(enter_at, times[-1])  # in order with those that already wait
    if len(times) >= rate:
        enter_at = max(enter_at, times[-rate] + MINUTE_MS)
    tally.p2p_received = " ".join(map(str, [*times, enter_at][-rate:]))
    return enter_at


def move_turns(tally: Tally, since: int, delay_ms: int) -> None:
    """The turns from then on were missed and come later, all by the same time. So any two stay as far apart
    as they were, and no minute sees more than before.
    """
    times = _times(tally.p2p_received)
    tally.p2p_received = " ".join(str(time + delay_ms if time >= since else time) for time in times)


def over_p2p_cap(tally: Tally, policy: Policy, now: int) -> Refusal | None:
    """Sent as many as 24 hours allow? If not, this one is counted."""
    cap = policy.p2p_sent_per_day
    times = [time for time in _times(tally.p2p_sent) if time > now - DAY_MS]
    if len(times) >= cap:
        return refuse("p2p_cap_reached", f"policy {policy.name}: p2p_sent_per_day")
    tally.p2p_sent = " ".join(map(str, [*times, now]))
    return None
