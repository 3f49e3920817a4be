"""Explaining: a message's timeline in words, for whoever asks what happened to it.

In: the message with its timeline, and where it stands now. Out: sentences, each with a code for programs.
Pure: the way to show a time comes in, so that an interface can use another zone.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from heliograph.core.delivery import DEVICE_RECEIVER, Place
from heliograph.core.message import Direction, Message, State
from heliograph.core.outcome import MEANINGS, meaning
from heliograph.core.refusal import CODES
from heliograph.core.timeline import Step, read, word
from heliograph.wire.gsm.alphabet import Language
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

Show = Callable[[int], str]


class Sentence(Struct, frozen=True):
    code: str
    at: int | None  # None: of now, not of the past
    text: str


class Standing(Struct, frozen=True):
    """Where the delivery of a message stands, and its lane. For a message that is not final."""

    place: int | None = None  # None: an attempt is under way, as far as the store can see
    enter_at: int | None = None
    expires_at: int | None = None
    ahead: int = 0  # deliveries that go before it
    due_at: int | None = None  # when its lane is tried next; None: no clock is set
    lane_attempts: int = 0
    lane_code: str = ""
    attached: bool = True
    gate: str = ""
    gate_is_open: bool | None = None  # None: not known here


def utc(milliseconds: int) -> str:
    """ISO 8601 with milliseconds, in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def explain(
    message: Message,
    standing: Standing | None = None,
    policy: str | None = None,
    show: Show = utc,
) -> list[Sentence]:
    """The whole story. `policy` is the name of the policy now: the timeline's may have lost its spaces."""
    teller = _Teller(message, policy, show)
    sentences = [
        Sentence(step.code, step.at, text) for step in read(message.timeline) for text in teller.tell(step)
    ]
    if message.final_at is None and standing is not None:
        sentences += [Sentence(code, None, text) for code, text in teller.now(standing)]
    return sentences
