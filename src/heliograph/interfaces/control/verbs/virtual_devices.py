"""The commands that drive virtual devices: what a person would do with the device in hand."""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.requests import DeviceWish, SetDevice
from heliograph.flow.reads.browse import LONGEST_PAGE
from heliograph.flow.shown import DeviceFilter
from heliograph.interfaces.control.services import Picture, VirtualDevices
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb

PROFILE_TAG = "sim-profile="
SEND_LOOK_SECONDS = 0.02
SEND_LOOKS = 100


class OfDevice(Struct, forbid_unknown_fields=True):
    device: str


class SetState(Struct, forbid_unknown_fields=True):
    device: str
    state: str


class SetReading(Struct, forbid_unknown_fields=True):
    device: str
    reading: str
    value: float


class Assign(Struct, forbid_unknown_fields=True):
    device: str
    profile: str


class Send(Struct, forbid_unknown_fields=True):
    device: str
    to: str
    text: str


class Crowd(Struct, forbid_unknown_fields=True):
    state: str
    tag: str | None = None
    per_second: float | None = None


async def _with(
    call: Call[A], key: str, act: Callable[[VirtualDevices, Device], Picture]
) -> Picture | Refusal:
    devices = call.services.virtual_devices
    if devices is None:
        return refuse("no_network", "simulator")
    device = await call.services.browse.device(call.org, key)
    return device if isinstance(device, Refusal) else act(devices, device)


async def _look(call: Call[A], key: str) -> Picture | Refusal:
    return await _with(call, key, lambda on, device: on.show(device.imsi, device.msisdn))


async def show(call: Call[OfDevice]) -> Picture | Refusal:
    return await _look(call, call.arguments.device)


async def set_state(call: Call[SetState]) -> Picture | Refusal:
    """Also for every start to come. Where no network runs, for the next start alone."""
    wish, services = call.arguments, call.services
    device = await services.browse.device(call.org, wish.device)
    if isinstance(device, Refusal):
        return device
    if services.virtual_devices is None:
        kept = await services.resting_devices.set_state(device.imsi, device.msisdn, wish.state)
        return {"next_start": True, **kept}
    picture = services.virtual_devices.set_state(device.imsi, device.msisdn, wish.state)
    await services.virtual_devices.save()
    return picture


async def set_reading(call: Call[SetReading]) -> Picture | Refusal:
    wish = call.arguments
    return await _with(
        call,
        wish.device,
        lambda on, device: on.set_reading(device.imsi, device.msisdn, wish.reading, wish.value),
    )


async def assign(call: Call[Assign]) -> Picture | Refusal:
    """For now and, by the device's tag, for every start to come."""
    wish, services = call.arguments, call.services
    picture = await _with(
        call, wish.device, lambda on, device: on.assign_profile(device.imsi, device.msisdn, wish.profile)
    )
    device = await services.browse.device(call.org, wish.device)
    if isinstance(picture, Refusal) or isinstance(device, Refusal):
        return picture
    others = [tag for tag in device.tags.split(",") if tag and not tag.startswith(PROFILE_TAG)]
    kept = DeviceWish(tags=",".join([*others, PROFILE_TAG + wish.profile]))
    answer = await call.run(services.flows.set_devices, SetDevice(call.org, device.id, kept))
    return answer if isinstance(answer, Refusal) else picture


async def send(call: Call[Send]) -> Picture | Refusal:
    """Answers when the network has said yes or no to the SMS, or after a while: the device goes on trying."""
    wish = call.arguments
    before = await _look(call, wish.device)
    picture = await _with(
        call, wish.device, lambda on, device: on.send(device.imsi, device.msisdn, wish.to, wish.text)
    )
    for _ in range(SEND_LOOKS):
        if isinstance(picture, Refusal) or not picture["sending"]:
            break
        await asyncio.sleep(SEND_LOOK_SECONDS)
        picture = await _look(call, wish.device)
    if isinstance(before, Refusal) or isinstance(picture, Refusal):
        return picture
    return {"sms": _fate(before, picture, wish), **picture}


def _fate(before: Picture, after: Picture, wish: Send) -> Picture:
    """What became of an SMS that was handed to the device between two looks at it."""
    typed = (wish.to, wish.text)
    for refused in after["refused"]:
        if refused not in before["refused"] and (refused["to"], refused["text"]) == typed:
            return {"state": "refused", "cause": refused["cause"], "reason": refused["reason"]}
    for letter in after["sending"]:
        if (letter["to"], letter["text"]) == typed:
            return {"state": "waiting", "tries": letter["tries"]}
    return {"state": "accepted"}


async def inbox(call: Call[OfDevice]) -> Picture | Refusal:
    return await _with(
        call, call.arguments.device, lambda on, device: {"inbox": on.inbox(device.imsi, device.msisdn)}
    )


async def crowd(call: Call[Crowd]) -> Picture | Refusal:
    """The same for all devices of the organisation, or those with a tag."""
    wish, services = call.arguments, call.services
    chosen: list[tuple[str, str]] = []
    after: str | None = ""
    while after is not None:
        page = await services.browse.devices(call.org, DeviceFilter(tag=wish.tag), after, LONGEST_PAGE)
        chosen += [(device.imsi, device.msisdn) for device in page.items]
        after = page.next
    if services.virtual_devices is None:
        return {"next_start": True, **await services.resting_devices.crowd(wish.state, chosen)}
    return services.virtual_devices.crowd(wish.state, chosen, wish.per_second)


async def profiles(call: Call[Nothing]) -> Picture | Refusal:
    devices = call.services.virtual_devices
    if devices is None:
        return refuse("no_network", "simulator")
    for profile in devices.profiles():
        await call.item(profile)
    return {"states": devices.states(), "counters": devices.counters()}


async def reload(call: Call[Nothing]) -> Picture | Refusal:
    devices = call.services.virtual_devices
    return refuse("no_network", "simulator") if devices is None else devices.reload_profiles()


VERBS = {
    "simulator.show": Verb(OfDevice, show),
    "simulator.state": Verb(SetState, set_state),
    "simulator.reading": Verb(SetReading, set_reading),
    "simulator.assign": Verb(Assign, assign),
    "simulator.send": Verb(Send, send),
    "simulator.inbox": Verb(OfDevice, inbox),
    "simulator.crowd": Verb(Crowd, crowd),
    "simulator.profiles": Verb(Nothing, profiles, of_organisation=False),
    "simulator.reload": Verb(Nothing, reload, of_organisation=False),
}
