"""A clean stop; and outbind, where we call first."""

import asyncio
from pathlib import Path

import pytest

from heliograph.app import running
from heliograph.app.health import findings
from heliograph.app.smpp.service import SmppService
from heliograph.config import load
from heliograph.interfaces.smpp.outbind import Called, call, called_of
from heliograph.runtime.unavailable import Unavailable
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    BindReceiver,
    DeliverSm,
    DeliverSmResp,
    Outbind,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from tests.runtime.wire_server import make_certificate
from tests.smpp.centre import Centre, listening
from tests.smpp.conftest import Run
from tests.smpp.peer import Gone, Peer


def sm(to: str) -> SubmitSm:
    return SubmitSm(source_addr="2020", destination_addr=to, short_message=b"x", registered_delivery=1)


async def leave(peer: Peer) -> list[object]:
    """Whatever it hears, answered, until it is over."""
    heard: list[object] = []
    try:
        while True:
            one = await peer.hear()
            heard.append(one.pdu)
            if isinstance(one.pdu, DeliverSm):
                peer.answer(one, DeliverSmResp())
            elif isinstance(one.pdu, Unbind):
                peer.answer(one, UnbindResp())
    except Gone:
        return heard


def test_all_are_answered_and_told_within_a_second(run: Run) -> None:
    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device()
        peers = [await here.peer("acme", kind="tx") for _ in range(3)]
        mute = await here.peer("acme", kind="rx")
        for peer in peers:
            peer.say(*[sm(device)] * 20)
        await peers[0].hear()
        leaving = [asyncio.ensure_future(leave(peer)) for peer in peers]
        began = asyncio.get_running_loop().time()
        await here.server.stop()
        assert asyncio.get_running_loop().time() - began < 1.5
        accepted = 1
        for heard in await asyncio.gather(*leaving):
            answers = [pdu for pdu in heard if isinstance(pdu, SubmitSmResp)]
            assert {answer.status for answer in answers} <= {Status.ROK, Status.RMSGQFUL}
            accepted += sum(answer.status == Status.ROK for answer in answers)
            assert isinstance(heard[-1], Unbind)
        assert here.server.desk(account.id) is not None
        assert sum(desk.counters.submitted for desk in here.server.desks()) == accepted
        assert not here.server.connections
        with pytest.raises(ConnectionRefusedError):
            await Peer.open(here.port)
        assert await mute.is_closed()

    run(work)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    taken = listening()
    port = str(taken.getsockname()[1])

    async def work() -> None:
        variables = {"HELIOGRAPH_SMPP__PORT": port}
        async with running(load(None, variables).config, tmp_path / "data") as app:
            with pytest.raises(Unavailable, match=f"SMPP: {port} on 127.0.0.1 is taken"):
                SmppService(app)

    asyncio.run(work())
    taken.close()


def test_the_service_serves_on_its_port_and_tells_it(tmp_path: Path) -> None:
    free = listening()
    port = free.getsockname()[1]
    free.close()

    async def work() -> None:
        async with running(load(None, {"HELIOGRAPH_SMPP__PORT": str(port)}).config, tmp_path / "data") as app:
            service = SmppService(app)
            await service.start()
            assert ("SMPP", "127.0.0.1", port) in app.listens
            peer = await Peer.open(port)
            assert (await peer.bind("nobody")).status == Status.RINVSYSID
            await service.stop()
            assert await peer.is_closed()
            await peer.close()

    asyncio.run(work())


def test_an_account_is_called_and_binds_on_the_call(run: Run) -> None:
    assert called_of("acme@[2001:db8::1]:2776") == Called("acme", "2001:db8::1", 2776)

    async def work(here: Centre) -> None:
        account = await here.new_account()
        device = await here.new_device(account)
        await here.send(device, "waiting")
        called: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        listener = await asyncio.start_server(
            lambda reader, writer: called.set_result(Peer(reader, writer)), "127.0.0.1", 0
        )
        port = listener.sockets[0].getsockname()[1]
        calling = asyncio.create_task(
            call(here.server, Called("acme", "127.0.0.1", port), Outbind("heliograph", "hello"))
        )
        peer = await called
        here.peers.append(peer)
        assert await peer.expect(Outbind) == Outbind("heliograph", "hello")
        assert (await peer.ask(BindReceiver("acme", "secret"))).status == Status.ROK
        assert (await peer.delivered()).short_message == b"waiting"
        calling.cancel()
        listener.close()

    run(work)


def test_the_check_tells_how_smpp_is_served(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)

    def found(**settings: str) -> tuple[bool, str]:
        variables = {f"HELIOGRAPH_SMPP__{name.upper()}": value for name, value in settings.items()}
        (finding,) = [one for one in findings(load(None, variables).config, tmp_path) if one.what == "SMPP"]
        return finding.ok, finding.finding

    assert found() == (True, "port 2775")
    assert found(port="0") == (True, "off")
    named = {"certificate": str(certificate), "key": str(key)}
    assert found(**named) == (True, "port 2775, port 3550 over TLS")
    assert found(port="0", **named) == (True, "port 3550 over TLS")
    wrong, words = found(certificate=str(certificate), key=str(tmp_path / "none.pem"))
    assert not wrong
    assert "cannot be used" in words
