"""Repeats: only the last SMS of a device, soon after, is the same one again."""

import pytest

from heliograph.core.repeats import WINDOW_MS, remember, repeats

NOW = 1_773_144_000_000
HEARD = remember(5, "12345", b"hi", 257, NOW)


@pytest.mark.parametrize(
    ("reference", "destination", "body", "now", "expected"),
    [
        (5, "12345", b"hi", NOW + 1, (True, 257)),
        (5, "12345", b"hi", NOW + WINDOW_MS - 1, (True, 257)),
        (5, "12345", b"hi", NOW + WINDOW_MS, (False, None)),
        (5, "12345", b"hi", NOW - WINDOW_MS, (False, None)),  # the clock went back
        (6, "12345", b"hi", NOW, (False, None)),
        (5, "1234", b"hi", NOW, (False, None)),
        (5, "12345", b"ho", NOW, (False, None)),
        (5, "1234", b"5hi", NOW, (False, None)),
    ],
)
def test_what_is_a_repeat(
    reference: int, destination: str, body: bytes, now: int, expected: tuple[bool, int | None]
) -> None:
    assert repeats(HEARD, reference, destination, body, now) == expected


def test_a_segment_that_waits_for_others_is_a_repeat_without_a_message() -> None:
    heard = remember(5, "12345", b"hi", None, NOW)
    assert repeats(heard, 5, "12345", b"hi", NOW) == (True, None)


def test_nothing_was_heard_yet() -> None:
    assert repeats("", 5, "12345", b"hi", NOW) == (False, None)
