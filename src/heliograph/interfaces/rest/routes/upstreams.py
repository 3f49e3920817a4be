"""Upstreams: listed, created, changed, deleted; their health, their last PDUs, and a bind that is tried now.

What all share is managed by the organisation that the installation belongs to.
"""

from typing import Any

from msgspec import UNSET, UnsetType

from heliograph.core.refusal import refuse
from heliograph.core.upstream import EVERYONE, Upstream, is_configured, is_visible
from heliograph.core.upstream_values import bad_password
from heliograph.flow.manage.upstreams import DeleteUpstream, NewUpstream, SetUpstream, UpstreamRequest
from heliograph.flow.stranded import Stranded
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem
from heliograph.interfaces.rest.refusals import OF_UPSTREAMS, asked, of_refusal
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.smpp_accounts import PduShown, TraceQuery, shown_pdu
from heliograph.interfaces.rest.translate.upstream_health import (
    HealthShown,
    TriedShown,
    shown_health,
    shown_tried,
)
from heliograph.interfaces.rest.translate.upstreams import (
    KIND,
    Deletion,
    NewUpstreamBody,
    UpstreamChange,
    UpstreamShown,
    shown_upstream,
    wish,
)

SECTION = "Upstreams"
FIELDS = {"id": Field("id", "number"), "name": Field("name", "text"), "created": Field("created_at", "time")}


