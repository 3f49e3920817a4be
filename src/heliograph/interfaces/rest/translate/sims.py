"""SIMs: the contract's words for ours."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.device import Device
from heliograph.core.sim import Sim, SimStatus, iccid_with_check
from heliograph.flow.manage.sims import NewSim
from heliograph.flow.reads.fleet_port import SimRow
from heliograph.interfaces.rest.problem import required
from heliograph.interfaces.rest.translate.shapes import FloatId, Id, Looked, Reference
from heliograph.interfaces.rest.translate.times import maybe_shown, shown

KIND = "Sim"
RESOURCE = "Sim"
LABELS = {one: Looked(one, one.name.replace("_", " ").title()) for one in SimStatus}
STATUS_WORDS = {label.description.lower(): label.id for label in LABELS.values()}
Digits = Annotated[str, Meta(max_length=40)]


class SimBody(Struct, frozen=True, forbid_unknown_fields=True):
    iccid: Digits
    imsi: Digits | int | None = None
    msisdn: Digits | int | None = None
    bic: Digits | None = None
    status: Reference | None = None


class SimChange(Struct, frozen=True):
    status: Reference | None = None


class BatchChange(Struct, frozen=True):
    """`{"id": 1}` or `{"sim_status": {"id": 1}}`: both are in use."""

    id: Id | FloatId | None = None
    sim_status: Reference | None = None


class OfSim(Struct, frozen=True):
    id: int
    name: str
    imei: str | None
    imei_lock: bool
    created: str
    last_updated: str
    organisation_id: int
    service_profile_id: int
    tariff_profile_id: int
    tags: str | None
    ip_address: str | None


class OrganisationShown(Struct, frozen=True):
    id: int
    name: str


class SimShown(Struct, frozen=True):
    id: int
    iccid: str
    iccid_with_luhn: str
    imsi: str | None
    msisdn: str | None
    status: Looked
    production_date: str
    activation_date: str | None
    issuer_org: OrganisationShown
    customer_org: OrganisationShown
    bic: str | None
    endpoint: OfSim | UnsetType = UNSET  # none: no key


class Registered(Struct, frozen=True):
    id: int
    iccid: str


class Batch(Struct, frozen=True):
    sim: list[Registered]


def shown_sim(row: SimRow, organisation: OrganisationShown) -> SimShown:
    sim = row.sim
    return SimShown(
        sim.id,
        sim.iccid,
        iccid_with_check(sim.iccid),
        sim.imsi or None,
        sim.msisdn or None,
        LABELS[SimStatus(sim.status)],
        shown(sim.created_at),
        maybe_shown(sim.activated_at),
        organisation,
        organisation,
        sim.bic or None,
        _of_sim(row.device) if row.device is not None else UNSET,
    )


def _of_sim(device: Device) -> OfSim:
    return OfSim(
        device.id,
        device.name,
        device.imei or None,
        bool(device.imei_lock),
        shown(device.created_at),
        shown(device.updated_at),
        device.org,
        device.policy,
        device.tariff or 0,
        device.tags or None,
        device.ip_address or None,
    )


def new_sim(org: int, body: SimBody) -> NewSim:
    status = body.status.number if body.status is not None else None
    return NewSim(
        org,
        body.iccid,
        str(body.imsi or ""),
        str(body.msisdn or "").removeprefix("+"),
        body.bic or "",
        SimStatus.ISSUED if status is None else status,
    )


def batch_status(body: BatchChange) -> int:
    number = (body.sim_status or Reference(body.id)).number
    if number is None:
        raise required("Sim Batch", "sim_status")
    return number


def shown_batch(sims: list[Sim]) -> Batch:
    return Batch([Registered(sim.id, sim.iccid) for sim in sims])
