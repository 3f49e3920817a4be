"""Following: the news of an organisation, kept for a while, for whoever reads the stream.

In: news of commits. Out: the same, numbered, to each follower at its own pace. A follower holds nothing but
its place, so a slow one costs nothing, until what it has not read yet is dropped: then it is told. While
nobody follows an organisation, and nobody has for a while, its commits are not even looked at.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from msgspec import Struct

from heliograph.core.news import News
from heliograph.flow.ports import Clock

MOST_KEPT = 10_000  # news of one organisation
MOST_FOLLOWERS = 200  # of one organisation
LINGER_SECONDS = 600.0  # after the last follower left, for its return
SLICE = 100  # news that are handed over at a time

Watch = Callable[[frozenset[int]], None]


class Place(Struct, frozen=True):
    """How far somebody has read. `of` tells one record from one that was begun later."""

    of: int
    number: int


class Record:
    """The news of one organisation since somebody began to follow it."""

    def __init__(self, of: int) -> None:
        self.of = of
        self.followers = 0
        self.last = 0
        self._kept: deque[News] = deque(maxlen=MOST_KEPT)
        self._changed = asyncio.Event()

    def add(self, news: News) -> None:
        self.last += 1
        self._kept.append(news)

    def tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def knows(self, place: Place) -> bool:
        """Is all there that follows this place?"""
        return place.of == self.of and self.last - len(self._kept) <= place.number <= self.last

    def after(self, number: int) -> list[News]:
        """The next of them, up to a slice."""
        first = number - (self.last - len(self._kept))
        return [self._kept[index] for index in range(first, min(first + SLICE, len(self._kept)))]

    async def wait(self, seconds: float) -> None:
        """Until there is more, or for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass


class Following:
    """All records. Lives on the loop."""

    def __init__(self, watch: Watch, clock: Clock) -> None:
        self._watch = watch
        self._clock = clock
        self._records: dict[int, Record] = {}
        self._forgetting: dict[int, asyncio.TimerHandle] = {}
        self.is_over = False

    def take(self, news: Sequence[News]) -> None:
        """What a round committed."""
        told = set()
        for one in news:
            record = self._records.get(one.org)
            if record is not None:
                record.add(one)
                told.add(one.org)
        for org in told:
            self._records[org].tell()

    def has_room(self, org: int) -> bool:
        record = self._records.get(org)
        return not self.is_over and (record is None or record.followers < MOST_FOLLOWERS)

    def join(self, org: int) -> Record:
        """Whoever joined has to leave."""
        record = self._records.get(org)
        if record is None:
            record = self._records[org] = Record(self._clock.now())
            self._watch(frozenset(self._records))
        record.followers += 1
        if (timer := self._forgetting.pop(org, None)) is not None:
            timer.cancel()
        return record

    def leave(self, org: int) -> None:
        record = self._records[org]
        record.followers -= 1
        if not record.followers and not self.is_over:
            loop = asyncio.get_running_loop()
            self._forgetting[org] = loop.call_later(LINGER_SECONDS, self._forget, org)

    def _forget(self, org: int) -> None:
        del self._records[org], self._forgetting[org]
        self._watch(frozenset(self._records))

    def end(self) -> None:
        """The program stops: all followers are told."""
        self.is_over = True
        for timer in self._forgetting.values():
            timer.cancel()
        for record in self._records.values():
            record.tell()
