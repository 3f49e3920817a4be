"""What a command is: a name, the type of its arguments, and a handler. One path runs them all, whether the
request came over the socket or from the same process.

In: a `Request` and a `Channel` for what the handler says on its way. Out: the last frame, answer or error.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.ports import Flow, Full, R
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.control import frames
from heliograph.interfaces.control.frames import Frame, Reply, Request
from heliograph.interfaces.control.services import Services

A = TypeVar("A")
T = TypeVar("T")


class Nothing(Struct, forbid_unknown_fields=True):
    """The arguments of a command that takes none."""


class Channel(Protocol):
    """The way to the caller while a handler works. It ends by cancelling the handler."""

    async def send(self, frame: Frame) -> None: ...
    async def reply(self) -> Reply: ...


class Call(Struct, Generic[A]):
    """One request as its handler sees it."""

    services: Services
    org: int
    arguments: A
    channel: Channel

    async def item(self, value: object) -> None:
        await self.channel.send(frames.item(value))

    async def items(self, values: Sequence[object]) -> dict[str, int]:
        """A whole list; the answer to it."""
        for value in values:
            await self.item(value)
        return {"count": len(values)}

    async def run(self, flow: Flow[R, T], request: R) -> T:
        """What a flow answers to this one request."""
        return (await self.services.store.run(flow, [request]))[0]


class Verb(Struct, frozen=True):
    arguments: type[Struct]
    handle: Callable[[Any], Awaitable[Any]]
    of_organisation: bool = True  # False: it works on the installation, and no organisation need exist


async def run_verb(
    verbs: Mapping[str, Verb], services: Services, request: Request, channel: Channel
) -> Frame:
    """The answer of one request, or its error."""
    verb = verbs.get(request.verb)
    if verb is None:
        return frames.error("unknown_verb", f"This Heliograph knows no command {request.verb!r}.")
    try:
        arguments = msgspec.json.decode(request.arguments, type=verb.arguments)
    except msgspec.MsgspecError as error:
        return frames.error("bad_value", f"{request.verb}: {error}.")
    try:
        org = await _organisation(services, request.org) if verb.of_organisation else 0
        answer = (
            org if isinstance(org, Refusal) else await verb.handle(Call(services, org, arguments, channel))
        )
        return Frame(error=answer) if isinstance(answer, Refusal) else frames.answer(answer)
    except TooSlow as slow:
        return frames.error("too_slow", str(slow) or "This took too long; ask for less.")
    except Full as full:
        return frames.error(str(full), "Heliograph is stopping or its queue is full; nothing was accepted.")


async def _organisation(services: Services, name: str | None) -> int | Refusal:
    organisation = await services.organisation(name)
    return organisation if isinstance(organisation, Refusal) else organisation.id
