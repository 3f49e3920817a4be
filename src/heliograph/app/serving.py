"""Serving: from the first line to the clean stop, with the socket open and signals heard."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import structlog
from msgspec import Struct

from heliograph.app import STORE_NAME, App, running
from heliograph.app.beginning import Secrets, ensure_organisation, first_secrets
from heliograph.app.demo import add_demo_fleet
from heliograph.app.folder_check import folder_words
from heliograph.app.rest.server import rest_server
from heliograph.app.smpp.service import SmppService
from heliograph.config import Config, Http
from heliograph.flow.shown import DeviceFilter
from heliograph.interfaces.control.frames import SOCKET_NAME
from heliograph.interfaces.control.inlet import Inlet
from heliograph.runtime.lock import FolderLock

FIRST_DEVICE = "tracker-1"  # of the demo fleet: it knows the sender 2020, and answers
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # names of everywhere, to what one can call


class Started(Struct, frozen=True):
    """What people are told when it runs."""

    data: str
    store: str
    socket: str
    portal: str  # for people
    api: str
    reference: str  # the pages that describe the API
    smpp: str  # where accounts bind
    call: str  # a first call, ready to be pasted
    organisation: str
    devices_of_demo: int | None
    secrets: Secrets | None


async def serve(
    config: Config, folder: Path, lock: FolderLock, demo: bool, tell: Callable[[Started], None]
) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(config, folder, lock=lock) as app:
        inlet, rest, smpp = Inlet(folder, app.run_verb), rest_server(app), SmppService(app)
        try:
            started = await _begin(app, demo, rest.port, smpp.where)
            await inlet.start()
            await rest.start()
            is_closed, words = folder_words(folder)
            if not is_closed:
                structlog.get_logger().warning("data folder", finding=words)
            app.listens.append(("API", config.http.host, rest.port))
            await smpp.start()
            tell(started)
            await stop.wait()
        finally:
            app.close_gates()
            await smpp.stop()
            await rest.stop()
            await inlet.stop()


async def _begin(app: App, demo: bool, port: int, smpp: str) -> Started:
    organisation = await ensure_organisation(app.store, app.flows, app.browse)
    fleet: int | None = None
    secrets = await first_secrets(app.store, app.flows, app.browse, organisation.id)
    if demo and secrets is not None:
        fleet = await add_demo_fleet(app, organisation.id)
    api = _api(app.config.http, port)
    call = await _first_call(app, organisation.id, api, secrets.token if secrets is not None else "$TOKEN")
    return Started(
        str(app.folder),
        str(app.folder / STORE_NAME),
        str(app.folder / SOCKET_NAME),
        api.removesuffix("api"),
        api,
        f"{api}/docs",
        smpp,
        call,
        organisation.name,
        fleet,
        secrets,
    )


def _api(settings: Http, port: int) -> str:
    """As somebody at this machine reaches it, when the settings do not say how others do."""
    scheme = "https" if settings.certificate else "http"
    host = _HERE.get(settings.host, settings.host)
    site = settings.public_url or f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    return f"{site.rstrip('/')}/api"


async def _first_call(app: App, org: int, api: str, token: str) -> str:
    """Sends to a device when there is one, else lists them."""
    found = (await app.browse.devices(org, DeviceFilter(text=FIRST_DEVICE), "", 1)).items
    credential = f"-H 'Authorization: Bearer {token}'"
    if not found:
        return f"curl {credential} {api}/v1/endpoint"
    body = '{"payload":"STATUS","source_address":"2020"}'
    return f"curl -i {credential} -d '{body}' {api}/v1/endpoint/{found[0].id}/sms"


def run(main: Coroutine[Any, Any, None]) -> None:
    """On uvloop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
