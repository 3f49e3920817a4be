"""SMPP over TLS: its own port, certificates of clients, a certificate that is renewed under live binds."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from heliograph.app.smpp.service import tls_of
from heliograph.config import ConfigError, load
from heliograph.runtime.tls import Tls
from heliograph.runtime.unavailable import Unavailable
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import EnquireLink
from tests.runtime.wire_server import make_certificate
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import Gone, Peer


async def connect(here: Centre, tls: ssl.SSLContext, name: str = "localhost") -> Peer:
    made = await Peer.open(here.tls_port, tls, name=name)
    here.peers.append(made)
    return made


def test_a_bind_over_tls(run: Run, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)

    async def work(here: Centre) -> None:
        account = await here.new_account()
        peer = await connect(here, ssl.create_default_context(cafile=certificate))
        assert (await peer.bind("acme")).status == Status.ROK
        assert [bind.tls for bind in here.app.smpp_desk.binds(account)] == [True]
        assert peer.writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
        old = ssl.create_default_context(cafile=certificate)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        old.minimum_version = ssl.TLSVersion.TLSv1_2
        assert (await (await connect(here, old)).bind("acme")).status == Status.ROK

    run(work, tls=Tls(certificate, key, ()))


def test_a_renewed_certificate_leaves_binds_as_they_are(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    certificate, key = make_certificate(folder)
    tls = Tls(certificate, key, ())

    async def work(here: Centre) -> None:
        await here.new_account()
        before = await connect(here, ssl.create_default_context(cafile=certificate))
        assert (await before.bind("acme")).status == Status.ROK
        first = before.writer.get_extra_info("ssl_object").getpeercert(True)
        make_certificate(folder)
        assert tls.renew()
        after = await connect(here, ssl.create_default_context(cafile=certificate))
        assert after.writer.get_extra_info("ssl_object").getpeercert(True) != first
        assert (await before.ask(EnquireLink())).status == Status.ROK

    run(work, tls=tls)


def pair(folder: Path, host: str) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    return make_certificate(folder, host)


def test_the_name_that_is_asked_for_chooses_the_certificate(run: Run, tmp_path: Path) -> None:
    first, second = pair(tmp_path / "first", "localhost"), pair(tmp_path / "second", "*.example.org")
    tls = Tls(*first, (), more=[second])

    def trusting(one: tuple[Path, Path], check: bool = True) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=one[0])
        context.check_hostname = check
        return context

    async def work(here: Centre) -> None:
        await here.new_account()
        await connect(here, trusting(first))
        kept = await connect(here, trusting(second), "SMS.example.org")
        assert (await kept.bind("acme")).status == Status.ROK
        await connect(here, trusting(first, False), "a.b.example.org")
        await connect(here, trusting(first, False), "")
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(here, trusting(second), "localhost")
        pair(tmp_path / "second", "b.example.net")
        assert tls.renew()
        await connect(here, trusting(second), "b.example.net")
        await connect(here, trusting(first, False), "sms.example.org")
        assert (await kept.ask(EnquireLink())).status == Status.ROK

    run(work, tls=tls)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_authority_that_was_taken_out_is_not_trusted(
    run: Run, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    certificate, key = pair(tmp_path / "ours", "localhost")
    one, other = pair(tmp_path / "one", "one"), pair(tmp_path / "other", "other")
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(one[0].read_text() + other[0].read_text())
    tls = Tls(certificate, key, (), authorities)

    def showing(theirs: tuple[Path, Path]) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=certificate)
        context.maximum_version = version
        context.load_cert_chain(*theirs)
        return context

    async def work(here: Centre) -> None:
        await here.new_account()
        kept = await connect(here, showing(one))
        assert (await kept.bind("acme")).status == Status.ROK
        assert (await (await connect(here, showing(other))).bind("acme")).status == Status.ROK
        authorities.write_text(other[0].read_text())
        assert tls.renew()
        with pytest.raises((ssl.SSLError, ConnectionError, Gone)):
            await (await connect(here, showing(one))).bind("acme")
        assert (await (await connect(here, showing(other))).bind("acme")).status == Status.ROK
        assert (await kept.ask(EnquireLink())).status == Status.ROK

    run(work, tls=tls)


def test_a_session_of_a_client_that_was_trusted_is_not_resumed(run: Run, tmp_path: Path) -> None:
    certificate, key = pair(tmp_path / "ours", "localhost")
    one, other = pair(tmp_path / "one", "one"), pair(tmp_path / "other", "other")
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(one[0].read_text())
    tls = Tls(certificate, key, (), authorities)
    client = ssl.create_default_context(cafile=certificate)
    client.maximum_version = ssl.TLSVersion.TLSv1_2  # its session is there with the handshake
    client.load_cert_chain(*one)

    def resumed(port: int, session: ssl.SSLSession | None) -> tuple[bool, ssl.SSLSession | None]:
        plain = socket.create_connection(("127.0.0.1", port))
        with client.wrap_socket(plain, server_hostname="localhost", session=session) as secured:
            return bool(secured.session_reused), secured.session

    async def work(here: Centre) -> None:
        _, session = await asyncio.to_thread(resumed, here.tls_port, None)
        assert (await asyncio.to_thread(resumed, here.tls_port, session))[0]
        authorities.write_text(other[0].read_text())
        assert tls.renew()
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.to_thread(resumed, here.tls_port, session)

    run(work, tls=tls)


@pytest.mark.parametrize("must", [True, False])
def test_clients_show_a_certificate_where_they_must(run: Run, tmp_path: Path, must: bool) -> None:
    certificate, key = make_certificate(tmp_path)
    theirs = tmp_path / "client"
    theirs.mkdir()
    client, client_key = make_certificate(theirs)

    async def work(here: Centre) -> None:
        await here.new_account()
        bare = ssl.create_default_context(cafile=certificate)
        showing = ssl.create_default_context(cafile=certificate)
        showing.load_cert_chain(client, client_key)
        assert (await (await connect(here, showing)).bind("acme")).status == Status.ROK
        if must:
            with pytest.raises((ssl.SSLError, ConnectionError, Gone)):
                await (await connect(here, bare)).bind("acme")
        else:
            assert (await (await connect(here, bare)).bind("acme")).status == Status.ROK

    run(work, tls=Tls(certificate, key, (), client, must))


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    def settings(**fields: str) -> Tls | None:
        variables = {f"HELIOGRAPH_SMPP__{name.upper()}": value for name, value in fields.items()}
        return tls_of(load(None, variables).config.smpp)

    certificate, key = make_certificate(tmp_path)
    assert settings() is None
    assert settings(certificate=str(certificate), key=str(key), client_ca=str(certificate)) is not None
    more = f"{certificate}={key}"
    assert settings(certificate=str(certificate), key=str(key), more_certificates=more) is not None
    with pytest.raises(ConfigError, match="the first one"):
        settings(more_certificates=more)
    with pytest.raises(Unavailable, match="cannot be used"):
        settings(certificate=str(certificate), key=str(key), more_certificates=f"{key}={key}")
    with pytest.raises(ConfigError, match="needs both"):
        settings(certificate=str(certificate))
    with pytest.raises(Unavailable, match="cannot be used"):
        settings(certificate=str(certificate), key=str(tmp_path / "none.pem"))
    with pytest.raises(Unavailable, match="cannot be used"):
        settings(certificate=str(certificate), key=str(key), client_ca=str(key))
