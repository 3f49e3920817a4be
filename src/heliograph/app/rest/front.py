"""The front of the API, put together: who is believed about where calls come from, how many may come, and
TLS.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from socket import socket
from typing import Any

from heliograph.config import ConfigError, Http
from heliograph.interfaces.rest.always import early, over_tls
from heliograph.interfaces.rest.callers.proxies import Proxies
from heliograph.runtime.descriptors import raise_limit
from heliograph.runtime.http.limits import HttpDoor, Limits
from heliograph.runtime.http.server import HttpServer
from heliograph.runtime.tls import Tls
from heliograph.runtime.unavailable import Unavailable

Application = Callable[..., Awaitable[Any]]


def check_http(settings: Http) -> tuple[Proxies, Tls | None]:
    """What these settings name, looked at before a port is opened."""
    try:
        proxies = Proxies(settings.trusted_proxies)
    except ValueError as error:
        raise ConfigError(f"http.trusted_proxies: {error}.") from None
    if bool(settings.certificate) != bool(settings.key):
        raise ConfigError("http.certificate, http.key: TLS needs both.")
    if not settings.certificate:
        return proxies, None
    try:
        return proxies, Tls(Path(settings.certificate), Path(settings.key))
    except OSError as error:  # an SSLError is one
        raise Unavailable(f"API: the certificate or its key cannot be used: {error}.") from error


def http_server(
    settings: Http, application: Application, listener: socket, stopping: Callable[[], None]
) -> HttpServer:
    """`stopping` ends the answers that have no end of their own."""
    proxies, tls = check_http(settings)
    connections = min(Limits().connections, raise_limit() // 2)  # the store and callbacks need some too
    limits = Limits(connections=connections, connections_per_address=settings.connections_per_address)
    if tls is not None or settings.public_url.startswith("https:"):
        application = over_tls(application)
    door = HttpDoor(limits, early, exempt=proxies.trusts)
    return HttpServer(proxies.around(application), listener, door, tls, stopping)
