"""Signing in by an OpenID Connect provider: how one may sign in, the way there, and the way back."""

from typing import Annotated
from urllib.parse import urlencode

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.interfaces.rest.callers.oidc import NotLetIn, Oidc, Returned, cookie_of, set_cookie
from heliograph.interfaces.rest.problem import ErrorBody, problem
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.authentication import keep_rate
from heliograph.interfaces.rest.services import Services

SECTION = "Authentication"
PORTAL = "/signin"
START = "/v1/authenticate/oidc"
LONGEST = 4_096

Text = Annotated[str, Meta(max_length=LONGEST)]


class OidcObject(Struct, frozen=True):
    name: str
    url: str  # to send the browser to


class MethodsObject(Struct, frozen=True, omit_defaults=True):
    password: bool
    oidc: OidcObject | UnsetType = UNSET


class Callback(Struct, frozen=True):
    """What the provider sends a browser back with. It may say more, which is not looked at."""

    code: Text = ""
    state: Text = ""
    error: Text = ""
    iss: Text = ""


async def methods(services: Services, call: Call[Nothing, None]) -> Reply:
    oidc = services.access.oidc
    if oidc is None:
        return reply(MethodsObject(True))
    return reply(MethodsObject(True, OidcObject(oidc.name, f"{call.site}/api{START}")))


async def begin(services: Services, call: Call[Nothing, None]) -> Reply:
    oidc = _oidc(services)
    try:
        address, cookie = await oidc.begin(call.site)
    except NotLetIn as not_let_in:
        return await _told(services, call, not_let_in)
    return _to(address, cookie)


async def finish(services: Services, call: Call[Callback, None]) -> Reply:
    oidc, query = _oidc(services), call.query
    keep_rate(services, call.address)
    returned = Returned(query.code, query.state, query.error, query.iss, cookie_of(call.headers))
    try:
        code = await oidc.finish(returned, call.site, call.address)
    except NotLetIn as not_let_in:
        return await _told(services, call, not_let_in)
    return _to(f"{PORTAL}#{urlencode({'oidc_code': code})}")


async def _told(services: Services, call: Call[Nothing, None] | Call[Callback, None], why: NotLetIn) -> Reply:
    """The portal says it in words, the trail says more."""
    org = await _oidc(services).organisation()
    await services.access.authentication.tell_failed(why.alike, why.why, call.address, org)
    return _to(f"{PORTAL}#{urlencode({'error': why.error})}", set_cookie("", 0, call.site))


def _oidc(services: Services) -> Oidc:
    if services.access.oidc is None:
        raise problem(404, 1201, "No OpenID Connect provider is configured")
    return services.access.oidc


def _to(address: str, cookie: str = "") -> Reply:
    more = ((b"set-cookie", cookie.encode()),) if cookie else ()
    return Reply(302, None, ((b"location", address.encode()), *more))


_NONE = {404: Answer("None is configured.", ErrorBody)}
ROUTES = (
    Route(
        "GET",
        "/v1/authenticate/methods",
        methods,
        "How one may sign in here",
        {200: Answer("The ways.", MethodsObject)},
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        START,
        begin,
        "Send a browser to the OpenID Connect provider",
        {302: Answer("There; or to the portal with what went wrong."), **_NONE},
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        f"{START}/callback",
        finish,
        "Where the OpenID Connect provider sends a browser back",
        {302: Answer("To the portal, with a code for `POST /v1/authenticate` or what went wrong."), **_NONE},
        query=Callback,
        section=SECTION,
    ),
)
