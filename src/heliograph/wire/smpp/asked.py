"""Requests of ours that wait for their answers, and how long they have waited.

Comes in: requests and the time. Goes out: the request that a response belongs to, and those that waited too
long. Never here: windows, octets.
"""

from heliograph.wire.smpp.events import Sent
from heliograph.wire.smpp.pdus import Request
from heliograph.wire.smpp.timers import NEVER


class Asked:
    """In the order of asking, so that the first is the next to time out."""

    def __init__(self, response_seconds: float) -> None:
        self.response_seconds = response_seconds
        self._waiting: dict[int, tuple[Request, float]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, sequence: int, request: Request, now: float) -> None:
        self._waiting[sequence] = (request, now)

    def take(self, sequence: int, command_id: int) -> Request | None:
        """The request that a response of this command answers, once; None when it answers nothing here."""
        waiting = self._waiting.get(sequence)
        if waiting is None:
            return None
        request = waiting[0]
        # The low bits tell; a generic_nack (no low bits) answers anything.
        low = command_id & 0x7FFFFFFF
        if low and low != request.command_id:
            return None
        del self._waiting[sequence]
        return request

    @property
    def due(self) -> float:
        """When the one that has waited longest has waited too long."""
        for _, asked_at in self._waiting.values():
            return asked_at + self.response_seconds
        return NEVER

    def overdue(self, now: float) -> tuple[tuple[Sent, ...], float]:
        """Those that have waited too long, and when the first of them was asked. They wait no more."""
        found: list[Sent] = []
        first = now
        for sequence, (request, asked_at) in self._waiting.items():
            if asked_at + self.response_seconds > now:
                break
            first = min(first, asked_at)
            found.append(Sent(sequence, request))
        for sent in found:
            del self._waiting[sent.sequence]
        return tuple(found), first

    def take_all(self) -> tuple[Sent, ...]:
        everything = tuple(Sent(sequence, request) for sequence, (request, _) in self._waiting.items())
        self._waiting.clear()
        return everything
