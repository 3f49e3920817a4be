"""Outbind: we call an account that does not bind by itself, and it binds on the connection (SMPP 3.4 §2.2.1).

In: where accounts listen. Out: a connection for each whose receivers are all away, tried again and again.
"""

import asyncio

import structlog
from msgspec import Struct

from heliograph.interfaces.smpp.server import SmppServer
from heliograph.wire.smpp.pdus import Outbind

log = structlog.get_logger()

PAUSE_SECONDS = 30.0
CONNECT_SECONDS = 10.0


class Called(Struct, frozen=True):
    system_id: str
    host: str
    port: int


def called_of(text: str) -> Called:
    """`acme@10.0.0.5:2776`."""
    system_id, _, place = text.rpartition("@")
    host, _, port = place.rpartition(":")
    return Called(system_id, host.strip("[]"), int(port))


async def call(server: SmppServer, called: Called, outbind: Outbind) -> None:
    """Until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        desk = server.desk_named(called.system_id)
        if desk is not None and not desk.is_open and not server.stopping:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await loop.create_connection(
                        lambda: server.connection(outbind=outbind).link, called.host, called.port
                    )
            except OSError as error:
                log.info("outbind found nobody", account=called.system_id, reason=str(error))
        await asyncio.sleep(PAUSE_SECONDS)
