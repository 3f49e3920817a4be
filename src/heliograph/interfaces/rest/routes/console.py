"""The third-party console: opened by an identifier and a number, or by a link; then its devices, what was
said, and sending. Its token opens nothing else, and no other token opens it.
"""

from hashlib import sha256
from time import monotonic
from typing import Any

from msgspec.json import Encoder

from heliograph.core.console import MOST_DEVICES, OF_TAG_AN_HOUR, devices_of, reaches
from heliograph.core.device import Device
from heliograph.core.ids import LARGEST_ID
from heliograph.core.message import HOUR_MS
from heliograph.core.news import MessageNews
from heliograph.core.refusal import Refusal
from heliograph.core.security.audit import Actor
from heliograph.flow.reads.browse import NEWEST
from heliograph.interfaces.rest.callers.access import bearer
from heliograph.interfaces.rest.callers.console import Seat
from heliograph.interfaces.rest.following import Place, Record
from heliograph.interfaces.rest.problem import ErrorBody, Problem, error, not_found
from heliograph.interfaces.rest.refusals import OF_CONSOLES, of_refusal
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.console import (
    KIND,
    ConsoleOpened,
    ConsoleSmsBody,
    ConsoleSmsQuery,
    Conversation,
    OpenBody,
    SessionShown,
    SmsAccepted,
    console_sms,
    form_of,
    opened,
    sending,
    session,
)

MOST_BODY = 1 << 14
LOOK_SECONDS = 2.0  # how long a console that is over may still wait
_ENCODE = Encoder().encode


async def open_console(services: Services, call: Call[Nothing, OpenBody]) -> Reply:
    """A token, for whoever knows what opens one."""
    body, door = call.body, services.console.door
    if form_of(body) == "link":
        return reply(opened(await door.by_link(body.link or "", body.pin or "", call.address)))
    identifier, msisdn = body.identifier or "", str(body.msisdn)
    return reply(opened(await door.by_identifier(identifier, msisdn, call.address)))


async def _seat(services: Services, call: Call[Any, Any]) -> Seat:
    return await services.console.door.seat(bearer(call.headers))


async def _device(services: Services, seat: Seat, id: int) -> Device:
    """One of the console's. Any other is unknown."""
    found = await services.console.reader.device(id) if 0 < id <= LARGEST_ID else None
    is_own = found is not None and found.org == seat.org
    if found is None or not is_own or not _is_at(seat, found):
        raise not_found("Device", id)
    return found


def _is_at(seat: Seat, device: Device) -> bool:
    if seat.link is not None:
        return reaches(seat.link, device)
    return seat.device is not None and seat.device.id == device.id


async def _sent(services: Services, seat: Seat) -> int:
    """In the last hour."""
    link = 0 if seat.link is None else seat.link.id
    device = 0 if seat.device is None else seat.device.id
    return await services.console.reader.count_sent(link, device, services.clock.now() - HOUR_MS)


async def show_session(services: Services, call: Call[Nothing, None]) -> Reply:
    seat, reader = await _seat(services, call), services.console.reader
    if seat.link is None:
        devices = [seat.device] if seat.device is not None else []
    elif seat.link.tag:
        devices = await reader.devices_with(seat.org, seat.link.tag, MOST_DEVICES + 1)
    else:
        devices = await reader.devices(seat.org, devices_of(seat.link))
    return reply(session(seat, devices, await _sent(services, seat)))


async def _said(services: Services, seat: Seat, device: Device, most: int) -> Conversation:
    link = 0 if seat.link is None else seat.link.id
    rows = await services.console.reader.conversation(seat.org, link, device.id, seat.since, NEWEST, most)
    shown = [console_sms(message, label) for message, label in rows]
    return Conversation(sha256(_ENCODE(shown)).hexdigest()[:32], shown)


async def list_sms(services: Services, call: Call[ConsoleSmsQuery, None]) -> Reply:
    """At once; or, for a client that has this version already, when there is another."""
    seat, query = await _seat(services, call), call.query
    device = await _device(services, seat, call.path["device"])
    said = await _said(services, seat, device, query.per_page)
    if not query.wait or said.version != query.known:
        return reply(said)
    if not services.following.has_room(seat.org):
        raise Problem(503, error(1500, "Too many follow already"), ((b"retry-after", b"30"),))
    with services.console.waiting.one(seat):
        return reply(await _other_version(services, call, seat, device))


