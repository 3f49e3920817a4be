"""Networks and lanes: each gate that the organisation may see, and the lanes on which something waits."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from heliograph.core.delivery import LaneKey, gate_of_application, gate_of_upstream
from heliograph.core.ids import LARGEST_ID
from heliograph.core.upstream import EVERYONE, Upstream
from heliograph.flow.reads.overview import lane_page
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, next_link, short_list
from heliograph.interfaces.rest.problem import ErrorBody, problem
from heliograph.interfaces.rest.route import Answer, Call, Headers, Reply, Route, reply
from heliograph.interfaces.rest.routes.upstreams import visible
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.network import (
    GateShown,
    LaneQuery,
    LaneShown,
    Waiting,
    account_shown,
    callback_shown,
    lane_filter,
    shown_lane,
    simulator_shown,
    upstream_shown,
)

SECTION = "Networks"
FIELDS = {
    "gate": Field("gate", "exact"),
    "kind": Field("kind", "exact"),
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "state": Field("state", "exact"),
}
DEFAULT_PER_PAGE = 100
MOST_PER_PAGE = 500


async def list_gates(services: Services, call: Call[ListQuery, None]) -> Reply:
    found = await services.network.reader.lane_groups(call.caller.org)
    rows = await gates(services, call, Waiting(found))
    return short_list(call, rows, FIELDS, lambda row: row)


async def gates(services: Services, call: Call[Any, Any], waiting: Waiting) -> list[GateShown]:
    """Of the kinds that the caller may see."""
    org, desk, may = call.caller.org, services.network.gates, call.caller.may
    is_host = services.upstreams.is_host(org)
    network = services.simulator.desk.network
    found = [simulator_shown(network, desk.view(network), waiting, is_host)] if may("device:read") else []
    for row in visible(services, org) if may("upstream:read") else ():
        view, link = desk.view(gate_of_upstream(row.name)), services.upstreams.links.view(row.id)
        found.append(upstream_shown(row, view, link, waiting, _is_own(row, org, is_host)))
    callbacks = await services.callbacks.reader.callbacks(org) if may("callback:read") else ()
    found += [callback_shown(row, desk.view(gate_of_application(row.id)), waiting) for row in callbacks]
    for account in await services.smpp.reader.accounts(org) if may("smpp:read") else ():
        view, binds = desk.view(gate_of_application(account.id)), services.smpp.desk.binds(account)
        found.append(account_shown(account, view, binds, waiting))
    return found


def _is_own(row: Upstream, org: int, is_host: bool) -> bool:
    return row.org == org or (row.org == EVERYONE and is_host)


async def list_lanes(services: Services, call: Call[LaneQuery, None]) -> Reply:
    """A page may be short: while `Link` has a `next`, there is more to look at."""
    org, wanted, size = call.caller.org, lane_filter(call.query), _per_page(call.query)
    page = await lane_page(services.network.reader, org, wanted, _mark_of(call.query.cursor), size)
    names = {one.id: one.name for one in await services.browse.applications(org)} if page.rows else {}
    shown = [shown_lane(row, names, services.network.gates.view(row.gate)) for row in page.rows]
    return reply(shown, headers=_headers(call, size, page.end))


def _per_page(query: LaneQuery) -> int:
    return DEFAULT_PER_PAGE if query.per_page < 1 else min(query.per_page, MOST_PER_PAGE)


def _headers(call: Call[LaneQuery, None], size: int, end: LaneKey | None) -> Headers:
    count = (b"x-count-per-page", str(size).encode())
    return (count,) if end is None else (count, next_link(call, per_page=size, cursor=_cursor_of(end)))


def _cursor_of(mark: LaneKey) -> str:
    return urlsafe_b64encode(f"{mark.receiver},{mark.key}".encode()).decode().rstrip("=")


def _mark_of(cursor: str) -> LaneKey | None:
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        receiver, key = (int(number) for number in text.split(","))
    except ValueError:  # binascii's own is one
        raise _bad_cursor() from None
    if abs(receiver) > LARGEST_ID or abs(key) > 2**62:
        raise _bad_cursor()
    return LaneKey(receiver, key)


def _bad_cursor() -> Exception:
    return problem(422, 1301, "Invalid query criteria: cursor was not given by a page")


_BAD = {422: Answer("A bad criterion.", ErrorBody)}
ROUTES = (
    Route(
        "GET",
        "/v1/network",
        list_gates,
        "Networks, upstreams, callbacks and SMPP accounts: open or not, and what waits",
        {200: Answer("Those that the caller's scopes show.", list[GateShown]), **_BAD},
        scope="sms:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/lane",
        list_lanes,
        "Lanes on which something waits, and why",
        {200: Answer("A page. Link leads to the next one.", list[LaneShown]), **_BAD},
        scope="sms:read",
        query=LaneQuery,
        section=SECTION,
        ours=True,
    ),
)
