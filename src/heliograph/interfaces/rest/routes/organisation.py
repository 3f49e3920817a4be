"""The caller's organisation, its settings, and the roles that its people may have."""

from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.users import organisation_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.organisations import (
    KIND,
    OrganisationChange,
    OrganisationObject,
    organisation_change,
    organisation_object,
)
from heliograph.interfaces.rest.translate.roles import RoleObject, role_objects

SECTION = "Organisation"


async def my_organisation(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(organisation_object(await organisation_of(services, call.caller.org)))


async def update(services: Services, call: Call[Nothing, OrganisationChange]) -> Reply:
    org = call.caller.org
    request = organisation_change(call.body, org)
    changed = await change(services, services.access.flows.set_organisations, request, call)
    directory = services.smpp.directory
    for account in [one for one in directory.all() if one.org == org]:
        directory.put(account)  # whoever is bound dials by the country code from now on
    return reply(organisation_object(changed))


async def roles(_: Services, __: Call[Nothing, None]) -> Reply:
    return reply(role_objects())


ROUTES = (
    Route(
        "GET",
        "/v1/organisation/my",
        my_organisation,
        "Show the caller's organisation",
        {200: Answer("The organisation.", OrganisationObject)},
        scope="organisation:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/organisation/my",
        update,
        "Change the caller's organisation",
        {
            200: Answer("The organisation as it now stands.", OrganisationObject),
            409: Answer("The name is taken, or the settings mention it.", ErrorBody),
        },
        scope="organisation:write",
        body=OrganisationChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/role",
        roles,
        "What roles there are, and what each may",
        {200: Answer("All of them.", list[RoleObject])},
        scope="",
        section=SECTION,
        ours=True,
    ),
)
