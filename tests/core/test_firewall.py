"""What a firewall lets pass: peers, content, windows, over tables and anything else that people may write."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import ValidationError, convert, json

from heliograph.core.firewall.passing import (
    Guard,
    Owned,
    Passing,
    compiled,
    forbids_content,
    forbids_peer,
    forbids_windows,
    over_pending,
    peer_of,
    rules_of,
)
from heliograph.core.firewall.patterns import LONG_TEXT, Pattern
from heliograph.core.firewall.rules import (
    MOST_CONTENT,
    MOST_PEERS,
    Anomaly,
    ContentRule,
    Peer,
    Rate,
    Rules,
    RuleSet,
    Way,
    Window,
    bad_rules,
)
from heliograph.core.refusal import CODES, Refusal


def owned(rules: Rules, whose: str = "policy meters") -> tuple[Owned, ...]:
    assert bad_rules(rules) is None
    return (Owned(whose, "p", compiled(rules)),)


def said(refusal: Refusal | None) -> tuple[str, str | None] | None:
    return None if refusal is None else (refusal.code, refusal.rule)


@pytest.mark.parametrize(
    ("listed", "match", "address", "hit"),
    [
        ("+491701234567", "exact", "491701234567", True),
        ("491701234567", "exact", "+491701234567", True),
        ("00491701234567", "exact", "491701234567", True),
        ("491701234567", "exact", "4917012345678", False),
        ("+49", "prefix", "+4917012345", True),
        ("+49", "prefix", "004917012345", True),
        ("+49", "prefix", "4817012345", False),
        ("+49", "prefix", "4", False),
        ("+49 170-123 45 67", "exact", "491701234567", True),
        ("0049 17", "prefix", "+4917012345", True),
        ("12 34", "exact", "1234", True),
        ("12 34", "exact", "12 34", True),
        ("24/7", "exact", "24/7", True),
        ("12345", "exact", "12345", True),
        ("ACME", "exact", "acme", True),
        ("Acme", "prefix", "ACME Ltd", True),
        ("acme", "exact", "acme 2", False),
        ("49", "prefix", "", False),
        ("#21", "prefix", "#21#", True),
    ],
)
def test_a_peer_is_found_however_it_is_written(listed: str, match: str, address: str, hit: bool) -> None:
    peer = convert({"peer": listed, "match": match}, Peer)
    found = forbids_peer(owned(Rules(block=(peer,))), "MT", peer_of(address))
    assert said(found) == (("peer_blocked", f'policy meters: block list "{listed}"') if hit else None)


def test_an_allow_list_lets_nobody_else_pass_and_the_block_list_goes_first() -> None:
    rules = Rules(allow=(Peer("+49", "prefix"), Peer("ACME")), block=(Peer("+4917", "prefix"),))
    asked = {
        peer: said(forbids_peer(owned(rules), "MO", peer_of(peer))) for peer in ("+4930", "+4917", "+1", "")
    }
    assert asked == {
        "+4930": None,
        "+4917": ("peer_blocked", 'policy meters: block list "+4917"'),
        "+1": ("peer_not_allowed", "policy meters: allow list"),
        "": ("peer_not_allowed", "policy meters: allow list"),
    }


@pytest.mark.parametrize("way", ["MT", "MO", "P2P"])
def test_a_rule_counts_for_its_directions(way: Way) -> None:
    rules = Rules(
        block=(Peer("1", directions=("MT",)),),
        allow=(Peer("2", directions=("MO",)),),
        windows=(Window("p2p never", "00:00", "00:00", directions=("P2P",)),),
    )
    found = forbids_peer(owned(rules), way, "1") or forbids_windows(owned(rules), way, 0)
    assert found is not None
    assert found.code == {"MT": "peer_blocked", "MO": "peer_not_allowed", "P2P": "time_blocked"}[way]


def test_both_rule_sets_have_to_let_it_pass_and_the_one_that_does_not_is_named() -> None:
    both = owned(Rules(allow=(Peer("1"), Peer("2")))) + owned(Rules(block=(Peer("2"),)), "device pump")
    assert forbids_peer(both, "MT", "1") is None
    assert said(forbids_peer(both, "MT", "2")) == ("peer_blocked", 'device pump: block list "2"')
    assert said(forbids_peer(both, "MT", "3")) == ("peer_not_allowed", "policy meters: allow list")


@given(
    st.sets(st.text("0123456789", min_size=1, max_size=12), max_size=30), st.text("0123456789", max_size=15)
)
def test_prefixes_find_what_comparing_each_would_find(prefixes: set[str], peer: str) -> None:
    given_ = {prefix for prefix in prefixes if peer_of(prefix)}
    rules = Rules(block=tuple(Peer(prefix, "prefix") for prefix in sorted(given_)))
    found = forbids_peer(owned(rules), "MT", peer)
    assert (found is not None) == any(peer and peer.startswith(peer_of(prefix)) for prefix in given_)


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NIGHT = Window("night", "22:00", "06:00", days=("fri",))


@pytest.mark.parametrize(
    ("moment", "blocked"),
    [
        ("2026-03-13 21:59:59", False),  # a Friday
        ("2026-03-13 22:00", True),
        ("2026-03-14 05:59", True),  # Saturday morning belongs to Friday's night
        ("2026-03-14 06:00", False),
        ("2026-03-14 23:00", False),
        ("2026-03-13 01:00", False),  # Thursday's night is free
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
def test_a_window_goes_on_over_midnight_where_the_device_is(moment: str, blocked: bool, zone: str) -> None:
    rules = owned(Rules(windows=(NIGHT,), zone=zone))
    found = forbids_windows(rules, "MT", at(moment, zone))
    assert said(found) == (("time_blocked", 'policy meters: window "night"') if blocked else None)


def test_a_window_follows_summer_time() -> None:
    rules = owned(Rules(windows=(Window("noon", "12:00", "13:00"),), zone="Europe/Berlin"))
    assert forbids_windows(rules, "MT", at("2026-01-15 11:30")) is not None
    assert forbids_windows(rules, "MT", at("2026-07-15 11:30")) is None
    assert forbids_windows(rules, "MT", at("2026-07-15 10:30")) is not None


def test_the_zone_of_a_device_goes_before_its_policys() -> None:
    policy = owned(Rules(windows=(Window("noon", "12:00", "13:00"),), zone="Europe/Berlin"))
    device = owned(Rules(zone="Asia/Tokyo", pending=5), "device pump")
    assert forbids_windows(policy + device, "MT", at("2026-01-15 12:30", "Asia/Tokyo")) is not None
    assert forbids_windows(policy + device, "MT", at("2026-01-15 12:30", "Europe/Berlin")) is None


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 7 * 1440 - 1))
def test_a_window_is_as_long_as_it_says(start: int, end: int, minute: int) -> None:
    window = Window("w", f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}")
    found = forbids_windows(owned(Rules(windows=(window,))), "MT", at("2026-03-09") + minute * 60_000)
    lasts = (end - start - 1) % 1440 + 1
    assert (found is not None) == ((minute - start) % 1440 < lasts)


def content(text: str, pattern: str, dcs: int = 0) -> tuple[str, str | None] | None:
    rules = owned(Rules(content=(ContentRule("links", pattern),)))
    return said(forbids_content(rules, Passing("MT", "", text.encode(), dcs)))


def test_content_is_searched_in_text_and_not_in_data() -> None:
    rule = ("content_blocked", 'policy meters: content "links"')
    assert content("see HTTPS://x.example", "(?i)https?://") == rule
    assert content("nothing here", "(?i)https?://") is None
    assert content("größer", "^gr..er$") == rule
    assert content("see https://x.example", "https", dcs=4) is None


def test_no_padding_hides_a_text() -> None:
    """255 segments of 153 letters are the longest."""
    rule = ("content_blocked", 'policy meters: content "links"')
    assert content("." * (255 * 153 - 5) + "https", "https") == rule
    assert content("ä" * LONG_TEXT + "ß", "ß$") == rule


def test_what_is_remembered_of_a_long_text_is_of_that_text() -> None:
    pattern, padding = Pattern("secret"), b"." * LONG_TEXT
    texts = (padding, padding + b"secret", padding + b"secret", padding, b"secret", padding + b"!")
    assert [pattern.is_in(text) for text in texts] == [False, True, True, False, True, False]


def test_what_waits_is_bounded() -> None:
    rules = owned(Rules(pending=2))
    assert over_pending(rules, 1) is None
    assert said(over_pending(rules, 2)) == ("pending_limit_reached", "policy meters: pending 2")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (Rules(block=(Peer(""),)), "block[0].peer"),
        (Rules(block=(Peer("1"), Peer("\n"))), "block[1].peer"),
        (Rules(block=(Peer("00", "prefix"),)), "block[0].peer"),
        (Rules(allow=(Peer("a name that is too long"),)), "allow[0].peer"),
        (Rules(allow=(Peer("Ж"),)), "allow[0].peer"),
        (Rules(allow=(Peer("1" * 21),)), "allow[0].peer"),
        (Rules(block=(Peer("1"),) * (MOST_PEERS + 1)), "block"),
        (Rules(content=(ContentRule("x", "("),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", ""),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "(?=look)"),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", r"(a)\1"),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "((a{100}){100}){10}"),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "(.{100}){9}"),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "a" * 201),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "\ud800"),)), "content[0].pattern"),
        (Rules(content=(ContentRule("x", "a{150}"),) * 4), "content"),
        (Rules(content=(ContentRule("x", "a"),) * (MOST_CONTENT + 1)), "content"),
        (Rules(content=(ContentRule("a\nb", "a"),)), "content[0].name"),
        (Rules(windows=(Window("", "00:00", "01:00"),)), "windows[0].name"),
        (Rules(windows=(Window("x", "24:00", "01:00"),)), "windows[0].start"),
        (Rules(windows=(Window("x", "1:00", "01:00"),)), "windows[0].start"),
        (Rules(windows=(Window("x", "01:00", "01:60"),)), "windows[0].end"),
        (Rules(rates=(Rate(0, "day"),)), "rates[0].limit"),
        (Rules(rates=(Rate(1, "day", 0),)), "rates[0].burst"),
        (Rules(rates=(Rate(1, "day"), Rate(2, "day", directions=("MO",)))), "rates[1]"),
        (Rules(pending=0), "pending"),
        (Rules(anomaly=Anomaly(times=1)), "anomaly.times"),
        (Rules(anomaly=Anomaly(hold_seconds=1)), "anomaly.hold_seconds"),
        (Rules(zone="Mars/Olympus"), "zone"),
        (Rules(zone="../../etc/passwd"), "zone"),
        (Rules(zone="/etc/passwd"), "zone"),
        (Rules(zone="Europe"), "zone"),
        (Rules(zone="\0"), "zone"),
        (Rules(zone="x" * 5000), "zone"),
    ],
)
def test_rules_that_cannot_be_meant_name_their_field(rules: Rules, field: str) -> None:
    refusal = bad_rules(rules)
    assert refusal is not None
    assert (refusal.code, refusal.rule) == ("bad_value", field)
    assert refusal.reason.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        '{"blocks": []}',
        '{"block": [{"peer": 1}]}',
        '{"rates": [{"limit": 1, "per": "week"}]}',
        '{"pending": "1"}',
    ],
)
def test_rules_have_no_other_fields(text: str) -> None:
    with pytest.raises(ValidationError):
        json.decode(text, type=Rules)


peers = st.builds(
    Peer,
    st.one_of(
        st.text("0123456789+*#", min_size=1, max_size=20), st.text("abcXYZ 1", min_size=1, max_size=11)
    ),
    st.sampled_from(["exact", "prefix"]),
    st.lists(st.sampled_from(["MT", "MO", "P2P"]), max_size=3).map(tuple),
)
windows = st.builds(Window, st.just("w"), st.just("22:00"), st.sampled_from(["06:00", "22:00", "23:59"]))
contents = st.builds(ContentRule, st.just("c"), st.text(max_size=30))


@given(
    st.builds(
        Rules,
        allow=st.lists(peers, max_size=4).map(tuple),
        block=st.lists(peers, max_size=4).map(tuple),
        content=st.lists(contents, max_size=3).map(tuple),
        windows=st.lists(windows, max_size=2).map(tuple),
        pending=st.none() | st.integers(-1, 3),
        zone=st.sampled_from([None, "Europe/Berlin", "nowhere"]),
    ),
    st.text(max_size=20),
    st.binary(max_size=300),
)
def test_whatever_is_kept_decides_without_failing(rules: Rules, peer: str, body: bytes) -> None:
    if bad_rules(rules) is not None:
        return
    kept = rules_of(RuleSet(1, 1, 1, json.encode(rules).decode(), 0))
    assert kept == rules
    guard: Guard = compiled(kept)
    one = (Owned("policy p", "p", guard),)
    for way in guard.sides:
        passing = Passing(way, peer_of(peer), body, 0)
        found = (
            forbids_peer(one, way, passing.peer)
            or forbids_windows(one, way, 1_773_144_000_000)
            or forbids_content(one, passing)
        )
        assert found is None or (found.code in CODES and (found.rule or "").startswith("policy p: "))
