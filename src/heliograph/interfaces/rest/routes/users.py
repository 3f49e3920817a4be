"""Users and their roles (§7). A user is named by its id, or as `my`: whoever calls."""

from typing import Any

from msgspec import UNSET

from heliograph.core.organisation import Organisation
from heliograph.flow.manage.access_requests import DeleteAccount, GiveRole, SetAccount, UnlinkAccount
from heliograph.flow.manage.requests import NewAccount
from heliograph.flow.ports.access import Person
from heliograph.flow.reads.listing import Value
from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem, required
from heliograph.interfaces.rest.reading import path_of
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.users import (
    KIND,
    STATUSES,
    UserBody,
    UserChange,
    UserObject,
    checked_password,
    in_organisation,
    role_of,
    roles_of,
    status_of,
    user_object,
)

SECTION = "Users"
MY = "my"
FIELDS = {
    "id": Field("id", "number"),
    "username": Field("name", "text"),
    "name": Field("full_name", "text"),
    "created": Field("created_at", "time"),
    "status": Field("status", "number", {word.lower(): id for id, word in STATUSES.items()}),
}
_LAST = {409: Answer("An organisation keeps an administrator who is active.", ErrorBody)}


def user_of(call: Call[Any, Any]) -> int:
    """The user that the path names."""
    if call.path["user"] == MY:
        if call.caller.user is None:  # an application token is nobody
            raise not_found("User", MY)
        return call.caller.user
    id: int = path_of({"id": call.path["user"]}, ())["id"]
    return id


def needs(call: Call[Any, Any], user: int, scope: str) -> None:
    """Everyone may look at and change oneself."""
    if call.caller.user != user and not call.caller.may(scope):
        raise problem(403, 1104, f"This needs the scope {scope}")


def _column(person: Person, name: str) -> Value:
    value: Value = getattr(person.account, name)
    return value


async def organisation_of(services: Services, org: int) -> Organisation:
    found = await services.access.reader.organisation(org)
    if found is None:
        raise not_found("Organisation", org)
    return found


async def users(services: Services, call: Call[ListQuery, None]) -> Reply:
    organisation = await organisation_of(services, call.caller.org)
    rows = await services.access.reader.people(call.caller.org)
    return short_list(
        call, rows, FIELDS, lambda person: user_object(person, organisation), read=_column, bare="username"
    )


async def show(services: Services, call: Call[Nothing, None]) -> Reply:
    id = user_of(call)
    needs(call, id, "user:read")
    person = await services.access.reader.person(call.caller.org, id)
    if person is None:
        raise not_found("User", id)
    return reply(user_object(person, await organisation_of(services, call.caller.org)))


async def create(services: Services, call: Call[Nothing, UserBody]) -> Reply:
    """Without a password, the user waits for one."""
    body, org = call.body, call.caller.org
    in_organisation(body, org)
    hashed = ""
    if body.password is not None:
        hashed = await services.access.authentication.hash(checked_password(body.password))
    request = NewAccount(org, body.username, hashed, roles_of(body), body.name or "", call.caller.scopes)
    made = await change(services, services.access.flows.create_accounts, request, call)
    return created(call, f"/v1/user/{made.id}")


async def update(services: Services, call: Call[Nothing, UserChange]) -> Reply:
    """Of oneself: the name, and the password when the one before is given too."""
    body, id = call.body, user_of(call)
    needs(call, id, "user:write")
    if body.username is not UNSET or body.status is not UNSET:
        _needs_write(call)
    request = SetAccount(
        call.caller.org,
        id,
        call.caller.scopes,
        body.username,
        UNSET if body.name is UNSET else body.name or "",
        status_of(body),
        UNSET if body.password is UNSET else await _new_password(services, call, id),
    )
    await change(services, services.access.flows.set_accounts, request, call, id)
    return DONE


def _needs_write(call: Call[Any, Any]) -> None:
    if not call.caller.may("user:write"):
        raise problem(403, 1104, "This needs the scope user:write")


async def _new_password(services: Services, call: Call[Nothing, UserChange], id: int) -> str:
    """Its hash. Whoever found a session open does not get to keep it."""
    body, login = call.body, services.access.authentication
    password = checked_password(str(body.password))
    if call.caller.user == id:
        if body.current_password is UNSET:
            raise required(KIND, "current_password")
        await login.confirm(id, body.current_password, call.address)
    elif await services.access.reader.person(call.caller.org, id) is None:
        raise not_found("User", id)
    return await login.hash(password)


async def delete(services: Services, call: Call[Nothing, None]) -> Reply:
    id = user_of(call)
    request = DeleteAccount(call.caller.org, id, call.caller.scopes, call.caller.user)
    await change(services, services.access.flows.delete_accounts, request, call, id)
    return DONE


async def unlink(services: Services, call: Call[Nothing, None]) -> Reply:
    id = user_of(call)
    request = UnlinkAccount(call.caller.org, id, call.caller.scopes)
    await change(services, services.access.flows.unlink_accounts, request, call, id)
    return DONE


async def give_role(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _role(services, call, given=True)


async def take_role(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _role(services, call, given=False)


async def _role(services: Services, call: Call[Nothing, None], given: bool) -> Reply:
    id, role = user_of(call), role_of(call.path["role"])
    if not role:
        raise not_found("Role", call.path["role"])
    request = GiveRole(call.caller.org, id, role, given, call.caller.scopes)
    await change(services, services.access.flows.give_roles, request, call, id)
    return DONE


ROUTES = (
    Route(
        "GET",
        "/v1/user",
        users,
        "List users",
        {200: Answer("A page of them.", list[UserObject]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="user:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/user",
        create,
        "Make a user; without a password it waits for one",
        {
            201: Answer("Location names it."),
            404: Answer("The organisation is not the caller's.", ErrorBody),
            409: Answer("The username is taken.", ErrorBody),
        },
        scope="user:write",
        body=UserBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/user/{user}",
        show,
        "Show a user; `my` is whoever calls",
        {200: Answer("The user.", UserObject)},
        scope="",
        texts=("user",),
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/user/{user}",
        update,
        "Change a user; a new password ends all its logins",
        {204: Answer("Done."), **_LAST},
        scope="",
        body=UserChange,
        kind=KIND,
        texts=("user",),
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}",
        delete,
        "Delete a user; tokens that the user made stay",
        {204: Answer("Done."), **_LAST},
        scope="user:write",
        texts=("user",),
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/provider",
        unlink,
        "Forget who a user is at the provider of logins: whoever comes under the name next is the user",
        {204: Answer("Done.")},
        scope="user:write",
        texts=("user",),
        section=SECTION,
        ours=True,
    ),
    Route(
        "PUT",
        "/v1/user/{user}/role/{role}",
        give_role,
        "Give a user a role: 1 Administrator, 2 User, 3 Observer",
        {204: Answer("Done."), 409: Answer("The user has it.", ErrorBody)},
        scope="user:write",
        texts=("user",),
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/role/{role}",
        take_role,
        "Take a role from a user",
        {204: Answer("Done."), **_LAST},
        scope="user:write",
        texts=("user",),
        section=SECTION,
    ),
)
