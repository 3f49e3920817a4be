"""The clock of each lane as the world reckons it: when the next attempt may leave at the earliest.

In: settled outcomes, alerts, restarts. Out: a time before which an attempt is a breach of the schedule. It
is a lower bound wherever the world cannot see whether the engine started the cycle anew.
"""

from msgspec import Struct

from heliograph.core.delivery import LaneKey
from heliograph.core.outcome import HEALED, meaning
from heliograph.core.schedule import RetrySchedule

SCHEDULE = RetrySchedule()
SETTLING_MS = 2_000
RETURNED_MS = 1_000


class LaneClock(Struct, gc=False):
    failures: int = 0
    due_at: int = 0
    delivery: int = 0
    why: str = ""


class LaneClocks:
    def __init__(self) -> None:
        self._lanes: dict[LaneKey, LaneClock] = {}

    def due_at(self, lane: LaneKey) -> LaneClock:
        return self._lanes.get(lane) or LaneClock()

    def failed(
        self, lane: LaneKey, delivery: int, code: str, asked_seconds: int | None, alerted: bool, now: int
    ) -> None:
        clock = self._lanes.setdefault(lane, LaneClock())
        if clock.delivery != delivery:
            clock.failures = 0  # the engine may have forgotten the lane when it was empty
        clock.delivery, clock.why = delivery, code
        if alerted:
            clock.failures, clock.due_at = 0, now + SETTLING_MS
            return
        clock.failures += 1
        clock.due_at = now + _delay_ms(code, clock.failures, asked_seconds)

    def returned(self, lane: LaneKey, now: int) -> None:
        clock = self._lanes.setdefault(lane, LaneClock())
        clock.due_at, clock.why = now + RETURNED_MS, "returned"

    def freed(self, lane: LaneKey) -> None:
        self._lanes.pop(lane, None)

    def forget_due(self, now: int) -> None:
        """The clock goes back: lanes that were due by then may be forgotten already."""
        self._lanes = {lane: clock for lane, clock in self._lanes.items() if clock.due_at > now}

    def alerted(self, lane: LaneKey, due_at: int) -> None:
        clock = self._lanes.get(lane)
        if clock is not None:
            clock.failures, clock.due_at = 0, min(clock.due_at, due_at)

    def gate_opened(self, application: int, now: int) -> None:
        """What a lost session did not answer is due again when the next one is there."""
        for lane, clock in self._lanes.items():
            if application and lane.receiver == application and clock.why in HEALED:
                clock.failures, clock.due_at = 0, min(clock.due_at, now)


def _delay_ms(code: str, failures: int, asked_seconds: int | None) -> int:
    if asked_seconds is not None:
        return asked_seconds * 1000
    name = "unknown" if code in ("restart", "link_lost", "no_answer") else meaning(code).retry
    delays = SCHEDULE.delays(name)
    return delays[min(failures, len(delays)) - 1] * 1000
