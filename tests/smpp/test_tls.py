"""SMPP over TLS: its own port, certificates of clients, a certificate that is renewed under live binds."""

import ssl
from pathlib import Path

import pytest

from heliograph.app.smpp import tls_of
from heliograph.config import ConfigError, load
from heliograph.runtime.tls import Tls
from heliograph.runtime.unavailable import Unavailable
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import EnquireLink
from tests.runtime.wire_server import make_certificate
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import Gone, Peer


async def connect(here: Centre, tls: ssl.SSLContext) -> Peer:
    made = await Peer.open(here.tls_port, tls, name="localhost")
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
    with pytest.raises(ConfigError, match="needs both"):
        settings(certificate=str(certificate))
    with pytest.raises(Unavailable, match="cannot be used"):
        settings(certificate=str(certificate), key=str(tmp_path / "none.pem"))
    with pytest.raises(Unavailable, match="cannot be used"):
        settings(certificate=str(certificate), key=str(key), client_ca=str(key))
