"""Serving: from the first line to the clean stop, with the socket open and signals heard."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec import Struct

from heliograph.app import STORE_NAME, App, running
from heliograph.app.beginning import Secrets, ensure_organisation, first_secrets
from heliograph.app.demo import add_demo_fleet
from heliograph.app.rest import rest_server
from heliograph.config import Config
from heliograph.interfaces.control.frames import SOCKET_NAME
from heliograph.interfaces.control.inlet import Inlet
from heliograph.runtime.lock import FolderLock


class Started(Struct, frozen=True):
    """What people are told when it runs."""

    data: str
    store: str
    socket: str
    api: str
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
        inlet, rest = Inlet(folder, app.run_verb), rest_server(app)
        try:
            started = await _begin(app, demo, rest.port)
            await inlet.start()
            await rest.start()
            tell(started)
            await stop.wait()
        finally:
            app.close_gates()
            await rest.stop()
            await inlet.stop()


async def _begin(app: App, demo: bool, port: int) -> Started:
    organisation = await ensure_organisation(app.store, app.flows, app.browse)
    fleet: int | None = None
    secrets = await first_secrets(app.store, app.flows, app.browse, organisation.id)
    scheme = "https" if app.config.http.certificate else "http"
    if demo and secrets is not None:
        fleet = await add_demo_fleet(app, organisation.id)
    return Started(
        str(app.folder),
        str(app.folder / STORE_NAME),
        str(app.folder / SOCKET_NAME),
        app.config.http.public_url or f"{scheme}://{app.config.http.host}:{port}/api",
        organisation.name,
        fleet,
        secrets,
    )


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
