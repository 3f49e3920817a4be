"""Second factors (§2): keys that make codes, and the devices from which no code is asked."""

from secrets import token_bytes
from typing import Any

from heliograph.core.security.access import KeyStatus
from heliograph.flow.manage.access_requests import (
    ActivateMfaKey,
    DeleteMfaKey,
    DeleteTrustedDevice,
    NewMfaKey,
    NewRecoveryCodes,
)
from heliograph.interfaces.rest.access_services import change
from heliograph.interfaces.rest.problem import ErrorBody, bad_format, not_found, out_of_range, problem
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.users import needs, user_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.logins import code_text
from heliograph.interfaces.rest.translate.shapes import Looked
from heliograph.interfaces.rest.translate.users import (
    KEY_STATUSES,
    KEY_TYPES,
    KeyBody,
    KeyChange,
    NewKeyObject,
    RecoveryBody,
    RecoveryCodesObject,
    TrustedDeviceObject,
    new_key_object,
    trusted_object,
)
from heliograph.runtime.one_time_codes import SEED_BYTES, key_of, link_of

KIND = "Mfa"
SECTION = "Multi-factor authentication"


def _caller(call: Call[Nothing, Any]) -> int:
    """Only people have codes."""
    if call.caller.user is None:
        raise problem(403, 1104, "Only a user who is logged in has keys")
    return call.caller.user


async def create(services: Services, call: Call[Nothing, KeyBody]) -> Reply:
    """Whoever found a session open cannot lock its owner out: the password is asked."""
    user, login = _caller(call), services.access.authentication
    if call.body.type.number not in KEY_TYPES:
        raise out_of_range(KIND, "type", "must be 0 (Time-Based One-Time Password)")
    account = await login.confirm(user, call.body.password, call.address)
    seed = token_bytes(SEED_BYTES)
    request = NewMfaKey(call.caller.org, user, login.seal_seed(seed))
    key = await change(services, services.access.flows.create_keys, request, call, user)
    return reply(new_key_object(key, key_of(seed), link_of(seed, account.name)))


async def activate(services: Services, call: Call[Nothing, KeyChange]) -> Reply:
    """By the first code: so the authenticator has the key."""
    user, id = _caller(call), call.path["key"]
    if call.body.status.number != KeyStatus.ACTIVE:
        raise out_of_range(KIND, "status", "must be 1 (Active)")
    person = await services.access.reader.person(call.caller.org, user)
    key = next((key for key in person.keys if key.id == id), None) if person is not None else None
    if key is None:
        raise not_found("MFA key", id)
    step = services.access.authentication.step_of(key, code_text(call.body.code))
    if step is None:
        raise bad_format(KIND, "code", "is not the code of this moment")
    request = ActivateMfaKey(call.caller.org, user, id, step)
    await change(services, services.access.flows.activate_keys, request, call, user)
    return DONE


async def recovery(services: Services, call: Call[Nothing, RecoveryBody]) -> Reply:
    """As with a key: whoever found a session open gets no codes that outlast it."""
    user, id = _caller(call), call.path["key"]
    person = await services.access.reader.person(call.caller.org, user)
    if person is None or all(key.id != id for key in person.keys):
        raise not_found("MFA key", id)
    await services.access.authentication.confirm(user, call.body.password, call.address)
    request = NewRecoveryCodes(call.caller.org, user, id)
    made = await change(services, services.access.flows.make_recovery_codes, request, call, user)
    return reply(RecoveryCodesObject(list(made.codes), made.key.codes_left))


async def delete(services: Services, call: Call[Nothing, None]) -> Reply:
    user, id = user_of(call), call.path["key"]
    needs(call, user, "user:write")
    request = DeleteMfaKey(call.caller.org, user, id, call.caller.scopes)
    await change(services, services.access.flows.delete_keys, request, call, user)
    return DONE


async def trusted(services: Services, call: Call[Nothing, None]) -> Reply:
    user = user_of(call)
    needs(call, user, "user:read")
    if await services.access.reader.person(call.caller.org, user) is None:
        raise not_found("User", user)
    return reply([trusted_object(one) for one in await services.access.reader.trusted(call.caller.org, user)])


async def distrust(services: Services, call: Call[Nothing, None]) -> Reply:
    user, id = user_of(call), call.path["device"]
    needs(call, user, "user:write")
    request = DeleteTrustedDevice(call.caller.org, user, id, call.caller.scopes)
    await change(services, services.access.flows.delete_trusted, request, call, user)
    return DONE


async def statuses(_: Services, __: Call[Nothing, None]) -> Reply:
    return reply([Looked(id, words) for id, words in KEY_STATUSES.items()])


async def types(_: Services, __: Call[Nothing, None]) -> Reply:
    return reply([Looked(id, words) for id, words in KEY_TYPES.items()])


ROUTES = (
    Route(
        "POST",
        "/v1/user/mfa",
        create,
        "Make a key for codes, for whoever calls",
        {200: Answer("The key, which is never shown again.", NewKeyObject)},
        scope="",
        body=KeyBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/user/mfa/status",
        statuses,
        "What the status of a key may be",
        {200: Answer("All of them.", list[Looked])},
        scope="",
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/user/mfa/type",
        types,
        "Which types of keys there are",
        {200: Answer("All of them.", list[Looked])},
        scope="",
        section=SECTION,
    ),
    Route(
        "PATCH",
        "/v1/user/mfa/{key}",
        activate,
        "Activate a key, by a code that it made",
        {204: Answer("Done: logging in takes a code from now on."), 409: Answer("It is active.", ErrorBody)},
        scope="",
        body=KeyChange,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/user/mfa/{key}/recovery_code",
        recovery,
        "Make ten recovery codes for a key; those from before are no good any more",
        {
            200: Answer("The codes, which are never shown again.", RecoveryCodesObject),
            403: Answer("The password is wrong.", ErrorBody),
            409: Answer("The key is not active.", ErrorBody),
        },
        scope="",
        body=RecoveryBody,
        kind="RecoveryCode",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/user/{user}/mfa/trusted_device",
        trusted,
        "List the devices from which a user needs no code",
        {200: Answer("All of them.", list[TrustedDeviceObject])},
        scope="",
        texts=("user",),
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/mfa/trusted_device/{device}",
        distrust,
        "Ask for a code again from a device",
        {204: Answer("Done.")},
        scope="",
        texts=("user",),
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/user/{user}/mfa/{key}",
        delete,
        "Delete a key",
        {204: Answer("Done.")},
        scope="",
        texts=("user",),
        section=SECTION,
    ),
)
