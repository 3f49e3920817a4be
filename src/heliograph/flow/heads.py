"""Taking the heads of lanes: the one place where a waiting delivery becomes an attempt after its
acceptance.

Policy is asked again here, before each attempt; a head that may not go ends, and the poll comes back for
the next.
"""

from collections.abc import Container, Mapping, Sequence

from heliograph.core.changes import Mark
from heliograph.core.delivery import Job, Kind, Lane, LaneKey, is_news, is_phone
from heliograph.core.device import Device
from heliograph.core.firewall.guarded import Guarded
from heliograph.core.firewall.suppression import suppressed
from heliograph.core.message import Event, Message, advance
from heliograph.core.policy import Policy, forbids_mt
from heliograph.core.refusal import Refusal
from heliograph.core.story.timeline import line, phrase
from heliograph.core.waking import AWAY, what_woke
from heliograph.flow.ending import Endings
from heliograph.flow.guarding import blocked, forbids_attempt, load_guarded
from heliograph.flow.lanes import (
    attempt_line,
    away_lane,
    go_on_without,
    lane_of,
    moved,
    park,
    start_attempt,
    woken_line,
)
from heliograph.flow.ledger import give_all_back, given_back
from heliograph.flow.ports import Head, Transaction

_JUST_FREED: Mapping[LaneKey, Lane] = {}
_NOBODY: Mapping[int, Container[str]] = {}


async def take_heads(
    tx: Transaction, endings: Endings, lanes: Sequence[LaneKey], polled: Mapping[LaneKey, Lane] = _JUST_FREED
) -> list[Job]:
    """The heads that may go now, taken. Lanes that have none, or have one under way, are passed over. A
    device that left is not tried, unless it has been away for so long that its return may have gone
    unheard. `polled` are lanes whose code may say why they are due.
    """
    heads = await tx.load_heads(lanes)
    if not heads:
        return []
    policies = await tx.load_policies(sorted({head.device.policy for head in heads.values() if head.device}))
    devices = [head.device for head in heads.values() if head.device]
    taking = _Taking(tx, endings, policies, polled, await load_guarded(tx, devices, policies))
    phones = [head.job for head in heads.values() if is_phone(head.job.delivery.receiver)]
    taking.stopped = await _stopped(tx, phones) if phones else _NOBODY
    jobs = [head.job for head in heads.values() if taking.take(head)]
    if taking.unsent:
        await give_all_back(tx, endings.changes, taking.unsent)
    await tx.write(endings.changes)
    return jobs + endings.jobs


async def _stopped(tx: Transaction, jobs: Sequence[Job]) -> Mapping[int, Container[str]]:
    """Of these phones, those that want nothing any more, by organisation."""
    numbers: dict[int, list[str]] = {}
    for job in jobs:
        numbers.setdefault(job.message.org, []).append(job.msisdn)
    return {org: await tx.firewall.load_suppressed(org, given) for org, given in numbers.items()}


class _Taking:
    """Decides over the heads of one batch. `unsent` are the messages that ended before anything was sent."""

    def __init__(
        self,
        tx: Transaction,
        endings: Endings,
        policies: Mapping[int, Policy],
        polled: Mapping[LaneKey, Lane],
        guarded: Mapping[int, Guarded],
    ) -> None:
        self._tx = tx
        self._guarded = guarded
        self._endings = endings
        self._policies = policies
        self._polled = polled
        self.stopped = _NOBODY
        self.unsent: list[Message] = []

    def take(self, head: Head) -> bool:
        job, device, now = head.job, head.device, self._tx.now
        if now >= job.delivery.expires_at:
            return self._end(job, too_late(job), "validity", "")
        key = lane_of(job.delivery)
        lane = self._polled.get(key)
        if device is not None:
            refusal = self._forbids(head, device)
            if refusal is not None:
                story = line("forbidden", now, phrase(refusal.rule or ""))
                return self._end(job, Event.REJECT, refusal.code, story)
            if not device.attached and (lane is None or lane.code != AWAY):
                self._endings.changes.lanes.append(away_lane(job, now))
                return False
        elif is_phone(job.delivery.receiver) and not job.delivery.segment:
            refusal = suppressed(job.msisdn, self.stopped.get(job.message.org, ()))
            if refusal is not None:
                return self._end(
                    job, Event.REJECT, refusal.code, line("forbidden", now, phrase(refusal.rule or ""))
                )
        if not self._tx.rooms.take(job.gate, key):
            self._wait(job)
            return False
        take(self._endings, job, now, woken_line(lane, now) if lane is not None else "")
        return True

    def _forbids(self, head: Head, device: Device) -> Refusal | None:
        refusal = forbids_mt(self._policies[device.policy], device)
        guarded = self._guarded.get(device.id)
        if refusal is None and guarded is not None:
            message = head.job.message
            refusal = forbids_attempt(guarded, message, self._tx.now)
            if refusal is not None:
                blocked(self._tx, self._endings.changes, guarded, refusal, message.id)
        return refusal

    def _wait(self, job: Job) -> None:
        """Until the poll comes back. What woke the lane is still to be told."""
        key = lane_of(job.delivery)
        lane = self._polled.get(key)
        if lane is not None and lane.gate != job.gate:  # what is first now goes another way than what was
            moved_lane = Lane(key.receiver, key.key, job.gate, self._tx.now, job.lane_attempts, lane.code)
            self._endings.changes.lanes.append(moved_lane)
        elif lane is not None and what_woke(lane.code)[0]:
            self._endings.changes.lanes.append(lane)
        else:
            park(self._tx, self._endings.changes, job, self._tx.now)

    def _go_on(self, job: Job) -> None:
        """To the next one of the lane, by the poll."""
        lane = self._polled.get(lane_of(job.delivery))
        if lane is not None and what_woke(lane.code)[0]:
            self._endings.changes.lanes.append(lane)
        else:
            go_on_without(self._tx, self._endings.changes, job, self._tx.now)

    def _end(self, job: Job, event: Event, reason: str, story: str) -> bool:
        """It may not go. If nothing of it was ever sent, its count returns. The poll comes for the next
        one.
        """
        told = given_back(job.message, self._tx.now) if job.delivery.kind == Kind.SMS else ""
        if told:
            self.unsent.append(job.message)
            story += told
        drop(self._endings, job, event, reason, story)
        self._go_on(job)
        return False


def take(endings: Endings, job: Job, now: int, woken: str = "") -> None:
    """Records the attempt, after what woke its lane."""
    delivery, message = job.delivery, job.message
    start_attempt(job)
    endings.changes.moves.append(moved(delivery))
    if job.lane_attempts:  # the lane's clock outlives a crash
        endings.changes.lanes.append(
            Lane(delivery.receiver, delivery.key, job.gate, None, job.lane_attempts, "under_way")
        )
    if is_news(delivery.kind):
        return
    message.state = advance(message.state, Event.ATTEMPT)
    message.attempts += 1
    story = woken + attempt_line(job, now)
    endings.changes.marks.append(Mark(message.state, None, None, message.attempts, story, message.id))


def too_late(job: Job) -> Event:
    """An SMS expires for its sender; one from a device had none to ask for it: its application failed it."""
    return Event.REJECT if job.delivery.kind == Kind.MO else Event.EXPIRE


def drop(endings: Endings, job: Job, event: Event, reason: str, story: str) -> None:
    """A waiting delivery that will not be tried again."""
    endings.changes.dones.append(job.delivery.id)
    if is_news(job.delivery.kind):
        endings.lose(job, reason)
    else:
        endings.end(job.message, event, reason, story)
