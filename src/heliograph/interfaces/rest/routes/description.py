"""What the API says of itself: its description as data and as a page."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from msgspec.json import encode

from heliograph.interfaces.rest.openapi import document
from heliograph.interfaces.rest.reference_page import page
from heliograph.interfaces.rest.route import Answer, Call, Handler, Nothing, Reply, Route

# The page brings its style with it and runs nothing.
_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


def description(described: Sequence[Route]) -> tuple[Route, ...]:
    """The routes that describe all the others, and themselves."""
    routes: list[Route] = list(described)

    @cache
    def made() -> tuple[bytes, bytes]:
        found = document(routes)
        return encode(found), page(found).encode()

    async def data(_: Any, __: Call[Nothing, None]) -> Reply:
        return Reply(200, made()[0])

    async def people(_: Any, __: Call[Nothing, None]) -> Reply:
        return Reply(200, made()[1], (_POLICY,), "text/html; charset=utf-8")

    own = (
        _route("/openapi.json", data, "This description, as OpenAPI 3.1", "application/json"),
        _route("/docs", people, "This description, as a page", "text/html"),
    )
    routes += own
    return own


def _route(path: str, handler: Handler, summary: str, media: str) -> Route:
    answers = {200: Answer("The description.", media=media)}
    return Route("GET", path, handler, summary, answers, section="Description")
