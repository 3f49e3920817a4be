"""TLS of a server: a certificate and its key from files, and again from them when they are renewed.

In: two files; a third with the authorities of clients, where these have to show a certificate or may. Out: a
context for connections. A renewed pair that cannot be used leaves the old one in place; connections that are
there stay.
"""

import ssl
from collections.abc import Sequence
from pathlib import Path

import structlog

log = structlog.get_logger()


class Tls:
    """TLS 1.2 and later. An OSError says what is wrong with the files (an `SSLError` is one)."""

    def __init__(
        self,
        certificate: Path,
        key: Path,
        protocols: Sequence[str] = ("http/1.1",),
        client_ca: Path | None = None,
        client_must: bool = True,
    ) -> None:
        self._files = (certificate, key)
        self._client_ca = client_ca
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        if protocols:
            self.context.set_alpn_protocols(protocols)
        self._stamps = self._look()
        self.context.load_cert_chain(certificate, key)
        if client_ca is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED if client_must else ssl.CERT_OPTIONAL
            self.context.load_verify_locations(client_ca)

    def _look(self) -> list[tuple[int, int]]:
        files = self._files if self._client_ca is None else (*self._files, self._client_ca)
        found = [file.stat() for file in files]
        return [(one.st_mtime_ns, one.st_ino) for one in found]

    def renew(self) -> bool:
        """Were there other files, and are they used from now on?"""
        try:
            stamps = self._look()
            if stamps == self._stamps:
                return False
            self._try()
            self.context.load_cert_chain(*self._files)
            if self._client_ca is not None:
                # Authorities are added; one that was taken out is trusted until the next start.
                self.context.load_verify_locations(self._client_ca)
        except OSError as error:
            log.warning("certificate not renewed", reason=str(error))
            return False
        self._stamps = stamps
        log.info("certificate renewed")
        return True

    def _try(self) -> None:
        """One half of a pair may be there before the other."""
        probe = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        probe.load_cert_chain(*self._files)
        if self._client_ca is not None:
            probe.load_verify_locations(self._client_ca)
