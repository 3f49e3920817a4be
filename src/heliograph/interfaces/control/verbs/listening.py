"""Listening: the caller becomes an application. It hears SMS from devices and receipts, and acknowledges
each. Ends when the caller leaves.
"""

import asyncio
from typing import NoReturn

from msgspec import Struct

from heliograph.core.refusal import Refusal
from heliograph.interfaces.control.outlet import Listener
from heliograph.interfaces.control.translate import job_document
from heliograph.interfaces.control.verb import Call, Verb


class Listen(Struct, forbid_unknown_fields=True):
    application: str | None = None  # None: the organisation's first


async def listen(call: Call[Listen]) -> Refusal:
    application = await call.services.application(call.org, call.arguments.application)
    if isinstance(application, Refusal):
        return application
    await call.item({"listening": application.name})
    listener = call.services.applications.join(application.id)
    acknowledging = asyncio.create_task(_acknowledge(call, listener))
    try:
        while True:
            await call.item(job_document(await listener.next()))
    finally:
        acknowledging.cancel()
        call.services.applications.leave(application.id, listener)


async def _acknowledge(call: Call[Listen], listener: Listener) -> NoReturn:
    while True:
        reply = await call.channel.reply()
        listener.heard(reply.delivery, reply.accepted)


VERBS = {"listen": Verb(Listen, listen)}
