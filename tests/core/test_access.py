"""Who covers whom, what roles hold, from where a token may be used, how failures count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.organisation import ROLES, SCOPES
from heliograph.core.refusal import Refusal
from heliograph.core.security.access import (
    FORGOTTEN_MS,
    LOCKED_MS,
    USUAL_SCOPES,
    Guard,
    are_within,
    covers,
    failed,
    guard_key,
    is_within,
    locked_ms,
    networks_of,
    scopes_of,
    tidy_networks,
    usual_scopes,
    with_role,
    without_role,
)

NOW = 1_773_144_000_000
ADMIN = frozenset({"admin"})


def test_roles_hold_what_they_are_for() -> None:
    assert scopes_of("administrator") == ADMIN
    managed = {"admin", "user:write", "upstream:write", "organisation:write"}
    assert scopes_of("user") == set(SCOPES) - managed
    assert scopes_of("observer") == {scope for scope in SCOPES if scope.endswith(":read")}
    assert scopes_of("user observer") == scopes_of("user")
    assert scopes_of("") == scopes_of("king") == frozenset()


def test_what_is_usual_is_known() -> None:
    assert set(USUAL_SCOPES) < set(SCOPES) - {"admin"}
    assert usual_scopes(ADMIN) == USUAL_SCOPES
    assert usual_scopes(frozenset({"sms:read", "user:read"})) == ("sms:read",)


@given(st.frozensets(st.sampled_from(SCOPES)), st.frozensets(st.sampled_from(SCOPES)))
def test_nobody_covers_more_than_they_have(have: frozenset[str], want: frozenset[str]) -> None:
    assert covers(have, want) == ("admin" in have or not want - have)
    assert covers(have, have)


@given(st.lists(st.sampled_from(ROLES)))
def test_roles_are_held_once(names: list[str]) -> None:
    role = ""
    for name in names:
        role = with_role(role, name)
        assert name in role.split()
        assert with_role(role, name) == role
    assert len(role.split()) == len(set(names))
    for name in names:
        role = without_role(role, name)
    assert role == ""


def test_three_failures_in_a_row_lock() -> None:
    guard = None
    for number in (1, 2, 3):
        assert locked_ms(guard, NOW) == 0
        guard = failed(guard, "k", NOW + number)
        assert guard.failures == number
    assert locked_ms(guard, NOW + 3) == LOCKED_MS
    assert locked_ms(guard, NOW + 3 + LOCKED_MS) == 0


def test_after_a_lock_the_count_starts_anew() -> None:
    guard = failed(Guard("k", 3, NOW, NOW - LOCKED_MS), "k", NOW)
    assert (guard.failures, guard.locked_until) == (1, None)


def test_old_failures_say_nothing() -> None:
    assert failed(Guard("k", 2, None, NOW - FORGOTTEN_MS), "k", NOW).failures == 1
    assert failed(Guard("k", 2, None, NOW - FORGOTTEN_MS + 1), "k", NOW).failures == 3


def test_a_guards_key_does_not_tell_the_name() -> None:
    assert "secret" not in guard_key("secret")
    assert guard_key("a") != guard_key("A")
    assert len(guard_key("\ud800")) == 64


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ((), ""),
        (("192.0.2.1",), "192.0.2.1/32"),
        (("192.0.2.77/24", "192.0.2.0/24"), "192.0.2.0/24"),
        (("2001:DB8::1/32", "10.0.0.0/8"), "2001:db8::/32,10.0.0.0/8"),
        (("0.0.0.0/0",), "0.0.0.0/0"),
    ],
)
def test_ranges_are_tidied(given_: tuple[str, ...], kept: str) -> None:
    assert tidy_networks(given_) == kept
    assert ",".join(str(network) for network in networks_of(kept)) == kept


@pytest.mark.parametrize("text", ["", "10.0.0", "10.0.0.0/33", "a", "10.0.0.0/8/8", "fe80::1%1", "1" * 60])
def test_what_is_no_range_is_refused(text: str) -> None:
    found = tidy_networks((text,))
    assert isinstance(found, Refusal)
    assert found.rule == "ip"


@pytest.mark.parametrize(
    ("address", "networks", "within"),
    [
        ("192.0.2.7", "", True),
        ("", "", True),
        ("192.0.2.7", "192.0.2.0/24", True),
        ("192.0.3.7", "192.0.2.0/24", False),
        ("192.0.3.7", "192.0.2.0/24,192.0.3.7/32", True),
        ("::ffff:192.0.2.7", "192.0.2.0/24", True),
        ("2001:db8::5", "192.0.2.0/24", False),
        ("2001:db8::5", "2001:db8::/32", True),
        ("fe80::5%eth0", "fe80::/10", True),
        ("", "0.0.0.0/0", False),
        ("unix", "0.0.0.0/0,::/0", False),
    ],
)
def test_addresses_lie_within_ranges(address: str, networks: str, within: bool) -> None:
    assert is_within(address, networks_of(networks)) is within


@pytest.mark.parametrize(
    ("networks", "bounds", "within"),
    [
        ("", "", True),
        ("10.0.0.0/8", "", True),
        ("", "10.0.0.0/8", False),
        ("10.1.0.0/16,10.2.3.4/32", "10.0.0.0/8", True),
        ("10.0.0.0/8", "10.0.0.0/8", True),
        ("10.0.0.0/7", "10.0.0.0/8", False),
        ("10.0.0.0/8,192.0.2.0/24", "10.0.0.0/8", False),
        ("10.0.0.0/8,192.0.2.0/24", "192.0.2.0/24,10.0.0.0/8", True),
        ("2001:db8::/48", "2001:db8::/32,10.0.0.0/8", True),
        ("::/0", "0.0.0.0/0", False),
    ],
)
def test_ranges_lie_within_bounds(networks: str, bounds: str, within: bool) -> None:
    assert are_within(networks, bounds) is within
