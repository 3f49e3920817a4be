"""The commands about upstreams: rows, health, the trace, and a bind that is tried.

At the machine one manages what all organisations share as well: `everyone`.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct
from msgspec.structs import asdict, replace

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.upstream import EVERYONE, Upstream, is_configured, is_visible
from heliograph.core.upstream_values import SWITCHES, bad_password
from heliograph.flow.manage.upstreams import (
    DeleteUpstream,
    NewUpstream,
    SetUpstream,
    UpstreamRequest,
    UpstreamWish,
)
from heliograph.flow.stranded import Stranded
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb

MOST_TRACE = 1_000


class OfUpstream(Struct, forbid_unknown_fields=True):
    upstream: str  # its name, or its id


class NewOne(Struct, forbid_unknown_fields=True):
    upstream: str
    wish: UpstreamWish
    password: str = ""
    everyone: bool = False  # all organisations share it


class SetOne(Struct, forbid_unknown_fields=True):
    upstream: str
    wish: UpstreamWish = UpstreamWish()
    password: str | None = None  # empty: none is asked for


class DeleteOne(Struct, forbid_unknown_fields=True):
    upstream: str
    force: bool = False


class Trace(Struct, forbid_unknown_fields=True):
    upstream: str
    text: bool = False
    limit: Annotated[int, Meta(ge=1, le=MOST_TRACE)] = 100


async def list_all(call: Call[Nothing]) -> Document:
    return await call.items([_document(call, row) for row in visible(call)])


async def show(call: Call[OfUpstream]) -> Document | Refusal:
    row = named(call, call.arguments.upstream)
    return row if isinstance(row, Refusal) else _document(call, row)


async def create(call: Call[NewOne]) -> Document | Refusal:
    asked = call.arguments
    org = EVERYONE if asked.everyone else call.org
    wish = _sealed(call, org, asked.wish, asked.password)
    return wish if isinstance(wish, Refusal) else await _put(call, NewUpstream(org, asked.upstream, wish))


async def change(call: Call[SetOne]) -> Document | Refusal:
    asked = call.arguments
    row = named(call, asked.upstream)
    if isinstance(row, Refusal):
        return row
    wish = _sealed(call, row.org, asked.wish, asked.password)
    return wish if isinstance(wish, Refusal) else await _put(call, SetUpstream(row.org, row.id, wish))


async def delete(call: Call[DeleteOne]) -> Document | Refusal:
    """By force: what waits is carried by another one, or fails."""
    row = named(call, call.arguments.upstream)
    if isinstance(row, Refusal):
        return row
    tools, force = call.services.upstreams, call.arguments.force
    gone = await call.run(tools.manage, DeleteUpstream(row.org, row.id, force))
    if isinstance(gone, Refusal):
        return gone
    document = _document(call, gone)
    tools.directory.remove(gone.id)
    after: int | None = 0 if force else None
    while after is not None:
        after = await call.run(tools.stranded, Stranded(gone.name, after))
    return document


async def health(call: Call[OfUpstream]) -> Document | Refusal:
    row = named(call, call.arguments.upstream)
    if isinstance(row, Refusal):
        return row
    view = call.services.upstreams.links.view(row.id)
    if view is None:
        return {"name": row.name, "running": False, "is_up": False, "links": []}
    return {"running": True, **asdict(view), "links": [asdict(link) for link in view.links]}


async def trace(call: Call[Trace]) -> Document | Refusal:
    row, asked = named(call, call.arguments.upstream), call.arguments
    if isinstance(row, Refusal):
        return row
    lines = call.services.upstreams.links.trace(row.id, asked.text, asked.limit)
    return await call.items([asdict(line) for line in lines])


async def test(call: Call[OfUpstream]) -> Document | Refusal:
    row = named(call, call.arguments.upstream)
    return row if isinstance(row, Refusal) else asdict(await call.services.upstreams.probe.test(row))


def visible(call: Call[Any]) -> list[Upstream]:
    """The organisation's, and what it may use of others."""
    rows = call.services.upstreams.directory.upstreams()
    return [row for row in rows if is_visible(row, call.org)]


def named(call: Call[Any], which: str) -> Upstream | Refusal:
    found = [row for row in visible(call) if which in (row.name, str(row.id))]
    return found[0] if found else refuse("unknown_upstream")


def _sealed(call: Call[A], org: int, wish: UpstreamWish, password: str | None) -> UpstreamWish | Refusal:
    if password is None:
        return replace(wish, password=UNSET)
    refusal = bad_password(password)
    return refusal or replace(wish, password=call.services.upstreams.directory.seal(org, password))


async def _put(call: Call[A], request: UpstreamRequest) -> Document | Refusal:
    answer = await call.run(call.services.upstreams.manage, request)
    if isinstance(answer, Refusal):
        return answer
    call.services.upstreams.directory.put(answer)
    return _document(call, answer)


def _document(call: Call[Any], row: Upstream) -> Document:
    """Without its password."""
    view = call.services.upstreams.links.view(row.id)
    document = asdict(row)
    del document["org"], document["password"]
    for name in SWITCHES:
        document[name] = bool(document[name])
    return {
        **document,
        "has_password": row.password is not None,
        "everyone": row.org == EVERYONE,
        "origin": "settings" if is_configured(row.id) else "store",
        "up": view is not None and view.is_up,
    }


VERBS = {
    "upstream.list": Verb(Nothing, list_all),
    "upstream.show": Verb(OfUpstream, show),
    "upstream.create": Verb(NewOne, create),
    "upstream.set": Verb(SetOne, change),
    "upstream.delete": Verb(DeleteOne, delete),
    "upstream.health": Verb(OfUpstream, health),
    "upstream.trace": Verb(Trace, trace),
    "upstream.test": Verb(OfUpstream, test),
}
