"""Assigning: which device has which SIM. A device's numbers are those of its SIM, so both change together.

In: devices that are added or changed, within one batch. Out: the SIMs that are made, changed and dropped,
and what people should know of it. Used by the flows that manage devices and SIMs.
"""

from collections.abc import Sequence

from heliograph.core.changes import INFO, Changes, Happening
from heliograph.core.device import Device
from heliograph.core.ids import shard_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import Sim, SimStatus, carries, implied_iccid, is_implied
from heliograph.flow.ports import Transaction


class Assignments:
    """Of one batch: each decision sees those before it. Nothing is written before `write`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._by_id: dict[int, Sim] = {}
        self._by_imsi: dict[str, Sim] = {}
        self._by_number: dict[str, Sim] = {}
        self._by_device: dict[int, Sim] = {}
        self._new: dict[int, Sim] = {}
        self._changed: dict[int, Sim] = {}
        self._dropped: dict[int, Sim] = {}
        self._changes = Changes()

    async def load(
        self,
        ids: Sequence[int] = (),
        imsis: Sequence[str] = (),
        numbers: Sequence[str] = (),
        devices: Sequence[int] = (),
    ) -> None:
        admin = self._tx.admin
        found = list((await admin.load(Sim, sorted(set(ids)))).values()) if ids else []
        for column, values in (("imsi", imsis), ("msisdn", numbers), ("device", devices)):
            found += await admin.find_sims(column, [value for value in values if value])
        for sim in found:
            self._know(self._by_id.get(sim.id, sim))

    def _know(self, sim: Sim) -> None:
        self._by_id[sim.id] = sim
        if sim.imsi:
            self._by_imsi[sim.imsi] = sim
        if sim.msisdn:
            self._by_number[sim.msisdn] = sim
        if sim.device is not None:
            self._by_device[sim.device] = sim

    def of(self, device: Device) -> Sim | None:
        return self._by_device.get(device.id)

    def is_spoken_for(self, number: str, own: Sim | None) -> bool:
        """Has another SIM this number?"""
        sim = self._by_number.get(number)
        return sim is not None and sim is not own

    def wanted(self, org: int, id: int, device: int) -> Sim | Refusal:
        """This SIM, if the device may have it."""
        sim = self._by_id.get(id)
        if sim is None or sim.org != org:
            return refuse("unknown_sim", "sim", f"Sim with Id '{id}' not found.")
        if sim.device not in (None, device):
            return refuse("sim_in_use", "sim")
        if sim.status == SimStatus.DELETED:
            return refuse("sim_not_active", "sim", "The SIM is deleted.")
        return sim

    def subscriber(self, device: Device) -> Sim | Refusal:
        """The SIM of the device's IMSI: one that waits for a device, or a new one."""
        sim = self._by_imsi.get(device.imsi)
        if sim is None:
            now = self._tx.now
            sim = Sim(0, device.org, implied_iccid(device.imsi), device.imsi, device.msisdn)
            sim.status, sim.created_at, sim.activated_at = SimStatus.ACTIVATED, now, now
        elif sim.org != device.org or sim.device not in (None, device.id):
            return taken("imsi", device.imsi)
        return sim

    def assign(self, device: Device, sim: Sim, told: bool = True) -> None:
        """The device takes the SIM's numbers; a number that only the device has goes to the SIM."""
        known = self.of(device)
        if known is not None and known is not sim:
            self.release(device)
        if sim.id == 0:
            # A new device and the SIM that comes with it share an id: it names things of one kind only.
            sim.id = self._tx.next_id(shard_of(device.id)) if told else device.id
            self._new[sim.id] = sim
        self._forget_number(sim)
        sim.msisdn = sim.msisdn or device.msisdn
        device.imsi, device.msisdn, device.barred = sim.imsi, sim.msisdn, int(not carries(sim))
        if sim.device != device.id:
            sim.device, sim.assigned_at = device.id, self._tx.now
            if told:
                self._happen("sim_assigned", device, sim)
        self._touch(sim)

    def renumber(self, device: Device, sim: Sim) -> None:
        """The device's new number is its SIM's."""
        self._forget_number(sim)
        sim.msisdn = device.msisdn
        self._touch(sim)

    def release(self, device: Device, keeps_number: bool = False, forgets_implied: bool = False) -> None:
        """The device has no SIM any more. The SIM waits for another device; one that came with its device may
        go with it.
        """
        sim = self._by_device.pop(device.id, None)
        device.imsi, device.barred = "", 0
        device.msisdn = device.msisdn if keeps_number else ""
        if sim is None:
            return
        self._happen("sim_released", device, sim)
        if keeps_number:
            self._forget_number(sim)
            sim.msisdn = ""
        sim.device = sim.assigned_at = None
        if forgets_implied and is_implied(sim):
            self._dropped[sim.id] = sim
            self._by_imsi.pop(sim.imsi, None)
            self._forget_number(sim)
        else:
            self._touch(sim)

    def activate(self, sim: Sim) -> None:
        if sim.status != SimStatus.ACTIVATED:
            sim.status = SimStatus.ACTIVATED
            sim.activated_at = sim.activated_at or self._tx.now

    def _forget_number(self, sim: Sim) -> None:
        if self._by_number.get(sim.msisdn) is sim:
            del self._by_number[sim.msisdn]

    def _touch(self, sim: Sim) -> None:
        self._know(sim)
        if sim.id not in self._new:
            self._changed[sim.id] = sim

    def _happen(self, type: str, device: Device, sim: Sim) -> None:
        self._changes.happenings.append(happening(self._tx, type, device, sim))

    async def write(self) -> None:
        """First what goes, so that its numbers are free."""
        admin = self._tx.admin
        await admin.drop([sim for id, sim in self._dropped.items() if id not in self._new])
        changed = [sim for id, sim in self._changed.items() if id not in self._dropped]
        await admin.change([sim for sim in changed if sim.device is None])
        await admin.change([sim for sim in changed if sim.device is not None])
        new = [sim for id, sim in self._new.items() if id not in self._dropped]
        await admin.add_implied([sim for sim in new if sim.id == sim.device])
        await admin.add([sim for sim in new if sim.id != sim.device])
        await self._tx.write(self._changes)


def taken(field: str, value: str) -> Refusal:
    """Never says by whom."""
    return refuse("duplicate", field, f"The {field} {value} is taken.")


def happening(tx: Transaction, type: str, device: Device | None, sim: Sim) -> Happening:
    """What happened to a SIM."""
    id = tx.next_id(shard_of(device.id if device is not None else sim.id))
    return Happening(
        id,
        sim.org,
        tx.now,
        type,
        INFO,
        device.id if device is not None else None,
        None,
        f"SIM {sim.iccid}",
        sim.id,
    )