async def list_upstreams(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = visible(services, call.caller.org)
    return short_list(call, rows, FIELDS, lambda row: _shown(services, call, row))


async def create_upstream(services: Services, call: Call[Nothing, NewUpstreamBody]) -> Reply:
    org = whose(services, call, call.body.platform)
    request = NewUpstream(org, call.body.name, wish(call.body, _password(services, org, call.body)))
    made = await _asked(services, call, request)
    services.upstreams.directory.put(made)
    return created(call, f"/v1/upstream/{made.id}", _shown(services, call, made))


async def show_upstream(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(_shown(services, call, _one(services, call)))


async def change_upstream(services: Services, call: Call[Nothing, UpstreamChange]) -> Reply:
    row = _own(services, call)
    changed = await _asked(
        services, call, SetUpstream(row.org, row.id, wish(call.body, _password(services, row.org, call.body)))
    )
    services.upstreams.directory.put(changed)
    return reply(_shown(services, call, changed))


async def delete_upstream(services: Services, call: Call[Deletion, None]) -> Reply:
    row = _own(services, call)
    gone = await _asked(services, call, DeleteUpstream(row.org, row.id, call.query.force))
    services.upstreams.directory.remove(gone.id)
    if call.query.force:
        await _free(services, gone.name)
    return DONE


async def _free(services: Services, name: str) -> None:
    """What waits is carried by another one, or fails; in slices."""
    after: int | None = 0
    while after is not None:
        (after,) = await services.store.run(services.upstreams.stranded, [Stranded(name, after)])


async def show_health(services: Services, call: Call[Nothing, None]) -> Reply:
    row = _looked_into(services, call)
    return reply(shown_health(row, services.upstreams.links.view(row.id)))


async def show_trace(services: Services, call: Call[TraceQuery, None]) -> Reply:
    """Oldest first. The words of messages are for those who may read messages."""
    if call.query.text and not call.caller.may("sms:read"):
        raise problem(403, 1104, "The text needs the scope sms:read")
    row = _looked_into(services, call)
    lines = services.upstreams.links.trace(row.id, call.query.text, call.query.limit)
    return reply([shown_pdu(line) for line in lines])


async def test_upstream(services: Services, call: Call[Nothing, None]) -> Reply:
    """Whatever came of it is the answer, not the status of the answer."""
    row = _looked_into(services, call)
    return reply(shown_tried(await services.upstreams.probe.test(row)))


def visible(services: Services, org: int) -> list[Upstream]:
    """Their own, and what they may use of others."""
    rows = services.upstreams.directory.upstreams()
    return [row for row in rows if is_visible(row, org)]


def whose(services: Services, call: Call[Any, Any], is_platform: bool) -> int:
    """The organisation that a new row gets."""
    if not is_platform:
        return call.caller.org
    if not services.upstreams.is_host(call.caller.org):
        raise problem(403, 1104, "What all share is made by the installation's own organisation")
    return EVERYONE


def owns(services: Services, call: Call[Any, Any], org: int) -> bool:
    mine = call.caller.org
    return org == mine or (org == EVERYONE and services.upstreams.is_host(mine))


def _one(services: Services, call: Call[Any, Any]) -> Upstream:
    id = call.path["upstream"]
    found = next((row for row in visible(services, call.caller.org) if row.id == id), None)
    if found is None:
        raise not_found(KIND, id)
    return found


def _looked_into(services: Services, call: Call[Any, Any]) -> Upstream:
    """Other organisations' SMS may be told there."""
    row = _one(services, call)
    if not owns(services, call, row.org):
        raise problem(403, 1104, "It belongs to somebody else: its owner may look into it")
    return row


def _own(services: Services, call: Call[Any, Any]) -> Upstream:
    row = _looked_into(services, call)
    if is_configured(row.id):
        raise of_refusal(refuse("configured", "upstream"))
    return row


def _shown(services: Services, call: Call[Any, Any], row: Upstream) -> UpstreamShown:
    view = services.upstreams.links.view(row.id)
    return shown_upstream(row, view is not None and view.is_up, owns(services, call, row.org))


def _password(services: Services, org: int, body: UpstreamChange) -> bytes | UnsetType | None:
    """Sealed."""
    if body.password is UNSET or body.password is None:
        return body.password
    refusal = bad_password(body.password)
    if refusal is not None:
        raise of_refusal(refusal)
    return services.upstreams.directory.seal(org, body.password)


async def _asked(services: Services, call: Call[Any, Any], request: UpstreamRequest) -> Upstream:
    return await asked(services.store, services.upstreams.manage, request, call, OF_UPSTREAMS)


UNKNOWN = Answer("There is no such upstream.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
NOT_OWNER = Answer("It belongs to somebody else.", ErrorBody)
FIXED = Answer("The settings name it.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/upstream",
        list_upstreams,
        "List the upstreams that SMS may go to",
        {200: Answer("The upstreams, without their passwords.", list[UpstreamShown]), 422: BAD},
        scope="upstream:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/upstream",
        create_upstream,
        "Create an upstream",
        {
            201: Answer("Created; it is connected at once.", UpstreamShown),
            403: NOT_OWNER,
            409: Answer("The name is taken.", ErrorBody),
            422: BAD,
        },
        scope="upstream:write",
        body=NewUpstreamBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/upstream/{upstream}",
        show_upstream,
        "Show an upstream",
        {200: Answer("The upstream, without its password.", UpstreamShown), 404: UNKNOWN},
        scope="upstream:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "PATCH",
        "/v1/upstream/{upstream}",
        change_upstream,
        "Change an upstream",
        {
            200: Answer("The upstream as it now stands.", UpstreamShown),
            403: NOT_OWNER,
            404: UNKNOWN,
            409: FIXED,
            422: BAD,
        },
        scope="upstream:write",
        body=UpstreamChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/upstream/{upstream}",
        delete_upstream,
        "Delete an upstream",
        {
            204: Answer("Deleted."),
            403: NOT_OWNER,
            404: UNKNOWN,
            409: Answer("Routes lead there, or SMS wait for it, or the settings name it.", ErrorBody),
        },
        scope="upstream:write",
        query=Deletion,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/upstream/{upstream}/health",
        show_health,
        "Show how an upstream does: its binds, its answers, its receipts",
        {200: Answer("Its health.", HealthShown), 403: NOT_OWNER, 404: UNKNOWN},
        scope="upstream:read",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/upstream/{upstream}/trace",
        show_trace,
        "Show the last PDUs of an upstream, decoded",
        {
            200: Answer("The PDUs, oldest first.", list[PduShown]),
            403: Answer("It is somebody else's, or the text needs the scope sms:read.", ErrorBody),
            404: UNKNOWN,
            400: BAD,
        },
        scope="upstream:read",
        query=TraceQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/upstream/{upstream}/test",
        test_upstream,
        "Try a bind now",
        {200: Answer("What came of it.", TriedShown), 403: NOT_OWNER, 404: UNKNOWN},
        scope="upstream:write",
        section=SECTION,
        ours=True,
    ),
)
