"""Segments of a long SMS that a peer sends as several submit_sm: held until all are there, then one message.

In: segments of one account, over any of its sessions, in any order. Out: whole sets, and those of which
segments are missing, to go on one by one as they came. Nothing of a set is acknowledged before all of it is
committed, so that nothing can be lost here; a peer that waits for the answer to one segment before it sends
the next is found out by the clock, and its segments are no longer held. Bounded in sets and octets.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.requests import Submission
from heliograph.interfaces.smpp.translate.requests import joined_wish
from heliograph.interfaces.smpp.translate.text import Said, content_of
from heliograph.wire.smpp.pdus import Response

MOST_SETS = 256  # of one account, that wait for segments
MOST_OCTETS = 1 << 20  # in all of them

Key = tuple[str, str, str, int, int]


class Origin(Protocol):
    """A session, as it is seen from here."""

    alone: bool  # its segments are not held

    def answer(self, sequence: int, response: Response) -> None: ...
    def flush_soon(self) -> None: ...


class Segment(Struct, eq=False):
    """One submit_sm that waits for the others."""

    origin: Origin
    sequence: int
    said: Said
    submission: Submission


class _Set(Struct, eq=False):
    segments: dict[int, Segment]
    total: int
    alarm: asyncio.TimerHandle


class Joiner:
    """`give_up` gets segments whose set will not be whole."""

    def __init__(self, seconds: float, give_up: Callable[[Sequence[Segment]], None]) -> None:
        self._seconds = seconds
        self._give_up = give_up
        self._sets: dict[Key, _Set] = {}
        self._octets = 0

    def take(self, segment: Segment) -> Sequence[Segment] | None:
        """The whole set in its order, when this was the last one that it lacked."""
        place = segment.said.place
        assert place is not None
        made = segment.submission
        key = (made.number, made.source, made.service_type, place.reference, place.total)
        known = self._sets.get(key)
        if known is not None and place.sequence in known.segments:  # the reference came round again
            self._end(key)
            known = None
        if known is None:
            known = self._begin(key, place.total)
        known.segments[place.sequence] = segment
        self._octets += len(segment.said.body.octets)
        if len(known.segments) == known.total:
            return self._remove(key)
        while self._sets and (len(self._sets) > MOST_SETS or self._octets > MOST_OCTETS):
            self._end(next(iter(self._sets)))
        return None

    def _begin(self, key: Key, total: int) -> _Set:
        alarm = asyncio.get_running_loop().call_later(self._seconds, self._late, key)
        made = self._sets[key] = _Set({}, total, alarm)
        return made

    def _remove(self, key: Key) -> list[Segment]:
        found = self._sets.pop(key)
        found.alarm.cancel()
        segments = [found.segments[number] for number in sorted(found.segments)]
        self._octets -= sum(len(one.said.body.octets) for one in segments)
        return segments

    def _end(self, key: Key) -> None:
        segments = self._remove(key)
        if segments:
            self._give_up(segments)

    def _late(self, key: Key) -> None:
        """Whoever sent these seems to wait for answers: from now on nothing of them is held."""
        for segment in self._sets[key].segments.values():
            segment.origin.alone = True
        self._end(key)

    def leave(self, origin: Origin) -> None:
        """A session is over: what it sent was never acknowledged, and its peer will send it again."""
        for key, known in list(self._sets.items()):
            gone = [number for number, one in known.segments.items() if one.origin is origin]
            for number in gone:
                self._octets -= len(known.segments.pop(number).said.body.octets)
            if not known.segments:
                self._remove(key)

    def stop(self) -> None:
        for key in list(self._sets):
            self._end(key)


def joined(segments: Sequence[Segment]) -> Submission | Refusal:
    """One submission for the whole: as the first segment asks, with the content of all."""
    content = content_of([one.said for one in segments])
    if isinstance(content, Refusal):
        return content
    made = segments[0].submission
    made.content = content
    made.receipt = joined_wish([one.submission.receipt for one in segments])
    if made.receipt:
        made.receipt_to = next(
            one.submission.receipt_to for one in segments if one.submission.receipt_to is not None
        )
    return made
