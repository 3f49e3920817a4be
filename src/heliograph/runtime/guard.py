"""The guard: which addresses may be called. It sees the resolved address of every connection that is opened,
so that no name, redirect or rebinding leads to a place that only this machine can reach.

In: an address. Out: may it be called? What the operator allows goes before what is refused.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

MARK = "this address may not be called"
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: the last 32 bits are an IPv4 address
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291 §2.5.5.2, likewise
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4: all that is handed out
# IANA's special-purpose registries, where the library of some Python versions knows less than they say.
_SPECIAL = tuple(
    map(
        ip_network,
        (
            *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),  # the last one: a cloud's metadata
            *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
        ),
    )
)

Address = IPv4Address | IPv6Address


class Guard:
    """`allowed`: ranges in CIDR notation."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = tuple(ip_network(text, strict=False) for text in allowed)

    def permits(self, text: str) -> bool:
        try:
            address = ip_address(text.partition("%")[0])
        except ValueError:
            return False
        every = [address, *_inside(address)]
        return all(self._is_allowed(one) or _is_public(one) for one in every)

    def _is_allowed(self, address: Address) -> bool:
        return any(address.version == one.version and address in one for one in self._allowed)


def _inside(address: Address) -> list[Address]:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv6Address) and _holds_ipv4(address):
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return []


def _holds_ipv4(address: IPv6Address) -> bool:
    return address in _MAPPED or address in _NAT64


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if _holds_ipv4(address):
            return True  # the address inside decides
        if address not in _GLOBAL_UNICAST:
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address.version == one.version and address in one for one in _SPECIAL)
    )
