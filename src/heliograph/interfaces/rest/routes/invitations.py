"""Invitations: a link for a user to set the password with, and its use by who is not logged in yet."""

from msgspec import UNSET

from heliograph.flow.manage.access_requests import NewInvitation
from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.authentication import MOST_BODY, keep_rate
from heliograph.interfaces.rest.routes.users import user_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.invitations import (
    KIND,
    InvitationBody,
    InvitationObject,
    InvitationShown,
)
from heliograph.interfaces.rest.translate.times import shown
from heliograph.interfaces.rest.translate.users import checked_password


async def invite(services: Services, call: Call[Nothing, None]) -> Reply:
    user = user_of(call)
    request = NewInvitation(call.caller.org, user, call.caller.scopes, call.caller.creator)
    made = await change(services, services.access.flows.invite, request, call, user)
    url = f"{call.site}/signin#invitation={made.secret}"
    end = shown(made.invitation.expires_at)
    return reply(InvitationObject(made.invitation.id, made.account.name, made.secret, url, end), 201)


async def accept(services: Services, call: Call[Nothing, InvitationBody]) -> Reply:
    keep_rate(services, call.address)
    body, invitations = call.body, services.access.invitations
    if body.password is UNSET:
        account, end = await invitations.whose(body.token)
        return reply(InvitationShown(account.name, shown(end)))
    password = checked_password(body.password)
    account = await invitations.accept(body.token, password, call.address)
    services.access.known.forget()
    return reply(InvitationShown(account.name, None))


ROUTES = (
    Route(
        "POST",
        "/v1/user/{user}/invitation",
        invite,
        "Make a link with which a user sets the password, once, within 24 hours",
        {
            201: Answer("The link, never shown again. The one before ends.", InvitationObject),
            409: Answer("The user is suspended, or calls itself.", ErrorBody),
        },
        scope="user:write",
        texts=("user",),
        section="Users",
        ours=True,
    ),
    Route(
        "POST",
        "/v1/authenticate/invitation",
        accept,
        "Set the password by an invitation; without one, see whose it is",
        {
            200: Answer("Whose it is; with a password, it is set, and all logins are over.", InvitationShown),
            401: Answer("It was used, took too long, or there is none such.", ErrorBody),
        },
        body=InvitationBody,
        kind=KIND,
        section="Authentication",
        most_body=MOST_BODY,
        ours=True,
    ),
)
