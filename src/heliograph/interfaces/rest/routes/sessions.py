"""Logins of users: seen, and ended. One's own, or those of others for who manages users."""

from heliograph.flow.manage.access_requests import CloseSessions
from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.users import needs, user_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sessions import SessionObject, session_objects

SECTION = "Users"


async def sessions(services: Services, call: Call[Nothing, None]) -> Reply:
    user, reader = user_of(call), services.access.reader
    needs(call, user, "user:read")
    if await reader.person(call.caller.org, user) is None:
        raise not_found("User", user)
    rows = await reader.sessions(user)
    return reply(session_objects(rows, call.caller.session, services.clock.now()))


async def end(services: Services, call: Call[Nothing, None]) -> Reply:
    await _close(services, call, call.path["session"])
    return DONE


async def end_others(services: Services, call: Call[Nothing, None]) -> Reply:
    """The one that asks stays."""
    await _close(services, call, None)
    return DONE


async def _close(services: Services, call: Call[Nothing, None], session: int | None) -> None:
    user = user_of(call)
    needs(call, user, "user:write")
    own = call.caller.user == user
    request = CloseSessions(
        call.caller.org,
        user,
        session,
        keep=(call.caller.session or 0) if own else 0,
        ceiling=None if own else call.caller.scopes,
    )
    await change(services, services.access.flows.close_logins, request, call, user)


ROUTES = (
    Route(
        "GET",
        "/v1/user/{user}/session",
        sessions,
        "List the logins of a user; `my` is whoever calls",
        {200: Answer("All of them, the one seen last first.", list[SessionObject])},
        scope="",
        texts=("user",),
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/session",
        end_others,
        "End all logins of a user, but the one that asks",
        {204: Answer("Done."), 403: Answer("The user may do more than who asks.", ErrorBody)},
        scope="",
        texts=("user",),
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/session/{session}",
        end,
        "End a login",
        {204: Answer("Done."), 403: Answer("The user may do more than who asks.", ErrorBody)},
        scope="",
        texts=("user",),
        section=SECTION,
        ours=True,
    ),
)
