"""One SMS by its id alone: for whoever has no endpoint to name, and for SMS to phones outside the fleet."""

from typing import Any

from heliograph.flow.reads.sms import Sms
from heliograph.flow.requests import Cancel
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.refusals import OF_SMS, answered, asked
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sms_pdu import PduOfSms, pdus
from heliograph.interfaces.rest.translate.sms_shown import SmsObject, StepShown, sms_object, story


async def _one(services: Services, call: Call[Any, Any]) -> Sms:
    return answered(await services.sms.browse.by_id(call.caller.org, call.path["sms"]), call, OF_SMS)


async def show(services: Services, call: Call[Any, Any]) -> Reply:
    return reply(sms_object(await _one(services, call)))


async def cancel(services: Services, call: Call[Nothing, None]) -> Reply:
    """The SMS as it now stands."""
    request = Cancel(call.caller.org, call.path["sms"], call.caller.name)
    await asked(services.store, services.sms.cancel, request, call, OF_SMS)
    return await show(services, call)


async def timeline(services: Services, call: Call[Nothing, None]) -> Reply:
    found = await services.browse.explain(call.caller.org, call.path["sms"], services.clock.now())
    return reply(story(answered(found, call, OF_SMS)))


async def tpdus(services: Services, call: Call[Nothing, None]) -> Reply:
    """As its endpoint has it; as a phone outside the fleet gets it."""
    sms = await _one(services, call)
    return reply(pdus(sms.message, sms.end or 0))


_ONE = "/v1/sms/{sms}"
_GONE = Answer("There is no such SMS.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        _ONE,
        show,
        "One SMS, whoever it goes to",
        {200: Answer("The SMS.", SmsObject), 404: _GONE},
        scope="sms:read",
        section="SMS",
        etag=True,
        ours=True,
    ),
    Route(
        "DELETE",
        _ONE,
        cancel,
        "Cancel an SMS, whoever it goes to",
        {
            200: Answer("The SMS, now CANCELED.", SmsObject),
            404: _GONE,
            409: Answer("It is final or under way.", ErrorBody),
        },
        scope="sms:send",
        audited=False,
        section="SMS",
        ours=True,
    ),
    Route(
        "GET",
        f"{_ONE}/timeline",
        timeline,
        "What happened to an SMS, whoever it goes to, and what it waits for",
        {200: Answer("Its steps, oldest first.", list[StepShown]), 404: _GONE},
        scope="sms:read",
        section="SMS",
        ours=True,
    ),
    Route(
        "GET",
        f"{_ONE}/pdu",
        tpdus,
        "An SMS as its TPDUs, decoded field by field, whoever it goes to",
        {
            200: Answer("One for each segment; none once retention removed the text.", list[PduOfSms]),
            404: _GONE,
        },
        scope="sms:read",
        section="SMS",
        ours=True,
    ),
)
