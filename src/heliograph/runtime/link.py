"""A link: one connection that drives one session, whichever carrier's it is. The only place where a session
meets a socket.

In: bytes of the transport, the loop's time, what the adapter put into the session. Out: the session's events
to the adapter, its bytes to the transport, in one write for all that one turn brought. A peer that does not
read is not read from either; one that goes on like this is cut off. Knows no SMS.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

import structlog
from msgspec import Struct

from heliograph.wire.errors import WireError
from heliograph.wire.session import Session

log = structlog.get_logger()

KEEPALIVE_SECONDS = 60  # a silent peer is asked by the kernel whether it is there
EventT = TypeVar("EventT")


class Bounds(Struct, frozen=True):
    """What one link may hold, and for how long."""

    unread_octets: int = 256 << 10  # the peer has these to read: it is not read from until it does
    most_octets: int = 4 << 20  # so many more are no answers any more: it is cut off
    stalled_seconds: float = 30.0  # a peer that reads nothing for so long is cut off
    closing_seconds: float = 1.0  # and one that does not read the end, after so long


BOUNDS = Bounds()


class Link(asyncio.Protocol, Generic[EventT]):
    """`heard` gets all events of one call at once; what it puts into the session leaves when it returns.
    `made` is called when it is connected, `lost` once, after the last events.
    """

    def __init__(
        self,
        session: Session[EventT],
        heard: Callable[[Sequence[EventT]], None],
        lost: Callable[[], None],
        bounds: Bounds = BOUNDS,
        made: Callable[[], None] | None = None,
    ) -> None:
        self._session = session
        self._heard = heard
        self._lost = lost
        self._made = made
        self._bounds = bounds
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._flushing = False  # at the end of this turn
        self._holds = 0  # reasons not to read
        self._closing = False
        self._over = False

    @property
    def is_closing(self) -> bool:
        """Nothing more is taken or sent."""
        return self._closing or self._over

    @property
    def is_held(self) -> bool:
        """Nothing is read for the moment."""
        return self._holds > 0

    @property
    def unread_octets(self) -> int:
        """What was sent and the peer has not read, as far as it is still here."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def about(self, name: str) -> object:
        """What the transport knows, as `peername`."""
        return None if self._transport is None else self._transport.get_extra_info(name)

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._bounds.unread_octets)
        _tune(self._transport.get_extra_info("socket"))
        if self._made is not None:
            self._made()
        self.flush()

    def data_received(self, data: bytes) -> None:
        if self.is_closing:
            return
        self._run(lambda now: self._session.receive_data(data, now))

    def eof_received(self) -> bool:
        """The peer sends no more. What was queued for it may still leave."""
        self._end()
        self.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        for alarm in (self._alarm, self._stall):
            if alarm is not None:
                alarm.cancel()
        self._transport = None
        self._end()
        self._lost()

    def pause_writing(self) -> None:
        self.hold()
        self._stall = self._loop.call_later(self._bounds.stalled_seconds, self.abort)

    def resume_writing(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        self.release()

    # What the adapter wants.

    def flush(self) -> None:
        """What the session has to send leaves, in one write."""
        self._flushing = False
        transport = self._transport
        if transport is None or self._closing:
            return
        data = self._session.data_to_send()
        if data:
            transport.write(data)
            if transport.get_write_buffer_size() > self._bounds.most_octets:
                self.abort()
                return
        self._arm()

    def flush_soon(self) -> None:
        """With whatever else this turn of the loop brings."""
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self.flush)

    def hold(self) -> None:
        """Do not read until `release`: the peer's own window fills."""
        self._holds += 1
        if self._holds == 1 and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def release(self) -> None:
        self._holds -= 1
        if self._holds == 0 and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        self._loop.call_later(seconds, work)

    def close(self) -> None:
        """What is queued leaves, then the connection ends; it is cut off when the peer does not read."""
        transport = self._transport
        if transport is None or self._closing:
            return
        self.flush()
        self._closing = True
        if self._alarm is not None:
            self._alarm.cancel()
        transport.close()
        self._alarm = self._loop.call_later(self._bounds.closing_seconds, self.abort)

    def abort(self) -> None:
        if self._transport is not None:
            self._closing = True
            self._transport.abort()

    # Within.

    def _run(self, ask: Callable[[float], Sequence[EventT]]) -> None:
        """One call of the session, what came of it to the adapter, and what both have to send."""
        try:
            events = ask(self._loop.time())
            if events:
                self._heard(events)
        except WireError as broken:
            log.debug("link broken", peer=self.about("peername"), reason=str(broken))
            self.close()
            return
        except Exception:
            log.exception("link died", peer=self.about("peername"))
            self.abort()
            return
        self.flush()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._run(self._session.receive_eof)

    def _arm(self) -> None:
        """The alarm may ring early, which does no harm: it is set anew only when it would ring late."""
        due = self._session.next_timeout()
        if due is None or self._over:
            return
        if self._alarm is not None:
            if self._alarm.when() <= due:
                return
            self._alarm.cancel()
        self._alarm = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if not self.is_closing:
            self._run(self._session.handle_timeout)


def _tune(connection: socket.socket | None) -> None:
    """Small answers leave at once: Nagle against delayed ACKs costs 40 ms each."""
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
