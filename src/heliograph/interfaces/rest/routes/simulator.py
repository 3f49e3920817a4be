"""Virtual devices: the simulator's, shown, put into a state, let send; their inboxes and profiles."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.device import Device
from heliograph.core.security.audit import SimulatedSms
from heliograph.flow.manage.fleet_changes import ChangeDevice
from heliograph.flow.manage.simulated import NoteSimulated
from heliograph.flow.reads.listing import Condition, Operator
from heliograph.interfaces.rest.criteria import sort_shown, wanted
from heliograph.interfaces.rest.paging import ListQuery, listed, page_of, per_page
from heliograph.interfaces.rest.problem import ErrorBody, bad_format, not_found, problem
from heliograph.interfaces.rest.refusals import OF_ENDPOINTS, answered, asked
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.devices import FIELDS, device_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.simulator_desk import SimulatorDesk
from heliograph.interfaces.rest.translate.simulator import (
    KIND,
    InboxSms,
    SentShown,
    SimulatedSmsBody,
    SimulatorProfile,
    VirtualDeviceChange,
    VirtualDeviceListed,
    VirtualDeviceShown,
    inbox_sms,
    listed_device,
    profile_shown,
    profile_wish,
    shown_device,
    simulated,
    words,
)

SECTION = "Simulator"
PER_PAGE = 100


async def list_virtual(services: Services, call: Call[ListQuery, None]) -> Reply:
    """Of the endpoints' list, those whose network is the simulator."""
    desk, query = _desk(services), wanted(call.query.q, call.query.sort, FIELDS)
    on_it = Condition("network", Operator.IS, desk.network)
    found = await services.fleet.reader.devices(
        call.caller.org,
        replace(query, conditions=(*query.conditions, on_it)),
        lambda total: page_of(call.query, total, PER_PAGE).offset,
        per_page(call.query, PER_PAGE),
    )
    page = page_of(call.query, found.total, PER_PAGE, found.cut)
    shown = [listed_device(row.device, desk.glance(row.device)) for row in found.rows]
    return listed(call, shown, page, sort_shown(query.orders, FIELDS) or "id")


async def show_virtual(services: Services, call: Call[Any, Any]) -> Reply:
    desk, device = _desk(services), await _device(services, call)
    last = desk.last_read(device)
    return reply(shown_device(device, desk.show(device), last, call.caller.may("sms:read")))


async def change_virtual(services: Services, call: Call[Nothing, VirtualDeviceChange]) -> Reply:
    desk, device = _desk(services), await _device(services, call)
    before = simulated(device, desk.show(device))
    _check(desk, call.body, before.profile)
    try:
        await _change(services, call, desk, device)
    finally:  # what was done is told, also when a later part of it was refused
        after = simulated(device, desk.show(device))
        await services.store.run(services.simulator.note, [NoteSimulated(before, after)])
    return await show_virtual(services, call)


def _check(desk: SimulatorDesk, change: VirtualDeviceChange, profile: str) -> None:
    """Before anything is done: is there such a profile, and does it measure this?"""
    known = {one["name"]: one for one in desk.profiles()}
    name = profile if change.profile is UNSET else change.profile
    if name not in known:
        raise bad_format(KIND, "profile", f"there is none of this name; there are {', '.join(known)}")
    readings = {} if change.readings is UNSET else change.readings
    for reading in readings:
        if reading not in known[name]["readings"]:
            raise bad_format(KIND, "readings", f"the profile {name} does not measure {reading[:40]!r}")


async def _change(
    services: Services, call: Call[Nothing, VirtualDeviceChange], desk: SimulatorDesk, device: Device
) -> None:
    change = call.body
    if change.profile is not UNSET:
        known = [one["name"] for one in desk.profiles()]
        wish = profile_wish(device.tags, change.profile, known)
        request = ChangeDevice(call.caller.org, device.id, wish, call.caller.scopes)
        await asked(services.store, services.fleet.change_devices, request, call, OF_ENDPOINTS)
        answered(desk.assign(device, change.profile), call)
    answered(await desk.set_states(device, words(change)), call)
    for name, value in ({} if change.readings is UNSET else change.readings).items():
        answered(desk.set_reading(device, name, value), call)


async def show_inbox(services: Services, call: Call[Nothing, None]) -> Reply:
    desk, device = _desk(services), await _device(services, call)
    return reply([inbox_sms(one) for one in desk.inbox(device)])


async def send(services: Services, call: Call[Nothing, SimulatedSmsBody]) -> Reply:
    desk, device = _desk(services), await _device(services, call)
    noted = SimulatedSms(device.id, device.org, call.body.dest_address)
    await services.store.run(services.simulator.note, [NoteSimulated(None, noted)])
    found = await desk.send(device, call.body.dest_address, call.body.payload)
    return reply(SentShown(**answered(found, call)))


async def list_profiles(services: Services, _: Call[Nothing, None]) -> Reply:
    return reply([profile_shown(one) for one in _desk(services).profiles()])


def _desk(services: Services) -> SimulatorDesk:
    desk = services.simulator.desk
    if not desk.runs:
        raise problem(503, 1500, "The simulator does not run.")
    return desk


async def _device(services: Services, call: Call[Any, Any]) -> Device:
    """The endpoint that the path names, if it is a virtual one."""
    device = (await device_of(services, call)).device
    if device.network != services.simulator.desk.network or not device.has_number:
        raise not_found("Virtual device", device.id)
    return device


_NONE = {404: Answer("There is no such endpoint, or it is none of the simulator.", ErrorBody)}
_BAD = {422: Answer("Not well formed, or unknown to the simulator.", ErrorBody)}
_PLACE = "/v1/simulator/device"
_ONE = f"{_PLACE}/{{endpoint}}"
ROUTES = (
    Route(
        "GET",
        _PLACE,
        list_virtual,
        "Virtual devices with their states, filtered, sorted and paged as endpoints",
        {
            200: Answer("A page of them.", list[VirtualDeviceListed]),
            422: Answer("A bad q or sort.", ErrorBody),
        },
        scope="device:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        _ONE,
        show_virtual,
        "One virtual device: its state, memory, readings, and what it sends",
        {200: Answer("It.", VirtualDeviceShown), **_NONE},
        scope="device:read",
        section=SECTION,
        ours=True,
    ),
    Route(
        "PATCH",
        _ONE,
        change_virtual,
        "Put a virtual device into a state, as a person with it in hand would",
        {200: Answer("It as it now is.", VirtualDeviceShown), **_NONE, **_BAD},
        scope="device:write",
        body=VirtualDeviceChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        f"{_ONE}/inbox",
        show_inbox,
        "The last SMS that a virtual device read, oldest first",
        {200: Answer("At most 20.", list[InboxSms]), **_NONE},
        scope="sms:read",
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        f"{_ONE}/sms",
        send,
        "Let a virtual device send an SMS by its network, when it has one",
        {200: Answer("What the network said to it.", SentShown), **_NONE, **_BAD},
        scope="sms:send",
        body=SimulatedSmsBody,
        kind="Sms",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/simulator/profile",
        list_profiles,
        "Profiles that virtual devices may have",
        {200: Answer("They.", list[SimulatorProfile])},
        scope="device:read",
        section=SECTION,
        ours=True,
    ),
)
