"""How a lane stands, for each kind of clock and of what is on it."""

import pytest

from heliograph.core.lane_state import LANE_STATES, LaneClock, state_of

DUE = LaneClock(1, 0, "")


@pytest.mark.parametrize(
    ("clock", "waiting", "scheduled", "awaiting", "attached", "state"),
    [
        (DUE, 1, 0, 0, True, "ready"),
        (None, 1, 0, 0, True, "ready"),
        (None, 1, 0, 0, False, "away"),
        (LaneClock(1, 0, "away"), 1, 0, 0, True, "away"),
        (LaneClock(None, 0, ""), 1, 0, 0, True, "under_way"),
        (LaneClock(1, 2, "absent"), 1, 0, 0, True, "trouble"),
        (LaneClock(1, 2, "attached:5"), 1, 0, 0, True, "ready"),
        (LaneClock(1, 2, "absent"), 0, 3, 1, True, "scheduled"),
        (None, 0, 0, 1, True, "awaiting"),
        (None, 0, 0, 0, True, "held"),
    ],
)
def test_states(
    clock: LaneClock | None, waiting: int, scheduled: int, awaiting: int, attached: bool, state: str
) -> None:
    assert state_of(clock, waiting, scheduled, awaiting, attached) == state
    assert state in LANE_STATES
