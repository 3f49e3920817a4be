"""A route: a method and a path with its scope, its input, its answers and its handler. It is validation and
documentation at once: `inlet` serves it, `openapi` describes it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.json import Encoder

from heliograph.interfaces.rest.callers.access import Caller

Q = TypeVar("Q")
B = TypeVar("B")

MOST_BODY = 1 << 20
Headers = tuple[tuple[bytes, bytes], ...]
_ENCODE = Encoder().encode


class Nothing(Struct, frozen=True):
    """The query of a route that takes none."""


class Call(Struct, Generic[Q, B]):
    """One request, validated."""

    caller: Caller
    path: dict[str, Any]  # numbers, or the texts that the route named
    query: Q
    body: B
    headers: dict[bytes, bytes]
    site: str  # scheme and host, as the client called us
    address: str  # where it comes from
    at: str = ""  # the path as it was called, with its prefix


class Reply(Struct, frozen=True):
    status: int
    body: bytes | None = None
    headers: Headers = ()
    media: str = "application/json"


class Stream(Struct, frozen=True):
    """A long answer, piece by piece."""

    status: int
    pieces: AsyncIterator[bytes]
    headers: Headers = ()


Handler = Callable[[Any, Call[Any, Any]], Awaitable[Reply | Stream]]


class Answer(Struct, frozen=True):
    """One answer that a route may give, for the documentation."""

    about: str
    body: Any = None  # its type
    media: str = "application/json"
    or_body: Any = None  # the type of its other form


class Route(Struct, frozen=True):
    method: str
    path: str  # below /api; {names} are numbers unless `texts` has them
    handler: Handler
    summary: str
    answers: dict[int, Answer]
    scope: str | None = None  # None: no credential is asked for
    query: type = Nothing
    body: Any = None  # the type of the JSON body; None: it has none
    takes: str = ""  # the media type of a body that its handler reads itself, as octets
    texts: tuple[str, ...] = ()
    most_body: int = MOST_BODY
    kind: str = "Request"  # the object's name in errors: `Sms - payload is required`
    section: str = ""
    malformed: int = 422  # what a body of another shape is answered; 400 where the contract says so
    audited: bool = True  # what it changes is somebody's doing; sending is told by the message itself
    no_body: bytes = b""  # what a body that is not there stands for
    repeats: bool = False  # it takes an Idempotency-Key (see `repeats`)
    etag: bool = False  # a single resource: the client may ask whether it changed
    console: bool = False  # its credential is a token of the third-party console, which its handler looks at
    ours: bool = False  # beside the contract: what is not documented is refused, not ignored


def reply(body: object, status: int = 200, headers: Headers = ()) -> Reply:
    return Reply(status, _ENCODE(body), headers)


def created(call: Call[Any, Any], path: str, body: object = None) -> Reply:
    """201 with an absolute Location: clients of the contract take the id from it."""
    location = (b"location", f"{call.site}/api{path}".encode())
    return Reply(201, None if body is None else _ENCODE(body), (location,))


DONE = Reply(204)
