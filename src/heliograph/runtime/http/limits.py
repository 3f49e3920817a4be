"""The bounds of the HTTP server, and what all its connections share: who is connected, and how a request is
refused before any application sees it.

In: addresses that come and go. Out: a place or a refusal. Knows no SMS.
"""

from collections.abc import Callable
from ipaddress import IPv6Address

from msgspec import Struct

_HOST_BITS = 64


class Limits(Struct, frozen=True):
    connections: int = 10_000
    connections_per_address: int = 1_000
    url_octets: int = 16_384
    head_octets: int = 32_768  # names and values of all headers together
    headers: int = 100
    framing_octets: int = 65_536  # of a body in chunks, beside the body; also its trailers
    pipelined: int = 64  # requests that wait on one connection for the answer to an earlier one
    unread_octets: int = 4 << 20  # of a body that nobody wants any more, before the connection is cut
    head_seconds: float = 10.0  # from the first octet of a request to the end of its headers
    body_seconds: float = 60.0
    unread_seconds: float = 2.0
    idle_seconds: float = 75.0
    stalled_seconds: float = 30.0  # a client that does not read its answer
    closing_seconds: float = 5.0  # a client that does not read the end of it
    renew_seconds: float = 60.0  # between two looks at the files of the certificate
    stop_seconds: float = 1.0  # requests under way at a stop have so long
    cancel_seconds: float = 0.3  # and so long to end when they are told


# The lines and the body of an answer by status; the server closes the connection after it.
Refusal = Callable[[int], tuple[tuple[tuple[bytes, bytes], ...], bytes]]


def no_words(_status: int) -> tuple[tuple[tuple[bytes, bytes], ...], bytes]:
    """A refusal that says nothing but its status."""
    return (), b""


class Door:
    """Counts connections, in all and by address."""

    def __init__(
        self, limits: Limits, refusal: Refusal = no_words, exempt: Callable[[str], bool] | None = None
    ) -> None:
        self.limits = limits
        self.refusal = refusal
        self._exempt = exempt
        self._count = 0
        self._by_address: dict[str, int] = {}
        self.refused: dict[int, int] = {}  # by status, since the start

    def enter(self, address: str) -> int:
        """0, or the status to refuse with. Either way `leave` has to follow."""
        self._count += 1
        place = _place(address)
        mine = self._by_address[place] = self._by_address.get(place, 0) + 1
        if self._count > self.limits.connections:
            return 503
        if mine > self.limits.connections_per_address and not (self._exempt and self._exempt(address)):
            return 429
        return 0

    def leave(self, address: str) -> None:
        self._count -= 1
        place = _place(address)
        left = self._by_address[place] - 1
        if left:
            self._by_address[place] = left
        else:
            del self._by_address[place]

    def refuses(self, status: int) -> None:
        self.refused[status] = self.refused.get(status, 0) + 1


def _place(address: str) -> str:
    """Who has one IPv6 address has 2^64 of them (RFC 6177): its /64 counts."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or int(found) >> _HOST_BITS)
