"""The audit trail of the caller's organisation, and of what all share where it manages that. An addition
to the contract.
"""

from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.security.audit import ACTIONS
from heliograph.flow.reads.audit import NEWEST, AuditFilter, audit_page
from heliograph.interfaces.rest.audit_trails import trails_of
from heliograph.interfaces.rest.paging import next_link
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Call, Reply, Route, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.audit import (
    KINDS_SHOWN,
    EntryShown,
    action_meant,
    actor_meant,
    kind_meant,
    shown_entry,
)

DEFAULT_PER_PAGE = 100
MOST_PER_PAGE = 500
# Described so, and checked in words that people can read.
Kind = Annotated[str, Meta(extra_json_schema={"enum": list(KINDS_SHOWN)})]
Action = Annotated[str, Meta(extra_json_schema={"enum": list(ACTIONS)})]
ActorName = Annotated[
    str, Meta(extra_json_schema={"pattern": "^((user|token):[0-9]{1,16}|command line|heliograph|somebody)$"})
]


class AuditQuery(Struct, frozen=True):
    before: Annotated[int, Meta(ge=1, le=NEWEST)] = NEWEST
    per_page: int = 0
    kind: Kind | None = None
    id: Annotated[int, Meta(ge=0, le=NEWEST)] | None = None
    actor: ActorName | None = None  # `user:3`, `token:7`, `command line`, `heliograph`, `somebody`
    action: Action | None = None


async def entries(services: Services, call: Call[AuditQuery, None]) -> Reply:
    """Newest first; `Link` with rel="next" leads on while there are more."""
    query = call.query
    size = DEFAULT_PER_PAGE if query.per_page < 1 else min(query.per_page, MOST_PER_PAGE)
    wanted = AuditFilter(
        None if query.kind is None else kind_meant(query.kind),
        query.id,
        None if query.actor is None else actor_meant(query.actor),
        None if query.action is None else action_meant(query.action),
    )
    page = await audit_page(services.audit, trails_of(services, call.caller.org), wanted, query.before, size)
    headers = () if page.next is None else (next_link(call, before=page.next, per_page=size),)
    return reply([shown_entry(entry) for entry in page.items], headers=headers)


ROUTES = (
    Route(
        "GET",
        "/v1/audit",
        entries,
        "What was changed in the organisation, by whom, newest first",
        {200: Answer("A page of the trail.", list[EntryShown]), 400: Answer("A bad query.", ErrorBody)},
        scope="admin",
        query=AuditQuery,
        section="Audit",
        ours=True,
    ),
)
