"""Writes docs/api/reference.md from the routes. `python docs/api_reference.py`; a test compares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec.inspect import StructType, type_info

from heliograph.interfaces.rest.openapi import document
from heliograph.interfaces.rest.problem import TOKENS
from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES

PAGE = Path(__file__).parent / "api" / "reference.md"


def page() -> str:
    described = document(ROUTES)
    head = [
        "# Reference of the API",
        "",
        "Made from the code by `docs/api_reference.py`. Heliograph itself shows the same, with all fields,",
        "at `/api/docs`, and as data at `/api/openapi.json`. Paths are below `/api`.",
        "",
    ]
    sections = dict.fromkeys(route.section for route in ROUTES)
    body = [line for section in sections for line in _section(section, described)]
    return "\n".join([*head, *body, *_errors()]).rstrip() + "\n"


def _section(section: str, described: dict[str, Any]) -> Iterator[str]:
    yield f"## {section}\n"
    for route in ROUTES:
        if route.section == section:
            yield from _route(route, described["paths"][route.path][route.method.lower()])


def _route(route: Route, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {route.method} {route.path}\n"
    scope = {None: "Anybody may call it.", "": "Any credential."}.get(route.scope, f"Scope `{route.scope}`.")
    yield f"{route.summary}. {scope}\n"
    queried = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
    if queried:
        yield f"Query: {', '.join(f'`{name}`' for name in queried)}.\n"
    if route.repeats:
        yield "Takes an `Idempotency-Key`.\n"
    if route.body is not None:
        yield f"Body: {_fields(route.body)}.\n"
    if route.takes:
        yield f"Body: `{route.takes}`.\n"
    for status, answer in sorted(route.answers.items()):
        yield f"- {status}: {answer.about}"
    yield ""


def _fields(body: Any) -> str:
    """Bold ones are required."""
    found = type_info(body)
    if not isinstance(found, StructType):
        return "JSON"
    fields = [f"**`{one.encode_name}`**" if one.required else f"`{one.encode_name}`" for one in found.fields]
    return ", ".join(fields)


def _errors() -> Iterator[str]:
    yield "## Errors\n"
    yield 'Every error is `{"error_code", "error_token", "message"}`, with `errors` where fields are wrong'
    yield "and `refusal` (`code`, `reason`, `rule`) where the core said no; its codes are in"
    yield "[the reference](../reference.md).\n"
    yield "| error_code | error_token |"
    yield "|---|---|"
    yield from (f"| {code} | {token} |" for code, token in TOKENS.items())


if __name__ == "__main__":
    PAGE.write_text(page())
