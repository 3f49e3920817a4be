"""A simulator without an engine, in virtual time: tests play the engine and read what comes out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import Delivery, Job
from heliograph.core.message import Message
from heliograph.core.outcome import Outcome
from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.ports import Full
from heliograph.flow.requests import Inbound, ReceiveAnswer, Received
from heliograph.networks.simulator import Simulator
from heliograph.networks.simulator.kept import Offload
from tests.virtual_time import VirtualClock, VirtualLoop, run_virtual

T = TypeVar("T")


async def at_once(work: Callable[[], None]) -> None:
    """Virtual time knows no threads."""
    work()


class Lab:
    """What the engine would have heard."""

    def __init__(
        self,
        loop: VirtualLoop,
        profiles: Path | None = None,
        journal: Path | None = None,
        default_profile: str = "plain",
        kept: Path | None = None,
        offload: Offload = at_once,
    ) -> None:
        self.clock = VirtualClock(loop)
        self.outcomes: list[tuple[int, Job, Outcome]] = []  # with its time
        self.inbound: list[Inbound] = []
        self.sightings: list[tuple[int, str, Presence]] = []
        self.answers: list[ReceiveAnswer] = []  # what the next segments are answered; then received
        self.full = False
        self.when_told: Callable[[], None] = lambda: None
        self.simulator = Simulator(
            self._report,
            self._receive,
            self._sight,
            self.clock,
            Random(1),
            profiles=profiles,
            journal=journal,
            default_profile=default_profile,
            kept=kept,
            offload=offload,
        )
        self._next_id = 0

    def _report(self, outcomes: Sequence[tuple[Job, Outcome]]) -> None:
        self.when_told()
        self.outcomes += [(self.clock.now(), job, outcome) for job, outcome in outcomes]

    async def _receive(self, segments: Sequence[Inbound]) -> Sequence[ReceiveAnswer]:
        if self.full:
            raise Full("store_full")
        self.inbound += segments
        return [self.answers.pop(0) if self.answers else Received(1) for _ in segments]

    async def _sight(self, sightings: Sequence[Sighting]) -> Sequence[bool]:
        if self.full:
            raise Full("store_full")
        self.sightings += [(self.clock.now(), sighting.imsi, sighting.presence) for sighting in sightings]
        return [True] * len(sightings)

    def jobs(
        self, words: str | bytes, imsi: str = "901", msisdn: str = "4477", source: str = "2020", pid: int = 0
    ) -> list[Job]:
        """One per segment."""
        wish = Wish(pid=pid)
        content = content_of_text(words, wish) if isinstance(words, str) else content_of_octets(words, wish)
        assert isinstance(content, Content)
        self._next_id += 256
        return [
            Job(
                _delivery(self._next_id, index),
                _message(self._next_id, content, source),
                "simulator",
                msisdn,
                imsi,
            )
            for index in range(content.segments)
        ]

    def send(self, words: str | bytes, imsi: str = "901", msisdn: str = "4477", **fields: str) -> list[Job]:
        jobs = self.jobs(words, imsi, msisdn, **fields)
        self.simulator.outlet.send(jobs)
        return jobs

    @property
    def texts(self) -> list[str]:
        return [segment.content.body.decode() for segment in self.inbound]


def _message(id: int, content: Content, source: str) -> Message:
    return Message(
        id=id,
        org=1,
        direction=1,
        device=1,
        origin=None,
        application=None,
        sender="operator",
        source=source,
        destination="4477",
        body=content.body,
        dcs=content.dcs,
        pid=content.pid,
        udh=content.udh,
        languages=content.languages,
        segments=content.segments,
        priority=0,
        receipt=0,
        at_most_once=0,
        replace_key=None,
        price=0,
        state=2,
        reason=None,
        accepted_at=0,
        not_before=None,
        expires_at=0,
        final_at=None,
        attempts=1,
        timeline="",
    )


def _delivery(message: int, segment: int) -> Delivery:
    return Delivery(message + segment, 0, message, 0, 1, 0, 0, 1, segment, 1, 0, None, 0)


def play(story: Callable[[Lab], Awaitable[T]], **fields: object) -> T:
    loop = VirtualLoop()

    async def main() -> T:
        lab = Lab(loop, **fields)  # type: ignore[arg-type]  # each test names those that it wants
        try:
            return await story(lab)
        finally:
            await lab.simulator.stop()

    return run_virtual(main(), loop)


async def pass_time(seconds: float) -> None:
    """In virtual time, so nobody waits."""
    await asyncio.sleep(seconds)
