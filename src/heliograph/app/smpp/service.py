"""SMPP for applications, put together: the server on its ports, the gates of accounts, who may bind."""

import asyncio
import socket
from pathlib import Path
from secrets import token_bytes

from heliograph.app import App
from heliograph.app.listeners import Listener, reason_of
from heliograph.app.settings import OVER_TLS, SMPP, cancel_alike, smpp_listeners
from heliograph.config import ConfigError, Smpp
from heliograph.interfaces.smpp.binding import Judge
from heliograph.interfaces.smpp.desk import Tools
from heliograph.interfaces.smpp.inlet import Flows
from heliograph.interfaces.smpp.outbind import call, called_of
from heliograph.interfaces.smpp.server import Settings, SmppServer
from heliograph.interfaces.smpp.views import Views
from heliograph.runtime.descriptors import raise_limit
from heliograph.runtime.door import Door
from heliograph.runtime.http.server import listen
from heliograph.runtime.passwords import Passwords
from heliograph.runtime.tls import Pair, Tls
from heliograph.runtime.unavailable import Unavailable
from heliograph.wire.smpp.events import Limits as SessionLimits
from heliograph.wire.smpp.pdus import Outbind

KEY_OCTETS = 32


class SmppService:
    """Its ports are taken when it is made."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tls = tls_of(app.config.smpp)
        self._listeners = smpp_listeners(app.config)
        self._sockets = {one.name: _listen(one) for one in self._listeners}
        self._calls: list[asyncio.Task[None]] = []
        self.server = smpp_server(app)

    @property
    def where(self) -> str:
        """For people."""
        found = [f"{one.host}:{one.port}{OVER_TLS * one.name.endswith(OVER_TLS)}" for one in self._listeners]
        return ", ".join(found) or "off"

    async def start(self) -> None:
        settings, sockets = self._app.config.smpp, self._sockets
        self._app.smpp_accounts.follow(self.server)
        self._app.smpp_desk.views = Views(self.server)
        self._app.on_sighted.append(self.server.alerts.seen)
        await self.server.start(sockets.get(SMPP), sockets.get(SMPP + OVER_TLS), self._tls)
        self._app.listens += self._listeners
        outbind = Outbind(settings.system_id, settings.outbind_password)
        self._calls = [
            asyncio.create_task(call(self.server, called_of(text), outbind)) for text in settings.outbind
        ]

    async def stop(self) -> None:
        for task in self._calls:
            task.cancel()
        await self.server.stop()
        for listening in self._sockets.values():
            listening.close()


def smpp_server(app: App) -> SmppServer:
    """Not started yet."""
    settings, traffic = app.config.smpp, app.traffic
    loop = asyncio.get_running_loop()
    tools = Tools(
        app.doors,
        app.doors.report,
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
        Door(connections, settings.connections_per_address),
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


def _listen(listener: Listener) -> socket.socket:
    try:
        return listen(listener.host, listener.port)
    except OSError as error:
        where = f"{listener.port} on {listener.host}"
        raise Unavailable(f"{listener.name}: {where} {reason_of(error)}.") from error
