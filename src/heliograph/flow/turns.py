"""Turns: the P2P SMS beyond a receiver's rate, each with its moment to enter the lane. Used by `expire`.

In: what is due. Out: what may enter now. Where a turn was missed, because the process was down, all turns of
that receiver move on by the same time: what enters late still enters at the receiver's rate, in its order.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import Note
from heliograph.core.delivery import Job
from heliograph.core.message import Direction
from heliograph.core.story.timeline import line
from heliograph.core.usage import move_turns
from heliograph.flow.accept import Admission
from heliograph.flow.lanes import moved
from heliograph.flow.ports import Transaction

ON_TIME_MS = 1000  # a turn that is taken up within this time was not missed
SLICE = 256  # deliveries that are moved in one pass; those of the last receiver are moved whole


class Missed(Struct):
    """Turns that nobody took up."""

    since: dict[int, int]  # by receiver, the first one
    on_time: list[Job]


def missed_turns(due: Sequence[Job], now: int) -> Missed:
    """Of the deliveries that are due."""
    since: dict[int, int] = {}
    for job in due:
        turn = _turn(job, now)
        if turn is not None and turn < now - ON_TIME_MS:
            since[job.delivery.key] = min(turn, since.get(job.delivery.key, turn))
    return Missed(since, [job for job in due if _turn(job, now) is None or job.delivery.key not in since])


def _turn(job: Job, now: int) -> int | None:
    """None: it waits for a time that its sender named, or for nothing."""
    if job.message.direction != Direction.P2P or job.message.device is None:
        return None
    if (job.message.not_before or 0) > now:
        return None
    return job.delivery.enter_at


async def move_on(tx: Transaction, admission: Admission, missed: Missed) -> list[Job]:
    """Those whose turn is now. What is left for the next pass is still due."""
    entering: list[Job] = []
    count = 0
    for device, since in missed.since.items():
        if count >= SLICE:
            break
        jobs = [job for job in await tx.load_turns(device) if _turn(job, tx.now) is not None]
        count += len(jobs)
        _move(admission, device, since, jobs)
        entering += [job for job in jobs if (job.delivery.enter_at or 0) <= tx.now]
    return entering


def _move(admission: Admission, device: int, since: int, jobs: Sequence[Job]) -> None:
    now, changes = admission.tx.now, admission.changes
    view = admission.views[device]
    rate = admission.policies[view.device.policy].p2p_received_per_minute
    move_turns(view.tally, since, now - since)
    admission.touch(view)
    for job in jobs:
        delivery = job.delivery
        delivery.enter_at = (delivery.enter_at or 0) + now - since
        if delivery.enter_at > now:
            changes.moves.append(moved(delivery))
            changes.notes.append(Note(line("rate", now, delivery.enter_at, rate), job.message.id))
