"""The socket's server: accepts the owner's connections, runs their requests, one at a time each.

In: lines from the socket. Out: frames. A line that is no request gets an error and the connection closes;
a caller that does not read is waited for `SLOW_CALLER_SECONDS` and then dropped. What a command does is
never here.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from heliograph.interfaces.control import frames
from heliograph.interfaces.control.frames import (
    ALIVE,
    ALIVE_SECONDS,
    BAD_FRAME,
    FRAME_BYTES,
    SOCKET_NAME,
    Frame,
    Reply,
    Request,
)
from heliograph.interfaces.control.socket_path import address
from heliograph.interfaces.control.verb import Channel

log = structlog.get_logger()

CONNECTIONS = 256
REPLIES = 1024  # a listener's words that nobody has asked for yet
SLOW_CALLER_SECONDS = 30.0
STOP_SECONDS = 0.3  # for requests under way at a stop

Run = Callable[[Request, Channel], Awaitable[Frame]]


class Inlet:
    """The listening socket."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder = folder
        self._run = run
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}
        self.stopping = False

    async def start(self) -> None:
        """The folder's lock is ours, so a socket file that is there belongs to nobody."""
        (self._folder / SOCKET_NAME).unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with address(self._folder) as path:
                self._server = await asyncio.start_unix_server(self._connected, path, limit=FRAME_BYTES)
        finally:
            os.umask(before)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._run)
        if self.stopping or len(self._connections) >= CONNECTIONS:
            connection.say(frames.error("stopping" if self.stopping else "store_full", "Try again later."))
            writer.close()
            return
        task = asyncio.create_task(_serve(connection, writer))
        self._connections[task] = connection
        task.add_done_callback(self._connections.pop)

    async def stop(self) -> None:
        """No new caller; requests under way may end; then the rest hears that we stop."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                for connection in list(self._connections.values()):
                    await connection.quiet.wait()
        except TimeoutError:
            pass  # those that listen or wait for a final state never come to an end by themselves
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        (self._folder / SOCKET_NAME).unlink(missing_ok=True)


class Connection:
    """One caller. It is the `Channel` of its request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, run: Run) -> None:
        self._reader = reader
        self._writer = writer
        self._run = run
        self._replies: asyncio.Queue[Reply] = asyncio.Queue(REPLIES)
        self._reading: asyncio.Task[bytes] | None = None
        self._handling: asyncio.Task[Frame] | None = None
        self.quiet = asyncio.Event()  # no request is under way
        self.quiet.set()

    async def serve(self) -> None:
        try:
            while line := await self._line():
                try:
                    request = frames.decode_request(line)
                except msgspec.MsgspecError as error:
                    self.say(frames.error(BAD_FRAME, f"This is no request: {error}."))
                    return
                if not await self._serve_one(request):
                    return
        except asyncio.CancelledError:
            self.say(frames.error("stopping", "Heliograph is stopping."))
            raise
        finally:
            for task in (self._reading, self._handling):
                if task is not None:
                    task.cancel()

    async def _serve_one(self, request: Request) -> bool:
        """True when the next request may come."""
        self.quiet.clear()
        handling = self._handling = asyncio.create_task(_run(self._run, request, self))
        while not handling.done():
            reading = self._read()
            done, _ = await asyncio.wait(
                {handling, reading}, timeout=ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                await self.send(ALIVE)
            if reading.done() and not handling.done() and not self._heard(await self._line()):
                handling.cancel()
                await asyncio.wait({handling})
                return False
        await self.send(_outcome(handling, request))
        self.quiet.set()
        return True

    def _heard(self, line: bytes) -> bool:
        """A word within the stream. False: the caller is gone, or talks nonsense, or never stops."""
        if not line:
            return False
        try:
            self._replies.put_nowait(frames.decode_reply(line))
        except (msgspec.MsgspecError, asyncio.QueueFull) as error:
            self.say(frames.error(BAD_FRAME, f"This is no reply: {error}."))
            return False
        return True

    def _read(self) -> asyncio.Task[bytes]:
        if self._reading is None:
            self._reading = asyncio.create_task(self._reader.readline())
        return self._reading

    async def _line(self) -> bytes:
        """The next line; empty at the end, and after a line beyond the limit."""
        reading = self._read()
        try:
            line = await asyncio.shield(reading)
        except ValueError:
            self.say(frames.error(BAD_FRAME, f"A frame beyond {FRAME_BYTES} bytes."))
            return b""
        finally:
            if reading.done():
                self._reading = None
        return line if line.endswith(b"\n") else b""

    def say(self, frame: Frame) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError
        self._writer.write(frames.encode(frame))

    async def send(self, frame: Frame) -> None:
        self.say(frame)
        async with asyncio.timeout(SLOW_CALLER_SECONDS):
            await self._writer.drain()

    async def reply(self) -> Reply:
        return await self._replies.get()


async def _serve(connection: Connection, writer: asyncio.StreamWriter) -> None:
    try:
        await connection.serve()
    except (ConnectionError, TimeoutError):
        pass  # the caller is gone, and its requests with it
    finally:
        writer.close()


async def _run(run: Run, request: Request, channel: Channel) -> Frame:
    return await run(request, channel)


def _outcome(handling: asyncio.Task[Frame], request: Request) -> Frame:
    """A handler that died of a bug harms its own request only."""
    if handling.cancelled():
        return frames.error("stopping", "Heliograph is stopping.")
    error = handling.exception()
    if error is None:
        return handling.result()
    if isinstance(error, (ConnectionError, TimeoutError)):
        raise error
    log.error("command died", verb=request.verb, exc_info=error)
    return frames.error("bug", f"{request.verb} met a bug; the server's log says more.")
