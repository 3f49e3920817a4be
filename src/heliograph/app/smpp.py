"""SMPP for applications, put together: the server on its ports, the gates of accounts, who may bind."""

import asyncio
import socket
from pathlib import Path
from secrets import token_bytes

from heliograph.app import App
from heliograph.app.listeners import reason_of
from heliograph.app.settings import cancel_alike
from heliograph.config import ConfigError, Smpp
from heliograph.core.gate import Gate
from heliograph.flow.ports import Outlet
from heliograph.interfaces.smpp.binding import Judge
from heliograph.interfaces.smpp.desk import Tools
from heliograph.interfaces.smpp.inlet import Flows
from heliograph.interfaces.smpp.outbind import call, called_of
from heliograph.interfaces.smpp.server import Settings, SmppServer
from heliograph.interfaces.smpp.views import Views
from heliograph.runtime.descriptors import raise_limit
from heliograph.runtime.http.limits import Door, Limits
from heliograph.runtime.http.server import listen
from heliograph.runtime.passwords import Passwords
from heliograph.runtime.tls import Pair, Tls
from heliograph.runtime.unavailable import Unavailable
from heliograph.wire.smpp.events import Limits as SessionLimits
from heliograph.wire.smpp.pdus import Outbind

KEY_OCTETS = 32


class _Doors:
    """The dispatcher's gates, as accounts see them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.opened = app.dispatcher.opened
        self.closed = app.dispatcher.closed

    def add(self, name: str, gate: Gate, outlet: Outlet, timer_ms: int) -> None:
        self._app.add_gate(name, gate, outlet, timer_ms)


class SmppService:
    """Its ports are taken when it is made. `server` is None when both are off."""

    def __init__(self, app: App) -> None:
        settings = app.config.smpp
        self._app = app
        self._tls = tls_of(settings)
        self._plain = _listen("SMPP", settings.host, settings.port)
        self._secured = _listen("SMPP over TLS", settings.host, settings.tls_port if self._tls else 0)
        self._calls: list[asyncio.Task[None]] = []
        self.server = smpp_server(app)

    @property
    def where(self) -> str:
        """For people."""
        settings = self._app.config.smpp
        known = ((self._plain, settings.port, ""), (self._secured, settings.tls_port, " with TLS"))
        found = [f"{settings.host}:{port}{how}" for listener, port, how in known if listener is not None]
        return ", ".join(found) or "off"

    async def start(self) -> None:
        settings = self._app.config.smpp
        self._app.smpp_accounts.follow(self.server)
        self._app.smpp_desk.server = Views(self.server)
        self._app.smpp_server = self.server
        self._app.on_sighted.append(self.server.alerts.seen)
        await self.server.start(self._plain, self._secured, self._tls)
        if self._plain is not None:
            self._app.listens.append(("SMPP", settings.host, settings.port))
        if self._secured is not None:
            self._app.listens.append(("SMPP over TLS", settings.host, settings.tls_port))
        outbind = Outbind(settings.system_id, settings.outbind_password)
        self._calls = [
            asyncio.create_task(call(self.server, called_of(text), outbind)) for text in settings.outbind
        ]

    async def stop(self) -> None:
        for task in self._calls:
            task.cancel()
        await self.server.stop()
        for listener in (self._plain, self._secured):
            if listener is not None:
                listener.close()


def smpp_server(app: App) -> SmppServer:
    """Not started yet."""
    settings, traffic = app.config.smpp, app.traffic
    loop = asyncio.get_running_loop()
    tools = Tools(
        _Doors(app),
        app.dispatcher.report,
        app.clock,
        loop.time,
        lambda org: app.store.country_of(org, app.config.messages.country_code),
        app.reader.device_names,
        settings.response_seconds,
        settings.join_seconds,
        settings.trace_pdus,
    )
    limits = SessionLimits(
        session_init_seconds=settings.bind_seconds,
        enquire_link_seconds=settings.enquire_link_seconds,
        inactivity_seconds=settings.inactivity_seconds or None,
        response_seconds=settings.response_seconds,
    )
    connections = min(settings.connections, raise_limit() // 2)  # the store and the API need some too
    return SmppServer(
        Settings(settings.system_id, limits),
        app.store,
        app.smpp_reader,
        Flows(traffic.submit, traffic.cancel, cancel_alike(traffic), traffic.change),
        Judge(app.smpp_accounts, Passwords().match, token_bytes(KEY_OCTETS)),
        tools,
        Door(Limits(connections=connections, connections_per_address=settings.connections_per_address)),
    )


def tls_of(settings: Smpp) -> Tls | None:
    if bool(settings.certificate) != bool(settings.key):
        raise ConfigError("smpp.certificate, smpp.key: TLS needs both.")
    if not settings.certificate:
        if settings.more_certificates:
            raise ConfigError("smpp.more_certificates: the first one is smpp.certificate.")
        return None
    client_ca = Path(settings.client_ca) if settings.client_ca else None
    must = settings.client_certificates == "required"
    more = [_pair(text) for text in settings.more_certificates]
    try:
        return Tls(Path(settings.certificate), Path(settings.key), (), client_ca, must, more)
    except OSError as error:  # an SSLError is one
        raise Unavailable(f"SMPP: a certificate, its key or client_ca cannot be used: {error}.") from error


def _pair(text: str) -> Pair:
    """`b.pem=b.key`."""
    certificate, _, key = text.partition("=")
    return Path(certificate), Path(key)


def _listen(name: str, host: str, port: int) -> socket.socket | None:
    if not port:
        return None
    try:
        return listen(host, port)
    except OSError as error:
        raise Unavailable(f"{name}: {port} on {host} {reason_of(error)}.") from error
