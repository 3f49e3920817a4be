"""SIMs: added one by one or by the batch, moved from status to status. Which device has them is
`devices`.

In: batches of at most a few hundred. Out: per request a SIM or a refusal; a bad row harms no other.
"""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.changes import Changes
from heliograph.core.device import Device
from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import Sim, SimStatus, bad_sim, carries, is_bic, refuses_move
from heliograph.flow.manage.assigning import happening
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency

LARGEST_BATCH = 10_000
SimAnswer = Sim | Refusal
_TOLD = {SimStatus.ACTIVATED: "sim_activated", SimStatus.SUSPENDED: "sim_suspended"}


class NewSim(Struct, frozen=True):
    org: int
    iccid: str
    imsi: str = ""
    msisdn: str = ""
    bic: str = ""
    status: int = SimStatus.ISSUED


class SetSim(Struct, frozen=True):
    org: int
    sim: int
    status: int | UnsetType = UNSET


class SetBatch(Struct, frozen=True):
    """All SIMs of a batch that may take this status."""

    org: int
    bic: str
    status: int


class AddSims:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[NewSim]) -> Answers[SimAnswer]:
        taken = await _taken(tx, requests)
        orgs = await tx.admin.load(Organisation, sorted({request.org for request in requests}))
        answers = [self._decide(tx, request, orgs, taken) for request in requests]
        await tx.admin.add([answer for answer in answers if isinstance(answer, Sim)])
        return Answers(answers, [])

    def _decide(
        self, tx: Transaction, request: NewSim, orgs: dict[int, Organisation], taken: set[tuple[str, str]]
    ) -> SimAnswer:
        if request.org not in orgs:
            return refuse("unknown_organisation")
        sim = Sim(0, request.org, request.iccid, request.imsi, request.msisdn, request.bic, request.status)
        refusal = bad_sim(sim)
        if refusal is None and request.status not in (SimStatus.ISSUED, SimStatus.ACTIVATED):
            refusal = refuse("bad_value", "status", "A SIM begins issued or activated.")
        if refusal is not None:
            return refusal
        for field in ("iccid", "imsi", "msisdn"):
            value = getattr(sim, field)
            if value and (field, value) in taken:
                # Whose it is, is nobody else's business: one's own are in one's list.
                return refuse("duplicate", field, f"A SIM with the {field} {value} cannot be added.")
            taken.add((field, value))
        sim.id, sim.created_at = tx.next_id(0), tx.now
        sim.activated_at = tx.now if sim.status == SimStatus.ACTIVATED else None
        return sim


async def _taken(tx: Transaction, requests: Sequence[NewSim]) -> set[tuple[str, str]]:
    """Of SIMs, and of devices that never had one."""
    taken: set[tuple[str, str]] = set()
    for field in ("iccid", "imsi", "msisdn"):
        values = [value for request in requests if (value := getattr(request, field))]
        for sim in await tx.admin.find_sims(field, values):
            taken.add((field, getattr(sim, field)))
    taken.update(("imsi", imsi) for imsi in await tx.find_subscribers([one.imsi for one in requests]))
    taken.update(("msisdn", number) for number in await tx.find_numbers([one.msisdn for one in requests]))
    return taken


class SetSims(OneByOne[SetSim, SimAnswer]):
    async def answer(self, tx: Transaction, request: SetSim) -> SimAnswer:
        sim = (await tx.admin.load(Sim, [request.sim])).get(request.sim)
        if sim is None or sim.org != request.org:
            return refuse("unknown_sim")
        if request.status is UNSET:
            return sim
        refusal = refuses_move(sim, request.status)
        if refusal is not None:
            return refusal
        await _move(tx, [sim], request.status)
        return sim


class SetBatches(OneByOne[SetBatch, list[Sim] | Refusal]):
    """The answer: all SIMs of the batch."""

    async def answer(self, tx: Transaction, request: SetBatch) -> list[Sim] | Refusal:
        sims = await tx.admin.find_batch(request.org, request.bic, LARGEST_BATCH)
        if not sims or not is_bic(request.bic):
            return refuse("unknown_batch", "bic")
        refusals = [refuses_move(sim, request.status) for sim in sims]
        if all(refusals) and refusals[0] is not None:
            return refusals[0]
        moving = [sim for sim, refusal in zip(sims, refusals, strict=True) if refusal is None]
        await _move(tx, moving, request.status)
        return sims


async def _move(tx: Transaction, sims: Sequence[Sim], status: int) -> None:
    moving = [sim for sim in sims if sim.status != status]
    devices = await tx.admin.load(Device, [sim.device for sim in moving if sim.device is not None])
    changes = Changes()
    for sim in moving:
        sim.status = status
        if status == SimStatus.ACTIVATED and sim.activated_at is None:
            sim.activated_at = tx.now
        device = devices.get(sim.device or 0)
        if device is not None:
            device.barred = int(not carries(sim))
        told = _TOLD.get(SimStatus(status))
        if told is not None:
            changes.happenings.append(happening(tx, told, device, sim))
    await tx.admin.change(moving)
    await tx.admin.change(list(devices.values()))
    await tx.write(changes)
