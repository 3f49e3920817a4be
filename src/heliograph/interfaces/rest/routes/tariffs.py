"""Tariff profiles: what a segment costs the devices that have one."""

from typing import Any

from heliograph.core.tariff import Tariff
from heliograph.flow.manage.requests import DeleteTariff, NewTariff, SetTariff
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_TARIFFS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.tariffs import (
    BY_PROFILE,
    KIND,
    PROFILE_PAYS,
    NewTariffProfile,
    TariffChange,
    TariffShown,
    shown_tariff,
    tariff_wish,
)

RESOURCE = "Tariff Profile"
SECTION = "Tariff profiles"
FIELDS = {
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "description": Field("description", "text"),
    "created": Field("created_at", "time"),
    "last_updated": Field("updated_at", "time"),
}


async def list_tariffs(services: Services, call: Call[ListQuery, None]) -> Reply:
    reader = services.policies.reader
    rows, used = await reader.tariffs(call.caller.org), await reader.tariff_users(call.caller.org)
    return short_list(call, rows, FIELDS, lambda tariff: shown_tariff(tariff, used.get(tariff.id, 0)))


async def create_tariff(services: Services, call: Call[Nothing, NewTariffProfile]) -> Reply:
    tariff = await _asked(services, call, NewTariff(call.caller.org, call.body.name, tariff_wish(call.body)))
    return created(call, f"/v1/tariff_profile/{tariff.id}", shown_tariff(tariff, 0))


async def show_tariff(services: Services, call: Call[Nothing, None]) -> Reply:
    id, reader = call.path["tariff"], services.policies.reader
    if id == BY_PROFILE:
        return reply(PROFILE_PAYS)
    tariff = await reader.tariff(call.caller.org, id)
    if tariff is None:
        raise not_found(RESOURCE, id)
    used = await reader.tariff_users(call.caller.org, id)
    return reply(shown_tariff(tariff, used.get(id, 0)))


async def change_tariff(services: Services, call: Call[Nothing, TariffChange]) -> Reply:
    await _asked(services, call, SetTariff(call.caller.org, call.path["tariff"], tariff_wish(call.body)))
    return DONE


async def delete_tariff(services: Services, call: Call[Nothing, None]) -> Reply:
    await _asked(services, call, DeleteTariff(call.caller.org, call.path["tariff"]))
    return DONE


async def _asked(
    services: Services, call: Call[Any, Any], request: NewTariff | SetTariff | DeleteTariff
) -> Tariff:
    return await asked(services.store, services.policies.tariffs, request, call, OF_TARIFFS)


UNKNOWN = Answer("There is no such tariff profile.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
TAKEN = Answer("The name is taken.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/tariff_profile",
        list_tariffs,
        "All tariff profiles",
        {200: Answer("A page of them.", list[TariffShown]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="policy:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/tariff_profile",
        create_tariff,
        "Create a tariff profile",
        {201: Answer("Location names it.", TariffShown), 409: TAKEN, 422: BAD},
        scope="policy:write",
        body=NewTariffProfile,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/tariff_profile/{tariff}",
        show_tariff,
        "One tariff profile",
        {200: Answer("The tariff profile.", TariffShown), 404: UNKNOWN},
        scope="policy:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/tariff_profile/{tariff}",
        change_tariff,
        "Change a tariff profile; new rates count for what is accepted from then on",
        {204: Answer("Changed."), 404: UNKNOWN, 409: TAKEN, 422: BAD},
        scope="policy:write",
        body=TariffChange,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "DELETE",
        "/v1/tariff_profile/{tariff}",
        delete_tariff,
        "Delete a tariff profile that no endpoint has",
        {204: Answer("Deleted."), 404: UNKNOWN, 409: Answer("An endpoint has it.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
    ),
)
