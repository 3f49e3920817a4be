"""SMS quotas of devices. They count while the device's service profile asks for them (`apply_sms_quota`)."""

from typing import Any

from heliograph.core.device import Quota
from heliograph.flow.manage.quotas import QuotaRequest
from heliograph.flow.manage.requests import DeleteQuota
from heliograph.interfaces.rest.problem import ErrorBody, Problem, no_reference, problem
from heliograph.interfaces.rest.refusals import OF_QUOTAS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.quotas import KIND, QuotaBody, QuotaShown, quota_wish, shown_quota

PATH = "/v1/endpoint/{endpoint}/quota/sms"
SECTION = "Quotas"


async def show_quota(services: Services, call: Call[Nothing, None]) -> Reply:
    device = call.path["endpoint"]
    is_there, quota = await services.policies.reader.quota(call.caller.org, device)
    if not is_there:
        raise no_reference("Endpoint", device)
    if quota is None:
        raise _no_quota(device)
    return reply(shown_quota(quota, services.clock.now()))


async def set_quota(services: Services, call: Call[Nothing, QuotaBody]) -> Reply:
    """In place of the one before: who wants to top up reads what is left, and adds."""
    device = call.path["endpoint"]
    quota = await _asked(services, call, quota_wish(call.body, call.caller.org, device))
    return created(call, f"/v1/endpoint/{device}/quota/sms", shown_quota(quota, services.clock.now()))


async def delete_quota(services: Services, call: Call[Nothing, None]) -> Reply:
    device = call.path["endpoint"]
    await _asked(services, call, DeleteQuota(call.caller.org, device))
    return DONE


async def _asked(services: Services, call: Call[Any, Any], request: QuotaRequest) -> Quota:
    return await asked(services.store, services.policies.quotas, request, call, OF_QUOTAS)


def _no_quota(device: int) -> Problem:
    return problem(404, 1201, f"SMS Quota of Endpoint with id {device} not found")


UNKNOWN = Answer("There is no such endpoint, or it has no quota.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        PATH,
        show_quota,
        "The SMS quota of a device, with what is left",
        {200: Answer("The quota.", QuotaShown), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "POST",
        PATH,
        set_quota,
        "Give a device an SMS quota, in place of the one that it has",
        {
            201: Answer("The quota, in force from now on.", QuotaShown),
            404: Answer("There is no such endpoint.", ErrorBody),
            422: Answer("Not well formed, or out of range.", ErrorBody),
        },
        scope="policy:write",
        body=QuotaBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "DELETE",
        PATH,
        delete_quota,
        "Take the SMS quota of a device away",
        {204: Answer("It is gone."), 404: UNKNOWN},
        scope="policy:write",
        section=SECTION,
    ),
)
