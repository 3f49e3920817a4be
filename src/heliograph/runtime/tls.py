"""TLS of a server: certificates and their keys from files, and again from them when they are renewed.

In: two files for each certificate; another one with the authorities of clients, where these have to show a
certificate or may. Out: a context for connections; a client that asks for a name gets the certificate that
has it, and the first one where none has. Files that cannot be used leave the old ones in place; connections
that are there stay.
"""

import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog
from cryptography import x509
from msgspec import Struct

log = structlog.get_logger()

Pair = tuple[Path, Path]
"""A certificate with its chain, and its key."""


class _Contexts(Struct, frozen=True):
    first: ssl.SSLContext
    by_name: dict[str, ssl.SSLContext]

    def of(self, name: str) -> ssl.SSLContext:
        """A star stands for the first label alone (RFC 6125 §6.4.3)."""
        name = name.lower()
        exact = self.by_name.get(name)
        return exact or self.by_name.get(f"*.{name.partition('.')[2]}") or self.first


class Tls:
    """TLS 1.2 and later. An OSError says what is wrong with the files (an `SSLError` is one)."""

    def __init__(
        self,
        certificate: Path,
        key: Path,
        protocols: Sequence[str] = ("http/1.1",),
        client_ca: Path | None = None,
        client_must: bool = True,
        more: Iterable[Pair] = (),
    ) -> None:
        self._pairs = ((certificate, key), *more)
        self._protocols = protocols
        self._client_ca = client_ca
        self._client_must = client_must
        self._stamps = self._look()
        self._contexts = self._made()

    @property
    def context(self) -> ssl.SSLContext:
        """Ask again for each connection where clients show certificates. A server that keeps it presents
        what is newest all the same, but would resume sessions of clients that it trusted once.
        """
        return self._contexts.first

    def _look(self) -> list[tuple[int, int]]:
        files = [file for pair in self._pairs for file in pair]
        found = [file.stat() for file in (files if self._client_ca is None else [*files, self._client_ca])]
        return [(one.st_mtime_ns, one.st_ino) for one in found]

    def _made(self) -> _Contexts:
        contexts = [self._context(pair) for pair in self._pairs]
        by_name: dict[str, ssl.SSLContext] = {}
        for (certificate, _), context in zip(self._pairs, contexts, strict=True):
            for name in _names_in(certificate):
                by_name.setdefault(name, context)
        return _Contexts(contexts[0], by_name)

    def _context(self, pair: Pair) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._protocols:
            context.set_alpn_protocols(self._protocols)
        context.load_cert_chain(*pair)
        if self._client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED if self._client_must else ssl.CERT_OPTIONAL
            context.load_verify_locations(self._client_ca)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _of: ssl.SSLContext) -> None:
        """Asked whether a name was said or not."""
        connection.context = self._contexts.of(name) if name else self._contexts.first

    def renew(self) -> bool:
        """Were there other files, and are they used from now on?"""
        try:
            stamps = self._look()
            if stamps == self._stamps:
                return False
            self._contexts = self._made()  # one half of a pair may be there before the other
        except OSError as error:
            log.warning("certificate not renewed", reason=str(error))
            return False
        self._stamps = stamps
        log.info("certificate renewed")
        return True


def _names_in(certificate: Path) -> list[str]:
    """Those that the first certificate of a chain is for."""
    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    except ValueError as error:
        raise OSError(f"{certificate} cannot be read: {error}") from error
    return [name.lower() for name in names.get_values_for_type(x509.DNSName)]
