"""Proxies in front of us, and where a call really comes from.

In: the networks of proxies that are trusted; a call. Out: for a call that such a proxy passed on, the
client's address, scheme and host from its `X-Forwarded-` headers; for all others, what the socket says.
Anybody can write these headers, so nobody else is believed.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from heliograph.interfaces.rest.problem import problem

REMEMBERED = 4_096
MOST_HOPS = 32
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PORT = re.compile(r":[0-9]{1,5}$")
_SCHEMES = (b"http", b"https")

Address = IPv4Address | IPv6Address


class Proxies:
    """ValueError: one of these is no network."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = [ip_network(network, strict=False) for network in networks]
        self.trusts = lru_cache(REMEMBERED)(self._trusts)

    def _trusts(self, address: str) -> bool:
        return self._has(read_address(address))

    def _has(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def around(self, application: Any) -> Any:
        """The application, with calls as their clients made them."""
        if not self._networks:
            return application

        async def call(scope: Any, receive: Any, send: Any) -> None:
            client = scope.get("client")
            if client is not None and self.trusts(client[0]):
                self._believe(scope)
            await application(scope, receive, send)

        return call

    def _believe(self, scope: Any) -> None:
        given: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name.startswith(b"x-forwarded-"):
                given.setdefault(name, []).extend(part.strip() for part in value.split(b","))
        scope["client"] = (self._client(given.get(b"x-forwarded-for", [])) or scope["client"][0], 0)
        scheme = given.get(b"x-forwarded-proto", [b""])[-1].lower()  # the last one is the proxy's own
        if scheme in _SCHEMES:
            scope["scheme"] = scheme.decode()
        host = given.get(b"x-forwarded-host", [b""])[-1]
        if _HOST.fullmatch(host):
            others = [header for header in scope["headers"] if header[0] != b"host"]
            scope["headers"] = [*others, (b"host", host)]

    def _client(self, hops: Sequence[bytes]) -> str | None:
        """The last one that none of our proxies is: what stands before it is hearsay."""
        found: Address | None = None
        for hop in reversed(hops[-MOST_HOPS:]):
            address = read_address(hop.decode("latin-1"))
            if address is None:
                break
            found = address
            if not self._has(address):
                break
        return None if found is None else str(found)


def read_address(text: str) -> Address | None:
    """Also in brackets, with a port, or an IPv4 address as IPv6 writes it."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = _PORT.sub("", text)
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(REMEMBERED)
def site_of(scheme: str, host: bytes) -> str:
    """How the client called us. It comes back in `Location`, so it must not be just anything."""
    if not _HOST.fullmatch(host):
        raise problem(400, 1000, "The Host header is no host")
    return f"{scheme}://{host.decode('ascii')}"
