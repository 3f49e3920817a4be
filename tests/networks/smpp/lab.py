"""A centre under test with operators to bind to: the whole application on a folder of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from heliograph.app import App, running
from heliograph.app.beginning import ensure_organisation
from heliograph.app.upstreams import PASSWORD
from heliograph.config import load
from heliograph.core.content import Content, content_of_text
from heliograph.core.message import Message, State
from heliograph.core.refusal import Refusal
from heliograph.core.story.timeline import read
from heliograph.core.upstream import Route, Upstream
from heliograph.flow.manage.requests import NewDevice, NewPolicy, PolicyWish
from heliograph.flow.reads.upstream_port import UpstreamView
from heliograph.flow.requests import Submission, Submitted
from tests.networks.smpp.smsc import Smsc

SETTINGS = {"RETRY__CONGESTION": "1", "RETRY__UNKNOWN": "1", "RETRY__ABSENT": "1"}
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 10.0
SECRET = b"secret"
NETWORK = "nbiot"


class Lab:
    def __init__(self, app: App, org: int) -> None:
        self.app = app
        self.org = org
        self.smscs: list[Smsc] = []
        self._devices = 0
        self._policy = 0
        self._rows: dict[str, Upstream] = {}

    async def smsc(self, name: str = "acme", connect: bool = True, **row: Any) -> Smsc:
        """An operator, bound to. SMS of network `nbiot` and to phones go there."""
        made = Smsc()
        await made.start()
        self.smscs.append(made)
        self.put(name, port=made.port, **row)
        self.route(name, cost=len(self.smscs))
        if connect:
            await self.is_up(name)
        return made

    def put(self, name: str, **row: Any) -> Upstream:
        known = self._rows.get(name)
        fields: dict[str, Any] = {
            "id": len(self._rows) + 1,
            "name": name,
            "host": "127.0.0.1",
            "system_id": "us",
            "password": self.app.vault.seal(SECRET, PASSWORD.format(org=0)),
            "response_seconds": 5,
            "reconnect_seconds": 0,
            "failover_seconds": 1,
        }
        if known is not None:
            fields = {field: getattr(known, field) for field in known.__struct_fields__}
        self._rows[name] = upstream = Upstream(**(fields | row))
        self.app.upstreams.put(upstream)
        return upstream

    def route(self, name: str, **fields: Any) -> None:
        for number, network in enumerate((NETWORK, ""), 1):
            id = self._rows[name].id * 10 + number
            self.app.upstreams.put_route(Route(id, name, network=network, **fields))

    def view(self, name: str = "acme") -> UpstreamView:
        found = self.app.upstreams.links.view(self._rows[name].id)
        assert found is not None
        return found

    async def is_up(self, name: str = "acme", binds: int = 1) -> None:
        await eventually(lambda: _bound(self.view(name)) >= binds)

    async def is_down(self, name: str = "acme") -> None:
        await eventually(lambda: not self.view(name).is_up)

    async def run(self, flow: Any, request: Any) -> Any:
        answer = (await self.app.store.run(flow, [request]))[0]
        assert not isinstance(answer, Refusal), answer
        return answer

    async def device(self, network: str = NETWORK) -> int:
        if not self._policy:
            wish = PolicyWish()
            made = await self.run(self.app.flows.create_policies, NewPolicy(self.org, "policy", wish))
            self._policy = made.id
        self._devices += 1
        name, number = f"device {self._devices}", f"4915{self._devices:09}"
        new = NewDevice(self.org, name, self._policy, network, msisdn=number)
        id: int = (await self.run(self.app.flows.add_devices, new)).id
        return id

    async def send(self, device: int, text: str = "hello", **fields: Any) -> int:
        return (await self.send_all([device], text, **fields))[0]

    async def send_all(self, devices: list[int], text: str = "hello", **fields: Any) -> list[int]:
        content = fields.pop("content", None) or content_of_text(text)
        assert isinstance(content, Content)
        source = fields.pop("source", "12345")
        answers = await self.app.submit(
            [Submission(self.org, device, content, "operator", source, **fields) for device in devices]
        )
        assert all(isinstance(answer, Submitted) for answer in answers), answers
        return [answer.id for answer in answers if isinstance(answer, Submitted)]

    async def message(self, id: int) -> Message:
        found = await self.app.reader.message(self.org, id)
        assert found is not None
        return found

    async def ends(self, id: int, state: State = State.DELIVERED) -> Message:
        """Until it is over, in this state."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self.message(id)
            while message.final_at is None:
                await asyncio.sleep(POLL_SECONDS)
                message = await self.message(id)
        assert message.state == state, (State(message.state).name, message.reason, message.timeline)
        return message

    async def story(self, id: int) -> list[str]:
        return [step.code for step in read((await self.message(id)).timeline)]


def _bound(view: UpstreamView) -> int:
    return sum(link.state == "bound" for link in view.links)


async def eventually(holds: Any) -> None:
    """What happens in the server's own time, which tells nobody."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110  # plain counters
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def lab(folder: Path, **settings: str) -> AsyncIterator[Lab]:
    variables = {f"HELIOGRAPH_{name}": value for name, value in (SETTINGS | settings).items()}
    async with running(load(None, variables).config, folder / "data") as app:
        org = await ensure_organisation(app.store, app.flows, app.browse)
        made = Lab(app, org.id)
        try:
            yield made
        finally:
            app.close_gates()
            await app.upstreams.stop()
            for smsc in made.smscs:
                await smsc.stop()
