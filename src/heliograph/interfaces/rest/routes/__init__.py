"""All routes, those of the hot path first: a request is compared with them in this order."""

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import audit, sms
from heliograph.interfaces.rest.routes.description import description

_RESOURCES: tuple[Route, ...] = (*sms.ROUTES, *audit.ROUTES)
ROUTES: tuple[Route, ...] = (*_RESOURCES, *description(_RESOURCES))
