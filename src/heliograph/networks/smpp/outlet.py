"""From us to an upstream: jobs of its gate as submit_sm, over whichever of its binds has room.

In: jobs. Out: PDUs, all of a batch in one write per bind; what cannot be said or sent, reported at once.
What waits for room is bounded by the gate's window.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from heliograph.core.delivery import Job
from heliograph.core.outcome import GATE_CLOSED, Outcome
from heliograph.flow.ports import Report
from heliograph.networks.smpp.translate.statuses import NOT_CARRIED
from heliograph.networks.smpp.translate.submits import Words
from heliograph.wire.smpp.pdus import SubmitSm

Outcomes = list[tuple[Job, Outcome]]


class Ticket(NamedTuple):
    """A job on its way; `is_whole`: with all its segments."""

    job: Job
    is_whole: bool


class Transmitter(Protocol):
    """A bind that submits, as the outlet sees it."""

    @property
    def room(self) -> int: ...
    @property
    def with_tlvs(self) -> bool: ...
    def submit(self, pdu: SubmitSm, ticket: Ticket, now: float) -> None: ...
    def flush_soon(self) -> None: ...


class UpstreamOutlet:
    """The Outlet port."""

    def __init__(
        self, words: Words, report: Report, now: Callable[[], int], time: Callable[[], float]
    ) -> None:
        self.words = words
        self._report = report
        self._now = now
        self._time = time
        self._transmitters: list[Transmitter] = []
        self._turn = 0
        self._backlog: deque[Job] = deque()
        self.submitted = 0

    @property
    def waiting(self) -> int:
        return len(self._backlog)

    def change(self, transmitters: Sequence[Transmitter]) -> None:
        """These are bound. When none is, what waits goes back as it came."""
        self._transmitters = list(transmitters)
        if self._transmitters:
            self.drain()
        elif self._backlog:
            jobs, self._backlog = self._backlog, deque()
            self._report([(job, GATE_CLOSED) for job in jobs])

    def send(self, jobs: Sequence[Job]) -> None:
        if not self._transmitters:
            self._report([(job, GATE_CLOSED) for job in jobs])
            return
        self._backlog.extend(jobs)
        self.drain()

    def drain(self) -> None:
        """As much as there is room for, the binds in turn."""
        if not self._backlog:
            return
        failed: Outcomes = []
        wall, now = self._now(), self._time()
        count = len(self._transmitters)
        for _ in range(count):
            self._turn = (self._turn + 1) % count
            transmitter = self._transmitters[self._turn]
            share = -(-len(self._backlog) // count)
            self._fill(transmitter, share, wall, now, failed)
        for transmitter in self._transmitters:
            if not self._backlog:
                break
            self._fill(transmitter, len(self._backlog), wall, now, failed)
        if failed:
            self._report(failed)

    def _fill(self, transmitter: Transmitter, most: int, wall: int, now: float, failed: Outcomes) -> None:
        room = min(most, transmitter.room)
        if room <= 0:
            return
        backlog, words, with_tlvs = self._backlog, self.words, transmitter.with_tlvs
        while room and backlog:
            job = backlog.popleft()
            try:
                pdu, is_whole = words.submit(job, wall, with_tlvs)
                transmitter.submit(pdu, Ticket(job, is_whole), now)
            except (ValueError, IndexError):  # what it says does not fit into a submit_sm of this peer
                failed.append((job, NOT_CARRIED))
                continue
            room -= 1
            self.submitted += 1
        transmitter.flush_soon()
