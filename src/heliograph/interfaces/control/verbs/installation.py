"""The commands about this installation: how it is, and a copy of its store."""

import os
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from heliograph import __version__
from heliograph.core.refusal import Refusal
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Nothing, Verb


class Backup(Struct, forbid_unknown_fields=True):
    folder: str


async def status(call: Call[Nothing]) -> Document:
    services = call.services
    return {
        "version": __version__,
        "pid": os.getpid(),
        "now": services.clock.now(),
        "store": asdict(await services.browse.facts()),
        "counters": services.counters(),
        "listens": services.listens(),
    }


async def backup(call: Call[Backup]) -> Document | Refusal:
    return await call.services.backup(Path(call.arguments.folder))


VERBS = {
    "status": Verb(Nothing, status, of_organisation=False),
    "backup": Verb(Backup, backup, of_organisation=False),
}
