"""Refusals: which refusal of the core is answered with which status, code and words. Here and nowhere else.

In: a refusal, and what the call named. Out: a problem. `EVERYWHERE` holds where the resource's own table says
nothing else. Words are templates: of the path's names, of the body, and of the core's reason.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.ports import A, Flow, R, Store
from heliograph.interfaces.rest.problem import (
    INVALID,
    RETRY_SECONDS,
    TOKENS,
    ErrorBody,
    Problem,
    RefusalShown,
    error,
)
from heliograph.interfaces.rest.route import Call


class Place(Struct, frozen=True):
    """Where a refusal stands. Without words, the core's own are said, and told with its rule."""

    status: int
    code: int
    words: str = ""
    inner: int = 0  # the code of the error inside: what is wrong with the input
    told: bool = False  # the core's own beside our words
    retry_seconds: int = RETRY_SECONDS  # of a 503


Places = Mapping[str, Place]
INPUT = Place(422, 1400, inner=1406)  # what no table names failed as input
_RANGE = Place(422, 1400, inner=1404)
_FULL = Place(503, 1500, inner=1406)
_FULL_LANE = Place(503, 1500, inner=1406, retry_seconds=60)  # it waits for a device, which may sleep for long
EVERYWHERE: Places = {
    "unknown_device": Place(404, 1401),
    "unknown_message": Place(404, 1201),
    "unknown_policy": Place(404, 1401),
    "unknown_application": Place(404, 1401),
    "unknown_tariff": Place(404, 1401),
    "unknown_service": Place(404, 1201),
    "unknown_limit": Place(404, 1201),
    "unknown_organisation": Place(404, 1401),
    "unknown_token": Place(404, 1201),
    "unknown_quota": Place(404, 1201),
    "unknown_suppression": Place(404, 1201),
    "unknown_account": Place(404, 1201),
    "unknown_role": Place(404, 1201),
    "unknown_mfa_key": Place(404, 1201),
    "unknown_trusted_device": Place(404, 1201),
    "unknown_session": Place(404, 1201),
    "key_pending": Place(409, 1406),
    "user_suspended": Place(409, 1406),
    "bad_invitation": Place(401, 1102),
    "own_invitation": Place(409, 1406),
    "unknown_callback": Place(404, 1401),
    "unknown_api_secret": Place(404, 1401),
    "unknown_smpp_account": Place(404, 1401),
    "unknown_upstream": Place(404, 1401),
    "unknown_route": Place(404, 1401),
    "unknown_console_link": Place(404, 1201),
    "console_link_revoked": Place(409, 1406),
    "console_over": Place(401, 1102),
    "console_not_allowed": Place(403, 1104),
    "console_rate_reached": Place(429, 1105, retry_seconds=60),
    "configured": Place(409, 1406),
    "unknown_bind": Place(404, 1201),
    "unknown_view": Place(404, 1201),
    "unknown_template": Place(404, 1201),
    "not_owner": Place(403, 1104),
    "unknown_sim": Place(404, 1401),
    "unknown_operator": Place(404, 1201),
    "no_such_batch": Place(404, 1201),
    "beyond_scopes": Place(403, 1104),
    "bad_login": Place(401, 1101),
    "bad_token": Place(401, 1102),
    "token_revoked": Place(409, 1406),
    "not_held": Place(409, 1406),
    "already_final": Place(409, 1406),
    "in_flight": Place(409, 1406),
    "already_attempted": Place(409, 1406),
    "batch_state": Place(409, 1406),
    "duplicate": Place(409, 1405),
    "sim_in_use": Place(409, 1405),
    "last_administrator": Place(409, 1407),
    "messages_wait": Place(409, 1407),
    "in_use": Place(409, 1407),
    "sim_attached": Place(409, 1407),
    "key_reused": Place(422, 1502),
    "queue_full": _FULL_LANE,
    "store_full": _FULL,
    "stopping": _FULL,
    "bad_value": _RANGE,
    "bad_validity": _RANGE,
    "bad_schedule": _RANGE,
}
_NO_ENDPOINT = Place(404, 1201, "Endpoint with id {endpoint} not found")
_NO_PROFILE = Place(404, 1201, "Service Profile with id {profile} not found")
_STANDS = Place(422, 1400, "{reason}", inner=1406)
_STILL_USED = Place(409, 1407, "{reason}")
OF_SMS: Places = {
    "unknown_device": Place(404, 1401, "Endpoint with Id '{endpoint}' not found.", told=True),
    "unknown_message": Place(404, 1201, "Sms with id {sms} not found", told=True),
}
# A reference inside the body is wrong input: the path was right.
OF_ENDPOINTS: Places = {
    "unknown_device": _NO_ENDPOINT,
    "unknown_policy": Place(
        422, 1400, "Service Profile with Id '{body.service_profile.number}' not found.", inner=1401
    ),
    "unknown_tariff": Place(
        422, 1400, "Tariff Profile with Id '{body.tariff_profile.number}' not found.", inner=1401
    ),
    "unknown_sim": Place(422, 1400, "Sim with Id '{body.sim.number}' not found.", inner=1401),
}
OF_CONNECTIVITY: Places = {"unknown_device": _NO_ENDPOINT}
OF_QUOTAS: Places = {
    "unknown_device": Place(404, 1401, "Endpoint with Id '{endpoint}' not found."),
    "unknown_quota": Place(404, 1201, "SMS Quota of Endpoint with id {endpoint} not found"),
}
OF_SIMS: Places = {"unknown_sim": Place(404, 1201, "Sim with id {sim} not found")}
OF_SIM_BATCHES: Places = {
    "unknown_batch": Place(422, 1400, "{reason}", inner=1401),
    "bad_value": _STANDS,
    "sim_move": _STANDS,
}
OF_PROFILES: Places = {
    "unknown_policy": _NO_PROFILE,
    "unknown_callback": Place(422, 1401, "ApiCallback with Id '{body.api_callback.number}' not found."),
    "unknown_api_secret": Place(422, 1401, "ApiSecret with Id '{body.api_secret.number}' not found."),
    "unknown_application": Place(422, 1401, "Feed Consumer with Id '{body.feed_consumer.number}' not found."),
    "unknown_smpp_account": Place(422, 1401, "SMPP Account with Id '{body.smpp_account.number}' not found."),
    "in_use": Place(409, 1407, "Service Profile still referenced by Endpoint."),
}
OF_PROFILE_SERVICES: Places = {
    "unknown_policy": _NO_PROFILE,
    "unknown_service": Place(404, 1201, "Service with id {service} not found"),
    "unknown_limit": Place(404, 1201, "Traffic Limit with id {limit} not found"),
}
OF_TARIFFS: Places = {
    "unknown_tariff": Place(404, 1201, "Tariff Profile with id {tariff} not found"),
    "in_use": Place(409, 1407, "Tariff Profile still referenced by Endpoint."),
}
OF_FIREWALLS: Places = {"unknown_device": _NO_ENDPOINT, "unknown_policy": _NO_PROFILE}
OF_SUPPRESSION: Places = {
    "unknown_suppression": Place(404, 1201, "Suppression with id {suppression} not found")
}
OF_CALLBACKS: Places = {
    "unknown_callback": Place(404, 1201, "Api Callback with id {callback} not found"),
    "in_use": _STILL_USED,
}
OF_CONSUMERS: Places = {
    "unknown_application": Place(404, 1201, "Feed Consumer with id {consumer} not found"),
    "in_use": _STILL_USED,
}
OF_SECRETS: Places = {
    "unknown_api_secret": Place(404, 1201, "Api Secret with id {secret} not found"),
    "in_use": _STILL_USED,
}
OF_SMPP_ACCOUNTS: Places = {
    "unknown_smpp_account": Place(404, 1201, "SMPP Account with id {account} not found"),
    "in_use": _STILL_USED,
}
OF_UPSTREAMS: Places = {
    "unknown_upstream": Place(404, 1201, "Upstream with id {upstream} not found"),
    "unknown_application": Place(422, 1400, "{reason}", inner=1401),
    "in_use": _STILL_USED,
}
OF_ROUTES: Places = {
    "unknown_route": Place(404, 1201, "Sms Route with id {route} not found"),
    "unknown_upstream": Place(422, 1400, "Upstream with Id '{body.upstream.number}' not found.", inner=1401),
    "unknown_device": Place(422, 1400, "Endpoint with Id '{body.endpoint.number}' not found.", inner=1401),
}
OF_CONSOLE_LINKS: Places = {
    "unknown_console_link": Place(404, 1201, "Console Link with id {link} not found"),
    "unknown_device": Place(422, 1400, "{reason}", inner=1401),
}
OF_CONSOLES: Places = {"unknown_device": Place(404, 1201, "Device with id {device} not found")}
OF_SAVED: Places = {
    "unknown_view": Place(404, 1201, "View with id {view} not found"),
    "unknown_template": Place(404, 1201, "SmsTemplate with id {template} not found"),
}
OF_BATCHES: Places = {"no_such_batch": Place(404, 1201, "Batch with id {batch} not found")}
OF_ACCESS: Places = {
    "unknown_account": Place(404, 1201, "User with id {user} not found"),
    "unknown_token": Place(404, 1201, "Application Token with id {token} not found"),
    "unknown_role": Place(404, 1201, "Role with id {role} not found"),
    "unknown_mfa_key": Place(404, 1201, "MFA key with id {key} not found"),
    "unknown_trusted_device": Place(404, 1201, "Trusted device with id {device} not found"),
    "unknown_session": Place(404, 1201, "Session with id {session} not found"),
}


