"""The SIM of a device that is changed: assigned, released, or another one because its IMSI changed."""

from msgspec import UNSET

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal
from heliograph.core.sim import Sim, SimStatus, refuses_move
from heliograph.flow.manage.assigning import Assignments, taken
from heliograph.flow.manage.requests import DeviceWish


def wanted_sim(sims: Assignments, device: Device, id: int, activate: bool) -> Sim | Refusal:
    """The SIM of this id, active if that is asked for; the device has its numbers then."""
    sim = sims.wanted(device.org, id, device.id)
    if isinstance(sim, Refusal):
        return sim
    refusal = refuses_move(sim, SimStatus.ACTIVATED) if activate else None
    if refusal is not None:
        return refusal
    if activate:
        sims.activate(sim)
    return sim


async def follow_sim(sims: Assignments, old: Device, device: Device, wish: DeviceWish) -> Refusal | None:
    """Its SIM is assigned, released, or has another number from now on."""
    numbers = [device.msisdn] if device.msisdn != old.msisdn else []
    ids = [wish.sim] if isinstance(wish.sim, int) else []
    await sims.load(ids, [device.imsi] if device.imsi != old.imsi else [], numbers, [device.id])
    if wish.sim is None:
        sims.release(device)
        return None
    if wish.sim is not UNSET:
        sim = wanted_sim(sims, device, wish.sim, wish.activate)
        if isinstance(sim, Refusal):
            return sim
        sims.assign(device, sim)
        return None
    if device.imsi != old.imsi:
        return _other_subscriber(sims, device, wish)
    own = sims.of(device)
    if sims.is_spoken_for(device.msisdn, own):
        return taken("msisdn", device.msisdn)
    if own is not None and device.msisdn != old.msisdn:
        sims.renumber(device, own)
    return None


def _other_subscriber(sims: Assignments, device: Device, wish: DeviceWish) -> Refusal | None:
    """The device goes by another IMSI: that is another SIM."""
    imsi = device.imsi
    sims.release(device, keeps_number=True, forgets_implied=True)
    device.imsi = imsi
    sim = sims.subscriber(device) if imsi else None
    if isinstance(sim, Refusal):
        return sim
    if sims.is_spoken_for(device.msisdn, sim):
        return taken("msisdn", device.msisdn)
    if sim is not None:
        if wish.msisdn is not UNSET:
            sims.renumber(device, sim)
        sims.assign(device, sim)
    return None
