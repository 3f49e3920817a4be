"""Reading a request: its path, its query, its body, each bounded and each with a clear error."""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from heliograph.interfaces.rest.problem import (
    Problem,
    bad_format,
    error,
    invalid,
    out_of_range,
    problem,
    required,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MOST_QUERY = 8_192
MOST_PARAMETERS = 100
MOST_SEARCHED = 1 << 16  # octets of a bad body in which the field is looked for
_MISSING = re.compile(r"Object missing required field `([^`]+)`(?: - at `\$\.?([^`]*)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`(?: - at `\$\.?([^`]*)`)?")
_AT = re.compile(r"^(.*?)(?: - at `(?:key in )?\$\.?([^`]*)`)?$", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUNCATED, _NO_UNICODE = "Input data was truncated", "the text is not valid Unicode"
_ENDS = "the body ends before the JSON does"
_RANGE = re.compile(r" (?:>=|<=|<|>) |of length")
_LONGEST = 19  # digits of a Long
_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)


def path_of(given: dict[str, str], texts: tuple[str, ...]) -> dict[str, Any]:
    """Ids as numbers. The words are the contract's, which clients have in their fixtures."""
    return {name: value if name in texts else _long(value) for name, value in given.items()}


def _long(value: str) -> int:
    digits = value.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST:
        number = int(value)
        if _SMALLEST <= number <= _LARGEST:
            return number
    raise problem(400, 1000, f'Cannot parse parameter id as Long: For input string: "{value[:100]}"')


def query_of(text: bytes, kind: type, strict: bool = False) -> Any:
    """Unknown parameters are ignored, since clients of the contract send more than is documented; `strict`:
    they are refused, and so is one that is given twice.
    """
    if len(text) > MOST_QUERY:
        raise problem(400, 1000, f"The query is longer than {MOST_QUERY} characters")
    if text.count(b"&") >= MOST_PARAMETERS:
        raise problem(400, 1000, f"The query has more than {MOST_PARAMETERS} parameters")
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True)
    except (ValueError, UnicodeDecodeError):
        raise problem(400, 1000, "The query cannot be read") from None
    if strict and pairs:
        _refuse_unknown([name for name, _ in pairs], kind)
    try:
        return msgspec.convert(dict(pairs), kind, strict=False)
    except msgspec.ValidationError as failure:
        raise problem(400, 1000, _plain(str(failure))) from None


def _refuse_unknown(names: list[str], kind: type) -> None:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in names:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "there is none"
            raise problem(400, 1000, f"Unknown query parameter `{name[:100]}`: {there}")
        if names.count(name) > 1:
            raise problem(400, 1000, f"The query parameter `{name}` is given twice")


async def read(receive: Receive, most: int) -> bytes:
    """The whole body, while it is within its bound."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > most:
            raise too_large(most)
        return body
    pieces, size = [body], len(body)
    while message.get("more_body") and size <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise problem(400, 1000, "The request ended before its body was complete")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
    if size > most:
        raise too_large(most)
    return b"".join(pieces)


_PLAIN_MEDIA = ("", "text/plain", "application/octet-stream", "application/vnd.ms-excel")


def refuse_other(given: bytes, takes: str) -> None:
    """A form would be read as a file that begins with a boundary. What browsers call a CSV file passes."""
    media = given.decode("latin-1").partition(";")[0].strip().lower()
    if media != takes and media not in _PLAIN_MEDIA:
        raise problem(415, 1000, f"The Content-Type {media[:60]} is not taken: send {takes}")


def too_large(most: int) -> Problem:
    return problem(413, 1000, f"The body is larger than {most} octets")


def body_of(octets: bytes, decoder: "msgspec.json.Decoder[Any]", kind: str, malformed: int = 422) -> Any:
    try:
        return decoder.decode(octets)
    except msgspec.ValidationError as failure:
        if malformed == 400:
            raise problem(400, 1000, _plain(str(failure))) from None
        raise invalid_body(str(failure), kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise problem(400, 1000, f"Cannot parse the request body: {_unreadable(octets, failure)}") from None
    except RecursionError:
        raise problem(400, 1000, "Cannot parse the request body: it is nested too deeply") from None


def _unreadable(octets: bytes, failure: Exception) -> str:
    """What the decoder means, which says `truncated` of an empty body and of half a surrogate pair."""
    if not octets.strip():
        return "the body is empty"
    said = str(failure)
    if len(octets) > MOST_SEARCHED:
        is_text = isinstance(failure, UnicodeDecodeError) or "surrogate" in said
        return _NO_UNICODE if is_text else said.replace(_TRUNCATED, _ENDS)
    try:
        field = _no_unicode(json.loads(octets.decode(errors="surrogateescape")))
    except (ValueError, RecursionError):
        return said.replace(_TRUNCATED, _ENDS)
    if field is None:
        return said
    return f"{field}: {_NO_UNICODE}" if field else _NO_UNICODE


def _no_unicode(value: object, field: str = "") -> str | None:
    """The first field with a lone surrogate, or with octets that are no UTF-8. None: there is none."""
    if isinstance(value, str):
        return None if value.isascii() or not _SURROGATE.search(value) else field
    if isinstance(value, dict):
        inner = [(name, f"{field}.{name}" if field else name) for name in value]
        bad = next((field for name, _ in inner if _SURROGATE.search(name)), None)
        found = (_no_unicode(value[name], path) for name, path in inner)
    elif isinstance(value, list):
        bad, found = None, (_no_unicode(one, f"{field}[{place}]") for place, one in enumerate(value))
    else:
        return None
    return bad if bad is not None else next((one for one in found if one is not None), None)


def invalid_body(said: str, kind: str) -> Problem:
    """What the decoder said, as the contract's nested error."""
    missing = _MISSING.fullmatch(said)
    if missing:
        return required(kind, ".".join(filter(None, (missing[2], missing[1]))))
    unknown = _UNKNOWN.fullmatch(said)
    if unknown:
        return bad_format(kind, ".".join(filter(None, (unknown[2], unknown[1]))), "there is no such field")
    found = _AT.fullmatch(said)
    why, field = (found[1], found[2] or "body") if found else (said, "body")
    if _RANGE.search(why):
        return out_of_range(kind, field, why)
    return bad_format(kind, field, why)


def _plain(said: str) -> str:
    return said.replace("`$.", "`").replace(" - at `$`", "")


def nested(kind: str, field: str, why: str) -> Problem:
    return invalid(error(1406, f"{kind} - {field}: {why}"))
