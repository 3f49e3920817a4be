"""One bind, tried by somebody who wants to know whether an upstream takes us: bound, looked at, unbound.

In: the upstream's row and its password. Out: how far it came, and what the far end answered. Beside the binds
at work, and without their traffic.
"""

import asyncio
from collections.abc import Sequence

from heliograph.core.upstream import Upstream
from heliograph.flow.reads.upstream_port import BindTried
from heliograph.networks.smpp.connect import NotConnected, Permits, connect
from heliograph.runtime.link import Link
from heliograph.wire.smpp.events import BindRefused, Bound, Ended, Event, Limits
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import status_name
from heliograph.wire.smpp.pdus import Bind, BindTransceiver, BindTransmitter
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.tlv import SC_INTERFACE_VERSION

LEAVE_SECONDS = 1.0
LONGEST_ERROR = 200
NOT_OPENED = "its password cannot be opened with the keys of this installation"
Answer = Bound | BindRefused


class _Attempt:
    """One connection: `answer` is what the far end said to the bind, or why it said nothing."""

    def __init__(self, upstream: Upstream, bind: Bind) -> None:
        self._loop = asyncio.get_running_loop()
        self._bind = bind
        limits = Limits(
            session_init_seconds=upstream.response_seconds,
            enquire_link_seconds=None,
            response_seconds=upstream.response_seconds,
            silent_version=upstream.interface_version,
        )
        self.session = SmppSession(Side.ESME, self._loop.time(), limits)
        self.answer: asyncio.Future[Answer | str] = self._loop.create_future()
        self.ended = asyncio.Event()
        self.link = Link[Event](self.session, self._heard, self._lost, made=self._made)

    def _made(self) -> None:
        try:
            self.session.bind(self._bind, self._loop.time())
        except ValueError as error:
            self._say(f"the bind cannot be said: {error}")

    def _heard(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Bound | BindRefused):
                self._say(event)
            elif isinstance(event, Ended):
                self._say(f"the session ended: {event.reason.value}")
                self.ended.set()  # over TLS the far end may take its time to hang up
                self.link.close()

    def _lost(self) -> None:
        self._say("the far end closed the connection")
        self.ended.set()

    def _say(self, answer: Answer | str) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    async def leave(self) -> None:
        if self.session.unbind(self._loop.time()):
            self.link.flush_soon()
            try:
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self.ended.wait()
            except TimeoutError:
                pass  # it is hung up on
        self.link.close()


async def try_bind(upstream: Upstream, password: str | None, permits: Permits) -> BindTried:
    loop = asyncio.get_running_loop()
    if password is None:
        return BindTried(False, "bind", 0, error=NOT_OPENED)
    began = loop.time()
    stage, answer = await _ask(upstream, password, permits)
    took_ms = round((loop.time() - began) * 1000)
    if isinstance(answer, str):
        return BindTried(False, stage, took_ms, error=answer[:LONGEST_ERROR])
    response = answer.response
    tlvs = getattr(response, "tlvs", ())
    return BindTried(
        isinstance(answer, Bound),
        "bound" if isinstance(answer, Bound) else "bind",
        took_ms,
        status_name(response.status),
        system_id=getattr(response, "system_id", ""),
        interface_version=SC_INTERFACE_VERSION.of(tlvs),
    )


async def _ask(upstream: Upstream, password: str, permits: Permits) -> tuple[str, Answer | str]:
    """How far it came, and what was said there."""
    kind = BindTransceiver if upstream.bind_mode == "trx" else BindTransmitter
    bind = kind(upstream.system_id, password, upstream.system_type, upstream.interface_version)
    attempt = _Attempt(upstream, bind)
    try:
        await connect(upstream, lambda: attempt.link, permits)
    except NotConnected as why:
        return why.stage, str(why)
    answer = await attempt.answer
    await attempt.leave()
    return "bind", answer
