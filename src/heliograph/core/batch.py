"""Batches: one call that sends to many. The row of a batch, the recipients that were refused, and its life.

What became of an accepted recipient is its message; a batch only remembers who was turned away, and why.
"""

from enum import IntEnum

from msgspec import Struct

MOST_RECIPIENTS = 10_000
MOST_RETRIES = 20  # of one batch: what they took is looked up at each
LONGEST_NAME = 200


class BatchState(IntEnum):
    ACCEPTING = 1  # recipients are still being decided; the caller has not heard yet
    RUNNING = 2
    PAUSED = 3
    CANCELED = 4
    INTERRUPTED = 5  # a stop broke its call off: those decided go on, a repeat of the call decides the rest


FINISHED = "FINISHED"  # how a batch is shown that runs and has nothing left to wait for


class BatchEvent(IntEnum):
    ACCEPTED = 1  # every recipient is decided and on disk
    PAUSE = 2
    RESUME = 3
    CANCEL = 4
    BREAK_OFF = 5  # the program stopped before the last recipient was decided


TRANSITIONS: dict[tuple[BatchState, BatchEvent], BatchState] = {
    (BatchState.ACCEPTING, BatchEvent.ACCEPTED): BatchState.RUNNING,
    (BatchState.RUNNING, BatchEvent.ACCEPTED): BatchState.RUNNING,  # a repeat of the call ends it again
    (BatchState.PAUSED, BatchEvent.ACCEPTED): BatchState.PAUSED,
    (BatchState.CANCELED, BatchEvent.ACCEPTED): BatchState.CANCELED,
    (BatchState.ACCEPTING, BatchEvent.BREAK_OFF): BatchState.INTERRUPTED,
    (BatchState.INTERRUPTED, BatchEvent.ACCEPTED): BatchState.RUNNING,
    (BatchState.INTERRUPTED, BatchEvent.PAUSE): BatchState.PAUSED,
    (BatchState.INTERRUPTED, BatchEvent.RESUME): BatchState.INTERRUPTED,
    (BatchState.INTERRUPTED, BatchEvent.CANCEL): BatchState.CANCELED,
    (BatchState.RUNNING, BatchEvent.PAUSE): BatchState.PAUSED,
    (BatchState.PAUSED, BatchEvent.PAUSE): BatchState.PAUSED,
    (BatchState.RUNNING, BatchEvent.RESUME): BatchState.RUNNING,
    (BatchState.PAUSED, BatchEvent.RESUME): BatchState.RUNNING,
    (BatchState.ACCEPTING, BatchEvent.CANCEL): BatchState.CANCELED,
    (BatchState.RUNNING, BatchEvent.CANCEL): BatchState.CANCELED,
    (BatchState.PAUSED, BatchEvent.CANCEL): BatchState.CANCELED,
    (BatchState.CANCELED, BatchEvent.CANCEL): BatchState.CANCELED,
}


class Batch(Struct, frozen=True):
    """One row of the batch table, in its column order."""

    id: int
    org: int
    created_at: int
    sender: str
    name: str
    payload: str
    total: int
    state: int = BatchState.ACCEPTING
    decided: int = 0  # recipients, from the first on
    refused: int = 0
    retry_of: int | None = None  # the batch whose failed ones it sends to again

    def is_undecided(self) -> bool:
        """Somebody was meant and not decided about, and may still be."""
        return self.decided < self.total and self.state != BatchState.CANCELED


class BatchRefusal(Struct, frozen=True, gc=False):
    """One row of the batch_refusal table, in its column order."""

    batch: int
    number: int  # its place in the call, from 1
    recipient: str
    code: str
    reason: str
    rule: str
    device: int | None = None  # which was meant, when there is one


class BatchProgress(Struct, frozen=True, gc=False):
    """How far a batch has come with one slice more."""

    decided: int
    refused: int
    id: int
