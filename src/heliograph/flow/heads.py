"""Taking the heads of lanes: the one place where a waiting delivery becomes an attempt after its
acceptance.

Policy is asked again here, before each attempt; a head that may not go ends, and the poll comes back for
the next.
"""

from collections.abc import Mapping, Sequence

from heliograph.core.changes import Mark
from heliograph.core.delivery import Job, Kind, Lane, LaneKey
from heliograph.core.message import Event, Message, advance
from heliograph.core.policy import Policy, forbids_mt
from heliograph.core.timeline import line, word
from heliograph.flow.ending import Endings
from heliograph.flow.lanes import AWAY_RETRY_MS, attempt_line, lane_of, moved, park, start_attempt
from heliograph.flow.ledger import give_all_back, returns
from heliograph.flow.ports import Head, Transaction


async def take_heads(tx: Transaction, endings: Endings, lanes: Sequence[LaneKey]) -> list[Job]:
    """The heads that may go now, taken. Lanes that have none, or have one under way, are passed over."""
    heads = await tx.load_heads(lanes)
    if not heads:
        return []
    policies = await tx.load_policies(sorted({head.device.policy for head in heads.values() if head.device}))
    unsent: list[Message] = []
    jobs = [head.job for head in heads.values() if _take(tx, endings, head, policies, unsent)]
    if unsent:
        await give_all_back(tx, endings.changes, unsent)
    await tx.write(endings.changes)
    return jobs + endings.jobs


def _take(
    tx: Transaction, endings: Endings, head: Head, policies: Mapping[int, Policy], unsent: list[Message]
) -> bool:
    job, device, now = head.job, head.device, tx.now
    if now >= job.delivery.expires_at:
        drop(endings, job, Event.EXPIRE, "validity", _gives_back(job, now, unsent))
        park(tx, endings.changes, job, now)
        return False
    if device is not None:
        refusal = forbids_mt(policies[device.policy], device)
        if refusal is not None:
            story = line("forbidden", now, word(refusal.rule or "")) + _gives_back(job, now, unsent)
            drop(endings, job, Event.REJECT, refusal.code, story)
            park(tx, endings.changes, job, now)
            return False
        if not device.attached:
            _away(tx, endings, job)
            return False
    if not tx.rooms.take(job.gate, lane_of(job.delivery)):
        park(tx, endings.changes, job, now)
        return False
    take(endings, job, now)
    return True


def _gives_back(job: Job, now: int, unsent: list[Message]) -> str:
    """The message ends here. If nothing of it was ever sent, its count returns; the story says so."""
    segments = returns(job.message) if job.delivery.kind == Kind.SMS else 0
    if not segments:
        return ""
    unsent.append(job.message)
    return line("given_back", now, segments)


def _away(tx: Transaction, endings: Endings, job: Job) -> None:
    """The device left while its lane rested: the lane stops being due and keeps its count of failures."""
    due_at = tx.now + AWAY_RETRY_MS
    if not job.lane_attempts:
        park(tx, endings.changes, job, due_at)
        return
    delivery = job.delivery
    endings.changes.lanes.append(
        Lane(delivery.receiver, delivery.key, job.gate, due_at, job.lane_attempts, "detached")
    )


def take(endings: Endings, job: Job, now: int) -> None:
    """Records the attempt."""
    delivery, message = job.delivery, job.message
    start_attempt(job)
    endings.changes.moves.append(moved(delivery))
    if job.lane_attempts:  # the lane's clock outlives a crash
        endings.changes.lanes.append(
            Lane(delivery.receiver, delivery.key, job.gate, None, job.lane_attempts, "under_way")
        )
    if delivery.kind == Kind.RECEIPT:
        return
    message.state = advance(message.state, Event.ATTEMPT)
    message.attempts += 1
    endings.changes.marks.append(
        Mark(message.state, None, None, message.attempts, attempt_line(job, now), message.id)
    )


def drop(endings: Endings, job: Job, event: Event, reason: str, story: str) -> None:
    """A waiting delivery that will not be tried again."""
    endings.changes.dones.append(job.delivery.id)
    if job.delivery.kind == Kind.RECEIPT:
        endings.lose_receipt(job, reason)
    else:
        endings.end(job.message, event, reason, story)
