"""SMS of a device (§4): sent, simulated, listed, shown, changed, canceled, explained."""

from collections.abc import AsyncIterator
from typing import Any

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal
from heliograph.core.security.audit import Actor, SimulatedSms
from heliograph.flow.manage.simulated import NoteSimulated
from heliograph.flow.once import Told
from heliograph.flow.reads.sms import Sms
from heliograph.flow.requests import Cancel, Received, Submitted
from heliograph.interfaces.rest.paging import ListQuery, listed, page_of
from heliograph.interfaces.rest.problem import ErrorBody, Problem
from heliograph.interfaces.rest.refusals import OF_SMS, answered, asked, of_refusal
from heliograph.interfaces.rest.repeats import REPLAYED, told
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, Stream, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sms import KIND, SmsBody, inbound, is_simulated, submission
from heliograph.interfaces.rest.translate.sms_changes import SmsChange, change
from heliograph.interfaces.rest.translate.sms_pdu import PduOfSms, pdus
from heliograph.interfaces.rest.translate.sms_shown import SmsObject, StepShown, sms_object, story

MOST_LISTED = 10_000  # without paging
MOST_COUNTED = 1_000_000
PIECE = 100  # objects that are written at a time, so that a long list holds nothing up
_ENCODE = Encoder().encode
_MORE = (b"x-more", b"true")
KEPT = Reply(202)  # a segment of a longer SMS, which is none yet
_JSON = (b"content-type", b"application/json")


class SmsListQuery(Struct, frozen=True):
    """Either switches paging on."""

    page: int | None = None
    per_page: int | None = None


async def send(services: Services, call: Call[Nothing, SmsBody]) -> Reply:
    """201 after the commit."""
    if is_simulated(call.body):
        return await _simulate(services, call)
    request = submission(call.body, call.caller, call.path["endpoint"])
    answer = await told(services.store, call, services.submit, services.sms.submit_once, request)
    return _created(call, answer)


async def _simulate(services: Services, call: Call[Nothing, SmsBody]) -> Reply:
    device = await _device(services, call)
    request = inbound(call.body, device)
    answer = await told(services.store, call, services.sms.receive, services.sms.receive_once, request)
    made = _created(call, answer)
    if not answer.replayed:
        noted = NoteSimulated(None, SimulatedSms(device.id, device.org, request.destination))
        by = Actor(call.caller.name, call.address)
        await services.store.run(services.simulator.note, [noted], by)
    return made


def _created(call: Call[Nothing, SmsBody], told: Told[Submitted] | Told[Received]) -> Reply:
    answer = told.answer
    if isinstance(answer, Refusal):
        found = of_refusal(answer, OF_SMS, **call.path)
        raise Problem(found.status, found.body, found.headers + (REPLAYED if told.replayed else ()))
    id = answer.id if isinstance(answer, Submitted) else answer.message
    made = KEPT if id is None else created(call, f"/v1/endpoint/{call.path['endpoint']}/sms/{id}")
    return replace(made, headers=made.headers + REPLAYED) if told.replayed else made


async def _device(services: Services, call: Call[Any, Any]) -> Device:
    found = await services.sms.browse.device(call.caller.org, call.path["endpoint"])
    return answered(found, call, OF_SMS)


async def _one(services: Services, call: Call[Any, Any]) -> Sms:
    found = await services.sms.browse.one(call.caller.org, call.path["endpoint"], call.path["sms"])
    return answered(found, call, OF_SMS)


async def list_sms(services: Services, call: Call[SmsListQuery, None]) -> Reply | Stream:
    """Without paging, the newest of them as a stream; a header says when there are more."""
    device = await _device(services, call)
    if call.query.page is not None or call.query.per_page is not None:
        return await _page(services, call, device)
    is_more = await services.sms.browse.count(device, MOST_LISTED + 1) > MOST_LISTED
    return Stream(200, _written(services, device), (_JSON, _MORE) if is_more else (_JSON,))


async def _page(services: Services, call: Call[SmsListQuery, None], device: Device) -> Reply:
    total = await services.sms.browse.count(device, MOST_COUNTED)
    query = ListQuery(page=call.query.page or 1, per_page=call.query.per_page or 0)
    page = page_of(query, total, cut=total >= MOST_COUNTED)
    rows = await services.sms.browse.page(device, page.offset, page.per_page)
    return listed(call, [sms_object(sms) for sms in rows], page)


