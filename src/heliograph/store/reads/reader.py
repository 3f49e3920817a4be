"""Reads for people on SQLite: two read-only connections, each on a thread of its own, beside the writer.

In: questions of `flow/reads/browse`. Out: rows of the core. Each question is one short snapshot, broken
off when it takes longer than a second, so that it stalls neither writer nor checkpoint.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from heliograph.core.changes import Happening
from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.core.organisation import Account, Application, Organisation, Token
from heliograph.core.policy import Policy
from heliograph.core.story.standing import Standing
from heliograph.flow.reads.port import LONGEST_LIST, Slice, TooSlow
from heliograph.flow.shown import DeviceFilter, EventFilter, LaneShown, Mark, MessageFilter, StoreFacts, Usage
from heliograph.store.reads import questions
from heliograph.store.reads.view import Value, View

CONNECTIONS = 2
LONGEST_SECONDS = 1.0
WAITING_QUESTIONS = 1_000

T = TypeVar("T")


class Reader:
    """The seam `flow/reads/port.Reader`. Opened after the engine; closed before it."""

    def __init__(self, path: Path | str) -> None:
        self._views: SimpleQueue[View] = SimpleQueue()
        for _ in range(CONNECTIONS):
            self._views.put(View(path))
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="reader")
        self._waiting = 0

    async def _ask(self, question: Callable[[View], T], longest_seconds: float = LONGEST_SECONDS) -> T:
        if self._waiting >= WAITING_QUESTIONS:
            raise TooSlow("Too many questions wait. Ask again later.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._answer, question, longest_seconds)
        finally:
            self._waiting -= 1

    async def ask(self, question: Callable[[View], T]) -> T:
        """A question of another module, under the same bounds."""
        return await self._ask(question)

    def _answer(self, question: Callable[[View], T], longest_seconds: float) -> T:
        """As many threads as views: there is always one to take."""
        view = self._views.get()
        try:
            return view.answer(question, longest_seconds)
        finally:
            self._views.put(view)

    def close(self) -> None:
        """What was asked is answered first."""
        self._threads.shutdown()
        while not self._views.empty():
            self._views.get().close()

    async def organisations(self) -> list[Organisation]:
        return await self._all(Organisation, "organisations")

    async def organisation(self, which: str) -> Organisation | None:
        return await self._ask(lambda view: questions.organisation(view, which))

    async def application(self, org: int, which: str) -> Application | None:
        return await self._ask(lambda view: questions.application(view, org, which))

    async def policy(self, org: int, which: str) -> Policy | None:
        return await self._ask(lambda view: questions.policy(view, org, which))

    async def applications(self, org: int) -> list[Application]:
        return await self._all(Application, "applications", org)

    async def policies(self, org: int) -> list[Policy]:
        return await self._all(Policy, "policies", org)

    async def tokens(self, org: int) -> list[Token]:
        return await self._all(Token, "tokens", org)

    async def accounts(self, org: int) -> list[Account]:
        return await self._all(Account, "accounts", org)

    async def token(self, digest: bytes) -> Token | None:
        return await self._one(Token, "token", digest)

    async def account(self, name: str) -> Account | None:
        return await self._one(Account, "account", name)

    async def message(self, org: int, id: int) -> Message | None:
        return await self._one(Message, "message", org, id)

    async def _all(self, kind: Callable[..., T], name: str, *values: Value) -> list[T]:
        return await self._ask(lambda view: [kind(*row) for row in view.rows(name, *values, LONGEST_LIST)])

    async def _one(self, kind: Callable[..., T], name: str, *values: Value) -> T | None:
        return await self._ask(lambda view: next((kind(*row) for row in view.rows(name, *values)), None))

    async def device(self, org: int, which: str) -> Device | None:
        return await self._ask(lambda view: questions.device(view, org, which))

    async def device_names(self, org: int, ids: Sequence[int]) -> dict[int, str]:
        return await self._ask(lambda view: questions.device_names(view, org, ids))

    async def devices(self, org: int, wanted: DeviceFilter, after: str, limit: int) -> Slice[Device, str]:
        return await self._ask(lambda view: questions.devices(view, org, wanted, after, limit))

    async def messages(
        self, org: int, wanted: MessageFilter, before: Mark, limit: int
    ) -> Slice[Message, Mark]:
        ask = questions.messages if wanted.device is None else questions.messages_of_device
        return await self._ask(lambda view: ask(view, org, wanted, before, limit))

    async def events(self, org: int, wanted: EventFilter, before: Mark, limit: int) -> Slice[Happening, Mark]:
        return await self._ask(lambda view: questions.events(view, org, wanted, before, limit))

    async def counts(self, org: int, since: int, before: Mark) -> Slice[tuple[int, int], Mark]:
        return await self._ask(lambda view: questions.counts(view, org, since, before))

    async def standing(self, message: Message) -> Standing:
        return await self._ask(lambda view: questions.standing(view, message))

    async def receipt_standing(self, message: Message) -> Standing:
        return await self._ask(lambda view: questions.receipt_standing(view, message))

    async def lane(self, receiver: int, key: int) -> LaneShown:
        return await self._ask(lambda view: questions.lane(view, receiver, key))

    async def usage(self, device: int) -> Usage:
        return await self._ask(lambda view: questions.usage(view, device))

    async def facts(self, longest_ms: int) -> StoreFacts:
        found = await self._ask(questions.facts)
        integrity = await self._integrity(longest_ms / 1000)
        return StoreFacts(
            path=found.path,
            schema=found.schema,
            integrity=integrity,
            size_bytes=found.size_bytes,
            wal_pages=found.wal_pages,
            page_bytes=found.page_bytes,
            free_disk_bytes=found.free_disk_bytes,
        )

    async def _integrity(self, longest_seconds: float) -> str:
        try:
            return await self._ask(questions.check, longest_seconds)
        except TooSlow:
            return "unfinished"
