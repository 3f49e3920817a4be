"""Logging in and out (§2). No credential is looked at on the way in: clients send `Bearer None`."""

from math import ceil
from typing import Any

from heliograph.core.security.access import LONGEST_AGENT
from heliograph.interfaces.rest.callers.authentication import Authenticated
from heliograph.interfaces.rest.callers.oidc import cookie_of, set_cookie
from heliograph.interfaces.rest.problem import ErrorBody, Problem, error, problem
from heliograph.interfaces.rest.route import DONE, Answer, Call, Headers, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.logins import LoginBody, code_of, form_of, trust_of
from heliograph.runtime.door import neighbourhood

MOST_BODY = 1 << 16


async def authenticate(services: Services, call: Call[Nothing, LoginBody]) -> Reply:
    """Tokens, for whoever proves who they are."""
    keep_rate(services, call.address)
    body, login = call.body, services.access.authentication
    headers: Headers = ()
    match form_of(body):
        case "application_token":
            found = await login.by_token(body.application_token or "", call.address)
        case "username":
            name, password = body.username or "", body.password or ""
            found = await login.by_password(name, password, call.address, body.fingerprint, agent_of(call))
        case "mfa_token":
            half, code = body.mfa_token or "", code_of(body)
            found = await login.by_code(half, code, call.address, trust_of(body), agent_of(call))
        case "oidc_code":
            oidc, code = services.access.oidc, body.oidc_code or ""
            known = None if oidc is None else oidc.redeem(code, cookie_of(call.headers))
            found = await login.by_provider(known, call.address, agent_of(call))
            headers = ((b"set-cookie", set_cookie("", 0, call.site).encode()),)
        case _:
            found = await login.by_refresh(body.refresh_token or "")
    return reply(found, headers=headers)


def agent_of(call: Call[Any, Any]) -> str:
    """What the client calls itself: a browser, a program."""
    return call.headers.get(b"user-agent", b"").decode("latin-1")[:LONGEST_AGENT]


def keep_rate(services: Services, address: str) -> None:
    wait = services.access.attempts.wait_seconds(neighbourhood(address))
    if wait:
        retry = (b"retry-after", str(ceil(wait)).encode())
        raise Problem(429, error(1105, "Too many logins from this address"), (retry,))


async def log_out(services: Services, call: Call[Nothing, None]) -> Reply:
    """The login of this credential is over, with its refresh token."""
    if call.caller.session is None:
        raise problem(422, 1406, "An application token has no login to end; it can be revoked")
    await services.access.authentication.end(call.caller)
    services.access.known.forget()
    return DONE


ROUTES = (
    Route(
        "POST",
        "/v1/authenticate",
        authenticate,
        "Log in with an application token, a password, a code or a refresh token",
        {
            200: Answer("Tokens, or what is needed to send a code.", Authenticated),
            400: Answer("Not one of the five forms.", ErrorBody),
            401: Answer("Not valid; or locked, after three failures in a row.", ErrorBody),
            403: Answer("The application token may not be used from this address.", ErrorBody),
        },
        body=LoginBody,
        kind="Authentication",
        section="Authentication",
        malformed=400,
        most_body=MOST_BODY,
    ),
    Route(
        "DELETE",
        "/v1/authenticate",
        log_out,
        "Log out: this login and its refresh token are over",
        {204: Answer("Done."), 422: Answer("The credential is an application token.", ErrorBody)},
        scope="",
        section="Authentication",
        ours=True,
    ),
)
