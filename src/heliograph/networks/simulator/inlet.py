"""From virtual devices to us: the segments that they send, and what the network notices of them.

In: transmissions and presences, one by one. Out: batches to `receive` and `sight`, and to each device our
answer, as RP-ACK or an RP cause. A bounded number of segments is out at a time; others wait in their devices.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.ports import Full
from heliograph.flow.requests import Inbound, ReceiveAnswer
from heliograph.networks.simulator.device import Device, Transmission
from heliograph.networks.simulator.timers import Timers
from heliograph.networks.simulator.translate import FAILED, FULL, cause_of, inbound_of

Receive = Callable[[Sequence[Inbound]], Awaitable[Sequence[ReceiveAnswer]]]
Sight = Callable[[Sequence[Sighting]], Awaitable[Sequence[object]]]
"""What it gives per sighting is true when the subscriber is known."""
Heard = Callable[[Device, int | None], None]

BATCH = 512
SIGHTINGS = 128  # at a time: when all devices leave at once, SMS are accepted between
SIGHTING_PAUSE_MS = 1_000  # until the network repeats what we could not take


class InletCounters(Struct):
    received: int = 0  # segments acknowledged
    refused: int = 0
    sightings: int = 0
    strangers: int = 0  # sightings of subscribers that we do not know


class Inlet:
    def __init__(self, gate: str, receive: Receive, sight: Sight, timers: Timers) -> None:
        self._gate = gate
        self._receive = receive
        self._sight = sight
        self._timers = timers
        self._segments: deque[tuple[Device, Inbound]] = deque()
        self._sightings: deque[Sighting] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.heard: Heard = _nobody
        self.counters = InletCounters()

    def transmit(self, device: Device, transmission: Transmission) -> None:
        """A device waits for our answer before it sends on, so there is at most one of each in the queue."""
        self._segments.append((device, inbound_of(self._gate, device, transmission)))
        self._begin("segments", self._carry_segments)

    def see(self, device: Device, presence: Presence) -> None:
        self._sightings.append(Sighting(device.imsi, device.msisdn, presence))
        self._begin("sightings", self._carry_sightings)

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if name not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._run(name, work))
            self._tasks[name] = task

    async def _run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            del self._tasks[name]

    async def _carry_segments(self) -> None:
        while self._segments:
            batch = [self._segments.popleft() for _ in range(min(BATCH, len(self._segments)))]
            causes: Sequence[int | None] = [FAILED] * len(batch)
            try:
                causes = [cause_of(answer) for answer in await self._receive([asked for _, asked in batch])]
            except Full:
                causes = [FULL] * len(batch)
            finally:
                for (device, _), cause in zip(batch, causes, strict=True):
                    self._tell(device, cause)

    def _tell(self, device: Device, cause: int | None) -> None:
        if cause is None:
            self.counters.received += 1
        else:
            self.counters.refused += 1
        self.heard(device, cause)

    async def _carry_sightings(self) -> None:
        while self._sightings:
            batch = [self._sightings.popleft() for _ in range(min(SIGHTINGS, len(self._sightings)))]
            try:
                known = await self._sight(batch)
            except Full:
                self._sightings.extendleft(reversed(batch))
                self._timers.at(self._timers.now() + SIGHTING_PAUSE_MS, self._resume)
                return
            self.counters.sightings += len(known)
            self.counters.strangers += sum(1 for one in known if not one)

    def _resume(self) -> None:
        self._begin("sightings", self._carry_sightings)

    async def stop(self) -> None:
        """Devices that wait for an answer will send again: they never heard one."""
        self._segments.clear()
        self._sightings.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _nobody(device: Device, cause: int | None) -> None:
    """Until a fleet listens."""
