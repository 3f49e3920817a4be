"""Where an endpoint is: attached or not, a reset of it, operators that it keeps away from; all operators."""

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.device import Device, DeviceStatus
from heliograph.flow.manage.operators import Reset, SetAvoided
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, required
from heliograph.interfaces.rest.refusals import OF_CONNECTIVITY, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.devices import device_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.devices import RESOURCE
from heliograph.interfaces.rest.translate.operators import Operator, operators

SECTION = "Connectivity"
MOST_OPERATORS = 2_000
FIELDS = {"id": Field("id", "number"), "name": Field("name", "text")}


class Described(Struct, frozen=True):
    description: str


class Location(Struct, frozen=True):
    network: str


class Connectivity(Struct, frozen=True):
    status: Described
    services: list[str]
    location: Location | UnsetType = UNSET


class ResetBody(Struct, frozen=True):
    """One of them, as null."""

    location: UnsetType | None = UNSET
    pdp_context: UnsetType | None = UNSET


async def show(services: Services, call: Call[Nothing, None]) -> Reply:
    device = (await device_of(services, call)).device
    status = _status(device)
    location = Location(device.network) if status == "ATTACHED" else UNSET
    return reply(Connectivity(Described(status), ["SMS"] if status == "ATTACHED" else [], location))


def _status(device: Device) -> str:
    """Never ONLINE: that is a data session, and data is carried elsewhere."""
    if device.status != DeviceStatus.ENABLED or device.barred:
        return "BLOCKED"
    is_known = bool(device.imsi or device.msisdn)
    return "ATTACHED" if device.attached and is_known else "OFFLINE"


async def reset(services: Services, call: Call[Nothing, ResetBody]) -> Reply:
    """A data session is none of ours to end, so there is nothing left to do for one."""
    await device_of(services, call)
    if call.body.location is UNSET and call.body.pdp_context is UNSET:
        raise required("Connectivity", "location")
    if call.body.location is None:
        await services.store.run(services.fleet.reset, [Reset(call.caller.org, call.path["endpoint"])])
    return DONE


async def avoided(services: Services, call: Call[Nothing, None]) -> Reply:
    ids = await services.fleet.reader.avoided(call.caller.org, call.path["endpoint"])
    if ids is None:
        raise not_found(RESOURCE, call.path["endpoint"])
    known = operators()
    return reply([known[id] for id in ids if id in known])


async def avoid(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _set_avoided(services, call, True)


async def allow(services: Services, call: Call[Nothing, None]) -> Reply:
    return await _set_avoided(services, call, False)


async def _set_avoided(services: Services, call: Call[Nothing, None], is_avoided: bool) -> Reply:
    device, operator = call.path["endpoint"], call.path["operator"]
    request = SetAvoided(call.caller.org, device, operator, is_avoided)
    await asked(services.store, services.fleet.avoid, request, call, OF_CONNECTIVITY)
    return DONE


async def list_operators(_: Services, call: Call[ListQuery, None]) -> Reply:
    return short_list(call, list(operators().values()), FIELDS, lambda operator: operator, MOST_OPERATORS)


_NONE = {404: Answer("There is no such endpoint.", ErrorBody)}
_PLACE = "/v1/endpoint/{endpoint}"
ROUTES = (
    Route(
        "GET",
        f"{_PLACE}/connectivity",
        show,
        "Whether an endpoint is attached",
        {200: Answer("ATTACHED, OFFLINE or BLOCKED.", Connectivity), **_NONE},
        scope="device:read",
        section=SECTION,
    ),
    Route(
        "PATCH",
        f"{_PLACE}/connectivity",
        reset,
        "Reset an endpoint's location or data session",
        {204: Answer("Done."), 422: Answer("Neither is named, or not as null.", ErrorBody), **_NONE},
        scope="device:write",
        body=ResetBody,
        kind="Connectivity",
        section=SECTION,
    ),
    Route(
        "GET",
        f"{_PLACE}/operator_blacklist",
        avoided,
        "Operators that an endpoint keeps away from",
        {200: Answer("They.", list[Operator]), **_NONE},
        scope="device:read",
        section=SECTION,
    ),
    Route(
        "PUT",
        f"{_PLACE}/operator_blacklist/{{operator}}",
        avoid,
        "Keep an endpoint away from an operator",
        {
            204: Answer("Done."),
            404: Answer("No such endpoint or operator.", ErrorBody),
            409: Answer("It is there already.", ErrorBody),
        },
        scope="device:write",
        section=SECTION,
    ),
    Route(
        "DELETE",
        f"{_PLACE}/operator_blacklist/{{operator}}",
        allow,
        "Let an endpoint use an operator again",
        {204: Answer("Done."), 404: Answer("No such endpoint, or it was not there.", ErrorBody)},
        scope="device:write",
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/operator",
        list_operators,
        "Operators and their codes",
        {200: Answer("A page of them.", list[Operator]), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="device:read",
        query=ListQuery,
        section=SECTION,
    ),
)
