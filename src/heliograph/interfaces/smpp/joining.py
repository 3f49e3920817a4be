"""Segments of a long SMS that a peer sends as several submit_sm: held until all are there, then one message.

In: segments of one account, over any of its sessions, in any order. Out: whole sets, and those of which
segments are missing, to go on one by one as they came. Nothing of a set is acknowledged before all of it is
committed, so that nothing can be lost here; a peer that waits for answers before it sends the others is found
out by the clock, and from then on what it sends before it waits is not held. Bounded in sets and octets.
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
GIVEN_UP_SECONDS = 60.0  # the other segments of a set that was given up go on at once

Key = tuple[str, str, str, int, int]


class Origin(Protocol):
    """A session, as it is seen from here."""

    sends_at_once: int  # so many submits, then it waits for answers; 0: not known

    @property
    def unanswered(self) -> int: ...
    @property
    def asked(self) -> int:
        """How often it was heard and answered: one that waits is not."""

    def answer(self, sequence: int, response: Response) -> None: ...
    def flush_soon(self) -> None: ...


class Segment(Struct, eq=False):
    """One submit_sm that waits for the others."""

    origin: Origin
    sequence: int
    said: Said
    submission: Submission
    repeats: list["Segment"] = []  # the same once more: they hear the same
    asked: int = 0


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
        self._given_up: dict[Key, tuple[float, set[int]]] = {}  # the oldest first
        self._octets = 0

    def take(self, segment: Segment) -> Sequence[Segment] | None:
        """The whole set in its order, when this was the last one that it lacked."""
        place = segment.said.place
        assert place is not None
        made = segment.submission
        key = (made.number, made.source, made.service_type, place.reference, place.total)
        if self._was_given_up(key, place.sequence):
            self._give_up([segment])
            return None
        known = self._sets.get(key) or self._begin(key, place.total)
        held = known.segments.get(place.sequence)
        if held is not None and held.said == segment.said:
            held.repeats.append(segment)
        elif held is not None:  # the reference came round again
            self._end(key)
            del self._given_up[key]
            known = self._begin(key, place.total)
        if held is None or held.said != segment.said:
            known.segments[place.sequence] = segment
        segment.asked = segment.origin.asked
        self._octets += len(segment.said.body.octets)
        if len(known.segments) == known.total:
            return self._remove(key)
        if segment.origin.sends_at_once and self._is_waiting(segment.origin, known):
            self._end(key)
        while self._sets and (len(self._sets) > MOST_SETS or self._octets > MOST_OCTETS):
            self._end(next(iter(self._sets)))
        return None

    def _was_given_up(self, key: Key, sequence: int) -> bool:
        """Do the others of this segment go on one by one? One that comes again begins another set."""
        found = self._given_up.get(key)
        if found is None:
            return False
        until, gone = found
        if sequence in gone or asyncio.get_running_loop().time() >= until:
            del self._given_up[key]
            return False
        gone.add(sequence)
        if len(gone) == key[-1]:
            del self._given_up[key]
        return True

    def _is_waiting(self, origin: Origin, known: _Set) -> bool:
        """Has it sent all that it sends at once, all of it of this set? One that sends more does not wait."""
        if origin.unanswered > origin.sends_at_once:
            origin.sends_at_once = 0
            return False
        return origin.unanswered == origin.sends_at_once == len(_of(origin, known))

    def _begin(self, key: Key, total: int) -> _Set:
        alarm = asyncio.get_running_loop().call_later(self._seconds, self._late, key)
        made = self._sets[key] = _Set({}, total, alarm)
        return made

    def _remove(self, key: Key) -> list[Segment]:
        found = self._sets.pop(key)
        found.alarm.cancel()
        segments = [found.segments[number] for number in sorted(found.segments)]
        self._octets -= sum(len(one.said.body.octets) * (1 + len(one.repeats)) for one in segments)
        return segments

    def _end(self, key: Key) -> None:
        segments = self._remove(key)
        if not segments:
            return
        self._given_up.pop(key, None)
        until = asyncio.get_running_loop().time() + GIVEN_UP_SECONDS
        self._given_up[key] = until, {one.said.place.sequence for one in segments if one.said.place}
        if len(self._given_up) > MOST_SETS:
            del self._given_up[next(iter(self._given_up))]
        self._give_up(segments)

    def _late(self, key: Key) -> None:
        """Whoever sent nothing but these, and was told nothing meanwhile, waits for answers. One that was
        throttled, or sent something else, does not.
        """
        known = self._sets[key]
        for origin in {id(one.origin): one.origin for one in known.segments.values()}.values():
            held = _of(origin, known)
            if origin.unanswered == len(held) and all(one.asked == origin.asked for one in held):
                origin.sends_at_once = len(held)
        self._end(key)

    def leave(self, origin: Origin) -> None:
        """A session is over: what it sent was never acknowledged, and its peer will send it again."""
        for key, known in list(self._sets.items()):
            for number, one in list(known.segments.items()):
                all_of_it = [one, *one.repeats]
                stay = [each for each in all_of_it if each.origin is not origin]
                self._octets -= len(one.said.body.octets) * (len(all_of_it) - len(stay))
                if stay:
                    known.segments[number] = stay[0]
                    stay[0].repeats = stay[1:]
                else:
                    del known.segments[number]
            if not known.segments:
                self._remove(key)

    def stop(self) -> None:
        for key in list(self._sets):
            self._end(key)


def _of(origin: Origin, known: _Set) -> list[Segment]:
    """What it waits for in this set."""
    return [each for one in known.segments.values() for each in (one, *one.repeats) if each.origin is origin]


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
