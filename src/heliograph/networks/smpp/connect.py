"""A connection to an upstream, with or without TLS: one way for the binds at work and for one that is tried.

In: the upstream's row; which addresses may be connected to, asked of what its name resolved to, so that no
name leads to a place that only this machine can reach. Out: the protocol, connected; or why not, in words.
"""

import asyncio
import socket
from collections.abc import Callable

from aiohappyeyeballs import start_connection

from heliograph.core.upstream import Upstream
from heliograph.networks.smpp.tls import HANDSHAKE_SECONDS, context_of, failed_handshake

CONNECT_SECONDS = 10.0
NEXT_ADDRESS_SECONDS = 0.25  # RFC 8305 §5
REFUSED = "this address may not be connected to"  # which one it was is not its owner's to learn

Permits = Callable[[Upstream, str], bool]


class NotConnected(Exception):
    """`stage`: connect, or tls."""

    def __init__(self, stage: str, why: str) -> None:
        super().__init__(why)
        self.stage = stage


async def connect(upstream: Upstream, made: Callable[[], asyncio.Protocol], permits: Permits) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await _connect(upstream, made, permits)
    except TimeoutError as late:
        raise NotConnected("connect", "no connection in time") from late
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        why = failed_handshake(error) if upstream.tls and isinstance(error, OSError) else None
        stage = "tls" if why else "connect"
        raise NotConnected(stage, why or str(error) or type(error).__name__) from error


async def _connect(upstream: Upstream, made: Callable[[], asyncio.Protocol], permits: Permits) -> None:
    loop = asyncio.get_running_loop()
    context = await asyncio.to_thread(context_of, upstream) if upstream.tls else None
    found = await loop.getaddrinfo(upstream.host, upstream.port, type=socket.SOCK_STREAM)
    permitted = [info for info in found if permits(upstream, str(info[4][0]))]
    if not permitted:
        raise NotConnected("connect", REFUSED)
    taken = await start_connection(
        permitted, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, loop=loop
    )
    try:
        await loop.create_connection(
            made,
            sock=taken,
            ssl=context,
            server_hostname=(upstream.tls_server_name or upstream.host) if context is not None else None,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if context is not None else None,
        )
    except BaseException:
        taken.close()
        raise
