"""A virtual device's outbox: SMS that it sends, segment by segment, each kept until the network acknowledged
it.

In: SMS, and what the network said of the last segment (None for RP-ACK, or an RP cause). Out: the segment to
send next, and when. Pure: time comes in.
"""

from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct

from heliograph.networks.simulator.sms import Outgoing

OUTBOX_LIMIT = 32
TRIES_LIMIT = 12  # of one segment; with the pauses below about 40 minutes
FIRST_PAUSE_MS = 5_000
LONGEST_PAUSE_MS = 300_000
REFUSED_LIMIT = 5  # a person looks at them, on one line

# 3GPP TS 24.011 §8.2.5.4: the causes after which sending again makes sense.
TEMPORARY_CAUSES = frozenset({22, 27, 38, 41, 42, 47})


class Stage(IntEnum):
    IDLE = 1
    SENDING = 2  # waits for RP-ACK or RP-ERROR
    RESTING = 3  # until `resume_at`


class Letter(Struct):
    """An SMS on its way out."""

    to: str
    text: str
    segments: tuple[Outgoing, ...]
    gap_ms: int = 0
    lose_segment: int = 0  # never sent, though the device believes that it was
    sent: int = 0
    tries: int = 0


class Refused(NamedTuple):
    at: int
    to: str
    text: str
    cause: int
    given_up: bool  # the cause was temporary, for too long


class Outbox:
    __slots__ = ("refused", "resume_at", "stage", "waiting")

    def __init__(self) -> None:
        self.stage = Stage.IDLE
        self.waiting: list[Letter] = []
        self.resume_at = 0
        self.refused: list[Refused] = []

    def push(self, letter: Letter) -> bool:
        """False when it is full: a device out of coverage does not collect for ever."""
        if len(self.waiting) >= OUTBOX_LIMIT:
            return False
        self.waiting.append(letter)
        self._skip_lost()
        return True

    def next(self, now: int) -> tuple[str, Outgoing] | None:
        """What to send now, and where. It then counts as being sent."""
        if self.stage == Stage.SENDING or not self.waiting:
            return None
        if self.stage == Stage.RESTING and now < self.resume_at:
            return None
        self.stage = Stage.SENDING
        letter = self.waiting[0]
        return letter.to, letter.segments[letter.sent]

    def heard(self, cause: int | None, now: int) -> None:
        """The network's word on the segment being sent."""
        if self.stage != Stage.SENDING:
            return
        letter = self.waiting[0]
        if cause is None:
            self._acknowledged(letter, now)
        elif cause in TEMPORARY_CAUSES and letter.tries + 1 < TRIES_LIMIT:
            letter.tries += 1
            self._rest(now + pause_ms(letter.tries))
        else:
            self._refuse(letter, cause, now)

    def _acknowledged(self, letter: Letter, now: int) -> None:
        letter.sent += 1
        letter.tries = 0
        self.stage = Stage.IDLE
        self._skip_lost()
        if letter.sent and self.waiting and self.waiting[0] is letter and letter.gap_ms:
            self._rest(now + letter.gap_ms)

    def _skip_lost(self) -> None:
        """What the radio lost is over for the device; so is an SMS with no segment left."""
        while self.waiting:
            letter = self.waiting[0]
            if letter.sent < len(letter.segments) and letter.sent + 1 == letter.lose_segment:
                letter.sent += 1
            if letter.sent < len(letter.segments):
                return
            del self.waiting[0]

    def _rest(self, until: int) -> None:
        self.stage = Stage.RESTING
        self.resume_at = until

    def _refuse(self, letter: Letter, cause: int, now: int) -> None:
        """The whole SMS: the segments that are left would make no sense alone."""
        given_up = cause in TEMPORARY_CAUSES
        self.refused.append(Refused(now, letter.to, letter.text, cause, given_up))
        del self.refused[:-REFUSED_LIMIT]
        del self.waiting[0]
        self.stage = Stage.IDLE
        self._skip_lost()


def pause_ms(tries: int) -> int:
    """Before the next try of a segment that failed so often."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << (tries - 1))
