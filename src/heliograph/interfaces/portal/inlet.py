"""The portal's inlet: calls of browsers to files. Whatever is no file is the portal's own page, which knows
its paths itself; `/console` is the page for people outside. Nothing below `/api` comes here.

In: GET and HEAD. Out: files with headers for browsers; without a built portal a page that says what to do.
"""

from functools import cache
from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as Place
from starlette.types import Scope

from heliograph.interfaces.portal.files import BUILT, CONSOLE, FIRST, File, Files, read_files

ASSETS = "assets/"
API = "api"
FOR_EVER = "public, max-age=31536000, immutable"  # their names change with what is in them
ASK = "no-cache"  # kept, but never used without asking whether it changed
# Styles may be inline: components set widths and colours by them. Scripts may not.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Heliograph</title>
<meta name="viewport" content="width=device-width"><style>:root {{ color-scheme: light dark }}
body {{ font: 15px/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }}
code {{ font-size: .95em }}</style><h1>Heliograph runs, without its portal</h1>
<p>The pages that belong here were not built when this Heliograph was installed.{reason}</p>
<p>In a checkout, <code>make portal</code> builds them: it needs Node 22.12 or newer, or fetches one from
PyPI, and the npm registry. Then start Heliograph again. Packages from a release have them inside.</p>
<p>The API is here: <a href="/api/docs">/api/docs</a>. The command line works, too.</p></html>
"""


class _Elsewhere(Place):
    """All paths but those of the API, whose unknown ones are answered as the API answers."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].lstrip("/").partition("/")[0] == API:
            return Match.NONE, {}
        return super().matches(scope)


def portal_place(folder: Path = BUILT) -> Place:
    """Files are read when the first browser comes."""

    @cache
    def files() -> Files:
        return read_files(folder)

    async def answer(request: Request) -> Response:
        return answered(files(), request)

    return _Elsewhere("/{path:path}", answer, methods=["GET", "HEAD"])


def answered(files: Files, request: Request) -> Response:
    path = request.path_params["path"]
    found = files.by_path.get(_page_of(path) if path not in files.by_path else path)
    is_known = path in files.by_path or _is_page(path, request)
    if not is_known:
        raise HTTPException(404)
    if found is None:
        return _missing(files.reason)
    return _of_file(found, request, FOR_EVER if path.startswith(ASSETS) else ASK)


def _page_of(path: str) -> str:
    return CONSOLE if path.partition("/")[0] == "console" else FIRST


def _is_page(path: str, request: Request) -> bool:
    """A browser on its way to a page says that it wants HTML. A program that has lost its way does not, and
    is better told so.
    """
    if path.startswith(ASSETS):
        return False
    return path in ("", "console") or "text/html" in request.headers.get("accept", "")


def _of_file(file: File, request: Request, caching: str) -> Response:
    is_packed = file.packed is not None and "gzip" in request.headers.get("accept-encoding", "")
    body = file.packed if is_packed and file.packed is not None else file.body
    tag = f'"{file.tag}{"-gz" if is_packed else ""}"'
    headers = {**HEADERS, "cache-control": caching, "etag": tag, "vary": "accept-encoding"}
    if tag in {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    if is_packed:
        headers["content-encoding"] = "gzip"
    headers |= {"content-type": file.media, "content-length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


def _missing(reason: str) -> Response:
    said = f" {escape(reason)}" if reason else ""
    headers = {**HEADERS, "cache-control": "no-store", "content-type": "text/html; charset=utf-8"}
    return Response(_MISSING.format(reason=said), 503, headers)
