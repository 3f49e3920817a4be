"""What plain devices read: the last jobs that reached devices without an object, for whoever looks later.

In: batches of jobs, with their time. Out: the inbox that such a device would have, and how much it received.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from heliograph.core.delivery import Job
from heliograph.networks.simulator.inbox import Inbox
from heliograph.networks.simulator.sms import incoming
from heliograph.wire.errors import Malformed

PASSED_LIMIT = 2_000  # segments, of all plain devices together; whole batches go, so a few more are kept


class Passed:
    """A batch is kept as it came: on the hot path nothing is done for each job."""

    def __init__(self) -> None:
        self._batches: deque[tuple[int, Sequence[Job]]] = deque()
        self._count = 0

    def note(self, at: int, jobs: Sequence[Job]) -> None:
        batches = self._batches
        batches.append((at, jobs))
        self._count += len(jobs)
        while self._count - len(batches[0][1]) >= PASSED_LIMIT:
            self._count -= len(batches.popleft()[1])

    def received(self, key: str) -> int:
        return sum(1 for _ in self._of(key))

    def inbox(self, key: str) -> Inbox:
        found = Inbox()
        for at, job in self._of(key):
            try:
                found.put(incoming(job), at)
            except Malformed:  # a plain device takes what nobody can read
                continue
        return found

    def forget(self, key: str) -> None:
        """The device remembers it by itself from now on."""
        kept = [(at, [job for job in jobs if _key(job) != key]) for at, jobs in self._batches]
        self._batches = deque((at, jobs) for at, jobs in kept if jobs)
        self._count = sum(len(jobs) for _, jobs in self._batches)

    def _of(self, key: str) -> Iterator[tuple[int, Job]]:
        return ((at, job) for at, jobs in self._batches for job in jobs if _key(job) == key)


def _key(job: Job) -> str:
    return job.imsi or job.msisdn
