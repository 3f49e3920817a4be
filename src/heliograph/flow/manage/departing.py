"""Departing: what waits for a device that is deleted ends, CANCELED, and its senders hear of it.

In: a device, within the transaction that deletes it. Out: whether more waits than a slice; the deletion goes
on then, slice by slice. What is under way is left to its own outcome.
"""

from heliograph.core.changes import Changes
from heliograph.core.device import Device
from heliograph.core.message import DEVICE_DELETED, Event
from heliograph.flow.ending import Endings
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ledger import give_all_back, given_back
from heliograph.flow.ports import Transaction

SLICE = 256


async def cancel_waiting(tx: Transaction, device: Device, receipt_validity_seconds: int) -> bool:
    """Of nothing that is canceled an attempt is under way: the caller has asked."""
    ids = await tx.admin.waiting_for(device.id, SLICE)
    if not ids:
        return False
    jobs = await tx.load_jobs(ids)
    lanes = ApplicationLanes(set(), set())  # the poll finds out whether receipts may go
    endings = Endings(tx, Changes(), lanes, receipt_validity_seconds)
    await give_all_back(tx, endings.changes, [job.message for job in jobs.values()])
    for job in jobs.values():
        endings.changes.dones.append(job.delivery.id)
        endings.end(job.message, Event.CANCEL, DEVICE_DELETED, given_back(job.message, tx.now))
    await tx.write(endings.changes)
    return len(ids) == SLICE
