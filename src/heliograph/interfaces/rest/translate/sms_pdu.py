"""The TPDUs of an SMS as they are shown: whole in hexadecimal, and field by field."""

from msgspec import Struct

from heliograph.core.message import Direction, Message
from heliograph.core.story.tpdus import Tpdu, tpdus
from heliograph.wire.gsm.tpdu.dissect import Field


class FieldShown(Struct, frozen=True):
    """Bits of one octet show that octet each."""

    name: str
    octets: str  # in hexadecimal
    value: str
    meaning: str


class PduOfSms(Struct, frozen=True):
    """One segment, made from the SMS as it is kept."""

    segment: int  # from 1
    segments: int
    type: str  # SMS-DELIVER to the endpoint, SMS-SUBMIT from it
    hex: str
    octets: int  # of the TPDU
    fields: list[FieldShown]


def pdus(message: Message, end: int) -> list[PduOfSms]:
    """As the endpoint `end` receives or sends it."""
    from_device = message.direction == Direction.MO or (
        message.direction == Direction.P2P and message.device != end
    )
    found = tpdus(message, from_device)
    return [_shown(tpdu, len(found)) for tpdu in found]


def _shown(tpdu: Tpdu, total: int) -> PduOfSms:
    fields = [_field(field) for field in tpdu.fields]
    return PduOfSms(tpdu.segment, total, tpdu.kind, tpdu.octets.hex(), len(tpdu.octets), fields)


def _field(field: Field) -> FieldShown:
    return FieldShown(*field)