def of_refusal(refusal: Refusal, places: Places = EVERYWHERE, /, **named: object) -> Problem:
    place = places.get(refusal.code) or EVERYWHERE.get(refusal.code, INPUT)
    words = place.words.format(reason=refusal.reason, **named) or refusal.reason
    inner = (error(place.inner, words),) if place.inner else UNSET
    message = INVALID if place.inner and place.words else words
    is_told = place.told or not place.words
    shown = RefusalShown(refusal.code, refusal.reason, refusal.rule) if is_told else UNSET
    headers = ((b"retry-after", str(place.retry_seconds).encode()),) if place.status in (429, 503) else ()
    return Problem(place.status, ErrorBody(place.code, TOKENS[place.code], message, inner, shown), headers)


def answered(answer: A | Refusal, call: Call[Any, Any], places: Places = EVERYWHERE) -> A:
    """What a call was answered. A refusal ends it."""
    if isinstance(answer, Refusal):
        raise of_refusal(answer, places, body=call.body, **call.path)
    return answer


async def asked(
    store: Store, flow: Flow[R, A | Refusal], request: R, call: Call[Any, Any], places: Places = EVERYWHERE
) -> A:
    """What a flow answers to the one request of a call."""
    (answer,) = await store.run(flow, [request])
    return answered(answer, call, places)
