"""How the fields of a PDU are laid out. PDU classes name a kind for every field; `layout` walks them.

Never here: any PDU.
"""

from collections.abc import Callable
from dataclasses import dataclass

from heliograph.wire.smpp.numbers import Status


@dataclass(frozen=True, slots=True)
class StatusField:
    """command_status; it stands in the header."""


@dataclass(frozen=True, slots=True)
class Octet:
    """An integer of one octet. SMPP 3.4 §3.1."""


@dataclass(frozen=True, slots=True)
class CString:
    """A C-octet string of at most so many octets, its NUL counted; `status` says that it is too long."""

    octets: int
    status: Status = Status.RINVPARLEN


@dataclass(frozen=True, slots=True)
class TimeString:
    """A C-octet string of 1 or 17 octets. SMPP 3.4 §3.1, §7.1."""

    status: Status


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """sm_length, and as many octets."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A number of things, and the things; read from octets at an index, written as Latin-1 text."""

    read: Callable[[bytes, int], tuple[object, int]]
    write: Callable[[tuple[object, ...]], str]


@dataclass(frozen=True, slots=True)
class Tail:
    """TLVs up to the end."""


Kind = StatusField | Octet | CString | TimeString | ShortMessage | Listed | Tail
KINDS = (StatusField, Octet, CString, TimeString, ShortMessage, Listed, Tail)
TIME_CHARACTERS = 16
SHORT_MESSAGE_LIMIT = 254
"""SMPP 3.4 §5.2.22. More is taken, up to what the length octet says, and never sent."""
