"""The data coding scheme octet (TS 23.038 §4): which alphabet, which class, and what else it says.

Comes in: an octet, or what a sender wants. Goes out: a `Dcs` that keeps its octet.
Never here: coding of text (see `text`), and cell broadcast, whose octet means other things (§5).
"""

from dataclasses import dataclass
from enum import Enum

from heliograph.wire.gsm.message_waiting import Waiting, WaitingKind


class Alphabet(Enum):
    GSM7 = "gsm7"
    OCTETS = "octets"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Dcs:
    """One data coding scheme. Class 0 is shown at once (flash), 1 is for the ME, 2 the SIM, 3 the TE."""

    octet: int
    alphabet: Alphabet = Alphabet.GSM7
    message_class: int | None = None
    compressed: bool = False
    auto_delete: bool = False
    waiting: Waiting | None = None

    @property
    def counts_septets(self) -> bool:
        """TP-UDL counts septets, not octets. 3GPP TS 23.040 §9.2.3.16."""
        return self.alphabet is Alphabet.GSM7 and not self.compressed


_COMPRESSED = 0x20
_HAS_CLASS = 0x10
_AUTO_DELETE = 0x40
_CLASS_GROUP = 0xF0
_ALPHABETS = (Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2)
_WAITING_GROUPS = {0xC0: (Alphabet.GSM7, False), 0xD0: (Alphabet.GSM7, True), 0xE0: (Alphabet.UCS2, True)}


def _read(octet: int) -> Dcs:
    group = octet & 0xF0
    if group == _CLASS_GROUP:
        # Bit 3 is reserved and ignored: taking 0xFE for GSM text would spoil binary data.
        return Dcs(octet, _ALPHABETS[octet >> 2 & 1], octet & 0x03)
    if group in _WAITING_GROUPS:
        alphabet, store = _WAITING_GROUPS[group]
        return Dcs(octet, alphabet, waiting=Waiting(WaitingKind(octet & 0x03), bool(octet & 0x08), store))
    alphabet_bits = octet >> 2 & 0x03
    if octet & 0x80 or alphabet_bits == 0x03:
        # §4: reserved codings are taken for the default alphabet, as 0x00 is.
        return Dcs(octet)
    return Dcs(
        octet,
        _ALPHABETS[alphabet_bits],
        octet & 0x03 if octet & _HAS_CLASS else None,
        compressed=bool(octet & _COMPRESSED),
        auto_delete=bool(octet & _AUTO_DELETE),
    )


_ALL = tuple(_read(octet) for octet in range(256))


def parse_dcs(octet: int) -> Dcs:
    """What an octet says; every one of the 256 says something."""
    return _ALL[octet]


def make_dcs(
    alphabet: Alphabet,
    message_class: int | None = None,
    *,
    compressed: bool = False,
    auto_delete: bool = False,
    waiting: Waiting | None = None,
) -> Dcs:
    """The scheme that says this; ValueError when none does."""
    if waiting is None:
        octet = _octet(alphabet, message_class, compressed, auto_delete)
    else:
        octet = _waiting_octet(alphabet, waiting)
    made = _ALL[octet]
    if made != Dcs(octet, alphabet, message_class, compressed, auto_delete, waiting):
        raise ValueError("no data coding scheme says all of this")
    return made


def _waiting_octet(alphabet: Alphabet, waiting: Waiting) -> int:
    group = 0xE0 if alphabet is Alphabet.UCS2 else 0xD0 if waiting.store else 0xC0
    return group | waiting.active << 3 | waiting.kind


def _octet(alphabet: Alphabet, message_class: int | None, compressed: bool, auto_delete: bool) -> int:
    alphabet_bits = _ALPHABETS.index(alphabet) << 2
    if message_class is None:
        return alphabet_bits | compressed << 5 | auto_delete << 6
    if not 0 <= message_class <= 3:
        raise ValueError(f"a message class is 0 to 3, not {message_class}")
    if alphabet is Alphabet.UCS2 or compressed or auto_delete:
        return alphabet_bits | compressed << 5 | auto_delete << 6 | _HAS_CLASS | message_class
    # Both groups say it; SIM tool kits look for 0xF6 (8-bit, class 2), not for 0x16.
    return _CLASS_GROUP | alphabet_bits | message_class
