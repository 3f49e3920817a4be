"""Addresses: what is a number, who is meant, and where applications end and phones begin."""

import pytest

from heliograph.core.address import (
    as_written,
    is_a2p,
    is_device_number,
    is_dialled,
    is_number,
    is_source,
    normalise,
)


@pytest.mark.parametrize(
    ("dialled", "expected"),
    [
        ("1234567", True),
        ("12345678", False),
        ("+1234567", True),  # the sign is no digit
        ("+12345678", False),
        ("1", True),
        ("METER", True),
        ("meter-station-with-a-long-name", True),
        ("*123#", True),
        ("491700000001", False),
    ],
)
def test_a2p_ends_at_seven_digits(dialled: str, expected: bool) -> None:
    assert is_a2p(dialled) == expected


def test_where_a2p_ends_is_a_setting() -> None:
    assert is_a2p("12345678", longest_digits=8)
    assert not is_a2p("1234567", longest_digits=6)


@pytest.mark.parametrize(
    ("dialled", "country", "number"),
    [
        ("+491700000001", "49", "491700000001"),
        ("00491700000001", "", "491700000001"),
        ("491700000001", "49", "491700000001"),
        ("01700000001", "49", "491700000001"),
        ("01700000001", "", "01700000001"),
        ("0170000", "49", "0170000"),  # short: a code, not a national number
        ("METER", "49", "METER"),
        ("", "49", ""),
    ],
)
def test_one_device_has_one_number(dialled: str, country: str, number: str) -> None:
    assert normalise(dialled, country) == number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+49 170 000 0001", "+491700000001"),
        ("0049-170-0000001", "00491700000001"),
        (" 49\u00a0170 0000001\t", "491700000001"),
        ("+49 (0)170/000.0001", "+491700000001"),
        ("49 17", "4917"),
        ("+49-17", "+4917"),
        ("24/7", "24/7"),
        ("A-1", "A-1"),
        ("ACME Ltd", "ACME Ltd"),
        ("4917x0000001", "4917x0000001"),
        ("", ""),
    ],
)
def test_what_people_put_between_digits_is_taken_out(text: str, digits: str) -> None:
    assert as_written(text) == digits


@pytest.mark.parametrize(
    ("text", "number", "device", "source"),
    [
        ("491700000001", True, True, True),
        ("+491700000001", True, False, True),
        ("0491700000001", True, False, True),
        ("1234567", True, False, True),
        ("1" * 17, True, False, True),
        ("1" * 18, True, False, False),
        ("€uro", False, False, True),
        ("ŁÓDŹ", False, False, False),
        ("", False, False, True),
        ("ALERT", False, False, True),
        ("ELEVEN-CHAR", False, False, True),
        ("TWELVE-CHARS", False, False, False),
        ("a\nb", False, False, False),
        ("12 34", False, False, True),
    ],
)
def test_kinds_of_addresses(text: str, number: bool, device: bool, source: bool) -> None:
    assert (is_number(text), is_device_number(text), is_source(text)) == (number, device, source)


@pytest.mark.parametrize(
    ("dialled", "possible", "a2p"),
    [
        ("1234567", True, True),
        ("12345678", True, False),
        ("1" * 20, True, False),
        ("1" * 21, False, False),
        ("ALARM", True, True),
        ("TWELVE-CHARS", False, True),
        ("", False, True),
    ],
)
def test_what_a_device_may_dial(dialled: str, possible: bool, a2p: bool) -> None:
    assert (is_dialled(dialled), is_a2p(dialled)) == (possible, a2p)
