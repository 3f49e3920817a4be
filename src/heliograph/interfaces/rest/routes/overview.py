"""The overview: what happens now, and what happened in an hour, a day or a week."""

from asyncio import gather

from heliograph.flow.reads.overview import overview
from heliograph.interfaces.rest.problem import ErrorBody
from heliograph.interfaces.rest.route import Answer, Call, Reply, Route, reply
from heliograph.interfaces.rest.routes.network import gates
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.network import Waiting
from heliograph.interfaces.rest.translate.overview import (
    BLOCKING,
    OverviewQuery,
    OverviewShown,
    shown_overview,
)


async def show(services: Services, call: Call[OverviewQuery, None]) -> Reply:
    """Parts that other scopes show are null."""
    org, reader, may = call.caller.org, services.network.reader, call.caller.may
    found, groups = await gather(
        overview(reader, org, call.query.period, services.clock.now()), reader.lane_groups(org)
    )
    blocked = await reader.blocked(org, found.since, BLOCKING) if may("event:read") else None
    shown = await gates(services, call, Waiting(groups))
    return reply(
        shown_overview(
            call.query.period,
            found,
            groups,
            shown,
            blocked,
            frozenset(kind for kind in ("callback", "upstream") if may(f"{kind}:read")),
        )
    )


ROUTES = (
    Route(
        "GET",
        "/v1/overview",
        show,
        "What happens: messages over time, how long they took, what waits, what is in trouble",
        {
            200: Answer("Numbers, and where the list behind each is.", OverviewShown),
            400: Answer("There is no such period.", ErrorBody),
        },
        scope="sms:read",
        query=OverviewQuery,
        section="Overview",
        ours=True,
    ),
)