async def _other_version(
    services: Services, call: Call[ConsoleSmsQuery, None], seat: Seat, device: Device
) -> Conversation:
    """It is looked at when something is told of the device, and now and then: whoever was let out meanwhile
    hears nothing more, and a commit that was under way when nobody followed yet is told to nobody.
    """
    following, ends_at = services.following, monotonic() + call.query.wait
    record = following.join(seat.org)
    try:
        at, looked_at = record.last, monotonic()
        said = await _said(services, seat, device, call.query.per_page)
        while said.version == call.query.known and monotonic() < ends_at and not following.is_over:
            await record.wait(max(0.0, min(looked_at + LOOK_SECONDS, ends_at) - monotonic()))
            is_told, at = _news_of(device.id, record, at)
            if is_told or monotonic() >= min(looked_at + LOOK_SECONDS, ends_at):
                looked_at = monotonic()
                seat = await _seat(services, call)
                device = await _device(services, seat, device.id)
                said = await _said(services, seat, device, call.query.per_page)
        return said
    finally:
        following.leave(seat.org)


def _news_of(device: int, record: Record, at: int) -> tuple[bool, int]:
    """Was anything told of it since, and where to look on."""
    if not record.knows(Place(record.of, at)):
        return True, record.last
    is_told = False
    while found := record.after(at):
        at += len(found)
        is_told |= any(isinstance(one, MessageNews) and device in (one.device, one.origin) for one in found)
    return is_told, at


async def send(services: Services, call: Call[Nothing, ConsoleSmsBody]) -> Reply:
    """201 after the commit, under the console's name."""
    seat = await _seat(services, call)
    device = await _device(services, seat, call.path["device"])
    request = sending(call.body, seat, device.id)
    actor = Actor(seat.name, call.address)
    (answer,) = await services.store.run(services.console.send, [request], actor)
    if isinstance(answer, Refusal):
        raise of_refusal(answer, OF_CONSOLES, **call.path)
    link = seat.link
    left = (OF_TAG_AN_HOUR if link is None else link.rate) - await _sent(services, seat)
    made = SmsAccepted(answer.id, answer.segments, max(0, left))
    return created(call, f"/v1/console/device/{device.id}/sms", made)


_OVER = Answer("No console token, or its console is over.", ErrorBody)
_NONE = Answer("The console has no such device.", ErrorBody)
SECTION = "Third-party console"
_SMS = "/v1/console/device/{device}/sms"
ROUTES = (
    Route(
        "POST",
        "/v1/console/open",
        open_console,
        "Open the console of a device by its identifier and MSISDN, or by a link",
        {
            200: Answer("A token for this console alone.", ConsoleOpened),
            401: Answer("This opens none; whatever is wrong with it.", ErrorBody),
            422: Answer("Neither of the two forms.", ErrorBody),
        },
        body=OpenBody,
        most_body=MOST_BODY,
        kind=KIND,
        section=SECTION,
        audited=False,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/console/session",
        show_session,
        "What this console may do",
        {200: Answer("Its devices and commands.", SessionShown), 401: _OVER},
        section=SECTION,
        ours=True,
        console=True,
    ),
    Route(
        "GET",
        _SMS,
        list_sms,
        "What was said at this console, newest first; with `wait`, as soon as there is more than is `known`",
        {200: Answer("The newest.", Conversation), 401: _OVER, 404: _NONE},
        query=ConsoleSmsQuery,
        section=SECTION,
        ours=True,
        console=True,
    ),
    Route(
        "POST",
        _SMS,
        send,
        "Send an SMS from this console",
        {
            201: Answer("Accepted and safe on disk.", SmsAccepted),
            401: _OVER,
            403: Answer("The console does not allow this.", ErrorBody),
            404: _NONE,
            422: Answer("Refused, or not well formed.", ErrorBody),
        },
        body=ConsoleSmsBody,
        most_body=MOST_BODY,
        kind=KIND,
        section=SECTION,
        audited=False,
        ours=True,
        console=True,
    ),
)
