"""The TPDUs of an SMS: what travels over the air for it, segment by segment, taken apart for people.

In: a message, and which side is looked at. Out: octets with their fields. They are made from the message as
it is kept; a network may choose other references, and adds what its own link needs.
"""

from msgspec import Struct

from heliograph.core.address import is_device_number, is_name
from heliograph.core.content import segments_of
from heliograph.core.message import Message
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, short_code
from heliograph.wire.gsm.address import name as named
from heliograph.wire.gsm.segments import SegmentData
from heliograph.wire.gsm.timestamp import timestamp_at
from heliograph.wire.gsm.tpdu import Deliver, Submit, encode
from heliograph.wire.gsm.tpdu.dissect import Field, dissect_deliver, dissect_submit

REFERENCES = 256  # 3GPP TS 23.040 §9.2.3.24.1: an 8-bit reference


class Tpdu(Struct, frozen=True):
    kind: str
    segment: int  # from 1
    octets: bytes
    fields: list[Field]


def tpdus(message: Message, from_device: bool) -> list[Tpdu]:
    """Of the way from its device, or of that to its device. None once retention removed the body, or when the
    content cannot travel.
    """
    reference = message.id // REFERENCES % REFERENCES  # ids end in the shard
    if message.body is None:
        return []
    try:
        parts = segments_of(message.body, message.dcs, message.udh, message.languages, reference)
        if from_device:
            return [_submit(message, part, number) for number, part in enumerate(parts, 1)]
        return [_deliver(message, part, number, len(parts)) for number, part in enumerate(parts, 1)]
    except (ValueError, Malformed):  # kept as it came, and no TPDU can carry it
        return []


def _deliver(message: Message, part: SegmentData, number: int, total: int) -> Tpdu:
    octets = encode(
        Deliver(
            _address(message.source, message.origin is not None),
            timestamp_at(message.accepted_at // 1000),
            message.pid,
            message.dcs,
            part.udl,
            part.user_data,
            bool(part.udh),
            more_messages=number < total,
        )
    )
    return Tpdu("SMS-DELIVER", number, octets, dissect_deliver(octets))


def _submit(message: Message, part: SegmentData, number: int) -> Tpdu:
    """TP-MR grows from segment to segment. 3GPP TS 23.040 §9.2.3.6."""
    first = message.id // REFERENCES
    octets = encode(
        Submit(
            (first + number - 1) % REFERENCES,
            _address(message.destination, False),
            message.pid,
            message.dcs,
            part.udl,
            part.user_data,
            udhi=bool(part.udh),
        )
    )
    return Tpdu("SMS-SUBMIT", number, octets, dissect_submit(octets))


def _address(text: str, is_msisdn: bool) -> Address:
    """A device's own number is kept international, without its `+`."""
    if is_name(text):
        return named(text)
    digits = text.removeprefix("+")
    return Address(digits) if digits != text or is_msisdn or is_device_number(digits) else short_code(digits)
