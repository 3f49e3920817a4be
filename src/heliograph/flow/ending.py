"""Ending a message: its final mark, and the receipt that tells its sender. Used by all that end messages."""

from typing import Protocol

from heliograph.core.changes import WARN, Changes, Happening, Mark, Note
from heliograph.core.delivery import Job, Kind, LaneKey, gate_of_application, key_of_phone
from heliograph.core.ids import shard_of
from heliograph.core.message import (
    ANY_END,
    INTERIM,
    STATE_NAMES,
    Direction,
    Event,
    Message,
    advance,
    wants_receipt,
)
from heliograph.core.smpp_account import is_account
from heliograph.core.story.timeline import LIMIT, line
from heliograph.flow.lanes import ApplicationLanes, new_delivery
from heliograph.flow.ports import Transaction

_INTERIM = "\ninterim "
_REFUSED = {Kind.MO: "mo_refused", Kind.RECEIPT: "receipt_refused", Kind.INTERIM: "receipt_refused"}


def news_word(kind: int, receipt: str, interim: str, replay: str) -> str:
    """What a timeline says of this kind of news."""
    return receipt if kind == Kind.RECEIPT else interim if kind == Kind.INTERIM else replay


def ended(message: Message, event: Event, reason: str | None, now: int, story: str) -> Mark:
    """The final mark. `story` is what the timeline says before its last line."""
    state = advance(message.state, event)
    message.state, message.reason, message.final_at = state, reason, now
    story += line("final", now, STATE_NAMES[state], reason or "-")
    return Mark(state, reason, now, message.attempts, story, message.id)


def receipt_lane(message: Message) -> LaneKey | None:
    """Where news of it goes, when any is wanted."""
    if not message.receipt or message.application is None:
        return None
    return LaneKey(message.application, message.device or message.origin or key_of_phone(message.destination))


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
        if lane is not None and (message.receipt == ANY_END or wants_receipt(message.receipt, message.state)):
            mark.timeline += self._news(Kind.RECEIPT, message, lane)
        self.changes.marks.append(mark)
        if message.segments > 1 and message.attempts:
            self.changes.references_done.append(message.id)  # of segments that an upstream had taken over

    def tell(self, message: Message, story: str) -> None:
        """The timeline grows; nothing ends."""
        self.changes.notes.append(Note(story, message.id))

    def lose(self, job: Job, reason: str) -> None:
        """News that its application never gets."""
        kind = job.delivery.kind
        code = news_word(kind, "receipt_lost", "interim_lost", "replay_lost")
        self._tell_news(job, line(code, self._tx.now, job.delivery.receiver, reason))

    def bring(self, job: Job) -> None:
        """News that its application has."""
        kind = job.delivery.kind
        code = news_word(kind, "receipt_delivered", "interim_delivered", "replay_delivered")
        self._tell_news(job, line(code, self._tx.now, job.delivery.receiver, "-"))

    def defer(self, job: Job, code: str, due_at: int, why: str) -> None:
        """News that could not be brought yet."""
        kind, now = job.delivery.kind, self._tx.now
        what = news_word(kind, "receipt_deferred", "interim_deferred", "replay_deferred")
        self._tell_news(job, line(what, now, code, due_at, why))

    def refused(self, job: Job, code: str) -> None:
        """An application wants none of it, so that nothing waits behind it: people hear of that."""
        type = _REFUSED.get(Kind(job.delivery.kind))
        if type is None:
            return
        message = job.message
        device = message.device or message.origin
        detail = f"application {job.delivery.receiver}: {code}"
        self.changes.happenings.append(
            Happening(
                self._tx.next_id(shard_of(job.delivery.key)),
                message.org,
                self._tx.now,
                type,
                WARN,
                device,
                message.id,
                detail,
            )
        )

    def interim(self, message: Message) -> str:
        """It takes a while: its sender hears of that once, if asked for. What the timeline says of it."""
        wanted = message.receipt & INTERIM and message.direction == Direction.MT
        lane = receipt_lane(message) if wanted else None
        is_told = _INTERIM in message.timeline or len(message.timeline) > LIMIT
        return "" if lane is None or is_told else self._news(Kind.INTERIM, message, lane)

    def _tell_news(self, job: Job, story: str) -> None:
        if job.delivery.kind != Kind.EVENT:  # an event has no message whose timeline could tell it
            self.changes.notes.append(Note(story, job.message.id))

    def _news(self, kind: Kind, message: Message, lane: LaneKey) -> str:
        now = self._tx.now
        delivery = new_delivery(
            self._tx, message, kind, lane.receiver, lane.key, now + self._receipt_validity_ms
        )
        job = Job(delivery, message, gate_of_application(lane.receiver), "", "")
        if self._lanes.enter(self._tx, self.changes, job):
            self.jobs.append(job)
        self.changes.deliveries.append(delivery)
        code = "receipt" if kind == Kind.RECEIPT else "interim"
        return line(code, now, lane.receiver)


class Ending(Protocol):
    """What a batch that accepts or cancels has to end messages with."""

    tx: Transaction
    changes: Changes

    @property
    def receipt_validity_seconds(self) -> int: ...


def endings_of(batch: Ending) -> Endings:
    """The poll finds out whether news may go."""
    lanes = ApplicationLanes(set(), set())
    return Endings(batch.tx, batch.changes, lanes, batch.receipt_validity_seconds)


def cancel(batch: Ending, message: Message, reason: str, story: str) -> None:
    """Who took it back knows. An SMPP account gets the receipt that it asked for all the same, whoever took
    its SMS back: SMPP clients wait for it, and DELETED is an end as any.
    """
    if is_account(message.sender):
        endings_of(batch).end(message, Event.CANCEL, reason, story)
    else:
        batch.changes.marks.append(ended(message, Event.CANCEL, reason, batch.tx.now, story))
