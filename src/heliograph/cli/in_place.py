"""Running a command's handler in this process, on the locked folder, when no server runs.

The loop turns only while a command waits for an answer. Ctrl-C ends the handler, then the app stops cleanly.
"""

import asyncio
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from heliograph.app import App, running
from heliograph.cli.where import Where
from heliograph.config import load
from heliograph.interfaces.control.client import Hear, Refused
from heliograph.interfaces.control.frames import Frame, Reply, Request
from heliograph.runtime.lock import FolderLock
from heliograph.runtime.log import start_logging


@contextmanager
def in_place(where: Where, lock: FolderLock, engine: bool) -> Iterator["InPlace"]:
    with lock:
        start_logging("warning")
        config = load(where.config, os.environ).config
        with asyncio.Runner() as runner:
            context = running(config, where.data, lock=lock, engine=engine)
            app = runner.run(context.__aenter__())
            try:
                yield InPlace(runner, app)
            finally:
                runner.run(context.__aexit__(None, None, None))


class InPlace:
    """A backend over an app of our own."""

    def __init__(self, runner: asyncio.Runner, app: App) -> None:
        self._runner = runner
        self._app = app

    def call(self, request: Request, hear: Hear) -> msgspec.Raw:
        frame = self._runner.run(self._app.run_verb(request, Ear(hear)))
        if frame.error is not None:
            raise Refused(frame.error)
        return frame.answer


class Ear:
    """The channel of a caller in the same process."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._replies: deque[Reply] = deque()
        self._replied = asyncio.Event()

    async def send(self, frame: Frame) -> None:
        reply = self._hear(frame)
        if reply is not None:
            self._replies.append(reply)
            self._replied.set()

    async def reply(self) -> Reply:
        while not self._replies:
            self._replied.clear()
            await self._replied.wait()
        return self._replies.popleft()
