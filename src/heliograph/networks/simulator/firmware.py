"""Firmware: what a virtual device does with a text, and what it says unasked. Pure.

In: a text with its source, or a clock tick. Out: reactions: an SMS after a delay, or a restart. Rules are
tried in their order; the first whose pattern fits decides.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random

from msgspec import Struct

from heliograph.core.address import is_number
from heliograph.networks.simulator.limits import LONGEST_TEXT
from heliograph.networks.simulator.profile import Alert, Profile, Rule, Timed, draw_ms

_PLACE = re.compile(r"\{([A-Za-z0-9_]{1,40})\}")


class Owner(Struct, frozen=True, gc=False):
    """Whose firmware it is."""

    imsi: str
    msisdn: str


class Firmware(Struct):
    """What it remembers."""

    count: int = 0  # texts that it sent
    readings: dict[str, float] = {}
    alarmed: set[int] = set()  # alerts that were raised and whose reading has not come back


class Reaction(Struct, frozen=True):
    """To do after a while. With `restart_seconds` the device restarts; with a text it sends that."""

    after_ms: int
    to: str = ""
    text: str = ""
    gap_ms: int = 0
    lose_segment: int = 0
    restart_ms: int | None = None


def hear(
    firmware: Firmware, profile: Profile, owner: Owner, source: str, text: str, now: int, chance: Random
) -> list[Reaction]:
    """An SMS was read."""
    text = text[:LONGEST_TEXT]
    for rule in profile.answers:
        match = rule.regex.search(text)
        if match is None or not (rule.from_anyone or _knows(profile, source)):
            continue
        if chance.random() >= rule.chance:
            return []
        words = _groups(match) | {"source": source, "text": text}
        return _answer(firmware, profile, owner, rule, words, now, chance)
    return []


def _knows(profile: Profile, source: str) -> bool:
    return not profile.known_senders or source.removeprefix("+") in {
        sender.removeprefix("+") for sender in profile.known_senders
    }


def _groups(match: re.Match[str]) -> dict[str, str]:
    numbered = {str(index): group or "" for index, group in enumerate(match.groups(), 1)}
    return numbered | {name: group or "" for name, group in match.groupdict().items()}


def _answer(
    firmware: Firmware,
    profile: Profile,
    owner: Owner,
    rule: Rule,
    words: Mapping[str, str],
    now: int,
    chance: Random,
) -> list[Reaction]:
    after_ms = draw_ms(rule.after_seconds, chance)
    reactions = []
    texts = () if rule.reply is None else (rule.reply,) if isinstance(rule.reply, str) else rule.reply
    to = rule.to or _reply_address(profile, words["source"])
    for template in texts * rule.times if to else ():
        said = say(firmware, owner, template, words, now)
        gap_ms = draw_ms(rule.segment_gap_seconds, chance)
        reactions.append(Reaction(after_ms, to, said, gap_ms, rule.lose_segment))
    if rule.restart_seconds is not None:
        reactions.append(Reaction(after_ms, restart_ms=round(rule.restart_seconds * 1000)))
    return reactions


def _reply_address(profile: Profile, source: str) -> str:
    """Nobody can answer a name or an empty source; such a device writes home."""
    return source if source and is_number(source) else profile.home


def say(firmware: Firmware, owner: Owner, template: str, words: Mapping[str, str], now: int) -> str:
    """A template with its places filled in. A place that nobody knows stays as it is."""
    firmware.count += 1
    known = {
        "imsi": owner.imsi,
        "msisdn": owner.msisdn,
        "count": str(firmware.count),
        "time": datetime.fromtimestamp(now // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{name: f"{value:.1f}" for name, value in firmware.readings.items()},
        **words,
    }
    return _PLACE.sub(lambda place: known.get(place[1], place[0]), template)[:LONGEST_TEXT]


def start_readings(firmware: Firmware, profile: Profile, chance: Random) -> None:
    """Readings that the profile has and the device does not yet; others go."""
    firmware.readings = {
        name: firmware.readings.get(
            name, reading.start if reading.start is not None else chance.uniform(reading.low, reading.high)
        )
        for name, reading in profile.readings.items()
    }
    firmware.alarmed = {index for index in firmware.alarmed if index < len(profile.alerts)}


def drift(firmware: Firmware, profile: Profile, chance: Random) -> None:
    """Readings move a step, within their range."""
    for name, reading in profile.readings.items():
        moved = firmware.readings[name] + chance.uniform(-reading.step, reading.step)
        firmware.readings[name] = min(reading.high, max(reading.low, moved))


def alerts(firmware: Firmware, profile: Profile, owner: Owner, now: int) -> list[Reaction]:
    """Thresholds that were crossed since the last look. Each is told once until its reading came back."""
    raised = []
    for index, alert in enumerate(profile.alerts):
        if not _is_over(alert, firmware.readings[alert.reading]):
            firmware.alarmed.discard(index)
        elif index not in firmware.alarmed:
            firmware.alarmed.add(index)
            raised.append(Reaction(0, alert.to or profile.home, say(firmware, owner, alert.text, {}, now)))
    return raised


def _is_over(alert: Alert, value: float) -> bool:
    if alert.above is not None:
        return value > alert.above
    return alert.below is not None and value < alert.below


def report(firmware: Firmware, profile: Profile, owner: Owner, timed: Timed, now: int) -> Reaction:
    """A periodic report."""
    return Reaction(0, timed.to or profile.home, say(firmware, owner, timed.text, {}, now))
