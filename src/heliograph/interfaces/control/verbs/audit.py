"""The command about the audit trail: who changed what, from where."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from heliograph.core.ids import LARGEST_ID
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.audit import KINDS
from heliograph.flow.reads.audit import NEWEST, AuditFilter, audit_page
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Verb

Number = Annotated[int, Meta(ge=1, le=NEWEST)]


class Wish(Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    before: Number = NEWEST
    kind: str | None = None
    row: Annotated[int, Meta(ge=0, le=LARGEST_ID)] | None = None
    actor: str | None = None
    whole: bool = False


async def list_entries(call: Call[Wish]) -> Document | Refusal:
    wish = call.arguments
    if wish.kind is not None and wish.kind not in KINDS:
        return refuse("bad_value", "kind", f"A kind is one of {', '.join(KINDS)}.")
    wanted = AuditFilter(wish.kind, wish.row, wish.actor)
    orgs = None if wish.whole else (call.org,)
    page = await audit_page(call.services.audit, orgs, wanted, wish.before, wish.limit)
    for entry in page.items:
        await call.item({**asdict(entry), "hash": entry.hash.hex()})
    return {"count": len(page.items), "next": page.next}


VERBS = {"audit.list": Verb(Wish, list_entries)}
