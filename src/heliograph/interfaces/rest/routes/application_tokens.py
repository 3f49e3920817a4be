"""Application tokens: listed, made, changed, revoked (§2)."""

from heliograph.core.organisation import Token
from heliograph.flow.reads.listing import Value
from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.application_tokens import (
    ACTIVATED,
    KIND,
    REVOKED,
    TokenBody,
    TokenChange,
    TokenMade,
    TokenObject,
    new_token,
    token_change,
    token_object,
)

SECTION = "Application tokens"
FIELDS = {
    "id": Field("id", "number"),
    "description": Field("name", "text"),
    "created": Field("created_at", "time"),
    "expiry_date": Field("expires_at", "time"),
    "status": Field("status", "number", {"activated": ACTIVATED, "revoked": REVOKED}),
    "creator": Field("creator", "number"),
}


def _column(token: Token, name: str) -> Value:
    if name == "status":
        return ACTIVATED if token.revoked_at is None else REVOKED
    value: Value = getattr(token, name)
    return value


async def tokens(services: Services, call: Call[ListQuery, None]) -> Reply:
    """Without their secrets, which nobody can show again."""
    rows = await services.access.reader.tokens(call.caller.org)
    creators = [token.creator for token in rows if token.creator is not None]
    named = await services.access.reader.names(call.caller.org, creators)
    uses = await services.access.reader.token_uses(call.caller.org)
    return short_list(
        call,
        rows,
        FIELDS,
        lambda token: token_object(token, named, uses.get(token.id)),
        read=_column,
        bare="description",
    )


async def create(services: Services, call: Call[Nothing, TokenBody]) -> Reply:
    request = new_token(call.body, call.caller)
    made = await change(services, services.access.flows.create_tokens, request, call)
    return reply(TokenMade(made.secret, made.id))


async def update(services: Services, call: Call[Nothing, TokenChange]) -> Reply:
    id = call.path["token"]
    request = token_change(call.body, call.caller, id)
    await change(services, services.access.flows.set_tokens, request, call)
    return DONE


ROUTES = (
    Route(
        "GET",
        "/v1/application_token",
        tokens,
        "List application tokens",
        {200: Answer("A page of them.", list[TokenObject]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="token:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/application_token",
        create,
        "Make an application token",
        {200: Answer("Its secret, which is never shown again.", TokenMade)},
        scope="token:write",
        body=TokenBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "PATCH",
        "/v1/application_token/{token}",
        update,
        "Change an application token, or revoke it for good",
        {204: Answer("Done."), 409: Answer("It was revoked.", ErrorBody)},
        scope="token:write",
        body=TokenChange,
        kind=KIND,
        section=SECTION,
    ),
)
