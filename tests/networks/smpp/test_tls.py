"""TLS towards operators: whom we trust, by which name, what we show."""

import asyncio
import ssl
from pathlib import Path
from struct import pack, unpack

import pytest

from heliograph.core.upstream import Upstream
from heliograph.networks.smpp import connect
from heliograph.networks.smpp.probe import LEAVE_SECONDS, try_bind
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually
from tests.networks.smpp.smsc import Smsc
from tests.runtime.wire_server import make_certificate


def _context(folder: Path, ca: Path | None = None) -> ssl.SSLContext:
    folder.mkdir()
    certificate, key = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(ca)
    return context


def anywhere(*_: object) -> bool:
    return True


async def _secured(lab: Lab, context: ssl.SSLContext, **row: object) -> Smsc:
    made = Smsc()
    made.tls = context
    await made.start()
    lab.smscs.append(made)
    lab.put("acme", port=made.port, tls=1, **row)
    lab.route("acme")
    return made


def test_it_is_verified_by_its_authority_and_its_name(run: Run, tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        context = _context(tmp_path / "theirs")
        ca = str(tmp_path / "theirs" / "certificate.pem")
        await _secured(lab, context, tls_ca=ca, tls_server_name="localhost")
        await lab.is_up()
        assert (await lab.ends(await lab.send(await lab.device()))).reason is None

    run(work)


@pytest.mark.parametrize("trusts", [True, False])
def test_another_name_or_an_unknown_authority_is_not_bound_to(run: Run, tmp_path: Path, trusts: bool) -> None:
    async def work(lab: Lab) -> None:
        context = _context(tmp_path / "theirs")
        ca = str(tmp_path / "theirs" / "certificate.pem") if trusts else ""
        smsc = await _secured(lab, context, tls_ca=ca, tls_server_name="other" if trusts else "localhost")
        await eventually(lambda: "certificate verify failed" in lab.view().links[0].error)
        assert not smsc.binds

    run(work)


def test_it_may_go_unverified(run: Run, tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        smsc = await _secured(lab, _context(tmp_path / "theirs"), tls_verify=0)
        await lab.is_up()
        assert len(smsc.binds) == 1

    run(work)


def test_we_show_our_certificate(run: Run, tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        (tmp_path / "ours").mkdir()
        certificate, key = make_certificate(tmp_path / "ours")
        context = _context(tmp_path / "theirs", certificate)
        await _secured(lab, context, tls_verify=0)
        await eventually(lambda: lab.view().links[0].failures >= 1)
        assert not lab.view().is_up
        lab.put("acme", tls_certificate=str(certificate), tls_key=str(key), updated_at=1)
        await lab.is_up()

    run(work)


@pytest.mark.parametrize("setting", ["tls_ca", "tls_certificate"])
def test_files_that_are_not_there_are_named(run: Run, setting: str) -> None:
    async def work(lab: Lab) -> None:
        lab.put("acme", port=1, tls=1, **{setting: "/nowhere.pem"})
        await eventually(lambda: "No such file" in lab.view().links[0].error)
        assert "/nowhere.pem" in lab.view().links[0].error
        assert not lab.view().is_up

    run(work)


def test_the_name_is_asked_for(run: Run, tmp_path: Path) -> None:
    """RFC 6066 §3: a far end that serves several names chooses its certificate by it."""
    asked: list[str | None] = []

    async def work(lab: Lab) -> None:
        context = _context(tmp_path / "theirs")
        context.sni_callback = lambda _connection, name, _context: asked.append(name)
        ca = str(tmp_path / "theirs" / "certificate.pem")
        await _secured(lab, context, tls_ca=ca, tls_server_name="localhost")
        await lab.is_up()
        assert asked == ["localhost"]

    run(work)


def test_a_bind_that_is_tried_is_left_at_once(tmp_path: Path) -> None:
    """Also where the far end answers the unbind and does not hang up."""

    left, over = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for body in (b"\0", b""):  # bind_transceiver_resp without a name, then unbind_resp
            length, command, _, sequence = unpack(">4I", await reader.readexactly(16))
            await reader.readexactly(length - 16)
            writer.write(pack(">4I", 16 + len(body), command | 0x80000000, 0, sequence) + body)
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a socket it has it
        await left.wait()
        writer.transport.resume_reading()  # type: ignore[attr-defined]  # likewise
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        over.set()

    async def work() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=_context(tmp_path / "theirs"))
        port = server.sockets[0].getsockname()[1]
        began = asyncio.get_running_loop().time()
        tried = await try_bind(
            Upstream(9, "acme", "127.0.0.1", port, tls=1, tls_verify=0), "secret", anywhere
        )
        assert (tried.ok, tried.stage, tried.system_id) == (True, "bound", "")
        assert asyncio.get_running_loop().time() - began < LEAVE_SECONDS
        left.set()
        async with asyncio.timeout(LEAVE_SECONDS):
            await over.wait()
        server.close()

    asyncio.run(work())


@pytest.mark.parametrize("answers", [True, False])
def test_a_port_without_tls_is_said_to_be_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    monkeypatch.setattr(connect, "HANDSHAKE_SECONDS", 0.2)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answers:
            writer.write(b"\0\0\0\x10\x80\0\0\0\0\0\0\x02\0\0\0\0")
        await reader.read()
        writer.close()

    async def work(lab: Lab) -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        lab.put("acme", port=port, tls=1)
        words = "is this its TLS port?"
        await eventually(lambda: words in lab.view().links[0].error)
        tried = await try_bind(Upstream(9, "acme", "127.0.0.1", port, tls=1), "secret", anywhere)
        assert (tried.ok, tried.stage) == (False, "tls")
        assert words in tried.error
        server.close()

    run(work)
