"""The commands about messages: send, wait, list, explain, cancel, change."""

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.message import FINAL, Direction, State
from heliograph.core.refusal import Refusal
from heliograph.flow.requests import DEFAULT_VALIDITY_SECONDS, Cancel, Change, Submission, Submitted
from heliograph.flow.shown import MessageFilter, MessageShown
from heliograph.interfaces.control.translate import (
    Coding,
    Document,
    Moment,
    content_of,
    known_id,
    message_document,
    named,
)
from heliograph.interfaces.control.verb import Call, Verb

SENDER = "operator"  # whoever may read the data folder
FIRST_LOOK_SECONDS = 0.02
LONGEST_LOOK_SECONDS = 0.5


class Send(Coding, forbid_unknown_fields=True, kw_only=True):
    device: str
    text: str | None = None
    binary: str | None = None
    source: str = ""
    validity_seconds: int = DEFAULT_VALIDITY_SECONDS
    not_before: Moment | None = None
    priority: int = 0
    replace_key: str | None = None
    receipt: bool = False
    once: bool = False


class OfMessage(Struct, forbid_unknown_fields=True):
    message: int

    def __post_init__(self) -> None:
        self.message = known_id(self.message)


class List(Struct, forbid_unknown_fields=True):
    device: str | None = None
    state: str | None = None
    direction: str | None = None
    since: Moment | None = None
    text: str | None = None
    limit: int = 50


class ChangeMessage(OfMessage, forbid_unknown_fields=True):
    text: str | None = None
    not_before: Moment | None = None
    validity_seconds: int | None = None
    priority: int | None = None


async def send(call: Call[Send]) -> Document | Refusal:
    wish, services = call.arguments, call.services
    content = content_of(wish.text, wish.binary, wish)
    if isinstance(content, Refusal):
        return content
    device = await services.browse.device(call.org, wish.device)
    if isinstance(device, Refusal):
        return device
    receipt_to = None
    if wish.receipt:
        application = await services.application(call.org, None)
        if isinstance(application, Refusal):
            return application
        receipt_to = application.id
    submission = Submission(
        org=call.org,
        device=device.id,
        content=content,
        sender=SENDER,
        source=wish.source,
        validity_seconds=wish.validity_seconds,
        not_before=wish.not_before,
        priority=wish.priority,
        replace_key=wish.replace_key,
        receipt_to=receipt_to,
        at_most_once=wish.once,
    )
    answer = await call.run(services.flows.submit, submission)
    if isinstance(answer, Refusal):
        return answer
    return {**_submitted(answer), "device": device.id, "device_name": device.name}


def _submitted(answer: Submitted) -> Document:
    return {"id": answer.id, "state": State(answer.state).name, "segments": answer.segments}


async def wait(call: Call[OfMessage]) -> Document | Refusal:
    """Says each state on the way; answers with the final one."""
    pause_seconds, said = FIRST_LOOK_SECONDS, None
    while True:
        message = await call.services.browse.message(call.org, call.arguments.message)
        if isinstance(message, Refusal):
            return message
        if State[message.state] in FINAL:
            return message_document(message)
        seen = (message.state, message.attempts)
        if seen != said:
            await call.item({"state": message.state, "attempts": message.attempts})
            said, pause_seconds = seen, FIRST_LOOK_SECONDS
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 1.5, LONGEST_LOOK_SECONDS)


async def list_messages(call: Call[List]) -> Document | Refusal:
    wanted = await _filter(call)
    if isinstance(wanted, Refusal):
        return wanted
    count, mark = 0, None
    while count < call.arguments.limit:
        page = await call.services.browse.messages(call.org, wanted, mark, call.arguments.limit - count)
        if isinstance(page, Refusal):
            return page
        names = await _names(call, page.items)
        for message in page.items:
            ends = {
                "device_name": names.get(message.device or 0),
                "origin_name": names.get(message.origin or 0),
            }
            await call.item({**message_document(message), **ends})
        count, mark = count + len(page.items), page.next
        if mark is None:
            break
    return {"count": count}


async def _names(call: Call[List], messages: Sequence[MessageShown]) -> dict[int, str]:
    ids = {id for message in messages for id in (message.device, message.origin) if id is not None}
    return await call.services.device_names(call.org, sorted(ids))


async def _filter(call: Call[List]) -> MessageFilter | Refusal:
    wish, device = call.arguments, None
    if wish.device is not None:
        found = await call.services.browse.device(call.org, wish.device)
        if isinstance(found, Refusal):
            return found
        device = found.id
    state = named(State, "state", wish.state)
    direction = named(Direction, "direction", wish.direction)
    if isinstance(state, Refusal):
        return state
    if isinstance(direction, Refusal):
        return direction
    return MessageFilter(device, state, direction, wish.since, wish.text)


async def explain(call: Call[OfMessage]) -> Document | Refusal:
    services = call.services
    told = await services.browse.explain(call.org, call.arguments.message, services.clock.now())
    if isinstance(told, Refusal):
        return told
    names = {
        "device_name": told.device_name,
        "origin_name": told.origin_name,
        "application_name": told.application_name,
    }
    return {**message_document(told.message), **names, "story": told.story}


async def cancel(call: Call[OfMessage]) -> Document | Refusal:
    request = Cancel(call.org, call.arguments.message, SENDER)
    answer = await call.run(call.services.flows.cancel, request)
    return answer if isinstance(answer, Refusal) else _submitted(answer)


async def change(call: Call[ChangeMessage]) -> Document | Refusal:
    wish = call.arguments
    content = None
    if wish.text is not None:
        made = content_of(wish.text, None)
        if isinstance(made, Refusal):
            return made
        content = made
    request = Change(
        call.org, wish.message, SENDER, content, wish.not_before, wish.validity_seconds, wish.priority
    )
    answer = await call.run(call.services.flows.change, request)
    return answer if isinstance(answer, Refusal) else _submitted(answer)


VERBS = {
    "message.send": Verb(Send, send),
    "message.wait": Verb(OfMessage, wait),
    "message.list": Verb(List, list_messages),
    "message.explain": Verb(OfMessage, explain),
    "message.cancel": Verb(OfMessage, cancel),
    "message.change": Verb(ChangeMessage, change),
}
