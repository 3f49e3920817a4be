"""How a lane stands, in one word, from its clock and from what waits on it. Pure."""

from msgspec import Struct

from heliograph.core.waking import AWAY, what_woke

TROUBLE = "trouble"  # its last attempt failed: it is tried again when it is due
LEFT = "away"  # its device has left the network and said so
READY = "ready"  # it goes when it is due and its gate has room
UNDER_WAY = "under_way"  # an attempt waits for its outcome
SCHEDULED = "scheduled"  # what is on it may only be sent later
AWAITING = "awaiting"  # an upstream has all of it, and has to report
HELD = "held"  # its batch is paused
LANE_STATES = (TROUBLE, LEFT, READY, UNDER_WAY, SCHEDULED, AWAITING, HELD)


class LaneClock(Struct, frozen=True):
    """What its row says."""

    due_at: int | None
    attempts: int
    code: str


def state_of(clock: LaneClock | None, waiting: int, scheduled: int, awaiting: int, attached: bool) -> str:
    """`waiting` are those that could go now. Without a clock it is its gate that it waits for."""
    if not waiting:
        return SCHEDULED if scheduled else AWAITING if awaiting else HELD
    if not attached or (clock is not None and clock.code == AWAY):
        return LEFT
    if clock is None:
        return READY
    if clock.due_at is None:
        return UNDER_WAY
    failed = clock.attempts and clock.code and not what_woke(clock.code)[0]
    return TROUBLE if failed else READY
