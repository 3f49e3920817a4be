"""SMS between the engine's values and what a virtual device holds: real segments, really decoded.

In: a job of the engine, or a text that a device wants to send. Out: the segment that arrives, or those that
leave. Pure. Never here: what a device does with them.
"""

from msgspec import Struct

from heliograph.core.content import Content, content_of_text, segments_of
from heliograph.core.delivery import Job
from heliograph.core.message import Message
from heliograph.core.refusal import Refusal
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs
from heliograph.wire.gsm.text import SegmentData, UserData, decode_user_data, join_text, read_content

REFERENCES = 256  # 3GPP TS 23.040 §9.2.3.24.1: an 8-bit reference


class Incoming(Struct, gc=False):
    """One segment, as it reaches the device."""

    source: str
    pid: int
    user_data: UserData
    reference: int
    total: int
    number: int
    repeated: bool


class Outgoing(Struct, gc=False):
    """One segment that a device sends."""

    content: Content
    reference: int
    total: int
    number: int
    raw_ucs2: bool = False


def incoming(job: Job) -> Incoming:
    """The segment that this job carries; `Malformed` when nothing sensible can be sent for it."""
    message = job.message
    segment = _segment(message, job.delivery.segment)
    user_data = UserData(parse_dcs(message.dcs), bool(segment.udh), segment.udl, segment.user_data)
    header, _ = read_content(*user_data)
    place = header.concatenation
    return Incoming(
        source=message.source,
        pid=message.pid,
        user_data=user_data,
        reference=place.reference if place else 0,
        total=place.total if place else 1,
        number=place.sequence if place else 1,
        repeated=bool(job.delivery.repeated),
    )


def _segment(message: Message, index: int) -> SegmentData:
    reference = reference_of(message.id)
    try:
        segments = segments_of(message.body or b"", message.dcs, message.udh, message.languages, reference)
    except ValueError as error:  # a coding scheme that the content was not made for
        raise Malformed(str(error)) from error
    if index >= len(segments):
        raise Malformed(f"there is no segment {index + 1}")
    return segments[index]


def reference_of(message: int) -> int:
    """Ids end in the shard, which is the same for all messages of a device."""
    return message // 256 % REFERENCES


def words_of(parts: list[UserData]) -> str | bytes:
    """Text, or octets, of a whole SMS."""
    return join_text(parts)


def segment_words(job: Job) -> str | bytes:
    """What this job's segment says, alone; the whole body when no segment can be made of it."""
    message = job.message
    if message.segments == 1 and not message.udh and parse_dcs(message.dcs).alphabet != Alphabet.OCTETS:
        return (message.body or b"").decode(errors="replace")
    try:
        return decode_user_data(*incoming(job).user_data)[1]
    except Malformed:
        return message.body or b""


def outgoing(text: str, reference: int) -> tuple[Outgoing, ...] | Refusal:
    """A text as a device sends it."""
    content = content_of_text(text)
    if isinstance(content, Refusal):
        return content
    if content.segments == 1:
        return (Outgoing(content, 0, 1, 1),)
    dcs = parse_dcs(content.dcs)
    raw_ucs2 = dcs.alphabet == Alphabet.UCS2
    segments = segments_of(content.body, content.dcs, b"", 0, reference)
    bodies = []
    for segment in segments:
        user_data = UserData(dcs, True, segment.udl, segment.user_data)
        words = read_content(*user_data)[1] if raw_ucs2 else decode_user_data(*user_data)[1]
        bodies.append(words.encode() if isinstance(words, str) else words)
    return tuple(
        Outgoing(Content(body, content.dcs, 0, b"", 0, 1), reference, len(bodies), number, raw_ucs2)
        for number, body in enumerate(bodies, 1)
    )
