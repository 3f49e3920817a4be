"""TLS for connections as they come: each is shaken hands with before its protocol hears of it.

In: a listening socket, where the context comes from. Out: protocols, connected. A connection gets the context
of its own moment. Those under way are bounded in number, in all and for each address, since a handshake costs
more than anything else that a stranger can ask for. Knows no SMS.
"""

import asyncio
import socket
from collections.abc import Callable

import structlog

from heliograph.runtime.door import Door
from heliograph.runtime.tls import Tls

log = structlog.get_logger()

MOST_HANDSHAKES = 1_000
HANDSHAKES_PER_ADDRESS = 100
HANDSHAKE_SECONDS = 10.0
PAUSE_SECONDS = 0.5  # where there is nothing left to accept a connection with


class Handshakes:
    def __init__(
        self,
        listener: socket.socket,
        tls: Tls,
        made: Callable[[], asyncio.Protocol],
        per_address: int = HANDSHAKES_PER_ADDRESS,
    ) -> None:
        self._listener = listener
        self._tls = tls
        self._made = made
        self._door = Door(MOST_HANDSHAKES, per_address)
        self._shaking: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._accepting = asyncio.create_task(self._accept())

    def close(self) -> None:
        """Connections that are made stay."""
        if self._accepting is not None:
            self._accepting.cancel()
        for task in self._shaking:
            task.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(self._listener)
            except OSError as error:  # no descriptors, or it was gone before it was taken
                log.warning("connection not accepted", reason=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            task = loop.create_task(self._shake(connection, str(address[0])))
            self._shaking.add(task)
            task.add_done_callback(self._shaking.discard)

    async def _shake(self, connection: socket.socket, address: str) -> None:
        try:
            if self._door.enter(address):
                connection.close()
                return
            await asyncio.get_running_loop().connect_accepted_socket(
                self._made, connection, ssl=self._tls.context, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except OSError as error:  # an SSLError is one
            log.debug("no handshake", peer=address, reason=str(error))
        finally:
            self._door.leave(address)
