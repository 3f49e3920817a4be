"""A site under test: the whole application on a folder of its own, its API on a real port, in a thread.

Requests travel over real sockets. `ask` runs a coroutine on the application's loop, for what a test has to
arrange or look at behind the API's back.
"""

import asyncio
import http.client
import json
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from heliograph.app import App, running
from heliograph.app.beginning import ensure_organisation
from heliograph.app.rest.server import rest_server
from heliograph.config import Config, load
from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import NewDevice, NewPolicy, NewToken, PolicyWish
from heliograph.interfaces.control.verbs.organisations import found

T = TypeVar("T")
LONGEST_SECONDS = 30.0
SCOPES = ("admin",)


class Answered(Struct):
    status: int
    headers: dict[str, str]  # names in lower case
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class Site:
    """What tests hold on to. Every call names who calls, by token; the default one may do everything."""

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, port: int, org: int) -> None:
        self.app = app
        self.port = port
        self.org = org
        self._loop = loop
        self.token = self.new_token(*SCOPES)

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_SECONDS)

    def run(self, flow: Any, request: Any) -> Any:
        """One request to one flow; a refusal is an error here."""

        async def run() -> Any:
            return (await self.app.store.run(flow, [request]))[0]

        answer = self.ask(run())
        assert not isinstance(answer, Refusal), answer
        return answer

    def new_token(self, *scopes: str, org: int | None = None) -> str:
        made = self.run(self.app.flows.create_tokens, NewToken(org or self.org, "test", scopes))
        return str(made.secret)

    def new_organisation(self, name: str) -> Organisation:
        made = self.ask(found(self.app.store, self.app.flows, name))
        assert isinstance(made, Organisation)
        return made

    def new_policy(self, name: str, **wish: Any) -> int:
        made = self.run(self.app.flows.create_policies, NewPolicy(self.org, name, PolicyWish(**wish)))
        return int(made.id)

    def new_device(
        self, name: str, policy: int | str = "default", org: int | None = None, **more: Any
    ) -> int:
        made = self.run(
            self.app.flows.add_devices, NewDevice(org or self.org, name, policy, "simulator", **more)
        )
        self.app.services.enrol([made])
        return int(made.id)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = "",
        address: str = "127.0.0.1",
        **headers: str,
    ) -> Answered:
        """`token` None sends no credential. `body` text goes as it is, all else as JSON. `address` is where
        the call comes from: any of 127.0.0.0/8.
        """
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=LONGEST_SECONDS, source_address=(address, 0)
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        octets = body if body is None or isinstance(body, bytes | str) else json.dumps(body)
        try:
            connection.request(method, f"/api{path}", octets, sent)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(answer.status, named, answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **more: Any) -> Answered:
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Answered:
        return self.call("POST", path, body, **more)


@contextmanager
def site(folder: Path, settings: dict[str, str] | None = None, engine: bool = True) -> Iterator[Site]:
    """Runs until the block ends. `settings` are environment variables without their prefix."""
    variables = {f"HELIOGRAPH_{name}": value for name, value in (settings or {}).items()}
    config = load(None, {"HELIOGRAPH_HTTP__PORT": "0", **variables}).config
    started: list[tuple[App, asyncio.AbstractEventLoop, int, int]] = []
    ready, stop = threading.Event(), threading.Event()
    failed: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(config, folder, engine, started, ready, stop, failed))
    thread.start()
    ready.wait(LONGEST_SECONDS)
    try:
        if failed:
            raise failed[0]
        yield Site(*started[0])
    finally:
        stop.set()
        thread.join(LONGEST_SECONDS)


def _run(
    config: Config,
    folder: Path,
    engine: bool,
    started: list[tuple[App, asyncio.AbstractEventLoop, int, int]],
    ready: threading.Event,
    stop: threading.Event,
    failed: list[BaseException],
) -> None:
    async def main() -> None:
        async with running(config, folder, engine=engine) as app:
            server = rest_server(app)
            organisation = await ensure_organisation(app.store, app.flows, app.browse)
            await server.start()
            started.append((app, asyncio.get_running_loop(), server.port, organisation.id))
            ready.set()
            await asyncio.to_thread(stop.wait)
            app.close_gates()
            await server.stop()

    try:
        asyncio.run(main())
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        ready.set()
