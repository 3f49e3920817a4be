"""Firmware: what a virtual device answers, by table; its readings, alerts and reports."""

import itertools
from random import Random

import pytest

from heliograph.networks.simulator.firmware import (
    Firmware,
    Owner,
    Reaction,
    alerts,
    drift,
    hear,
    report,
    say,
    start_readings,
)
from heliograph.networks.simulator.profile import Profile, Timed, parse_profile

OWNER = Owner("901700000000001", "447700900001")
PROFILE = parse_profile("""
home = "5000"
known_senders = ["+447700900100", "Harbour"]
[[answers]]
pattern = '(?i)^get (?P<what>\\w+)( \\w+)?$'
reply = "{what}={level}{2} {nothing} {count}"
after_seconds = 2
[[answers]]
pattern = '^twice$'
reply = ["a {count}", "b {count}"]
times = 2
[[answers]]
pattern = '^never$'
reply = "x"
chance = 0
[[answers]]
pattern = '^silent$'
[[answers]]
pattern = '^elsewhere$'
reply = "there"
to = "123"
[[answers]]
pattern = '^anyone$'
reply = "{source}"
from_anyone = true
[[answers]]
pattern = '^restart$'
restart_seconds = 9
after_seconds = 1
[readings]
level = { low = 0, high = 10, step = 4, start = 5 }
[[alerts]]
reading = "level"
above = 8
text = "HIGH {level}"
[[alerts]]
reading = "level"
below = 2
text = "LOW {level}"
to = "666"
""")


def firmware() -> Firmware:
    made = Firmware(0, {}, set())
    start_readings(made, PROFILE, Random(1))
    return made


def heard(text: str, source: str = "447700900100") -> list[Reaction]:
    return hear(firmware(), PROFILE, OWNER, source, text, 0, Random(1))


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("GET level", "447700900100", [Reaction(2000, "447700900100", "level=5.0 {nothing} 1")]),
        ("get level now", "+447700900100", [Reaction(2000, "+447700900100", "level=5.0 now {nothing} 1")]),
        ("get level", "Harbour", [Reaction(2000, "5000", "level=5.0 {nothing} 1")]),
        ("get level", "447700900101", []),
        ("twice", "Harbour", [Reaction(1000, "5000", f"{word} {n}") for n, word in enumerate("abab", 1)]),
        ("never", "Harbour", []),
        ("silent", "Harbour", []),
        ("unknown", "Harbour", []),
        ("elsewhere", "Harbour", [Reaction(1000, "123", "there")]),
        ("anyone", "999", [Reaction(1000, "999", "999")]),
        ("anyone", "", [Reaction(1000, "5000", "")]),
        ("restart", "Harbour", [Reaction(1000, restart_ms=9000)]),
    ],
)
def test_what_it_answers(text: str, source: str, expected: list[Reaction]) -> None:
    assert heard(text, source) == expected


def test_nobody_can_be_answered_without_an_address() -> None:
    homeless = parse_profile("[[answers]]\npattern = 'x'\nreply = 'y'")
    assert hear(Firmware(0, {}, set()), homeless, OWNER, "ACME", "x", 0, Random(1)) == []


def test_a_place_is_filled_once() -> None:
    made = say(firmware(), OWNER, "{text} {imsi} {msisdn} {time}", {"text": "{count}"}, 1_700_000_000_999)
    assert made == "{count} 901700000000001 447700900001 2023-11-14T22:13:20Z"


def test_alerts_are_raised_once_until_the_reading_came_back() -> None:
    made, raised = firmware(), []
    for level in (5.0, 8.0, 8.5, 9.0, 8.0, 9.5, 1.0, 1.5, 5.0):
        made.readings["level"] = level
        raised.append([(one.to, one.text) for one in alerts(made, PROFILE, OWNER, 0)])
    high = ("5000", "HIGH 8.5"), ("5000", "HIGH 9.5")
    assert raised == [[], [], [high[0]], [], [], [high[1]], [("666", "LOW 1.0")], [], []]


def test_readings_drift_by_steps_within_their_range() -> None:
    made, chance, seen = firmware(), Random(3), [5.0]
    for _ in range(500):
        drift(made, PROFILE, chance)
        seen.append(made.readings["level"])
    assert min(seen) == 0
    assert max(seen) == 10
    assert all(abs(after - before) <= 4 for before, after in itertools.pairwise(seen))


def test_a_report_goes_home() -> None:
    assert report(firmware(), PROFILE, OWNER, Timed(60, "level {level}"), 0) == Reaction(
        0, "5000", "level 5.0"
    )


def test_readings_survive_another_profile_when_it_has_them_too() -> None:
    made = firmware()
    made.readings["level"] = 9.0
    start_readings(made, PROFILE, Random(1))
    assert made.readings == {"level": 9.0}
    start_readings(made, Profile(), Random(1))
    assert made.readings == {}
