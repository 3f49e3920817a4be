"""What an outcome means for its delivery, message and lane. The pure middle of `settle`."""

from collections.abc import Mapping

from heliograph.core.changes import Mark, Reference
from heliograph.core.delivery import Job, Kind, Lane, LaneKey, Place, is_news
from heliograph.core.message import SUCCESS, Event, State, advance
from heliograph.core.outcome import (
    Accepted,
    Delivered,
    Outcome,
    Permanent,
    Returned,
    Temporary,
    Unknown,
    meaning,
)
from heliograph.core.schedule import RetrySchedule, retry_delay_ms
from heliograph.core.story.timeline import line, word
from heliograph.flow.detours import Detours, note_turn, turn
from heliograph.flow.ending import Endings
from heliograph.flow.heads import too_late
from heliograph.flow.lanes import lane_of, moved
from heliograph.flow.ports import ReferenceCount, Transaction

RECEIPT_GRACE_MS = 3600 * 1000  # an upstream may report this long after the validity ended
RETURNED_DELAY_MS = 1000
RETURNED = "returned"
SESSION_DIED = ("link_lost", "receiver_gone")
BEGUN_PRIORITY = (
    4  # above all that a sender may ask: a message whose first segments arrived is finished first
)


class Verdict:
    """Folds the outcomes of one batch. `freed` are the lanes whose next head may go; `counts` are what is
    known of the segments before those that are the last of theirs.
    """

    def __init__(
        self,
        tx: Transaction,
        endings: Endings,
        schedule: RetrySchedule,
        detours: Detours | None = None,
        counts: Mapping[int, ReferenceCount] = {},
    ) -> None:
        self._detours = detours
        self._counts = counts
        self._now = tx.now
        self._rooms = tx.rooms
        self._endings = endings
        self._changes = endings.changes
        self._schedule = schedule
        self.freed: list[LaneKey] = []

    def settle(self, job: Job, outcome: Outcome) -> None:
        if self._detours is not None and job.delivery.via:
            name = self._detours.after(job, outcome)
            if name is not None and isinstance(outcome, Temporary | Permanent):
                self._turn(job, outcome.code, name)
                return
        match outcome:
            case Accepted(reference, whole) if job.delivery.kind == Kind.SMS:
                self._accepted(job, reference, whole)
            case Delivered(whole, unnamed):
                self._delivered(job, whole, unnamed)
            case Accepted():  # an application that takes something over has it
                self._delivered(job, True)
            case Temporary(code, retry_after_seconds):
                self._defer(job, code, meaning(code).retry, retry_after_seconds)
            case Permanent(code):
                if job.delivery.kind != Kind.SMS:
                    self._endings.refused(job, word(code))
                self._over(job, Event.REJECT, word(code), line("rejected", self._now, word(code)))
            case Unknown(code):
                self._unknown(job, code)
            case Returned(code):
                self._returned(job, code)

    def _turn(self, job: Job, code: str, name: str, story: str = "") -> None:
        """Its upstream does not carry it: back to the head of its lane. The next one may take it from there
        in this transaction.
        """
        note_turn(self._changes, job, story + turn(self._changes, job, name, code, self._now))
        self._free(job)

    def _delivered(self, job: Job, whole: bool, unnamed: bool = False) -> None:
        delivery = job.delivery
        segment = job.message.segments if whole else delivery.segment + 1
        arrived = line("arrived", self._now, segment, *(("unnamed",) if unnamed else ()))
        if delivery.kind == Kind.SMS and not whole and delivery.segment + 1 < job.message.segments:
            self._next_segment(job, arrived)
            return
        count = self._counts.get(job.message.id) if unnamed and not whole else None
        if count is not None and count.waiting:
            self._await(job, arrived)  # the others have names, and their own reports
        elif count is not None and count.failed:
            self._over(job, Event.REJECT, count.failed, arrived)
        else:
            self._over(job, Event.DELIVER, None, arrived)

    def _next_segment(self, job: Job, story: str) -> None:
        """Back to the head of its lane, so that policy is asked again before the next segment. Buffered,
        since the gate may have closed; if it has not, the attempt follows in this transaction.
        """
        delivery = job.delivery
        delivery.segment += 1
        delivery.repeated = 0
        delivery.priority = BEGUN_PRIORITY
        delivery.place = Place.WAITING
        self._changes.moves.append(moved(delivery))
        self._mark(job, advance(job.message.state, Event.DEFER), story)
        self._free(job)

    def _over(self, job: Job, event: Event, reason: str | None, story: str) -> None:
        """The delivery is done, well or badly."""
        self._changes.dones.append(job.delivery.id)
        if is_news(job.delivery.kind):
            if event == Event.DELIVER:
                self._endings.bring(job)
            else:
                self._endings.lose(job, reason or "-")
        else:
            self._endings.end(job.message, event, reason, story)
        self._free(job)

    def _free(self, job: Job) -> None:
        lane = lane_of(job.delivery)
        if job.lane_attempts:
            self._changes.lanes_dropped.append(lane)
        self.freed.append(lane)

    def _defer(
        self, job: Job, code: str, retry: str, asked_seconds: int | None, at_once: bool = False
    ) -> None:
        """Not now. Expiry, which waits for an attempt in flight, comes first."""
        delivery = job.delivery
        if self._now >= delivery.expires_at:
            self._over(job, too_late(job), word(code), line("deferred", self._now, word(code), 0))
            return
        if job.alerted:  # an alert restarts the cycle, though it came before the answer
            self._rest(job, code, self._now + self._schedule.settling_seconds * 1000, 0, "alert")
            return
        failed = job.lane_attempts + 1
        due_at = self._now
        if not at_once:
            due_at += retry_delay_ms(self._schedule, retry, failed, asked_seconds)
        self._rest(job, code, due_at, failed, retry if asked_seconds is None else "network")

    def _rest(self, job: Job, code: str, due_at: int, lane_attempts: int, why: str) -> None:
        """`why` says what set the time: a class of the schedule, the network's own word, an alert."""
        delivery = job.delivery
        delivery.place = Place.WAITING
        self._changes.moves.append(moved(delivery))
        self._changes.lanes.append(
            Lane(delivery.receiver, delivery.key, job.gate, due_at, lane_attempts, word(code))
        )
        if is_news(delivery.kind):
            self._endings.defer(job, word(code), due_at, why)
        else:
            story = line("deferred", self._now, word(code), due_at, why)
            if delivery.kind == Kind.SMS and job.message.receipt > SUCCESS and why != RETURNED:
                story += self._endings.interim(job.message)
            self._mark(job, advance(job.message.state, Event.DEFER), story)

    def _unknown(self, job: Job, code: str) -> None:
        """It may have arrived. Repeated and marked as such, unless its sender asked for at most once."""
        if job.message.at_most_once and job.delivery.kind == Kind.SMS:
            self._over(job, Event.REJECT, "unknown_outcome", line("unknown", self._now, word(code)))
            return
        again_at_once = self._another_may_take(job, code)
        job.delivery.repeated = 1
        self._defer(job, code, "unknown", None, at_once=again_at_once)

    def _another_may_take(self, job: Job, code: str) -> bool:
        """Its session died, and others of its application are there. Once: a session that dies of each
        delivery would be given it for ever.
        """
        delivery = job.delivery
        if code not in SESSION_DIED or delivery.kind == Kind.SMS or delivery.repeated:
            return False
        return self._rooms.is_reachable(job.gate)

    def _accepted(self, job: Job, reference: str, whole: bool) -> None:
        """An upstream has this segment, or all of them. After the last one the lane is free and the receipts
        decide.
        """
        delivery, message = job.delivery, job.message
        story = line("taken_over", self._now, word(reference))
        count = self._counts.get(message.id)
        if count is not None and count.failed and self._detours is not None:
            name = self._detours.after(job, Permanent(count.failed))
            if name is not None:  # an earlier segment was not delivered meanwhile
                self._turn(job, count.failed, name, story)
                return
        self._changes.references.append(
            Reference(job.gate, reference, message.id, delivery.id, delivery.segment)
        )
        if not whole and delivery.segment + 1 < message.segments:
            self._next_segment(job, story)
        else:
            self._await(job, story)

    def _await(self, job: Job, story: str) -> None:
        delivery, message = job.delivery, job.message
        delivery.segment = message.segments - 1
        delivery.place = Place.AWAITING
        delivery.expires_at = message.expires_at + RECEIPT_GRACE_MS
        self._changes.moves.append(moved(delivery))
        self._mark(job, advance(message.state, Event.ACCEPT), story)
        self._free(job)

    def _returned(self, job: Job, code: str) -> None:
        """It never left us: no attempt was spent, and the lane's clock stays as it was."""
        job.delivery.attempts -= 1
        job.message.attempts -= 1
        self._rest(job, code, self._now + RETURNED_DELAY_MS, job.lane_attempts, RETURNED)

    def _mark(self, job: Job, state: State, story: str) -> None:
        message = job.message
        message.state = state
        self._changes.marks.append(Mark(state, None, None, message.attempts, story, message.id))
