"""Endpoints: the contract's word for our devices, in and out."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.console import identifiers_of, is_weak
from heliograph.core.device import Device, DeviceStatus
from heliograph.core.sim import Sim, SimStatus, iccid_with_check
from heliograph.flow.manage.requests import DeviceWish, NewDevice
from heliograph.flow.reads.fleet_port import DeviceRow
from heliograph.interfaces.rest.problem import out_of_range, required
from heliograph.interfaces.rest.translate.shapes import FloatId, Id, Looked, Reference
from heliograph.interfaces.rest.translate.sims import LABELS as SIM_LABELS
from heliograph.interfaces.rest.translate.tariffs import BY_PROFILE, NO_TARIFF
from heliograph.interfaces.rest.translate.times import shown

KIND = "Endpoint"
RESOURCE = "Endpoint"
DEFAULT_NETWORK = "simulator"
LABELS = {DeviceStatus.ENABLED: Looked(0, "Enabled"), DeviceStatus.DISABLED: Looked(1, "Disabled")}
Text = Annotated[str, Meta(max_length=1_000)]
Digits = Text | int  # numbers may come as JSON numbers


class SimWish(Struct, frozen=True):
    id: Id | FloatId | None = None
    activate: bool | None = None
    status: Reference | None = None

    @property
    def number(self) -> int | None:
        return Reference(self.id).number

    @property
    def is_activated(self) -> bool:
        activated = self.status is not None and self.status.number == SimStatus.ACTIVATED
        return bool(self.activate) or (self.activate is None and activated)


class EndpointBody(Struct, frozen=True):
    name: Text
    status: Reference
    service_profile: Reference
    tariff_profile: Reference
    tags: Text | None = None
    imei: Digits | None = None
    imei_lock: bool | None = None
    ip_address: Text | None = None
    sim: SimWish | None = None
    network: Text | None = None


class EndpointChange(Struct, frozen=True):
    name: Text | UnsetType = UNSET
    status: Reference | UnsetType = UNSET
    service_profile: Reference | UnsetType = UNSET
    tariff_profile: Reference | UnsetType = UNSET
    tags: Text | UnsetType | None = UNSET
    imei: Digits | UnsetType | None = UNSET
    imei_lock: bool | UnsetType | None = UNSET
    ip_address: Text | UnsetType | None = UNSET
    sim: SimWish | UnsetType | None = UNSET
    network: Text | UnsetType = UNSET


class Profile(Struct, frozen=True):
    id: int
    name: str


class SimOf(Struct, frozen=True):
    id: int
    iccid: str
    iccid_with_luhn: str
    status: Looked
    imsi: str | None
    msisdn: str | None


class ConsoleOf(Struct, frozen=True):
    """How third parties open its console: by tags `sms-UNIQUE`."""

    identifiers: int
    weak: bool  # one of them has fewer than 12 characters, so it is guessed sooner


class EndpointShown(Struct, frozen=True):
    id: int
    name: str
    created: str
    last_updated: str
    status: Looked
    service_profile: Profile
    tariff_profile: Profile
    tags: str | None
    ip_address: str | None
    imei: str | None
    imei_lock: bool
    network: str
    sim: SimOf | UnsetType = UNSET  # none: no key
    console: ConsoleOf | UnsetType = UNSET  # none: no tag opens one


class EndpointListed(EndpointShown, frozen=True, kw_only=True):
    """In a list. What traffic changes by itself is not part of the resource, whose ETag would change too."""

    attached: bool
    sms_waiting: int


def listed_device(row: DeviceRow) -> EndpointListed:
    shown = shown_device(row)
    return EndpointListed(**_fields(shown), attached=bool(row.device.attached), sms_waiting=row.waiting)


def _fields(shown: EndpointShown) -> dict[str, Any]:
    """One deep: what is inside stays what it is."""
    return {name: getattr(shown, name) for name in shown.__struct_fields__}


def shown_device(row: DeviceRow) -> EndpointShown:
    device = row.device
    return EndpointShown(
        device.id,
        device.name,
        shown(device.created_at),
        shown(device.updated_at),
        LABELS[DeviceStatus(device.status)],
        Profile(device.policy, row.policy),
        Profile(device.tariff or BY_PROFILE, row.tariff or NO_TARIFF),
        device.tags or None,
        device.ip_address or None,
        device.imei or None,
        bool(device.imei_lock),
        device.network,
        _sim_of(device, row.sim) if row.sim is not None else UNSET,
        _console_of(device),
    )


def _console_of(device: Device) -> ConsoleOf | UnsetType:
    found = identifiers_of(device.tags)
    return ConsoleOf(len(found), any(map(is_weak, found))) if found else UNSET


def _sim_of(device: Device, sim: Sim) -> SimOf:
    return SimOf(
        sim.id,
        sim.iccid,
        iccid_with_check(sim.iccid),
        SIM_LABELS[SimStatus(sim.status)],
        device.imsi or None,
        device.msisdn or None,
    )


def new_device(org: int, body: EndpointBody, ceiling: frozenset[str]) -> NewDevice:
    sim = body.sim.number if body.sim is not None else None
    return NewDevice(
        org,
        body.name.strip(),
        _named("service_profile", body.service_profile),
        body.network or DEFAULT_NETWORK,
        status=status_number(body.status),
        tags=body.tags or "",
        tariff=_named("tariff_profile", body.tariff_profile) or None,
        sim=sim,
        activate=body.sim is not None and body.sim.is_activated,
        imei=_text(body.imei),
        imei_lock=int(bool(body.imei_lock)),
        ip_address=body.ip_address or "",
        any_name=True,
        ceiling=ceiling,
    )


def device_wish(body: EndpointChange) -> DeviceWish:
    profile, tariff, sim = body.service_profile, body.tariff_profile, body.sim
    return DeviceWish(
        name=body.name if body.name is UNSET else body.name.strip(),
        policy=UNSET if profile is UNSET else _named("service_profile", profile),
        network=body.network,
        status=UNSET if body.status is UNSET else status_number(body.status),
        tags=UNSET if body.tags is UNSET else body.tags or "",
        tariff=UNSET if tariff is UNSET else _named("tariff_profile", tariff) or None,
        sim=UNSET if sim is UNSET else None if sim is None else sim.number,
        activate=isinstance(sim, SimWish) and sim.is_activated,
        imei=UNSET if body.imei is UNSET else _text(body.imei),
        imei_lock=UNSET if body.imei_lock is UNSET else int(bool(body.imei_lock)),
        ip_address=UNSET if body.ip_address is UNSET else body.ip_address or "",
        any_name=True,
    )


def _named(field: str, given: Reference) -> int:
    if given.number is None:
        raise required(KIND, field)
    return given.number


def status_number(given: Reference) -> int:
    number = given.number
    if number is None:
        raise required(KIND, "status")
    if number not in (DeviceStatus.ENABLED, DeviceStatus.DISABLED):
        raise out_of_range(KIND, "status", "must be 0 (Enabled) or 1 (Disabled)")
    return number


def _text(given: str | int | None) -> str:
    return "" if given is None else str(given)
