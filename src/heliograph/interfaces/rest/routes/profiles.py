"""Service profiles: our policies. Their services and limits are in `profile_services`."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.requests import DeletePolicy, NewPolicy, PolicyWish, SetPolicy
from heliograph.flow.ports import Flow, R
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_PROFILES, asked, of_refusal
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.routes.feed_consumers import consumers_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.profiles import (
    KIND,
    NewProfile,
    ProfileChange,
    ProfileShown,
    consumer_of,
    policy_wish,
    shown_profile,
)

RESOURCE = "Service Profile"
SECTION = "Service profiles"
FIELDS = {
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "description": Field("description", "text"),
    "created": Field("created_at", "time"),
    "last_updated": Field("updated_at", "time"),
}


async def list_profiles(services: Services, call: Call[ListQuery, None]) -> Reply:
    reader = services.policies.reader
    rows, used = await reader.policies(call.caller.org), await reader.policy_users(call.caller.org)
    return short_list(call, rows, FIELDS, lambda policy: shown_profile(policy, used.get(policy.id, 0)))


async def create_profile(services: Services, call: Call[Nothing, NewProfile]) -> Reply:
    """Services are off until they are put in, unless the call names them: the contract's way."""
    wish = await _with_consumer(services, call, policy_wish(call.body, starting=True))
    request = NewPolicy(call.caller.org, call.body.name, wish)
    policy = await _asked(services, call, services.policies.create, request)
    return created(call, f"/v1/service_profile/{policy.id}", shown_profile(policy, 0))


async def show_profile(services: Services, call: Call[Nothing, None]) -> Reply:
    id, reader = call.path["profile"], services.policies.reader
    policy = await reader.policy(call.caller.org, id)
    if policy is None:
        raise not_found(RESOURCE, id)
    used = await reader.policy_users(call.caller.org, id)
    return reply(shown_profile(policy, used.get(id, 0)))


async def change_profile(services: Services, call: Call[Nothing, ProfileChange]) -> Reply:
    wish = await _with_consumer(services, call, policy_wish(call.body))
    request = SetPolicy(call.caller.org, call.path["profile"], wish)
    await _asked(services, call, services.policies.change, request)
    return DONE


async def _with_consumer(
    services: Services, call: Call[Nothing, NewProfile] | Call[Nothing, ProfileChange], wish: PolicyWish
) -> PolicyWish:
    """Null takes away the consumer that a profile has, and no callback: clients send back what they got."""
    named = call.body.feed_consumer
    if named is UNSET:
        return wish
    org, id = call.caller.org, named.number if named is not None else None
    if id is not None:
        if id not in {row.id for row in await consumers_of(services, org)}:
            raise of_refusal(refuse("unknown_application"), OF_PROFILES, body=call.body)
        return replace(wish, application=id)
    before = await services.policies.reader.policy(org, call.path["profile"]) if call.path else None
    has_one = before is not None and consumer_of(before) is not None
    return replace(wish, application=None) if has_one and not wish.api_callback else wish


async def delete_profile(services: Services, call: Call[Nothing, None]) -> Reply:
    request = DeletePolicy(call.caller.org, call.path["profile"])
    await _asked(services, call, services.policies.delete, request)
    return DONE


async def _asked(
    services: Services, call: Call[Any, Any], flow: Flow[R, Policy | Refusal], request: R
) -> Policy:
    return await asked(services.store, flow, request, call, OF_PROFILES)


UNKNOWN = Answer("There is no such service profile.", ErrorBody)
BAD = Answer("Not well formed, out of range, or naming what is not there.", ErrorBody)
TAKEN = Answer("The name is taken.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/service_profile",
        list_profiles,
        "All service profiles",
        {200: Answer("A page of them.", list[ProfileShown]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="policy:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/service_profile",
        create_profile,
        "Create a service profile",
        {201: Answer("Location names it.", ProfileShown), 409: TAKEN, 422: BAD},
        scope="policy:write",
        body=NewProfile,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/service_profile/{profile}",
        show_profile,
        "One service profile",
        {200: Answer("The service profile.", ProfileShown), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/service_profile/{profile}",
        change_profile,
        "Change a service profile; it is in force at once",
        {204: Answer("Changed."), 404: UNKNOWN, 409: TAKEN, 422: BAD},
        scope="policy:write",
        body=ProfileChange,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/service_profile/{profile}",
        delete_profile,
        "Delete a service profile that no endpoint has",
        {204: Answer("Deleted."), 404: UNKNOWN, 409: Answer("An endpoint has it.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
    ),
)
