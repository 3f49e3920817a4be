"""A desk: somebody who reads what a lab does, over a real file."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import json

from heliograph.flow.reads.browse import Browse
from heliograph.flow.shown import Explained, LaneShown, MessageFilter, MessagePage
from heliograph.store.reads.reader import Reader
from tests.engine import Lab

T = TypeVar("T")


class Desk:
    """A lab with someone who looks at it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._reader = Reader(lab.path)
        self.browse = Browse(self._reader)

    def ask(self, question: Callable[[Browse], Awaitable[T]]) -> T:
        async def answer() -> T:
            return await question(self.browse)

        return asyncio.run(answer())

    def story(self, id: int) -> list[str]:
        return [sentence.code for sentence in self.explained(id).story]

    def explained(self, id: int, org: int = 1) -> Explained:
        found = self.ask(lambda browse: browse.explain(org, id))
        assert isinstance(found, Explained), found
        assert json.decode(json.encode(found))["message"]["id"] == id
        return found

    def now(self, id: int) -> list[str]:
        return [sentence.code for sentence in self.explained(id).story if sentence.at is None]

    def messages(self, wanted: MessageFilter, org: int = 1) -> list[int]:
        page = self.ask(lambda browse: browse.messages(org, wanted))
        assert isinstance(page, MessagePage)
        return [message.id for message in page.items]

    def lane(self, which: str = "device-1", application: int = 0) -> LaneShown:
        found = self.ask(lambda browse: browse.lane(1, which, application))
        assert isinstance(found, LaneShown), found
        return found

    def close(self) -> None:
        self._reader.close()
        self.lab.engine.close()
