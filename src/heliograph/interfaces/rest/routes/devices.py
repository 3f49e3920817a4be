"""Endpoints: our devices. Listed, made, shown, changed, deleted."""

from typing import Any

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.devices import goes_on
from heliograph.flow.manage.requests import DeleteDevice, SetDevice
from heliograph.flow.ports import Flow, R
from heliograph.flow.reads.fleet_port import DeviceRow
from heliograph.flow.reads.listing import Wanted
from heliograph.interfaces.rest.criteria import Field, sort_shown, wanted
from heliograph.interfaces.rest.paging import ListQuery, listed, page_of, per_page
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_ENDPOINTS, answered, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.devices import (
    KIND,
    RESOURCE,
    EndpointBody,
    EndpointChange,
    EndpointListed,
    EndpointShown,
    device_wish,
    listed_device,
    new_device,
    shown_device,
)
from heliograph.interfaces.rest.translate.sims import STATUS_WORDS

SECTION = "Endpoints"
PER_PAGE = 1_000
SEARCH = "search"  # what a value without a field is
_YES_NO = {"false": 0, "true": 1}
FIELDS = {
    SEARCH: Field("search", "search", sorts=False),
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "status": Field("status", "number", {"enabled": 0, "disabled": 1, "deleted": 2}),
    "service_profile": Field("policy", "number"),
    "tariff_profile": Field("tariff", "number"),
    "created": Field("created_at", "time"),
    "last_updated": Field("updated_at", "time"),
    "tags": Field("tags", "tag"),
    "ip_address": Field("ip_address", "text"),
    "imei": Field("imei", "text"),
    "imsi": Field("imsi", "text"),
    "msisdn": Field("msisdn", "text"),
    "iccid": Field("iccid", "text"),
    "sim_status": Field("sim_status", "number", STATUS_WORDS),
    "attached": Field("attached", "number", _YES_NO),
    "waiting": Field("waiting", "number", _YES_NO, sorts=False),
}


def devices_wanted(q: str, sort: str = "") -> Wanted:
    """As the list understands it."""
    return wanted(q, sort, FIELDS, SEARCH)


async def list_devices(services: Services, call: Call[ListQuery, None]) -> Reply:
    asked = devices_wanted(call.query.q, call.query.sort)
    found = await services.fleet.reader.devices(
        call.caller.org,
        asked,
        lambda total: page_of(call.query, total, PER_PAGE).offset,
        per_page(call.query, PER_PAGE),
    )
    page = page_of(call.query, found.total, PER_PAGE, found.cut)
    sort = sort_shown(asked.orders, FIELDS) or "id"
    return listed(call, [listed_device(row) for row in found.rows], page, sort, both=True)


async def create_device(services: Services, call: Call[Nothing, EndpointBody]) -> Reply:
    request = new_device(call.caller.org, call.body, call.caller.scopes)
    device = await _asked(services, call, services.fleet.add_devices, request)
    return created(call, f"/v1/endpoint/{device.id}")


async def show_device(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(shown_device(await device_of(services, call)))


async def change_device(services: Services, call: Call[Nothing, EndpointChange]) -> Reply:
    wish = device_wish(call.body)
    request = SetDevice(call.caller.org, call.path["endpoint"], wish, call.caller.scopes)
    await _asked(services, call, services.fleet.set_devices, request)
    return DONE


async def delete_device(services: Services, call: Call[Nothing, None]) -> Reply:
    """What waits for it is canceled in slices, so that traffic goes on."""
    request = DeleteDevice(call.caller.org, call.path["endpoint"], with_sim=False)
    (answer,) = await services.store.run(services.fleet.delete_devices, [request])
    while goes_on(answer):
        (answer,) = await services.store.run(services.fleet.delete_devices, [request])
    services.fleet.enrol([answered(answer, call, OF_ENDPOINTS)])
    return DONE


async def device_of(services: Services, call: Call[Any, Any]) -> DeviceRow:
    """The one that the path names."""
    id = call.path["endpoint"]
    row = await services.fleet.reader.device(call.caller.org, id)
    if row is None:
        raise not_found(RESOURCE, id)
    return row


async def _asked(
    services: Services, call: Call[Any, Any], flow: Flow[R, Device | Refusal], request: R
) -> Device:
    device = await asked(services.store, flow, request, call, OF_ENDPOINTS)
    services.fleet.enrol([device])
    return device


_NONE = {404: Answer("There is no such endpoint.", ErrorBody)}
_BAD = {422: Answer("Not well formed, or refers to what is not there.", ErrorBody)}
ROUTES = (
    Route(
        "GET",
        "/v1/endpoint",
        list_devices,
        "Endpoints, filtered, sorted and paged",
        {200: Answer("A page of them.", list[EndpointListed]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="device:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/endpoint",
        create_device,
        "Make an endpoint",
        {201: Answer("Made. Location names it."), 409: Answer("A name or SIM is taken.", ErrorBody), **_BAD},
        scope="device:write",
        body=EndpointBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/endpoint/{endpoint}",
        show_device,
        "One endpoint",
        {200: Answer("It.", EndpointShown), **_NONE},
        scope="device:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/endpoint/{endpoint}",
        change_device,
        "Change an endpoint; assign or release its SIM",
        {204: Answer("Changed."), 409: Answer("A name or SIM is taken.", ErrorBody), **_NONE, **_BAD},
        scope="device:write",
        body=EndpointChange,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/endpoint/{endpoint}",
        delete_device,
        "Delete an endpoint that has no SIM; what waits for it is canceled",
        {
            204: Answer("Deleted."),
            409: Answer("A SIM is attached, or an SMS is under way.", ErrorBody),
            **_NONE,
        },
        scope="device:write",
        section=SECTION,
    ),
)
