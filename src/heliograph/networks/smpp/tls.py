"""TLS towards an upstream: whom we trust, what we show.

In: the upstream's row. Out: a context, made anew for each connection, so that files which were renewed count.
An OSError says what is wrong with the files (an `SSLError` is one).
"""

import ssl

from heliograph.core.upstream import Upstream


def context_of(upstream: Upstream) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=upstream.tls_ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not upstream.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if upstream.tls_certificate:
        context.load_cert_chain(upstream.tls_certificate, upstream.tls_key or None)
    return context
