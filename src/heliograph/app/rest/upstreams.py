"""What the API does with upstreams and routes: what commands do, by whoever may."""

from heliograph.app import App
from heliograph.interfaces.rest.services import UpstreamServices


def upstream_services(app: App) -> UpstreamServices:
    commands = app.upstream_commands
    return UpstreamServices(
        commands.manage,
        commands.routes,
        commands.stranded,
        commands.directory,
        commands.links,
        commands.probe,
        commands.table,
        lambda org: org == app.host,
    )
