"""TLS: a receiver whose certificate nobody vouches for is not called."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.rest.site import Site, site
from tests.webhook.conftest import SETTINGS
from tests.webhook.desk import Desk
from tests.webhook.receiver import receiving


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """With its key, of its own making, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "receiver.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    """A server's."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_a_certificate_that_nobody_vouches_for_is_refused(api: Site, context: ssl.SSLContext) -> None:
    with receiving(tls=context) as receiver:
        desk = Desk(api, receiver.url)
        tried = api.post(f"{desk.path}/test").body
        assert receiver.url.startswith("https://")
        assert (tried["result"], tried["status"]) == ("receiver_untrusted", None)
        assert "certificate" in tried["answer"].lower()
        assert not receiver.heard


def test_one_that_is_vouched_for_is_called_under_its_own_name_alone(
    tmp_path: Path, certificate: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with site(tmp_path / "data", SETTINGS) as api, receiving(tls=context) as receiver:
        desk = Desk(api, receiver.url)
        desk.send(0, "first", "second")
        assert [heard.text for heard in receiver.wait(2)] == ["first", "second"]
        misnamed = Desk(api, receiver.url.replace("127.0.0.1", "localhost"))
        tried = api.post(f"{misnamed.path}/test").body
        assert (tried["result"], tried["status"]) == ("receiver_untrusted", None)
        assert "localhost" in tried["answer"]
        assert len(receiver.heard) == 2


def test_a_receiver_without_tls_is_not_called(api: Site) -> None:
    with receiving() as receiver:
        desk = Desk(api, receiver.url.replace("http:", "https:"))
        tried = api.post(f"{desk.path}/test").body
        assert (tried["result"], tried["status"]) == ("receiver_untrusted", None)
        assert not receiver.heard
