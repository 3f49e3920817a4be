"""The shape that every carrier session has: bytes and time in, events and bytes out.

A session owns its protocol (framing, windows, keep-alive) and nothing else; one driver runs any of them.
Never here: sockets, tasks, clocks. `now` is an argument, in seconds of a clock that never goes back.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

EventT_co = TypeVar("EventT_co", covariant=True)


class Session(Protocol[EventT_co]):
    """What the driver needs of a carrier; `EventT_co` is what the carrier tells its adapter.

    Every `receive_…` and `handle_…` may also queue bytes: the driver empties `data_to_send` and asks
    `next_timeout` again after each call. A `Broken` from any of them ends the connection; so does `is_over`,
    after the queued bytes are sent.
    """

    @property
    def is_over(self) -> bool:
        """Nothing more will be said or heard: send what is queued and close."""

    def receive_data(self, data: bytes, now: float) -> Sequence[EventT_co]:
        """Take bytes as they came, split anywhere."""

    def receive_eof(self, now: float) -> Sequence[EventT_co]:
        """The other side closed, or the link is lost: say what becomes of everything in flight."""

    def data_to_send(self) -> bytes:
        """All bytes queued since the last call; empty when there are none."""

    def next_timeout(self) -> float | None:
        """When `handle_timeout` is wanted, on the clock of `now`; None while nothing waits."""

    def handle_timeout(self, now: float) -> Sequence[EventT_co]:
        """Time has passed. Being called early, late or twice does no harm."""
