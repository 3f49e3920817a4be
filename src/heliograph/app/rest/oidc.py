"""Signing in by an OpenID Connect provider, put together for the API, when the settings name one."""

import asyncio

from heliograph.app import App
from heliograph.config import ConfigError
from heliograph.config.oidc import Oidc as Settings
from heliograph.core.web_address import bad_url
from heliograph.flow.reads.browse import Browse
from heliograph.interfaces.rest.callers.oidc import Oidc, SignInRules
from heliograph.runtime.guard import Guard
from heliograph.runtime.http.client import HttpClient, Limits
from heliograph.runtime.oidc import Client, Provider

LIMITS = Limits(connect_seconds=5.0, total_seconds=10.0, connections=20)
HTTPS = "https://"


def check_oidc(settings: Settings) -> Guard:
    """What these settings name, looked at before a port is opened."""
    try:
        guard = Guard(settings.allow)
    except ValueError as error:
        raise ConfigError(f"oidc.allow: {error}.") from None
    if not settings.issuer:
        return guard
    why = _unusable(settings, settings.issuer)
    if why is not None:
        raise ConfigError(f"oidc.issuer: {why}.")
    if not settings.client_id:
        raise ConfigError("oidc.client_id: the provider needs to know who asks.")
    if bool(settings.roles) != bool(settings.role_claim):
        raise ConfigError("oidc.roles, oidc.role_claim: one needs the other.")
    if settings.create and not (settings.domains or settings.roles):
        raise ConfigError("oidc.create: name oidc.domains or oidc.roles, or everybody there comes in here.")
    return guard


def _unusable(settings: Settings, url: str) -> str | None:
    why = bad_url(url)
    if why is None and not url.startswith(HTTPS) and not settings.allow:
        return "http is for a provider nearby, which oidc.allow names; all else is https"
    return why


class OidcService:
    """Made on the running loop."""

    def __init__(self, app: App) -> None:
        settings = app.config.oidc
        guard = check_oidc(settings)
        self._closing: asyncio.Task[None] | None = None
        self._http: HttpClient | None = None
        self.oidc: Oidc | None = None
        if not settings.issuer:
            return
        self._http = HttpClient(guard.permits, LIMITS)
        client = Client(settings.issuer, settings.client_id, settings.client_secret)
        provider = Provider(client, self._http, lambda url: _unusable(settings, url), app.clock.now)
        rules = _rules(settings, app)
        self.oidc = Oidc(settings.name, settings.issuer, provider, rules, app.store, app.vault, app.clock)

    def end(self) -> None:
        """The server stops."""
        if self._http is not None and self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._http.close())


def _rules(settings: Settings, app: App) -> SignInRules:
    pairs = [text.rpartition("=") for text in settings.roles]

    async def organisation() -> int | None:
        return await _organisation(app.browse, settings.organisation) if settings.organisation else app.host

    return SignInRules(
        organisation,
        settings.username_claim,
        frozenset(settings.domains),
        settings.role_claim,
        tuple((value, role) for value, _, role in pairs),
        settings.create,
        settings.create_role,
    )


async def _organisation(browse: Browse, name: str) -> int | None:
    found = [row.id for row in await browse.organisations() if row.name == name]
    return found[0] if found else None
