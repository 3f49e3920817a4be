"""The description of the API: OpenAPI 3.1, made from the routes themselves.

In: routes. Out: a document. What a route takes and answers is said once, where the route is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import json
from msgspec.inspect import StructType, type_info

from heliograph import __version__
from heliograph.core.idempotency import LONGEST_KEY
from heliograph.interfaces.rest.conditions import CHANGES, shower_of
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Nothing, Route

_NAME = re.compile(r"{(\w+)}")
_REF = "#/components/schemas/{name}"
_LOCATION = {"description": "Where the new resource is.", "schema": {"type": "string"}}
_ETAG = {"description": "Of what is shown, for If-None-Match and If-Match.", "schema": {"type": "string"}}
_BEARER = {"type": "http", "scheme": "bearer"}
_RETRY = {"description": "After so many seconds.", "schema": {"type": "integer"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "For 24 hours the same key and body get the first answer, marked Idempotent-Replayed.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
}
_TEXTS = {"user": {"type": "string", "pattern": "^([0-9]{1,15}|my)$"}}  # in paths, by their names
# What any route may answer, beside its own answers.
_ALWAYS = {
    400: Answer("The call cannot be parsed.", ErrorBody),
    429: Answer("Too many calls. Retry-After says when to come again.", ErrorBody),
    503: Answer("Cannot take it now, nothing was changed. Retry-After says when to come again.", ErrorBody),
}
_WITH_SCOPE = {
    401: Answer("No credential, or one that is not valid.", ErrorBody),
    403: Answer("The credential does not allow this.", ErrorBody),
}
_WITH_ID = {404: Answer("There is no such thing in the organisation.", ErrorBody)}
_WITH_INPUT = {422: Answer("A field is missing, malformed or out of range.", ErrorBody)}
_WITH_BODY = {413: Answer("The body is too large.", ErrorBody)}

Document = dict[str, Any]


def document(routes: Sequence[Route]) -> Document:
    bodies = [route.body for route in routes if route.body is not None]
    given = [answer for route in routes for answer in _answers(route).values()]
    answers = [body for answer in given for body in (answer.body, answer.or_body)]
    queries = [route.query for route in routes]
    kinds = list(dict.fromkeys(kind for kind in (*bodies, *answers, *queries) if kind is not None))
    schemas, components = json.schema_components(kinds, ref_template=_REF)
    known = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, Document] = {}
    for route in routes:
        operation = _operation(route, known, components)
        _add_conditions(operation, route, routes)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    queried = {kind.__name__ for kind in queries}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Heliograph", "version": __version__, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in components.items() if name not in queried},
            "securitySchemes": {"bearer": _BEARER, "console": _BEARER},
        },
    }


def _operation(route: Route, known: Mapping[Any, Document], components: Mapping[str, Document]) -> Document:
    operation: Document = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [route.section],
        "parameters": [
            *_path_parameters(route),
            *_query_parameters(route, components),
            *([_KEY] if route.repeats else ()),
        ],
        "responses": {
            str(status): _response(status, answer, known)
            for status, answer in sorted(_answers(route).items())
        },
    }
    if route.scope is not None:
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"Needs the scope `{route.scope}`." if route.scope else "Any credential."
    if route.console:
        operation["security"] = [{"console": []}]
        operation["description"] = "Needs a token of the third-party console."
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": known[route.body]}},
        }
    if route.takes:
        operation["requestBody"] = {
            "required": True,
            "content": {route.takes: {"schema": {"type": "string"}}},
        }
    return operation


def _add_conditions(operation: Document, route: Route, routes: Sequence[Route]) -> None:
    """In words: a header that is made up would only ever be 304 or 412."""
    if route.etag:
        operation["responses"]["200"].setdefault("headers", {})["ETag"] = _ETAG
        operation["responses"]["304"] = {"description": "It is what If-None-Match names."}
    if route.method in CHANGES and shower_of(route, routes) is not None:
        body = json.schema_components([ErrorBody], ref_template=_REF)[0][0]
        operation["responses"]["412"] = {
            "description": "If-Match was given, and it has changed since: nothing was changed.",
            "content": {"application/json": {"schema": body}},
        }


def _operation_id(route: Route) -> str:
    words = re.sub(r"\W+", "_", _NAME.sub(r"by_\1", route.path)).strip("_")
    return f"{route.method.lower()}_{words}"


def _answers(route: Route) -> dict[int, Answer]:
    found = dict(_ALWAYS)
    if route.scope is not None:
        found |= _WITH_SCOPE
    if _NAME.search(route.path):
        found |= _WITH_ID
    if route.body is not None or route.takes:
        found |= _WITH_INPUT | _WITH_BODY
    return found | route.answers


def _path_parameters(route: Route) -> list[Document]:
    number = {"type": "integer", "format": "int64"}
    text = {"type": "string"}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _TEXTS.get(name, text) if name in route.texts else number,
        }
        for name in _NAME.findall(route.path)
    ]


def _query_parameters(route: Route, components: Mapping[str, Document]) -> list[Document]:
    if route.query is Nothing:
        return []
    info = type_info(route.query)
    assert isinstance(info, StructType)
    properties = components[route.query.__name__]["properties"]
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": properties[field.encode_name],
        }
        for field in info.fields
    ]


def _response(status: int, answer: Answer, known: Mapping[Any, Document]) -> Document:
    found: Document = {"description": answer.about}
    if answer.body is not None:
        schema = known[answer.body]
        if answer.or_body is not None:
            schema = {"oneOf": [schema, known[answer.or_body]]}
        found["content"] = {answer.media: {"schema": schema}}
    elif answer.media != "application/json":
        found["content"] = {answer.media: {"schema": {"type": "string"}}}
    if status == 201:
        found["headers"] = {"Location": _LOCATION}
    if status in (429, 503):
        found["headers"] = {"Retry-After": _RETRY}
    return found
