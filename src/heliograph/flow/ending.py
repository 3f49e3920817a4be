"""Ending a message: its final mark, and the receipt that tells its sender. Used by all that end messages."""

from heliograph.core.changes import Changes, Mark, Note
from heliograph.core.delivery import Job, Kind, LaneKey, gate_of_application
from heliograph.core.message import STATE_NAMES, Event, Message, advance
from heliograph.core.story.timeline import line
from heliograph.flow.lanes import ApplicationLanes, new_delivery
from heliograph.flow.ports import Transaction


def ended(message: Message, event: Event, reason: str | None, now: int, story: str) -> Mark:
    """The final mark. `story` is what the timeline says before its last line."""
    state = advance(message.state, event)
    message.state, message.reason, message.final_at = state, reason, now
    story += line("final", now, STATE_NAMES[state], reason or "-")
    return Mark(state, reason, now, message.attempts, story, message.id)


def receipt_lane(message: Message) -> LaneKey | None:
    """Where the receipt will go, when one is wanted."""
    if not message.receipt or message.application is None:
        return None
    return LaneKey(message.application, message.device or message.origin or 0)


class Endings:
    """Ends messages with their receipts, within one batch."""

    def __init__(
        self, tx: Transaction, changes: Changes, lanes: ApplicationLanes, receipt_validity_seconds: int
    ) -> None:
        self._tx = tx
        self.changes = changes
        self._lanes = lanes
        self._receipt_validity_ms = receipt_validity_seconds * 1000
        self.jobs: list[Job] = []

    def afresh(self) -> "Endings":
        """For what follows in the same transaction after the changes so far are written. What was known of
        lanes is out of date then; the poll finds out.
        """
        self.changes = Changes()
        self._lanes = ApplicationLanes(set(), set())
        self.jobs = []
        return self

    def end(self, message: Message, event: Event, reason: str | None, story: str) -> None:
        """The message is over and its delivery done; the caller removes the delivery."""
        now = self._tx.now
        lane = receipt_lane(message)
        mark = ended(message, event, reason, now, story)
        if lane is not None:
            mark.timeline += self._receipt(message, lane)
        self.changes.marks.append(mark)
        if message.segments > 1 and message.attempts:
            self.changes.references_done.append(message.id)  # of segments that an upstream had taken over

    def tell(self, message: Message, story: str) -> None:
        """The timeline grows; nothing ends."""
        self.changes.notes.append(Note(story, message.id))

    def lose(self, job: Job, reason: str) -> None:
        """News whose application stayed away for too long."""
        code = "receipt_lost" if job.delivery.kind == Kind.RECEIPT else "replay_lost"
        self._tell_news(job, line(code, self._tx.now, job.delivery.receiver, reason))

    def bring(self, job: Job) -> None:
        """News that its application has."""
        code = "receipt_delivered" if job.delivery.kind == Kind.RECEIPT else "replay_delivered"
        self._tell_news(job, line(code, self._tx.now, job.delivery.receiver, "-"))

    def defer(self, job: Job, code: str, due_at: int, why: str) -> None:
        """News that could not be brought yet."""
        what = "receipt_deferred" if job.delivery.kind == Kind.RECEIPT else "replay_deferred"
        self._tell_news(job, line(what, self._tx.now, code, due_at, why))

    def _tell_news(self, job: Job, story: str) -> None:
        if job.delivery.kind != Kind.EVENT:  # an event has no message whose timeline could tell it
            self.changes.notes.append(Note(story, job.message.id))

    def _receipt(self, message: Message, lane: LaneKey) -> str:
        now = self._tx.now
        delivery = new_delivery(
            self._tx, message, Kind.RECEIPT, lane.receiver, lane.key, now + self._receipt_validity_ms
        )
        job = Job(delivery, message, gate_of_application(lane.receiver), "", "")
        if self._lanes.enter(self._tx, self.changes, job):
            self.jobs.append(job)
        self.changes.deliveries.append(delivery)
        return line("receipt", now, lane.receiver)
