"""The commands about the keys that seal secrets."""

from heliograph.core.refusal import Refusal
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Nothing, Verb


async def show(call: Call[Nothing]) -> Document:
    return await call.services.keys.show(call.services.store)


async def rotate(call: Call[Nothing]) -> Document | Refusal:
    return await call.services.keys.rotate(call.services.store)


async def prune(call: Call[Nothing]) -> Document | Refusal:
    return await call.services.keys.prune(call.services.store)


VERBS = {
    "key.show": Verb(Nothing, show, of_organisation=False),
    "key.rotate": Verb(Nothing, rotate, of_organisation=False),
    "key.prune": Verb(Nothing, prune, of_organisation=False),
}
