"""SIMs: listed, added, shown, moved from status to status, one by one or by their batch."""

from typing import Any

from heliograph.flow.manage.sims import SetBatch, SetSim
from heliograph.flow.reads.fleet_port import SimRow
from heliograph.interfaces.rest.criteria import Field, sort_shown, wanted
from heliograph.interfaces.rest.paging import ListQuery, listed, page_of, per_page
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_SIM_BATCHES, OF_SIMS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sims import (
    KIND,
    RESOURCE,
    STATUS_WORDS,
    Batch,
    BatchChange,
    OrganisationShown,
    SimBody,
    SimChange,
    SimShown,
    batch_status,
    new_sim,
    shown_batch,
    shown_sim,
)

SECTION = "SIMs"
PER_PAGE = 2_000
FIELDS = {
    "id": Field("id", "number"),
    "iccid": Field("iccid", "text"),
    "imsi": Field("imsi", "text"),
    "msisdn": Field("msisdn", "text"),
    "bic": Field("bic", "exact"),
    "status": Field("status", "number", STATUS_WORDS),
    "endpoint": Field("device", "number"),
    "production_date": Field("created_at", "time"),
    "activation_date": Field("activated_at", "time"),
    "issuer_org": Field("org", "number"),
    "reseller_org": Field("org", "number"),
    "customer_org": Field("org", "number"),
    "model": Field("model", "number"),
}


async def list_sims(services: Services, call: Call[ListQuery, None]) -> Reply:
    asked = wanted(call.query.q, call.query.sort, FIELDS, bare="iccid")
    found = await services.fleet.reader.sims(
        call.caller.org,
        asked,
        lambda total: page_of(call.query, total, PER_PAGE).offset,
        per_page(call.query, PER_PAGE),
    )
    organisation = await organisation_of(services, call.caller.org)
    page = page_of(call.query, found.total, PER_PAGE, found.cut)
    sort = sort_shown(asked.orders, FIELDS) or "id"
    return listed(call, [shown_sim(row, organisation) for row in found.rows], page, sort)


async def add_sim(services: Services, call: Call[Nothing, SimBody]) -> Reply:
    """An addition: emnify delivers SIMs, we are told of them."""
    sim = await asked(services.store, services.fleet.add_sims, new_sim(call.caller.org, call.body), call)
    return created(call, f"/v1/sim/{sim.id}")


async def show_sim(services: Services, call: Call[Nothing, None]) -> Reply:
    row = await sim_of(services, call)
    return reply(shown_sim(row, await organisation_of(services, call.caller.org)))


async def change_sim(services: Services, call: Call[Nothing, SimChange]) -> Reply:
    request = SetSim(call.caller.org, call.path["sim"])
    if call.body.status is not None and call.body.status.number is not None:
        request = SetSim(request.org, request.sim, call.body.status.number)
    await asked(services.store, services.fleet.set_sims, request, call, OF_SIMS)
    return DONE


async def change_batch(services: Services, call: Call[Nothing, BatchChange]) -> Reply:
    request = SetBatch(call.caller.org, call.path["bic"], batch_status(call.body))
    sims = await asked(services.store, services.fleet.set_batches, request, call, OF_SIM_BATCHES)
    return reply(shown_batch(sims))


async def sim_of(services: Services, call: Call[Any, Any]) -> SimRow:
    """The one that the path names."""
    row = await services.fleet.reader.sim(call.caller.org, call.path["sim"])
    if row is None:
        raise not_found(RESOURCE, call.path["sim"])
    return row


async def organisation_of(services: Services, org: int) -> OrganisationShown:
    return OrganisationShown(org, await services.fleet.reader.organisation(org))


_NONE = {404: Answer("There is no such SIM.", ErrorBody)}
ROUTES = (
    Route(
        "GET",
        "/v1/sim",
        list_sims,
        "SIMs, filtered, sorted and paged",
        {200: Answer("A page of them.", list[SimShown]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="device:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/sim",
        add_sim,
        "Add a SIM (an addition to the contract)",
        {
            201: Answer("Added. Location names it."),
            409: Answer("One of its numbers is taken.", ErrorBody),
            422: Answer("Not well formed.", ErrorBody),
        },
        scope="device:write",
        body=SimBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/sim/{sim}",
        show_sim,
        "One SIM",
        {200: Answer("It.", SimShown), **_NONE},
        scope="device:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/sim/{sim}",
        change_sim,
        "Move a SIM to another status",
        {204: Answer("Moved."), 422: Answer("It cannot go there from its status.", ErrorBody), **_NONE},
        scope="device:write",
        body=SimChange,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "PATCH",
        "/v1/sim_batch/bic/{bic}",
        change_batch,
        "Register the SIMs of a batch by its code",
        {200: Answer("The SIMs of the batch.", Batch), 422: Answer("No such batch.", ErrorBody)},
        scope="device:write",
        body=BatchChange,
        kind="Sim Batch",
        texts=("bic",),
        section=SECTION,
    ),
)
