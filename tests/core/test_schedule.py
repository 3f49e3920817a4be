"""Schedules: the delays of each class, the last one for ever, the network's own word first."""

import pytest

from heliograph.core.outcome import MEANINGS, meaning
from heliograph.core.schedule import LONGEST_RETRY_AFTER_SECONDS, RetrySchedule, retry_delay_ms

M, H = 60, 3600
PRACTICE = [M, 5 * M, 15 * M, 30 * M, H, 2 * H, 4 * H, 6 * H]
DEFAULT = RetrySchedule()


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("absent", [*PRACTICE, 6 * H, 6 * H]),
        ("memory_full", [15 * M, H, 2 * H, 4 * H, 6 * H, 6 * H]),
        ("congestion", [30, M, 5 * M, 15 * M, 30 * M, H, H]),
        ("application", [5, 30, 2 * M, 10 * M, 30 * M, H, H]),
        ("unknown", [5, 30, M, 5 * M, 15 * M, H, H]),
        ("no such class", [30, M, 5 * M, 15 * M, 30 * M, H, H]),
    ],
)
def test_the_default_delays(name: str, seconds: list[int]) -> None:
    found = [retry_delay_ms(DEFAULT, name, failed, None) for failed in range(1, len(seconds) + 1)]
    assert found == [delay * 1000 for delay in seconds]


@pytest.mark.parametrize(
    ("asked", "seconds"), [(1, 1), (0, 1), (-5, 1), (7200, 7200), (10**9, LONGEST_RETRY_AFTER_SECONDS)]
)
def test_the_networks_word_wins_within_reason(asked: int, seconds: int) -> None:
    assert retry_delay_ms(DEFAULT, "absent", 3, asked) == seconds * 1000


def test_a_schedule_can_be_set() -> None:
    schedule = RetrySchedule(absent=(1, 2))
    assert [retry_delay_ms(schedule, "absent", failed, None) for failed in (1, 2, 3)] == [1000, 2000, 2000]


def test_every_temporary_meaning_has_delays() -> None:
    classes = {known.retry for known in MEANINGS.values()} - {"permanent"}
    assert classes == set(RetrySchedule.__struct_fields__) - {"settling_seconds"}


def test_an_unlisted_code_is_shown_as_it_is() -> None:
    assert meaning("x25") == meaning("x25")
    assert "x25" in meaning("x25").sentence
    assert meaning("x25").retry == "congestion"
