"""Moving: what waits for a device goes by its new network. What may have arrived stays with its upstream.

In: a device, within the transaction that gives it another network. Out: the gate of what is first. What
nobody there can carry keeps the upstream that it had; without one it ends, and its sender hears of that.
"""

from collections.abc import Sequence

from heliograph.core.changes import Changes
from heliograph.core.delivery import DEVICE_RECEIVER, Job, LaneKey
from heliograph.core.device import Device
from heliograph.core.message import Event
from heliograph.core.refusal import refuse
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line, phrase
from heliograph.flow.detours import begin_anew, stays
from heliograph.flow.ending import Endings
from heliograph.flow.heads import drop
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ledger import give_all_back, given_back
from heliograph.flow.ports import Transaction


async def moved_device(tx: Transaction, routes: Routes, device: Device, receipt_validity_seconds: int) -> str:
    routes = routes.snapshot()
    ids = await tx.upstreams.waiting_of_device(device.id)
    jobs = await tx.load_deliveries(ids) if ids else {}
    changes, stranded = Changes(), []
    for job in jobs.values():
        via = job.delivery.via if stays(job) else _way(routes, device, job)
        if via is None:
            stranded.append(job)
        elif via != job.delivery.via:
            begin_anew(changes, job, via)
    await tx.write(changes)
    if stranded:
        await _end(tx, routes, device, stranded, receipt_validity_seconds)
    if device.network in routes.networks:
        return device.network
    head = next(iter((await tx.load_heads([LaneKey(DEVICE_RECEIVER, device.id)])).values()), None)
    return head.job.gate if head is not None else device.network


def _way(routes: Routes, device: Device, job: Job) -> str | None:
    if device.network in routes.networks:
        return ""
    first = routes.first(device.org, device.network, device.msisdn, job.message)
    return first or job.delivery.via or None


async def _end(
    tx: Transaction, routes: Routes, device: Device, jobs: Sequence[Job], receipt_validity_seconds: int
) -> None:
    """As an SMS of this kind is refused from now on."""
    lanes = ApplicationLanes(set(), set())  # the poll finds out whether receipts may go
    endings = Endings(tx, Changes(), lanes, receipt_validity_seconds)
    await give_all_back(tx, endings.changes, [job.message for job in jobs])
    for job in jobs:
        refusal = routes.refuses(device.network, job.message, device.org, device.msisdn)
        refusal = refusal or refuse("no_network", f"network {device.network}")
        story = line("forbidden", tx.now, phrase(refusal.rule or "")) + given_back(job.message, tx.now)
        drop(endings, job, Event.REJECT, refusal.code, story)
    await tx.write(endings.changes)
