"""A centre under test: the whole application on a folder of its own, its SMPP server on free ports."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from heliograph.app import App, running
from heliograph.app.beginning import ensure_organisation
from heliograph.app.smpp.service import smpp_server
from heliograph.config import load
from heliograph.core.content import Content, content_of_text
from heliograph.core.message import Message
from heliograph.core.policy import Interface
from heliograph.core.refusal import Refusal
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.manage.requests import NewDevice, NewPolicy, PolicyWish
from heliograph.flow.manage.smpp_accounts import (
    DeleteSmppAccount,
    ManageSmppAccounts,
    NewSmppAccount,
    SetSmppAccount,
    SmppAccountWish,
)
from heliograph.flow.requests import Inbound
from heliograph.interfaces.smpp.server import SmppServer
from heliograph.interfaces.smpp.views import Views
from heliograph.runtime.passwords import hash_of_password
from heliograph.runtime.tls import Tls
from tests.smpp.peer import PASSWORD, Peer

SETTINGS = {"RETRY__APPLICATION": "1", "RETRY__UNKNOWN": "1", "SMPP__JOIN_SECONDS": "1"}
HASH = hash_of_password(PASSWORD)
MANAGE = ManageSmppAccounts()
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 10.0


class Centre:
    def __init__(self, app: App, server: SmppServer, org: int, port: int, tls_port: int) -> None:
        self.app = app
        self.server = server
        self.org = org
        self.port = port
        self.tls_port = tls_port
        self._devices = 0
        self._imsis: dict[str, str] = {}
        self.peers: list[Peer] = []

    async def run(self, flow: Any, request: Any) -> Any:
        answer = (await self.app.store.run(flow, [request]))[0]
        assert not isinstance(answer, Refusal), answer
        return answer

    async def new_account(self, system_id: str = "acme", **wish: Any) -> SmppAccount:
        wished = SmppAccountWish(system_id=system_id, password=wish.pop("password", HASH), **wish)
        made = await self.run(MANAGE, NewSmppAccount(self.org, wished))
        self.app.smpp_accounts.put(made)
        assert isinstance(made, SmppAccount)
        return made

    async def set_account(self, account: SmppAccount, **wish: Any) -> SmppAccount:
        made = await self.run(MANAGE, SetSmppAccount(self.org, account.id, SmppAccountWish(**wish)))
        self.app.smpp_accounts.put(made)
        assert isinstance(made, SmppAccount)
        return made

    async def delete_account(self, account: SmppAccount) -> None:
        self.app.smpp_accounts.remove(await self.run(MANAGE, DeleteSmppAccount(self.org, account.id)))

    async def new_device(self, account: SmppAccount | None = None, profile: str = "", **wish: Any) -> str:
        """Its number. Its policy tells the account."""
        self._devices += 1
        name = f"device {self._devices}"
        if account is not None:
            wish |= {"interface": Interface.SMPP, "smpp_account": account.id}
        policy = await self.run(
            self.app.flows.create_policies, NewPolicy(self.org, f"policy of {name}", PolicyWish(**wish))
        )
        msisdn, imsi = f"4915{self._devices:09}", f"90128{self._devices:010}"
        self._imsis[msisdn] = imsi
        made = await self.run(
            self.app.flows.add_devices,
            NewDevice(self.org, name, policy.id, "simulator", msisdn=msisdn, imsi=imsi),
        )
        self.app.services.enrol([made])
        if profile and self.app.simulator is not None:
            self.app.simulator.assign_profile(made.imsi, msisdn, profile)
        return msisdn

    def set_state(self, msisdn: str, state: str) -> None:
        assert self.app.simulator is not None
        self.app.simulator.set_state(self._imsis[msisdn], msisdn, state)

    def inbox(self, msisdn: str) -> list[dict[str, Any]]:
        assert self.app.simulator is not None
        return list(self.app.simulator.inbox(self._imsis[msisdn], msisdn))

    async def texts_at(self, msisdn: str, count: int = 1) -> list[str]:
        await eventually(lambda: len(self.inbox(msisdn)) >= count)
        return [str(one["text"]) for one in self.inbox(msisdn)]

    async def send(self, msisdn: str, text: str | Content, to: str = "12345", **fields: Any) -> None:
        """An SMS from a device."""
        content = content_of_text(text) if isinstance(text, str) else text
        assert isinstance(content, Content)
        answers = await self.app.receive(
            [Inbound("simulator", self._imsis[msisdn], "", to, content, **fields)]
        )
        assert not isinstance(answers[0], Refusal), answers

    async def message(self, account: SmppAccount, id: str | int) -> Message:
        found = await self.app.smpp_reader.message(account, int(id))
        assert found is not None
        return found

    async def peer(
        self, system_id: str = "", tls: ssl.SSLContext | None = None, address: str = "127.0.0.1", **bind: Any
    ) -> Peer:
        """Bound, where it has a name."""
        made = await Peer.open(self.tls_port if tls else self.port, tls, address)
        self.peers.append(made)
        if system_id:
            answer = await made.bind(system_id, **bind)
            assert answer.status == 0, answer
        return made


async def eventually(holds: Any) -> None:
    """What happens in the server's own time, which tells nobody."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110  # plain counters
            await asyncio.sleep(POLL_SECONDS)


def listening() -> socket.socket:
    made = socket.create_server(("127.0.0.1", 0))
    made.setblocking(False)
    return made


@asynccontextmanager
async def centre(
    folder: Path, settings: dict[str, str] | None = None, tls: Tls | None = None
) -> AsyncIterator[Centre]:
    variables = {f"HELIOGRAPH_{name}": value for name, value in {**SETTINGS, **(settings or {})}.items()}
    async with running(load(None, variables).config, folder / "data") as app:
        org = await ensure_organisation(app.store, app.flows, app.browse)
        server = smpp_server(app)
        app.smpp_accounts.follow(server)
        app.smpp_desk.views = Views(server)
        app.on_sighted.append(server.alerts.seen)
        plain, secured = listening(), listening()
        ports = plain.getsockname()[1], secured.getsockname()[1]
        await server.start(plain, secured, tls)
        made = Centre(app, server, org.id, *ports)
        try:
            yield made
        finally:
            await server.stop()
            for peer in made.peers:
                await peer.close()
            plain.close()
            secured.close()
