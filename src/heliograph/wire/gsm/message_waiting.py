"""Message waiting indications: the lamp that says how many voicemails, faxes or e-mails wait.

Two carriers: some data coding schemes (TS 23.038 §4), and the user data header (TS 23.040 §9.2.3.24.2).
Comes in: their octets. Goes out: values, and back. Never here: who has mail.
"""

from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed


class WaitingKind(IntEnum):
    VOICEMAIL = 0
    FAX = 1
    EMAIL = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a data coding scheme says: lamp on or off; the text may be kept or thrown away."""

    kind: WaitingKind
    active: bool
    store: bool


@dataclass(frozen=True, slots=True)
class SpecialIndication:
    """What information element 0x01 says: with a count, a line (profile 1 to 4) and an extended kind."""

    kind: WaitingKind
    count: int
    store: bool = False
    profile: int = 1
    extended_kind: int = 0


def parse_indication(data: bytes) -> SpecialIndication:
    """The two octets of the element; `Malformed` when they are not two."""
    if len(data) != 2:
        raise Malformed(f"a special message indication has 2 octets, not {len(data)}")
    # 3GPP TS 23.040 §9.2.3.24.2: bit 7 store, 6..5 profile, 4..2 extended kind, 1..0 kind; then a count.
    octet = data[0]
    return SpecialIndication(
        kind=WaitingKind(octet & 0x03),
        count=data[1],
        store=bool(octet & 0x80),
        profile=(octet >> 5 & 0x03) + 1,
        extended_kind=octet >> 2 & 0x07,
    )


def indication_octets(indication: SpecialIndication) -> bytes:
    """The two octets of the element; ValueError when a field is out of its range."""
    if not (1 <= indication.profile <= 4 and 0 <= indication.extended_kind <= 7):
        raise ValueError(f"profile 1..4 and extended kind 0..7 only: {indication}")
    octet = indication.kind | indication.extended_kind << 2 | (indication.profile - 1) << 5
    return bytes((octet | indication.store << 7, indication.count))
