"""What the API does with upstreams and routes, put together."""

from heliograph.app import App
from heliograph.app.settings import accept_settings
from heliograph.flow.manage.routes import ManageRoutes
from heliograph.flow.manage.upstreams import ManageUpstreams
from heliograph.flow.stranded import FreeStranded
from heliograph.interfaces.rest.services import UpstreamServices


def upstream_services(app: App) -> UpstreamServices:
    return UpstreamServices(
        ManageUpstreams(app.config.upstreams),
        ManageRoutes(app.routes),
        FreeStranded(accept_settings(app.config), app.routes),
        app.upstreams,
        app.upstreams.links,
        app.upstreams,
        app.routes,
        lambda org: org == app.host,
    )
