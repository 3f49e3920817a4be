"""Entering a lane, leaving for a gate: the two steps that accept, settle, deliver and expire share.

`enter` places a new delivery in its lane: taken at once when the lane is idle and its gate has room, parked
for the poll when it has none, else simply behind the others.
"""

from collections.abc import Iterable

from heliograph.core.changes import Changes, Move, Park
from heliograph.core.delivery import UPSTREAM, Delivery, Job, Kind, Lane, LaneKey, Place, gate_of_application
from heliograph.core.ids import shard_of
from heliograph.core.message import Message
from heliograph.core.story.timeline import line, word
from heliograph.core.waking import ATTACHED, AWAY, AWAY_RETRY_MS, GATE_OPENED, what_woke
from heliograph.flow.ports import Transaction


def lane_of(delivery: Delivery) -> LaneKey:
    return LaneKey(delivery.receiver, delivery.key)


def new_delivery(
    tx: Transaction, message: Message, kind: Kind, receiver: int, key: int, expires_at: int
) -> Delivery:
    id, position = tx.next_delivery(shard_of(key))
    return Delivery(
        id,
        kind,
        message.id,
        receiver,
        key,
        message.priority,
        position,
        Place.WAITING,
        0,
        0,
        0,
        None,
        expires_at,
    )


def enter(tx: Transaction, changes: Changes, job: Job, lane_is_idle: bool, receiver_is_away: bool) -> bool:
    """True when the job was taken for its first attempt. The caller writes the delivery row, with its
    place.
    """
    job.delivery.place = Place.WAITING
    if not lane_is_idle:
        return False
    if receiver_is_away:
        changes.lanes.append(away_lane(job, tx.now))
        return False
    if not tx.rooms.take(job.gate, lane_of(job.delivery)):
        park(tx, changes, job, tx.now)
        return False
    start_attempt(job)
    return True


class ApplicationLanes:
    """Lanes of applications, as one batch sees them. A lane that was not asked about is parked: the poll
    finds out.
    """

    def __init__(self, busy: set[LaneKey], idle: set[LaneKey]) -> None:
        self._busy = busy
        self._idle = idle

    @staticmethod
    async def load(tx: Transaction, wanted: Iterable[LaneKey]) -> "ApplicationLanes":
        """Asks about those alone whose gate has room."""
        asked = set(wanted)
        receivers = {lane.receiver for lane in asked}
        with_room = {receiver for receiver in receivers if tx.rooms.left(gate_of_application(receiver)) > 0}
        lanes = {lane for lane in asked if lane.receiver in with_room}
        counts = await tx.count_lanes(sorted(lanes)) if lanes else {}
        return ApplicationLanes(set(counts), lanes - counts.keys())

    def enter(self, tx: Transaction, changes: Changes, job: Job) -> bool:
        lane = lane_of(job.delivery)
        if lane in self._busy:
            return False
        self._busy.add(lane)
        if lane in self._idle:
            return enter(tx, changes, job, True, False)
        park(tx, changes, job, tx.now)
        return False


def away_lane(job: Job, now: int) -> Lane:
    """The lane of a device that left: its return wakes it."""
    delivery = job.delivery
    return Lane(delivery.receiver, delivery.key, job.gate, now + AWAY_RETRY_MS, job.lane_attempts, AWAY)


def park(tx: Transaction, changes: Changes, job: Job, due_at: int) -> None:
    """The poll will look at this lane. Behind an unreachable gate nothing is written: when it opens, `wake`
    finds all that waits, so an application that is away costs nothing.
    """
    if tx.rooms.is_reachable(job.gate):
        changes.parks.append(Park(job.delivery.receiver, job.delivery.key, job.gate, due_at))


def come_first(tx: Transaction, changes: Changes, job: Job, due_at: int) -> None:
    """This one entered its lane not at its end, and may go by another upstream than what was first:
    the poll finds out. Where all of a lane leaves by one gate there is nothing to find out.
    """
    if job.delivery.via and tx.rooms.is_reachable(job.gate):
        changes.turns.append(Park(job.delivery.receiver, job.delivery.key, job.gate, due_at))
    else:
        park(tx, changes, job, due_at)


def go_on_without(tx: Transaction, changes: Changes, job: Job, due_at: int) -> None:
    """This one left its lane before it was sent; others may wait behind it. Those may go by another upstream
    than this one's, which is closed: the poll of any that is open finds out.
    """
    if not job.delivery.via or tx.rooms.is_reachable(job.gate):
        park(tx, changes, job, due_at)
        return
    gate = tx.rooms.reachable(UPSTREAM)
    if gate is not None:
        changes.turns.append(Park(job.delivery.receiver, job.delivery.key, gate, due_at))


def start_attempt(job: Job) -> None:
    job.delivery.place = Place.TAKEN
    job.delivery.attempts += 1


def attempt_line(job: Job, now: int) -> str:
    """The timeline's record that an attempt leaves: gate, number, segment, and whether it may be a repeat."""
    delivery = job.delivery
    return line("attempt", now, delivery.attempts, job.gate, delivery.segment + 1, delivery.repeated)


def woken_line(lane: Lane, now: int) -> str:
    """What made a lane due before its clock, at the moment at which it happened; empty when nothing did."""
    if lane.code == AWAY:
        return line("woken", now, AWAY, AWAY_RETRY_MS // 3_600_000)
    why, number = what_woke(lane.code)
    if not why:
        return ""
    if why == GATE_OPENED and number:
        return line("woken", number, why, word(lane.gate))
    at = now if lane.due_at is None else lane.due_at - number * 1000
    return line("woken", at, why, number if why == ATTACHED else word(lane.gate))


def moved(delivery: Delivery) -> Move:
    """The delivery's row as it now stands."""
    return Move(
        delivery.place,
        delivery.segment,
        delivery.attempts,
        delivery.repeated,
        delivery.priority,
        delivery.position,
        delivery.enter_at,
        delivery.expires_at,
        delivery.id,
    )
