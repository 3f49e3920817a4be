"""The API, put together: its routes on a listening socket."""

from socket import socket
from time import monotonic

from heliograph.app import App
from heliograph.app.listeners import reason_of
from heliograph.app.metrics import renderer
from heliograph.app.rest.access import access_services
from heliograph.app.rest.batches import batch_services
from heliograph.app.rest.callbacks import callback_services
from heliograph.app.rest.console import console_services
from heliograph.app.rest.firewall import firewall_services
from heliograph.app.rest.fleet import fleet_services
from heliograph.app.rest.front import check_http, http_server
from heliograph.app.rest.network import network_services
from heliograph.app.rest.oidc import OidcService, check_oidc
from heliograph.app.rest.policies import policy_services
from heliograph.app.rest.saved import saved_services
from heliograph.app.rest.simulator import simulator_services
from heliograph.app.rest.sms import sms_services
from heliograph.app.rest.upstreams import upstream_services
from heliograph.config import Http
from heliograph.flow.callbacks.feeding import AcknowledgeFeed
from heliograph.interfaces.portal.inlet import portal_place
from heliograph.interfaces.rest.callers.buckets import Buckets
from heliograph.interfaces.rest.callers.seen import SeenDesk
from heliograph.interfaces.rest.following import Following
from heliograph.interfaces.rest.inlet import application
from heliograph.interfaces.rest.metrics import Metrics, metrics_place
from heliograph.interfaces.rest.routes import ROUTES
from heliograph.interfaces.rest.services import FeedServices, Services, SmppServices
from heliograph.runtime.http.server import HttpServer, listen
from heliograph.runtime.unavailable import Unavailable


def rest_server(app: App) -> HttpServer:
    """Not started yet; its port is taken."""
    settings = app.config.http
    check_http(settings)
    check_oidc(app.config.oidc)
    listener = _listener(settings)
    oidc, seen = OidcService(app), SeenDesk(app.store, app.clock)
    following = Following(app.store.watch, app.clock)
    app.store.on_news = following.take
    services = Services(
        access=access_services(app, oidc.oidc, seen),
        store=app.store,
        browse=app.browse,
        clock=app.clock,
        submit=app.traffic.submit,
        audit=app.audit,
        policies=policy_services(app),
        sms=sms_services(app),
        callbacks=callback_services(app),
        fleet=fleet_services(app),
        saved=saved_services(app),
        firewall=firewall_services(app),
        following=following,
        feed=FeedServices(
            app.callback_reader,
            AcknowledgeFeed(),
            app.flows.create_applications,
            app.flows.delete_applications,
        ),
        batches=batch_services(app),
        console=console_services(app),
        upstreams=upstream_services(app),
        simulator=simulator_services(app),
        network=network_services(app),
        smpp=SmppServices(
            app.smpp_reader, app.flows.smpp_accounts, app.smpp_accounts, app.smpp_desk, app.flows.end_waiting
        ),
    )
    buckets = Buckets(settings.calls_per_second, settings.calls_at_once, monotonic)
    metrics = Metrics(renderer(app), app.config.metrics.access, lambda org: org == app.host)
    beside = [metrics_place(metrics, app.access), portal_place()]
    served = application(ROUTES, services, app.access, buckets, settings.public_url, beside)

    def stopping() -> None:
        following.end()
        oidc.end()
        seen.end()

    return http_server(settings, served, listener, stopping)


def _listener(settings: Http) -> socket:
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        raise Unavailable(f"API: {settings.port} on {settings.host} {reason_of(error)}.") from error
