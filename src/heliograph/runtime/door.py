"""A door: how many connections there may be, in all and from one neighbourhood. Knows no protocol.

In: addresses that come and go. Out: a place, or why there is none.
"""

from collections.abc import Callable
from enum import IntEnum
from ipaddress import IPv6Address, ip_network

_SITE_BITS = 64  # RFC 4291 §2.5.4, RFC 6177: whoever has one IPv6 address has the others of its network


class Entry(IntEnum):
    IN = 0
    FULL = 1  # of all
    CROWDED = 2  # of this neighbourhood


class Door:
    """Counts connections. `exempt` neighbours are as many as they like."""

    def __init__(self, most: int, most_of_one: int, exempt: Callable[[str], bool] | None = None) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._exempt = exempt
        self._count = 0
        self._by_place: dict[str, int] = {}

    def enter(self, address: str) -> Entry:
        """Either way `leave` has to follow."""
        self._count += 1
        place = neighbourhood(address)
        mine = self._by_place[place] = self._by_place.get(place, 0) + 1
        if self._count > self._most:
            return Entry.FULL
        if mine > self._most_of_one and not (self._exempt and self._exempt(address)):
            return Entry.CROWDED
        return Entry.IN

    def leave(self, address: str) -> None:
        self._count -= 1
        place = neighbourhood(address)
        left = self._by_place[place] - 1
        if left:
            self._by_place[place] = left
        else:
            del self._by_place[place]


def neighbourhood(address: str) -> str:
    """Whom an address stands for."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or ip_network((int(found), _SITE_BITS), strict=False))
