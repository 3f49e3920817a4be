"""TLS of a server: a certificate and its key from files, and again from them when they are renewed.

In: two files. Out: a context for connections. A renewed pair that cannot be used leaves the old one in
place.
"""

import ssl
from pathlib import Path

import structlog

log = structlog.get_logger()


class Tls:
    """TLS 1.2 and later. An OSError says what is wrong with the files (an `SSLError` is one)."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self._stamps = self._look()
        self.context.load_cert_chain(certificate, key)

    def _look(self) -> list[tuple[int, int]]:
        found = [file.stat() for file in self._files]
        return [(one.st_mtime_ns, one.st_ino) for one in found]

    def renew(self) -> bool:
        """Were there other files, and are they used from now on?"""
        try:
            stamps = self._look()
            if stamps == self._stamps:
                return False
            self._try()
            self.context.load_cert_chain(*self._files)
        except OSError as error:
            log.warning("certificate not renewed", reason=str(error))
            return False
        self._stamps = stamps
        log.info("certificate renewed")
        return True

    def _try(self) -> None:
        """One half of a pair may be there before the other."""
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
