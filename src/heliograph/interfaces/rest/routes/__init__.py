"""All routes, those of the hot path first: a request is compared with them in this order."""

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import sms

ROUTES: tuple[Route, ...] = (*sms.ROUTES,)
