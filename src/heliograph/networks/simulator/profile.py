"""Profiles: how one model of device behaves, from a small TOML file.

In: the text of a file. Out: a `Profile`, or `BadProfile`, which says where (line or field) and what. The
shipped files in `profiles/` explain every field. Never here: folders of files (`library`), running devices.
"""

import re
import tomllib
from functools import cached_property
from random import Random
from typing import Literal

from msgspec import Struct, ValidationError, convert

from heliograph.networks.simulator.limits import broken_limits

PROFILE_OCTETS = 65_536

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")

Span = float | tuple[float, ...]
"""A number, or two to draw between."""


class BadProfile(Exception):
    """A file that cannot be used."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """Unknown fields are errors: a misspelt one would silently do nothing."""


class Fault(_Strict, frozen=True):
    answer: Literal[
        "busy",
        "congestion",
        "network_failure",
        "temporary_failure",
        "resources",
        "interworking",
        "unknown_subscriber",
        "barred",
        "rejected",
        "facility",
        "protocol",
        "illegal_equipment",
        "not_provisioned",
    ]
    chance: float = 1.0


class Network(_Strict, frozen=True):
    answer_seconds: Span = 0.0
    paging_seconds: float = 0.0
    answer_lost_chance: float = 0.0
    lose_segment: int = 0
    faults: tuple[Fault, ...] = ()


class Sleep(_Strict, frozen=True):
    mode: Literal["psm", "edrx"]
    every_seconds: float
    awake_seconds: float

    @property
    def every_ms(self) -> int:
        return round(self.every_seconds * 1000)

    @property
    def awake_ms(self) -> int:
        return round(self.awake_seconds * 1000)


class Memory(_Strict, frozen=True):
    slots: int
    free_after_seconds: float | None = None


class Rule(_Strict, frozen=True, dict=True):
    """An answer to a command."""

    pattern: str
    reply: str | tuple[str, ...] | None = None
    after_seconds: Span = 1.0
    chance: float = 1.0
    times: int = 1
    to: str = ""
    from_anyone: bool = False
    segment_gap_seconds: Span = 0.0
    lose_segment: int = 0
    restart_seconds: float | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class Reading(_Strict, frozen=True):
    low: float
    high: float
    step: float
    start: float | None = None


class Alert(_Strict, frozen=True):
    reading: str
    text: str
    above: float | None = None
    below: float | None = None
    to: str = ""


class Timed(_Strict, frozen=True):
    """A periodic report."""

    every_seconds: float
    text: str
    to: str = ""


class Profile(_Strict, frozen=True, dict=True):
    description: str = ""
    home: str = ""
    known_senders: tuple[str, ...] = ()
    network: Network = Network()
    sleep: Sleep | None = None
    memory: Memory | None = None
    answers: tuple[Rule, ...] = ()
    reports: tuple[Timed, ...] = ()
    readings_every_seconds: float = 60.0
    readings: dict[str, Reading] = {}
    alerts: tuple[Alert, ...] = ()

    @cached_property
    def is_plain(self) -> bool:
        """Answers every SMS at once and does nothing else, so it needs no object."""
        return self == Profile(description=self.description, home=self.home)

    @cached_property
    def has_timers(self) -> bool:
        """Does something although nobody asked."""
        wakes = self.sleep is not None and self.sleep.mode == "psm"
        return wakes or bool(self.reports) or bool(self.readings and self.alerts)


PLAIN = Profile("Answers every SMS at once and does nothing else.")


def draw_ms(span: Span, chance: Random) -> int:
    """A duration out of a span."""
    if isinstance(span, tuple):
        return round(chance.uniform(span[0], span[-1]) * 1000)
    return round(span * 1000)


def is_profile_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def parse_profile(text: str) -> Profile:
    """The profile of a file's text."""
    if len(text) > PROFILE_OCTETS:
        raise BadProfile("file", f"longer than {PROFILE_OCTETS} characters")
    try:
        profile = convert(tomllib.loads(text), Profile)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error)) from error
    except ValidationError as error:
        raise _value(str(error)) from error
    except SystemError as error:  # what msgspec 0.22 makes of an integer that no float holds
        raise BadProfile("file", "a number is too large") from error
    for where, what in broken_limits(profile):
        raise BadProfile(where, what)
    _check(profile)
    return profile


def _syntax(message: str) -> BadProfile:
    what, _, where = message.partition(" (at ")
    return BadProfile(where.rstrip(")") or "file", what)


def _value(message: str) -> BadProfile:
    what, _, where = message.partition(" - at `")
    return BadProfile(where.rstrip("`").removeprefix("$.").removeprefix("$") or "file", what)


def _check(profile: Profile) -> None:
    """What types cannot say."""
    for index, rule in enumerate(profile.answers):
        try:
            _ = rule.regex
        except re.error as error:
            raise BadProfile(f"answers[{index}].pattern", str(error)) from error
    for index, alert in enumerate(profile.alerts):
        if alert.reading not in profile.readings:
            raise BadProfile(f"alerts[{index}].reading", f"there is no reading {alert.reading!r}")
        if (alert.above is None) == (alert.below is None):
            raise BadProfile(f"alerts[{index}]", "needs one of `above` and `below`")
        _check_home(profile, alert.to, f"alerts[{index}].to")
    for index, report in enumerate(profile.reports):
        _check_home(profile, report.to, f"reports[{index}].to")
    for name, reading in profile.readings.items():
        if not reading.low <= (reading.low if reading.start is None else reading.start) <= reading.high:
            raise BadProfile(f"readings.{name}", "needs `low` <= `start` <= `high`")
    if profile.sleep is not None and profile.sleep.awake_seconds > profile.sleep.every_seconds:
        raise BadProfile("sleep.awake_seconds", "is longer than `every_seconds`")


def _check_home(profile: Profile, to: str, where: str) -> None:
    if not to and not profile.home:
        raise BadProfile(where, "needs an address, here or as `home`")
