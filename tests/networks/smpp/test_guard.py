"""Where upstreams lead: those of organisations that do not run this machine to no inner address."""

import asyncio
import socket
from typing import Any

import pytest

from heliograph.core.upstream import CONFIGURED_FROM, EVERYONE, Upstream
from heliograph.networks.smpp.connect import REFUSED, NotConnected, connect
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Smsc

TENANT = 77_000


async def _smsc(lab: Lab) -> Smsc:
    made = Smsc()
    await made.start()
    lab.smscs.append(made)
    return made


def test_an_upstream_of_another_organisation_leads_to_no_inner_address(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await _smsc(lab)
        row = lab.put("acme", port=smsc.port, org=TENANT, password=None)
        await eventually(lambda: lab.view().links[0].error == REFUSED)
        tried = await lab.app.upstreams.test(row)
        assert (tried.ok, tried.stage, tried.error) == (False, "connect", REFUSED)
        assert not smsc.talks
        assert not smsc.binds

    run(work)


@pytest.mark.parametrize("whose", ["platform", "host", "settings"])
def test_those_of_whoever_runs_the_machine_lead_anywhere(run: Run, whose: str) -> None:
    async def work(lab: Lab) -> None:
        smsc = await _smsc(lab)
        orgs = {"platform": EVERYONE, "host": lab.org, "settings": TENANT}
        id = CONFIGURED_FROM + 1 if whose == "settings" else 1
        row = lab.put("acme", id=id, port=smsc.port, org=orgs[whose], password=None)
        await lab.is_up()
        assert (await lab.app.upstreams.test(row)).ok

    run(work)


def test_the_settings_may_allow_more(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await _smsc(lab)
        lab.put("acme", port=smsc.port, org=TENANT, password=None)
        await lab.is_up()
        assert len(smsc.binds) == 1

    run(work, SMPP__ALLOW="127.0.0.0/30")


def test_of_several_addresses_the_permitted_one_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the name resolved to is what is judged, and what is connected to."""

    async def work() -> None:
        smsc = Smsc()
        await smsc.start()
        loop = asyncio.get_running_loop()
        judged: list[str] = []

        async def names(host: str, port: int, **_: Any) -> list[Any]:
            assert host == "smsc.example"
            found = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*found, (one, port)) for one in ("127.0.0.9", "127.0.0.1")]

        def permits(_: Upstream, address: str) -> bool:
            judged.append(address)
            return address == "127.0.0.1"

        monkeypatch.setattr(loop, "getaddrinfo", names)
        protocol = asyncio.Protocol()
        upstream = Upstream(1, "acme", "smsc.example", smsc.port)
        await connect(upstream, lambda: protocol, permits)
        assert judged == ["127.0.0.9", "127.0.0.1"]
        with pytest.raises(NotConnected, match=REFUSED):
            await connect(upstream, lambda: protocol, lambda *_: False)
        await smsc.stop()

    asyncio.run(work())
