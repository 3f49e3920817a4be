"""What every answer carries, whoever gives it: headers for browsers, and the words of refusals that the
server gives before the inlet sees a request.
"""

from typing import Any

from msgspec.json import encode

from heliograph.interfaces.rest.problem import error
from heliograph.interfaces.rest.route import Headers

# Contract §1.3, and our own additions.
EXPOSED = (
    "Location, Link, X-Count-Per-Page, X-Current-Page, X-Total-Count, X-Total-Pages, X-Sort, X-Count, X-Page,"
    " X-Pages, X-Per-Page, X-More, ETag, Retry-After, Idempotent-Replayed"
)
ASKED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
ALWAYS: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
# Data runs nothing, even when a browser opens it. A page brings a policy of its own.
OF_DATA = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PREFLIGHT: Headers = (
    *ALWAYS,
    OF_DATA,
    (b"access-control-allow-methods", b"GET, POST, PATCH, PUT, DELETE"),
    (b"access-control-allow-headers", f"*, {ASKED}".encode()),
    (b"access-control-max-age", b"86400"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")
_RETRY = (b"retry-after", b"5")
# By status: the contract's code, the words, and whether it is worth another try.
_EARLY = {
    400: (1000, "This is no HTTP request", False),
    408: (1000, "The request did not come to its end in time", False),
    413: (1000, "The body is too large", False),
    414: (1000, "The request line is too long", False),
    429: (1105, "Too many requests or connections", True),
    431: (1000, "The headers are too large", False),
    503: (1500, "Too many connections", True),
}


def early(status: int) -> tuple[Headers, bytes]:
    """A refusal of the server itself: its headers and its body."""
    code, words, again = _EARLY[status]
    more = (_RETRY,) if again else ()
    return (*ALWAYS, OF_DATA, (b"content-type", b"application/json"), *more), encode(error(code, words))


def over_tls(application: Any) -> Any:
    """Around an application that clients reach by https: browsers shall never try without."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], HSTS]
            await send(message)

        await application(scope, receive, sending)

    return call
