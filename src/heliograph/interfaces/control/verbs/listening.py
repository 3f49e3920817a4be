"""Listening: the caller becomes an application. It hears SMS from devices and receipts, and acknowledges
each. Ends when the caller leaves.
"""

import asyncio
import itertools
from collections.abc import Iterator

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.interfaces.control.outlet import Listener
from heliograph.interfaces.control.translate import Document, job_document
from heliograph.interfaces.control.verb import Call, Verb


class Listen(Struct, forbid_unknown_fields=True):
    application: str | None = None  # None: the organisation's first
    count: int | None = None  # leave after so many


async def listen(call: Call[Listen]) -> Document | Refusal:
    application = await call.services.application(call.org, call.arguments.application)
    if isinstance(application, Refusal):
        return application
    if application.id in call.services.applications.called:
        return refuse("in_use", "application", f"{application.name} is called at its URL.")
    if application.id in call.services.applications.bound:
        return refuse("in_use", "application", f"{application.name} hears by SMPP.")
    listener = call.services.applications.join(application.id)
    try:
        await call.item({"listening": application.name})
        acknowledging = asyncio.create_task(_acknowledge(call, listener))
        try:
            await _tell(call, listener)
            await acknowledging
        finally:
            acknowledging.cancel()
    finally:
        call.services.applications.leave(application.id, listener)
    return {"count": call.arguments.count}


async def _tell(call: Call[Listen], listener: Listener) -> None:
    for _ in _turns(call.arguments.count):
        await call.item(job_document(await listener.next()))


async def _acknowledge(call: Call[Listen], listener: Listener) -> None:
    for _ in _turns(call.arguments.count):
        reply = await call.channel.reply()
        listener.heard(reply.delivery, reply.accepted)


def _turns(count: int | None) -> Iterator[int]:
    return iter(range(count)) if count is not None else itertools.count()


VERBS = {"listen": Verb(Listen, listen)}
