"""The rules of a firewall as people write them, for a policy or for one device: values, and are they well
formed.

In: a rule set. Out: the refusal that names its field, or None. What they mean for an SMS is `firewall`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from heliograph.core.address import LONGEST_WRITTEN, as_written, is_name, is_number, normalise
from heliograph.core.firewall.patterns import MOST_INSTRUCTIONS, BadPattern, Pattern
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.zones import is_zone

MOST_PEERS = 500
MOST_CONTENT = 20
MOST_WINDOWS = 20
MOST_RATES = 9
MOST_RATE = 1_000_000
LONGEST_RULE_NAME = 40
LONGEST_PEER = 20
LONGEST_HOLD_SECONDS = 30 * 24 * 3600
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Way = Literal["MT", "MO", "P2P"]
Ways = tuple[Way, ...]  # empty: all of them
WAYS: Ways = ("MT", "MO", "P2P")


class Peer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The other side: a number (with its country code, with or without +), or a name in any case."""

    peer: str
    match: Literal["exact", "prefix"] = "exact"
    directions: Ways = ()


class ContentRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Text that may not pass. 8-bit data is not text, and is not looked at."""

    name: str
    pattern: str
    directions: Ways = ()


class Window(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A time in which nothing passes, by the clock on the wall where the device is. One that ends before it
    starts goes on over midnight and belongs to the day on which it starts.
    """

    name: str
    start: str
    end: str
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    directions: Ways = ()


class Rate(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many segments in such a time, per device and direction; at most `burst` of them at once."""

    limit: int
    per: Literal["minute", "hour", "day"]
    burst: int | None = None  # None: the whole limit
    directions: Ways = ()


class Anomaly(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A device that sends more than `times` its own busiest hours, and at least `least`, is held."""

    times: int = 10
    least: int = 50  # segments an hour that are never too many
    learning_hours: int = 24  # for so long a device that is new to us is watched and not judged
    hold_seconds: int | None = 24 * 3600  # None: until somebody releases it
    directions: Ways = ()  # what a held device may not do


class Rules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One rule set. Nothing in it: nothing is forbidden."""

    allow: tuple[Peer, ...] = ()
    block: tuple[Peer, ...] = ()
    content: tuple[ContentRule, ...] = ()
    windows: tuple[Window, ...] = ()
    rates: tuple[Rate, ...] = ()
    pending: int | None = None  # how many SMS may wait for a device
    anomaly: Anomaly | None = None
    zone: str | None = None  # `Europe/Berlin`; a device's goes before its policy's; None: UTC


NO_RULES = Rules()


class RuleSet(Struct, frozen=True):
    """One row of the firewall table, in its column order. A change makes a new one, so an id never means two
    things; the policy or the device names the one that is in force.
    """

    id: int
    org: int
    owner: int  # the policy or the device
    rules: str  # JSON
    changed_at: int


def bad_rules(rules: Rules) -> Refusal | None:
    """The first thing that is wrong."""
    return next(_wrong(rules), None)


def ways_of(directions: Ways) -> Ways:
    return directions or WAYS


def _bad(field: str, why: str) -> Refusal:
    return refuse("bad_value", field, f"{field}: {why}.")


def _wrong(rules: Rules) -> Iterator[Refusal]:
    if rules.zone is not None and not is_zone(rules.zone):
        yield _bad("zone", "this is no time zone of the IANA database")
    yield from _wrong_peers("allow", rules.allow)
    yield from _wrong_peers("block", rules.block)
    yield from _wrong_content(rules.content)
    yield from _wrong_windows(rules.windows)
    yield from _wrong_rates(rules.rates)
    if rules.pending is not None:
        yield from _outside("pending", rules.pending, 1, MOST_RATE)
    if rules.anomaly is not None:
        yield from _wrong_anomaly(rules.anomaly)


def _too_many(field: str, given: Sequence[object], most: int) -> Iterator[Refusal]:
    if len(given) > most:
        yield _bad(field, f"there are more than {most}")


def _outside(field: str, value: int, least: int, most: int) -> Iterator[Refusal]:
    if not least <= value <= most:
        yield _bad(field, f"it lies between {least} and {most}")


def _wrong_peers(field: str, peers: Sequence[Peer]) -> Iterator[Refusal]:
    yield from _too_many(field, peers, MOST_PEERS)
    for index, peer in enumerate(peers):
        known = as_written(peer.peer) if len(peer.peer) <= LONGEST_WRITTEN else ""
        if len(known) > LONGEST_PEER or not (is_number(known) or is_name(known)):
            yield _bad(f"{field}[{index}].peer", "a number of up to 20 digits, or a name of up to 11 letters")
        elif is_number(known) and not normalise(known):
            yield _bad(f"{field}[{index}].peer", "there are no digits")


def _wrong_name(field: str, name: str) -> Iterator[Refusal]:
    if not (1 <= len(name) <= LONGEST_RULE_NAME and name.isprintable() and name == name.strip()):
        yield _bad(field, f"1 to {LONGEST_RULE_NAME} printable characters, with no space around them")


def _wrong_content(rules: Sequence[ContentRule]) -> Iterator[Refusal]:
    yield from _too_many("content", rules, MOST_CONTENT)
    instructions = 0
    for index, rule in enumerate(rules[:MOST_CONTENT]):
        yield from _wrong_name(f"content[{index}].name", rule.name)
        try:
            instructions += Pattern(rule.pattern).instructions
        except BadPattern as bad:
            yield _bad(f"content[{index}].pattern", str(bad))
    if instructions > MOST_INSTRUCTIONS:
        yield _bad("content", "the patterns together are too large")


def _wrong_windows(windows: Sequence[Window]) -> Iterator[Refusal]:
    yield from _too_many("windows", windows, MOST_WINDOWS)
    for index, window in enumerate(windows):
        yield from _wrong_name(f"windows[{index}].name", window.name)
        for name, text in (("start", window.start), ("end", window.end)):
            if not _CLOCK.fullmatch(text):
                yield _bad(f"windows[{index}].{name}", "a time of day is written as 22:00")


def _wrong_rates(rates: Sequence[Rate]) -> Iterator[Refusal]:
    yield from _too_many("rates", rates, MOST_RATES)
    seen: set[tuple[str, str]] = set()
    for index, rate in enumerate(rates):
        yield from _outside(f"rates[{index}].limit", rate.limit, 1, MOST_RATE)
        if rate.burst is not None:
            yield from _outside(f"rates[{index}].burst", rate.burst, 1, MOST_RATE)
        own = {(way, rate.per) for way in ways_of(rate.directions)}
        if seen & own:
            yield _bad(f"rates[{index}]", f"there is another rate per {rate.per} for the same direction")
        seen |= own


def _wrong_anomaly(anomaly: Anomaly) -> Iterator[Refusal]:
    yield from _outside("anomaly.times", anomaly.times, 2, 1_000)
    yield from _outside("anomaly.least", anomaly.least, 1, MOST_RATE)
    yield from _outside("anomaly.learning_hours", anomaly.learning_hours, 0, 24 * 90)
    if anomaly.hold_seconds is not None:
        yield from _outside("anomaly.hold_seconds", anomaly.hold_seconds, 60, LONGEST_HOLD_SECONDS)
