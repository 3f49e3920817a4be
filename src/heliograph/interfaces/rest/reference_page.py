"""The reference page: the API's description as one page of HTML that asks nobody else for anything.

In: the OpenAPI document. Out: HTML.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Document = Mapping[str, Any]
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #b45309; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: 17rem 1fr; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box;
  border-right: 1px solid var(--line); font-size: .85rem; }
nav ul { list-style: none; padding: 0; margin: 0 0 1rem; } nav a { color: inherit; text-decoration: none; }
main { padding: 1rem 2rem; max-width: 60rem; min-width: 0; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem 1rem; margin: 1rem 0; }
h3 { font-size: 1rem; } code { font-family: ui-monospace, monospace; font-size: .9em; }
.method { font-weight: 700; color: var(--accent); display: inline-block; min-width: 4rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { border-top: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
"""


def page(document: Document) -> str:
    sections: dict[str, list[tuple[str, str, Document]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sections.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    contents = "".join(_contents(name, routes) for name, routes in sections.items())
    body = "".join(_section(name, routes, document) for name, routes in sections.items())
    title = f"Heliograph API {escape(document['info']['version'])}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<nav><h1>Heliograph</h1>{contents}</nav><main><h1>{title}</h1>"
        "<p>Paths are below <code>/api</code>. Calls carry <code>Authorization: Bearer …</code>: an"
        " application token, or what <code>POST /v1/authenticate</code> answers. The same as data:"
        ' <a href="/api/openapi.json">openapi.json</a>.</p>'
        f"{body}</main></html>"
    )


def _contents(name: str, routes: list[tuple[str, str, Document]]) -> str:
    items = "".join(
        f'<li><a href="#{route["operationId"]}">{escape(route["summary"])}</a></li>' for _, _, route in routes
    )
    return f"<strong>{escape(name)}</strong><ul>{items}</ul>"


def _section(name: str, routes: list[tuple[str, str, Document]], document: Document) -> str:
    return f"<h2>{escape(name)}</h2>" + "".join(_route(*route, document) for route in routes)


def _route(method: str, path: str, operation: Document, document: Document) -> str:
    parts = [
        f'<article id="{operation["operationId"]}"><h3><span class="method">{method}</span>',
        f" <code>{escape(path)}</code></h3><p>{escape(operation['summary'])}.",
        f" {escape(operation.get('description', 'No credential is asked for.'))}</p>",
        _table("Parameter", [_parameter(one) for one in operation["parameters"]]),
    ]
    if "requestBody" in operation:
        schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
        parts.append(_table("Body", list(_fields(schema, document))))
    answers = [(status, "", answer["description"]) for status, answer in operation["responses"].items()]
    parts.append(_table("Answer", answers))
    return "".join(parts) + "</article>"


Line = tuple[str, str, str]


def _table(head: str, lines: list[Line]) -> str:
    if not lines:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(about)}</td></tr>"
        for name, kind, about in lines
    )
    return f"<table><tr><th>{head}</th><th></th><th></th></tr>{rows}</table>"


def _parameter(one: Document) -> Line:
    return one["name"], _kind(one["schema"]), one["in"] + (", required" if one["required"] else "")


def _fields(schema: Document, document: Document) -> Iterator[Line]:
    found = _resolved(schema, document)
    for name, field in found.get("properties", {}).items():
        must = "required" if name in found.get("required", ()) else ""
        yield name, _kind(field), "; ".join(filter(None, (must, field.get("description", ""))))


def _resolved(schema: Document, document: Document) -> Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Document = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def _kind(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", schema.get("enum", "anything")))
