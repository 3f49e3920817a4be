"""TLS towards an upstream: whom we trust, what we show.

In: the upstream's row. Out: a context, made anew for each connection, so that files which were renewed count.
An OSError says what is wrong with the files (an `SSLError` is one).
"""

import ssl

from heliograph.core.upstream import Upstream

HANDSHAKE_SECONDS = 5.0  # less than a connection may take, so that it is known which of the two it was
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
_PLAIN = "it answered without TLS: is this its TLS port?"
_MUTE = "it is connected, but no TLS handshake came in time: is this its TLS port?"


def failed_handshake(error: OSError) -> str | None:
    """In words, where that went wrong. A port without TLS waits for more, or answers in its own way."""
    if isinstance(error, ssl.SSLError):
        return f"{_PLAIN} ({error.reason})" if error.reason in _NO_TLS else str(error)
    return _MUTE if isinstance(error, ConnectionAbortedError) else None


def context_of(upstream: Upstream) -> ssl.SSLContext:
    for file in (upstream.tls_ca, upstream.tls_certificate, upstream.tls_key):
        if file:
            open(file, "rb").close()  # its error names the file, that of `ssl` does not
    context = ssl.create_default_context(cafile=upstream.tls_ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not upstream.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if upstream.tls_certificate:
        context.load_cert_chain(upstream.tls_certificate, upstream.tls_key or None)
    return context
