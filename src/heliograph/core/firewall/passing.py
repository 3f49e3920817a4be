"""The firewall: may this SMS pass, by the rules of its policy and by those of its device? Pure decisions.

In: rule sets, compiled once per version; what an SMS says of itself. Out: a refusal that names the rule, or
None. Both rule sets have to let it pass. What counts over time is kept in `watch`.
"""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from heliograph.core.address import as_written, is_number, normalise
from heliograph.core.firewall.patterns import BadPattern, Pattern
from heliograph.core.firewall.rules import (
    DAYS,
    WAYS,
    Anomaly,
    Peer,
    Rate,
    Rules,
    RuleSet,
    Way,
    Window,
    ways_of,
)
from heliograph.core.message import Direction
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.zones import wall_clock, zone_of
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

WAY_OF: dict[int, Way] = {Direction.MT: "MT", Direction.MO: "MO", Direction.P2P: "P2P"}
_decode = Decoder(Rules).decode


class Span(Struct, frozen=True):
    """A window, in minutes of the day. `end` may lie on the next day."""

    rule: str
    days: frozenset[int]
    start: int
    end: int


class Peers(Struct, frozen=True):
    """A list of peers: looked up, however long it is. The values are the peers as people wrote them."""

    exact: dict[str, str]
    prefixes: tuple[tuple[int, dict[str, str]], ...]  # by length

    def find(self, peer: str) -> str | None:
        found = self.exact.get(peer)
        if found is not None or not peer:
            return found
        for length, known in self.prefixes:
            found = known.get(peer[:length]) if len(peer) >= length else None
            if found is not None:
                return found
        return None


class Side(Struct, frozen=True):
    """The rules of one direction."""

    allow: Peers | None
    block: Peers | None
    content: tuple[tuple[str, Pattern], ...]
    windows: tuple[Span, ...]
    rates: tuple[Rate, ...]
    holds: bool  # a held device may not


class Guard(Struct, frozen=True):
    """A rule set, compiled."""

    sides: dict[Way, Side]
    pending: int | None
    anomaly: Anomaly | None
    zone: str | None

    @property
    def watches(self) -> bool:
        return self.anomaly is not None or any(side.rates for side in self.sides.values())


class Owned(Struct, frozen=True):
    """A guard, and whose it is: `policy meters`, `device pump 7`."""

    whose: str
    mark: str  # `p` or `d`: where its rates are kept
    guard: Guard


class Passing(Struct, frozen=True):
    """What an SMS says of itself to one of its sides."""

    way: Way
    peer: str  # as `peer_of` makes it
    body: bytes
    dcs: int


def rules_of(row: RuleSet) -> Rules:
    """As they are kept. Rules of a later version that this program cannot read let nothing be guessed."""
    try:
        return _decode(row.rules)
    except DecodeError as failure:
        raise ValueError(f"firewall of {row.owner}: {failure}") from failure


def compiled(rules: Rules) -> Guard:
    return Guard({way: _side(rules, way) for way in WAYS}, rules.pending, rules.anomaly, rules.zone)


def _side(rules: Rules, way: Way) -> Side:
    return Side(
        allow=_peers(peer for peer in rules.allow if way in ways_of(peer.directions)),
        block=_peers(peer for peer in rules.block if way in ways_of(peer.directions)),
        content=tuple(
            (rule.name, pattern)
            for rule in rules.content
            if way in ways_of(rule.directions) and (pattern := _pattern(rule.pattern)) is not None
        ),
        windows=tuple(_span(window) for window in rules.windows if way in ways_of(window.directions)),
        rates=tuple(rate for rate in rules.rates if way in ways_of(rate.directions)),
        holds=rules.anomaly is not None and way in ways_of(rules.anomaly.directions),
    )


def _pattern(text: str) -> Pattern | None:
    """A pattern that was good when it was kept and is no longer, after a change of RE2, matches nothing."""
    try:
        return Pattern(text)
    except BadPattern:
        return None


def _peers(peers: Iterable[Peer]) -> Peers | None:
    exact: dict[str, str] = {}
    prefixes: dict[int, dict[str, str]] = {}
    for peer in peers:
        # `12 34` may mean the number, and is a name that somebody sends as.
        for known in {peer_of(peer.peer), peer_of(as_written(peer.peer))}:
            if peer.match == "exact":
                exact[known] = peer.peer
            else:
                prefixes.setdefault(len(known), {})[known] = peer.peer
    return Peers(exact, tuple(sorted(prefixes.items()))) if exact or prefixes else None


def _span(window: Window) -> Span:
    start, end = _minutes(window.start), _minutes(window.end)
    days = frozenset(DAYS.index(day) for day in window.days or DAYS)
    rule = f'window "{window.name}"'
    return Span(rule, days, start, end if end > start else end + 24 * 60)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def peer_of(address: str, country_code: str = "") -> str:
    """How peers are compared: digits with their country code, names in small letters."""
    return normalise(address, country_code) if is_number(address) else address.casefold()


def zone_for(owned: Sequence[Owned]) -> tzinfo:
    """The last one that names a zone, so a device's goes before its policy's."""
    return zone_of(next((one.guard.zone for one in reversed(owned) if one.guard.zone), None))


def forbids_peer(owned: Sequence[Owned], way: Way, peer: str) -> Refusal | None:
    for one in owned:
        side = one.guard.sides[way]
        if side.block is not None and (found := side.block.find(peer)) is not None:
            return refuse("peer_blocked", f'{one.whose}: block list "{found}"')
        if side.allow is not None and side.allow.find(peer) is None:
            return refuse("peer_not_allowed", f"{one.whose}: allow list")
    return None


def forbids_windows(owned: Sequence[Owned], way: Way, now: int) -> Refusal | None:
    if not any(one.guard.sides[way].windows for one in owned):
        return None
    day, minute = wall_clock(now, zone_for(owned))
    for one in owned:
        for span in one.guard.sides[way].windows:
            if is_within(span, day, minute):
                return refuse("time_blocked", f"{one.whose}: {span.rule}")
    return None


def is_within(span: Span, day: int, minute: int) -> bool:
    """Today, or in what is left of the window that started yesterday."""
    today = day in span.days and span.start <= minute < span.end
    return today or ((day - 1) % 7 in span.days and minute + 24 * 60 < span.end)


def forbids_content(owned: Sequence[Owned], passing: Passing) -> Refusal | None:
    for one in owned:
        rules = one.guard.sides[passing.way].content
        if rules and parse_dcs(passing.dcs).alphabet == Alphabet.OCTETS:
            return None
        for name, pattern in rules:
            if pattern.is_in(passing.body):
                return refuse("content_blocked", f'{one.whose}: content "{name}"')
    return None


def over_pending(owned: Sequence[Owned], queued: int) -> Refusal | None:
    for one in owned:
        limit = one.guard.pending
        if limit is not None and queued >= limit:
            return refuse(
                "pending_limit_reached",
                f"{one.whose}: pending {limit}",
                f"{queued} SMS wait for the device; {limit} may.",
            )
    return None
