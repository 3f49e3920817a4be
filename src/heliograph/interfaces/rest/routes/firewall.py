"""Firewalls of service profiles and endpoints, endpoints that are held, and drafts: what if?"""

from typing import Any

from heliograph.core.device import Device
from heliograph.core.firewall.rules import Rules
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.firewall import ReleaseHold, SetFirewall
from heliograph.flow.ports import A, Flow, R
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_FIREWALLS, answered, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.firewall import (
    DRAFT,
    DraftBody,
    HoldShown,
    TriedShown,
    question,
    shown_hold,
    shown_trial,
)

KIND = "Firewall"
PROFILE, ENDPOINT = "Service Profile", "Endpoint"
SECTION = "Firewall"


async def show_profile_firewall(services: Services, call: Call[Nothing, None]) -> Reply:
    policy = await _policy(services, call)
    return reply(await services.firewall.reader.rules(policy.org, policy.firewall))


async def set_profile_firewall(services: Services, call: Call[Nothing, Rules]) -> Reply:
    request = SetFirewall(call.caller.org, Policy, call.path["profile"], call.body)
    rules: Rules = await _asked(services, call, services.firewall.set, request)
    return reply(rules)


async def show_endpoint_firewall(services: Services, call: Call[Nothing, None]) -> Reply:
    device = await _device(services, call)
    return reply(await services.firewall.reader.rules(device.org, device.firewall))


async def set_endpoint_firewall(services: Services, call: Call[Nothing, Rules]) -> Reply:
    request = SetFirewall(call.caller.org, Device, call.path["endpoint"], call.body)
    rules: Rules = await _asked(services, call, services.firewall.set, request)
    return reply(rules)


async def show_hold(services: Services, call: Call[Nothing, None]) -> Reply:
    device, reader = await _device(services, call), services.firewall.reader
    policy = await reader.owner(Policy, device.org, device.policy)
    sets = [owner.firewall for owner in (policy, device) if owner is not None and owner.firewall]
    judges = any([(await reader.rules(device.org, one)).anomaly is not None for one in sets])
    watch = await reader.watch(device.org, device.id)
    return reply(shown_hold(watch, judges, services.clock.now()))


async def release_hold(services: Services, call: Call[Nothing, None]) -> Reply:
    await _asked(
        services, call, services.firewall.release, ReleaseHold(call.caller.org, call.path["endpoint"])
    )
    return DONE


async def simulate(services: Services, call: Call[Nothing, DraftBody]) -> Reply:
    """Nothing of the draft is in force, and nothing is kept of it."""
    policy = await _policy(services, call)
    tried = await services.firewall.what_if.ask(question(policy, call.body))
    return reply(shown_trial(answered(tried, call, OF_FIREWALLS), call.body.draft))


async def _policy(services: Services, call: Call[Any, Any]) -> Policy:
    id = call.path["profile"]
    found = await services.firewall.reader.owner(Policy, call.caller.org, id)
    if not isinstance(found, Policy):
        raise not_found(PROFILE, id)
    return found


async def _device(services: Services, call: Call[Any, Any]) -> Device:
    id = call.path["endpoint"]
    found = await services.firewall.reader.owner(Device, call.caller.org, id)
    if not isinstance(found, Device):
        raise not_found(ENDPOINT, id)
    return found


async def _asked(services: Services, call: Call[Any, Any], flow: Flow[R, A | Refusal], request: R) -> A:
    return await asked(services.store, flow, request, call, OF_FIREWALLS)


UNKNOWN = Answer("There is no such one.", ErrorBody)
BAD = Answer("Not well formed, or out of its bounds.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/service_profile/{profile}/firewall",
        show_profile_firewall,
        "The rules of a service profile",
        {200: Answer("The rules; none is an empty object.", Rules), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "PUT",
        "/v1/service_profile/{profile}/firewall",
        set_profile_firewall,
        "Set all rules of a service profile; they are in force at once",
        {200: Answer("The rules as they are now.", Rules), 404: UNKNOWN, 422: BAD},
        scope="policy:write",
        body=Rules,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/endpoint/{endpoint}/firewall",
        show_endpoint_firewall,
        "The rules of one endpoint's own",
        {200: Answer("The rules; none is an empty object.", Rules), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "PUT",
        "/v1/endpoint/{endpoint}/firewall",
        set_endpoint_firewall,
        "Set all rules of one endpoint's own; its service profile's hold beside them",
        {200: Answer("The rules as they are now.", Rules), 404: UNKNOWN, 422: BAD},
        scope="policy:write",
        body=Rules,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/endpoint/{endpoint}/firewall/hold",
        show_hold,
        "Whether an endpoint is held for an anomaly",
        {200: Answer("What is known of it.", HoldShown), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        ours=True,
        etag=True,
    ),
    Route(
        "DELETE",
        "/v1/endpoint/{endpoint}/firewall/hold",
        release_hold,
        "Release an endpoint that is held",
        {204: Answer("Released."), 404: UNKNOWN, 409: Answer("It is not held.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/service_profile/{profile}/simulate",
        simulate,
        "What if: try a draft on the stored traffic of a period",
        {
            200: Answer("What the draft would change.", TriedShown),
            404: UNKNOWN,
            422: BAD,
            503: Answer("Other drafts are being tried.", ErrorBody),
        },
        scope="policy:read",
        body=DraftBody,
        kind=DRAFT,
        section=SECTION,
        audited=False,
        ours=True,
    ),
)
