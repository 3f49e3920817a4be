"""The outlet of one callback: its jobs become calls, as many at a time as its gate's window holds.

In: jobs of the gate `application:<callback id>`. Out: calls, and each job's outcome to the dispatcher.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from msgspec import Struct

from heliograph.core.callback import Callback, CallbackAttempt
from heliograph.core.delivery import Job
from heliograph.core.outcome import DELIVERED, Outcome, Returned, Temporary
from heliograph.flow.ports import Clock, Report
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.webhook.call import Client, Failed, target_of
from heliograph.interfaces.webhook.directory import Directory, Unsealable
from heliograph.interfaces.webhook.journal import Journal
from heliograph.interfaces.webhook.signature import Keys, signed
from heliograph.interfaces.webhook.translate import GONE, Describe, Request, code_of, outcome_of, request_of

log = structlog.get_logger()

NOT_SIGNED = Temporary("secret_sealed")
NOT_READ = Returned("store_busy")


class Tools(Struct, frozen=True):
    """What all outlets share."""

    client: Client
    directory: Directory
    journal: Journal
    clock: Clock
    report: Report
    describe: Describe
    gone: Callable[[Callback], None]  # its far end answered 410


class Made(Struct, frozen=True):
    """A call that was made."""

    outcome: Outcome
    status: int | None
    answer: str
    latency_ms: int

    def line(
        self, callback: Callback, now: int, kind: int, subject: int, device: int, attempt: int
    ) -> CallbackAttempt:
        """For the log."""
        return CallbackAttempt(
            callback.id,
            0,
            callback.org,
            now,
            kind,
            subject,
            device,
            attempt,
            code_of(self.outcome),
            self.status,
            self.latency_ms,
            self.answer,
        )


class CallbackOutlet:
    def __init__(self, callback: Callback, tools: Tools) -> None:
        self._tools = tools
        self._under_way: set[asyncio.Task[None]] = set()
        self.change(callback)

    def change(self, callback: Callback) -> None:
        """From the next call on."""
        self.callback = callback
        self._target = target_of(callback.url)

    def send(self, jobs: Sequence[Job]) -> None:
        if self._tools.directory.knows(jobs, self.callback.api_secret):
            self._begin(jobs)
        else:
            self._start(self._learn(jobs))

    async def _learn(self, jobs: Sequence[Job]) -> None:
        try:
            await self._tools.directory.learn(jobs, self.callback.api_secret)
        except TooSlow:
            self._tools.report([(job, NOT_READ) for job in jobs])
            return
        self._begin(jobs)

    def _begin(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._start(self._carry(job))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A bug is told once; the gate's timer makes its attempts unknown."""
        self._under_way.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("a call died", callback=self.callback.id, exc_info=bug)

    async def _carry(self, job: Job) -> None:
        callback, tools, delivery = self.callback, self._tools, job.delivery
        device, directory = delivery.key, tools.directory
        organisation = directory.organisation(job.message.org)
        request = request_of(job, directory.name_of(device), organisation, tools.describe)
        if request is None:
            tools.report([(job, DELIVERED)])
            return
        keys = directory.keys(device, callback.api_secret)
        made = await self.call(request, keys, delivery.attempts)
        tools.report([(job, made.outcome)])
        tools.journal.note(
            made.line(callback, tools.clock.now(), delivery.kind, job.message.id, device, delivery.attempts)
        )
        if made.status == GONE:
            tools.gone(callback)

    async def call(self, request: Request, keys: Keys | Unsealable | None, attempt: int) -> Made:
        """What must be signed and cannot be is not sent."""
        if isinstance(keys, Unsealable):
            return Made(NOT_SIGNED, None, "", 0)
        tools = self._tools
        headers = signed(request.id, tools.clock.now() // 1000, request.body, keys)
        headers["heliograph-attempt"] = str(attempt)
        answer = await tools.client.call(request.method, self._target, request.body, headers)
        if isinstance(answer, Failed):
            return Made(answer.outcome, None, answer.why, answer.latency_ms)
        outcome = outcome_of(answer.status, answer.retry_after, tools.clock.now())
        return Made(outcome, answer.status, readable(answer.first), answer.latency_ms)

    async def stop(self) -> None:
        """What is under way is broken off; the next start calls it unknown."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)


def readable(octets: bytes) -> str:
    """The first bytes of an answer, for people."""
    text = octets.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)
