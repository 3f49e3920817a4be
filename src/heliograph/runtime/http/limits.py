"""The bounds of the HTTP server, and what all its connections share: who is connected, and how a request is
refused before any application sees it.

In: addresses that come and go. Out: a place or a refusal. Knows no SMS.
"""

from collections.abc import Callable

from msgspec import Struct

from heliograph.runtime.door import Door, Entry


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


_STATUSES = {Entry.IN: 0, Entry.FULL: 503, Entry.CROWDED: 429}


class HttpDoor(Door):
    """With the bounds of HTTP, and the words of refusals."""

    def __init__(
        self, limits: Limits, refusal: Refusal = no_words, exempt: Callable[[str], bool] | None = None
    ) -> None:
        super().__init__(limits.connections, limits.connections_per_address, exempt)
        self.limits = limits
        self.refusal = refusal
        self.refused: dict[int, int] = {}  # by status, since the start

    def status_for(self, address: str) -> int:
        """It enters: 0, or the status to refuse it with. Either way `leave` has to follow."""
        return _STATUSES[self.enter(address)]

    def refuses(self, status: int) -> None:
        self.refused[status] = self.refused.get(status, 0) + 1
