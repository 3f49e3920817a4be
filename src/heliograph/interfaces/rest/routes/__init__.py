"""All routes, those of the hot path first: a request is compared with them in this order."""

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import (
    application_tokens,
    audit,
    authentication,
    batches,
    callback_secrets,
    callbacks,
    connectivity,
    devices,
    events,
    firewall,
    mfa,
    profile_services,
    profiles,
    quotas,
    sims,
    sms,
    sms_search,
    statistics,
    stream,
    suppression,
    tariffs,
    users,
)
from heliograph.interfaces.rest.routes.description import description

_RESOURCES: tuple[Route, ...] = (
    *sms.ROUTES,
    *sms_search.ROUTES,
    *batches.ROUTES,
    *devices.ROUTES,
    *sims.ROUTES,
    *connectivity.ROUTES,
    *events.ROUTES,
    *statistics.ROUTES,
    *profiles.ROUTES,
    *profile_services.ROUTES,
    *tariffs.ROUTES,
    *quotas.ROUTES,
    *firewall.ROUTES,
    *suppression.ROUTES,
    *callbacks.ROUTES,
    *callback_secrets.ROUTES,
    *authentication.ROUTES,
    *application_tokens.ROUTES,
    *users.ROUTES,
    *mfa.ROUTES,
    *audit.ROUTES,
    *stream.ROUTES,
)
ROUTES: tuple[Route, ...] = (*_RESOURCES, *description(_RESOURCES))