async def _written(services: Services, device: Device) -> AsyncIterator[bytes]:
    before = b"["
    async for rows in services.sms.browse.newest(device, MOST_LISTED, PIECE):
        yield before + b",".join([_ENCODE(sms_object(sms)) for sms in rows])
        before = b","
    yield b"]" if before == b"," else b"[]"


async def show(services: Services, call: Call[Any, Any]) -> Reply:
    return reply(sms_object(await _one(services, call)))


async def cancel(services: Services, call: Call[Nothing, None]) -> Reply:
    """The SMS as it now stands."""
    await _one(services, call)
    request = Cancel(call.caller.org, call.path["sms"], call.caller.name)
    await asked(services.store, services.sms.cancel, request, call, OF_SMS)
    return await show(services, call)


async def edit(services: Services, call: Call[Nothing, SmsChange]) -> Reply:
    request = change(call.body, call.caller, call.path["sms"])
    await _one(services, call)
    await asked(services.store, services.sms.change, request, call, OF_SMS)
    return await show(services, call)


async def timeline(services: Services, call: Call[Nothing, None]) -> Reply:
    await _one(services, call)
    found = await services.browse.explain(call.caller.org, call.path["sms"], services.clock.now())
    return reply(story(answered(found, call, OF_SMS)))


async def tpdus(services: Services, call: Call[Nothing, None]) -> Reply:
    sms = await _one(services, call)
    return reply(pdus(sms.message, call.path["endpoint"]))


_OF_DEVICE = "/v1/endpoint/{endpoint}/sms"
_ONE = "/v1/endpoint/{endpoint}/sms/{sms}"
_GONE = Answer("There is no such endpoint, or no such SMS of it.", ErrorBody)
_FINAL = Answer("It is final, under way, or was tried already.", ErrorBody)
_REFUSED = Answer("Refused, or not well formed.", ErrorBody)
ROUTES = (
    Route(
        "POST",
        _OF_DEVICE,
        send,
        "Send an SMS to a device, or with dest_address simulate one from it",
        {
            201: Answer("Accepted and safe on disk. Location names it."),
            202: Answer("A simulated segment of a longer SMS, kept until the others are here."),
            404: Answer("There is no such endpoint.", ErrorBody),
            422: _REFUSED,
        },
        scope="sms:send",
        audited=False,
        repeats=True,
        body=SmsBody,
        kind=KIND,
        section="SMS",
    ),
    Route(
        "GET",
        _OF_DEVICE,
        list_sms,
        "SMS to and from a device, newest first",
        {200: Answer("All of them, or a page.", list[SmsObject]), 404: _GONE},
        scope="sms:read",
        query=SmsListQuery,
        section="SMS",
    ),
    Route(
        "GET",
        _ONE,
        show,
        "One SMS",
        {200: Answer("The SMS.", SmsObject), 404: _GONE},
        scope="sms:read",
        section="SMS",
        etag=True,
    ),
    Route(
        "PATCH",
        _ONE,
        edit,
        "Change an SMS that was never tried",
        {200: Answer("The SMS as it now stands.", SmsObject), 404: _GONE, 409: _FINAL, 422: _REFUSED},
        scope="sms:send",
        audited=False,
        body=SmsChange,
        kind=KIND,
        section="SMS",
        ours=True,
    ),
    Route(
        "DELETE",
        _ONE,
        cancel,
        "Cancel an SMS",
        {200: Answer("The SMS, now CANCELED.", SmsObject), 404: _GONE, 409: _FINAL},
        scope="sms:send",
        audited=False,
        section="SMS",
    ),
    Route(
        "GET",
        f"{_ONE}/timeline",
        timeline,
        "What happened to an SMS, and what it waits for",
        {200: Answer("Its steps, oldest first.", list[StepShown]), 404: _GONE},
        scope="sms:read",
        section="SMS",
        ours=True,
    ),
    Route(
        "GET",
        f"{_ONE}/pdu",
        tpdus,
        "An SMS as its TPDUs, decoded field by field",
        {
            200: Answer("One for each segment; none once retention removed the text.", list[PduOfSms]),
            404: _GONE,
        },
        scope="sms:read",
        section="SMS",
        ours=True,
    ),
)
