"""Causes and states in words: every named value has its own, and every octet has some."""

import pytest

from heliograph.wire.gsm.causes import (
    FAILURE_CAUSE_WORDS,
    RP_CAUSE_WORDS,
    STATUS_WORDS,
    FailureCause,
    RpCause,
    Status,
    StatusClass,
    failure_cause_words,
    rp_cause_words,
    status_class,
    status_words,
)


def test_every_name_has_words() -> None:
    assert set(RP_CAUSE_WORDS) == set(RpCause)
    assert set(FAILURE_CAUSE_WORDS) == set(FailureCause)
    assert set(STATUS_WORDS) == set(Status)


def test_every_octet_has_words() -> None:
    for code in range(256):
        assert rp_cause_words(code)
        assert failure_cause_words(code)
        assert status_words(code)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (rp_cause_words(22), "the memory of the device is full"),
        (rp_cause_words(2), "unknown cause 2"),
        (failure_cause_words(0xD3), "the memory of the device is full"),
        (failure_cause_words(0xE1), "specific to the application (0xe1)"),
        (failure_cause_words(0x83), "reserved cause 0x83"),
        (failure_cause_words(0xFF), "no cause given"),
        (status_words(0x46), "failed: the validity period ended"),
        (status_words(0x51), "permanent error: specific to the service centre (0x51)"),
        (status_words(0x03), "completed: reserved (0x03)"),
        (status_words(0x90), "temporary error, given up: reserved (0x90)"),
    ],
)
def test_words(words: str, expected: str) -> None:
    assert words == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        # 3GPP TS 23.040 §9.2.3.15
        (0x00, 0x1F, StatusClass.COMPLETED),
        (0x20, 0x3F, StatusClass.TRYING),
        (0x40, 0x5F, StatusClass.PERMANENT),
        (0x60, 0x7F, StatusClass.GAVE_UP),
        (0x80, 0xFF, StatusClass.GAVE_UP),
    ],
)
def test_status_classes(first: int, last: int, expected: StatusClass) -> None:
    assert {status_class(status) for status in range(first, last + 1)} == {expected}
