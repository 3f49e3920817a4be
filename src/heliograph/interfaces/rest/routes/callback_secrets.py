"""Secrets of callbacks (§5): kept sealed, rotated, deleted, and never shown."""

from typing import Any

from msgspec import UNSET

from heliograph.core.callback import CallbackSecret
from heliograph.flow.manage.callbacks import DeleteSecret, NewSecret, SetSecret
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_SECRETS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.callbacks import (
    HOUR_MS,
    SECRET_KIND,
    NewSecretBody,
    SecretChange,
    SecretShown,
    shown_secret,
)

SECTION = "Callbacks"
FIELDS = {
    "id": Field("id", "number"),
    "purpose": Field("purpose", "text"),
    "created": Field("created_at", "time"),
}


async def list_secrets(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = await services.callbacks.reader.secrets(call.caller.org)
    return short_list(call, rows, FIELDS, shown_secret, bare="purpose")


async def create_secret(services: Services, call: Call[Nothing, NewSecretBody]) -> Reply:
    org, body = call.caller.org, call.body
    made = await _asked(
        services, call, NewSecret(org, body.purpose, services.callbacks.seal(org, body.secret))
    )
    return created(call, f"/v1/api_secret/{made.id}", shown_secret(made))


async def show_secret(services: Services, call: Call[Nothing, None]) -> Reply:
    found = await services.callbacks.reader.secret(call.caller.org, call.path["secret"])
    if found is None:
        raise not_found(SECRET_KIND, call.path["secret"])
    return reply(shown_secret(found))


async def change_secret(services: Services, call: Call[Nothing, SecretChange]) -> Reply:
    """The secret before signs beside the new one for a while."""
    org, body = call.caller.org, call.body
    sealed = UNSET if body.secret is UNSET else services.callbacks.seal(org, body.secret)
    request = SetSecret(org, call.path["secret"], body.purpose, sealed, body.overlap_hours * HOUR_MS)
    changed = await _asked(services, call, request)
    services.callbacks.desk.forget_secret(changed.id)
    return reply(shown_secret(changed))


async def delete_secret(services: Services, call: Call[Nothing, None]) -> Reply:
    await _asked(services, call, DeleteSecret(call.caller.org, call.path["secret"]))
    return DONE


async def _asked(
    services: Services, call: Call[Any, Any], request: NewSecret | SetSecret | DeleteSecret
) -> CallbackSecret:
    return await asked(services.store, services.callbacks.secrets, request, call, OF_SECRETS)


UNKNOWN = Answer("There is no such secret.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/api_secret",
        list_secrets,
        "List the secrets, without their values",
        {200: Answer("The secrets.", list[SecretShown]), 422: BAD},
        scope="callback:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/api_secret",
        create_secret,
        "Keep a secret that signs calls",
        {201: Answer("Kept. Location names it.", SecretShown), 422: BAD},
        scope="callback:write",
        body=NewSecretBody,
        kind=SECRET_KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/api_secret/{secret}",
        show_secret,
        "Show a secret, without its value",
        {200: Answer("The secret.", SecretShown), 404: UNKNOWN},
        scope="callback:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/api_secret/{secret}",
        change_secret,
        "Rotate a secret, or change its purpose",
        {200: Answer("The secret as it now stands.", SecretShown), 404: UNKNOWN, 422: BAD},
        scope="callback:write",
        body=SecretChange,
        kind=SECRET_KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/api_secret/{secret}",
        delete_secret,
        "Delete a secret",
        {204: Answer("Deleted."), 404: UNKNOWN, 409: Answer("Something uses it.", ErrorBody)},
        scope="callback:write",
        section=SECTION,
    ),
)
