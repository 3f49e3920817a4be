"""`GET /metrics`, for Prometheus: who may read it, and nothing of what is in it.

In: a call. Out: the collector's text. From this machine it may need no credential; from elsewhere a token
with the scope `metrics:read` of the installation's own organisation, since it tells of all of them.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Place

from heliograph.core.security.access import is_within
from heliograph.interfaces.rest.callers.access import Access, Caller, bearer

PATH = "/metrics"
SCOPE = "metrics:read"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
# Whoever calls through a proxy is not here, though the proxy is.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_HERE = {"localhost", "127.0.0.1", "[::1]"}


class Metrics(Struct, frozen=True):
    render: Callable[[], bytes]
    access: Literal["loopback", "token", "off"]
    is_host: Callable[[int], bool]


def metrics_place(metrics: Metrics, access: Access) -> Place:
    async def answer(request: Request) -> Response:
        if metrics.access == "off":
            return _plain(404, "There are no metrics here: metrics.access is off.\n")
        is_here = metrics.access == "loopback" and _is_here(request)
        if not is_here:
            status, why = await _refusal(request, metrics, access)
            if status:
                return _plain(status, f"{why}\n")
        return Response(metrics.render(), media_type=TEXT, headers={"cache-control": "no-store"})

    return Place(PATH, answer, methods=["GET"])


def _is_here(request: Request) -> bool:
    """Straight from this machine, and meant for it: no proxy, no page that a browser was led to."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if any(name in request.headers for name in _FORWARDED) or host not in _HERE:
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _refusal(request: Request, metrics: Metrics, access: Access) -> tuple[int, str]:
    credential = bearer(dict(request.scope["headers"]))
    if credential is None:
        return 401, f"This needs a bearer token with the scope {SCOPE}."
    address = request.client.host if request.client is not None else ""
    found = await access.caller(credential, address)
    if not isinstance(found, Caller):
        return 401, "The token is not valid."
    if not is_within(address, found.networks) or not found.may(SCOPE) or not metrics.is_host(found.org):
        return 403, f"This needs the scope {SCOPE}, of the installation's own organisation."
    return 0, ""


def _plain(status: int, text: str) -> Response:
    return Response(text, status, media_type="text/plain; charset=utf-8")
