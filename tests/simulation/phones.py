"""SMS from devices: each device has one under way at a time and repeats it when the network's answer is lost.

In: what a device wants to say, in one or several segments. Out: segments to the process, and entries in the
books for those that it acknowledged.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random

from msgspec import Struct

from heliograph.core.content import Content, content_of_text
from heliograph.flow.requests import Inbound, Received
from tests.simulation.books import Books, Heard
from tests.simulation.fleet import Fleet
from tests.simulation.process import Process
from tests.virtual_time import VirtualLoop

ANSWER_SECONDS = 10.0
TRIES = 4


class Wanted(Struct, gc=False):
    """One segment on its way out of a device."""

    device: int
    token: str
    part: str
    destination: str
    number: int
    total: int
    set_reference: int
    reference: int
    tries: int = 0


class Phones:
    def __init__(
        self,
        loop: VirtualLoop,
        books: Books,
        fleet: Fleet,
        rng: Random,
        process: Callable[[], Process | None],
    ) -> None:
        self._loop = loop
        self._books = books
        self._fleet = fleet
        self._rng = rng
        self._process = process
        self._queues: dict[int, deque[Wanted]] = {}
        self._references: dict[int, int] = {}
        self.repeated: set[str] = set()  # parts that went out more than once

    def say(self, device: int, destination: str, token: str, parts: list[int], total: int) -> None:
        """`parts` in the order in which they leave; some may be missing or there twice."""
        queue = self._queues.setdefault(device, deque())
        idle = not queue
        set_reference = self._rng.randrange(256)
        for number in parts:
            reference = self._references[device] = (self._references.get(device, -1) + 1) % 256
            part = token if total == 1 else f"{token}p{number}"
            queue.append(Wanted(device, token, part, destination, number, total, set_reference, reference))
        if idle:
            self._send(device)

    def _send(self, device: int) -> None:
        queue, process = self._queues[device], self._process()
        if not queue:
            return
        wanted = queue[0]
        wanted.tries += 1
        if wanted.tries > TRIES:
            queue.popleft()
            self._send(device)
            return
        if wanted.tries > 1:
            self._books.coverage.hit("mo without an answer repeated")
            self.repeated.add(wanted.part)
        if process is not None and process.ready:
            process.ask(process.flows.receive, [self._inbound(wanted)], partial(self._hear, wanted))
        self._loop.call_later(ANSWER_SECONDS, self._give_up, wanted, wanted.tries)

    def _give_up(self, wanted: Wanted, tries: int) -> None:
        queue = self._queues[wanted.device]
        if queue and queue[0] is wanted and wanted.tries == tries:
            self._send(wanted.device)

    def _inbound(self, wanted: Wanted) -> Inbound:
        device = self._fleet.devices[wanted.device]
        content = content_of_text(f"{wanted.part}.")
        assert isinstance(content, Content)
        return Inbound(
            device.network,
            device.imsi,
            "",
            wanted.destination,
            content,
            wanted.set_reference,
            wanted.total,
            wanted.number,
            wanted.reference,
        )

    def _hear(self, wanted: Wanted, answers: list[object]) -> None:
        queue = self._queues[wanted.device]
        if not queue or queue[0] is not wanted:
            return
        queue.popleft()
        answer, books = answers[0], self._books
        if isinstance(answer, Received):
            books.tell("heard", wanted.part, "from", wanted.device, "as", answer.message)
            books.heard.append(
                Heard(
                    books.next(), wanted.device, wanted.part, wanted.destination, wanted.total,
                    answer.message, books.clock.now(), wanted.tries > 1 or wanted.total > 1,
                )
            )  # fmt: skip
        else:
            books.coverage.hit("mo refused")
            books.tell("mo refused", wanted.part, answer)
        self._send(wanted.device)
