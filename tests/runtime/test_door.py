"""The door: so many in all, so many from one neighbourhood, and who is a neighbour."""

import pytest

from heliograph.runtime.door import Door, Entry, neighbourhood
from heliograph.runtime.http.limits import HttpDoor, Limits


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_neighbours_are_one(address: str, whom: str) -> None:
    assert neighbourhood(address) == whom


def test_a_network_of_ipv6_is_one_place() -> None:
    door = HttpDoor(Limits(connections_per_address=2))
    assert [door.status_for(f"2001:db8:1:2::{number}") for number in range(1, 4)] == [0, 0, 429]
    assert door.status_for("2001:db8:1:3::1") == 0
    assert [door.status_for(f"::ffff:192.0.2.{number}") for number in range(1, 4)] == [0, 0, 0]
    for number in range(1, 4):
        door.leave(f"2001:db8:1:2::{number}")
    assert door.status_for("2001:db8:1:2::9") == 0


def test_all_together_are_bounded_as_well() -> None:
    door = Door(3, 2, lambda address: address == "192.0.2.9")
    entries = [door.enter(f"192.0.2.{number}") for number in (1, 1, 1)]
    assert entries == [Entry.IN, Entry.IN, Entry.CROWDED]
    door.leave("192.0.2.1")
    assert [door.enter("192.0.2.9") for _ in range(2)] == [Entry.IN, Entry.FULL]
    for _ in range(2):
        door.leave("192.0.2.1")
    assert [door.enter("192.0.2.9") for _ in range(2)] == [Entry.IN, Entry.FULL]
