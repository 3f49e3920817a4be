"""Services of a service profile, and their monthly limits; and what there is to choose from."""

from typing import Any

from heliograph.flow.manage.requests import SetLimit, SwitchService
from heliograph.interfaces.rest.problem import ErrorBody, not_found, out_of_range
from heliograph.interfaces.rest.refusals import OF_PROFILE_SERVICES, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.routes.profiles import SECTION
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.limits import (
    LIMITED,
    NAMES,
    OURS,
    LimitBody,
    LimitShown,
    ServiceShown,
    limits,
    shown_limit,
    shown_service,
    volume_of,
)

LIMIT = "TrafficLimit"


async def list_services(_: Services, __: Call[Nothing, None]) -> Reply:
    return reply([shown_service(id) for id in NAMES])


async def list_limits(services: Services, call: Call[Nothing, None]) -> Reply:
    policies = await services.policies.reader.policies(call.caller.org)
    return reply([limit for id in NAMES for limit in limits(id, policies)])


async def list_limits_of_service(services: Services, call: Call[Nothing, None]) -> Reply:
    service = _service(call)
    return reply(limits(service, await services.policies.reader.policies(call.caller.org)))


async def make_limit(_: Services, call: Call[Nothing, LimitBody]) -> Reply:
    """Every volume has its id already; this tells it."""
    service = call.body.service_id
    if service not in LIMITED:
        raise out_of_range(LIMIT, "service", f"must be one of {', '.join(map(str, LIMITED))}")
    limit = shown_limit(service, call.body.volume)
    return created(call, f"/v1/traffic_limit/{limit.id}", limit)


async def add_service(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _switch(services, call, True)


async def remove_service(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _switch(services, call, False)


async def _switch(services: Services, call: Call[Nothing, None], on: bool) -> Reply:
    request = SwitchService(call.caller.org, call.path["profile"], OURS[_service(call)], on)
    await asked(services.store, services.policies.services, request, call, OF_PROFILE_SERVICES)
    return DONE


async def attach_limit(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _limit(services, call, True)


async def detach_limit(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _limit(services, call, False)


async def _limit(services: Services, call: Call[Nothing, None], attach: bool) -> Reply:
    """200 with the limit: an empty 200 breaks the contract's SDK."""
    service, limit = _service(call), call.path["limit"]
    volume = volume_of(limit, service)
    if volume is None:
        raise not_found("Traffic Limit", limit)
    org, profile, ours = call.caller.org, call.path["profile"], OURS[service]
    request = SetLimit(org, profile, ours, volume)
    if not attach:
        request = SetLimit(org, profile, ours, None, instead_of=volume)
    await asked(services.store, services.policies.services, request, call, OF_PROFILE_SERVICES)
    return reply(shown_limit(service, volume))


def _service(call: Call[Any, Any]) -> int:
    id: int = call.path["service"]
    if id not in NAMES:
        raise not_found("Service", id)
    return id


UNKNOWN = Answer("There is no such service profile, service or limit.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/service",
        list_services,
        "The services that there are",
        {200: Answer("All of them.", list[ServiceShown])},
        scope="policy:read",
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/traffic_limit",
        list_limits,
        "Monthly limits to choose from: the usual ones, and those in use",
        {200: Answer("All of them.", list[LimitShown])},
        scope="policy:read",
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/traffic_limit",
        make_limit,
        "The id of a monthly limit of any volume",
        {
            201: Answer("It can be attached to a service profile.", LimitShown),
            422: Answer("Not well formed, or out of range.", ErrorBody),
        },
        scope="policy:write",
        body=LimitBody,
        kind=LIMIT,
        section=SECTION,
        audited=False,
    ),
    Route(
        "GET",
        "/v1/service/{service}/traffic_limit",
        list_limits_of_service,
        "Monthly limits to choose from for one service",
        {200: Answer("All of them.", list[LimitShown]), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
    ),
    Route(
        "PUT",
        "/v1/service_profile/{profile}/service/{service}",
        add_service,
        "Put a service into a service profile; 6 and 32 switch SMS to and from devices on",
        {204: Answer("It is in."), 404: UNKNOWN, 409: Answer("It is in already.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/service_profile/{profile}/service/{service}",
        remove_service,
        "Take a service out of a service profile",
        {204: Answer("It is out."), 404: UNKNOWN, 409: Answer("A limit is attached to it.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
    ),
    Route(
        "PUT",
        "/v1/service_profile/{profile}/service/{service}/traffic_limit/{limit}",
        attach_limit,
        "Attach a monthly limit to a service; it takes the place of the one before",
        {200: Answer("The limit, in force from now on.", LimitShown), 404: UNKNOWN},
        scope="policy:write",
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/service_profile/{profile}/service/{service}/traffic_limit/{limit}",
        detach_limit,
        "Take a monthly limit off a service",
        {200: Answer("The limit that it was.", LimitShown), 404: UNKNOWN},
        scope="policy:write",
        section=SECTION,
    ),
)
