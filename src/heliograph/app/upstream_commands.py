"""What commands about upstreams and routes work with, put together."""

from heliograph.app.settings import accept_settings
from heliograph.app.upstreams import UpstreamService
from heliograph.config import Config
from heliograph.core.routing import Routes
from heliograph.flow.manage.routes import ManageRoutes
from heliograph.flow.manage.upstreams import ManageUpstreams
from heliograph.flow.stranded import FreeStranded
from heliograph.interfaces.control.services import Upstreams


def upstream_commands(config: Config, running: UpstreamService, known: Routes) -> Upstreams:
    return Upstreams(
        ManageUpstreams(config.upstreams),
        ManageRoutes(known),
        FreeStranded(accept_settings(config), known),
        running,
        running.links,
        running,
        known,
    )
