"""Schedules: when a lane is tried again after an outcome. Delays per class of outcome; the last one
repeats.

3GPP networks send no alert when a phone comes back in the same cell, so timers stay beside alerts.
"""

from msgspec import Struct

MINUTE = 60
HOUR = 3600
LONGEST_VALIDITY_SECONDS = 365 * 24 * HOUR
LONGEST_RETRY_AFTER_SECONDS = 24 * HOUR

_PRACTICE = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR)


class RetrySchedule(Struct, frozen=True):
    """Delays in seconds after the first, second, … failed attempt of a lane, by class (see
    `outcome.MEANINGS`).
    """

    absent: tuple[int, ...] = _PRACTICE
    memory_full: tuple[int, ...] = (15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR)
    congestion: tuple[int, ...] = (30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR)
    application: tuple[int, ...] = (5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR)
    unknown: tuple[int, ...] = (5, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
    settling_seconds: int = 2  # after an attach: a booting device does not answer yet

    def delays(self, name: str) -> tuple[int, ...]:
        found: tuple[int, ...] = getattr(self, name, self.congestion)
        return found


def retry_delay_ms(
    schedule: RetrySchedule, name: str, failed_attempts: int, asked_seconds: int | None
) -> int:
    """Until the next attempt. The network's own word wins, within reason."""
    if asked_seconds is not None:
        return max(1, min(asked_seconds, LONGEST_RETRY_AFTER_SECONDS)) * 1000
    delays = schedule.delays(name)
    return delays[min(failed_attempts, len(delays)) - 1] * 1000
