"""A virtual device's inbox: the last SMS that it read, long ones joined from their segments.

In: segments. Out: the text once an SMS is whole. Pure.
"""

from collections.abc import Iterable
from typing import NamedTuple

from heliograph.networks.simulator.sms import Incoming, words_of
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.text import UserData

INBOX_LIMIT = 20
SETS_LIMIT = 8  # long SMS that wait for segments; beyond it the oldest is given up

_SILENT_PID = 0x40  # 3GPP TS 23.040 §9.2.3.9: type 0, acknowledged and discarded
_REPLACE_PIDS = range(0x41, 0x48)  # the same: replace short message types 1 to 7

SetKey = tuple[str, int, int]


class Sms(NamedTuple):
    at: int
    source: str
    text: str  # 8-bit data as hexadecimal
    binary: bool
    repeated: bool  # a segment of it came as a repeat
    pid: int


class Inbox:
    __slots__ = ("_sets", "read")

    def __init__(self) -> None:
        self.read: list[Sms] = []
        self._sets: dict[SetKey, dict[int, Incoming]] = {}

    def put(self, segment: Incoming, at: int) -> Sms | None:
        """The SMS when it is whole; None while segments are missing, and for one that nobody sees."""
        if segment.pid == _SILENT_PID:
            return None
        parts = self._join(segment)
        if parts is None:
            return None
        sms = _sms(segment, parts, at)
        if segment.pid in _REPLACE_PIDS:
            self.read = [old for old in self.read if (old.source, old.pid) != (sms.source, sms.pid)]
        self.read.append(sms)
        del self.read[:-INBOX_LIMIT]
        return sms

    def merge(self, others: Iterable[Sms]) -> None:
        """SMS that were read elsewhere, put where their time says."""
        self.read = sorted([*others, *self.read], key=lambda sms: sms.at)[-INBOX_LIMIT:]

    def _join(self, segment: Incoming) -> list[Incoming] | None:
        if segment.total == 1:
            return [segment]
        key = (segment.source, segment.reference, segment.total)
        parts = self._sets.setdefault(key, {})
        parts[segment.number] = segment
        if len(parts) == segment.total:
            del self._sets[key]
            return [parts[number] for number in sorted(parts)]
        if len(self._sets) > SETS_LIMIT:
            del self._sets[next(iter(self._sets))]
        return None

    @property
    def is_empty(self) -> bool:
        return not self.read and not self._sets


def _sms(segment: Incoming, parts: list[Incoming], at: int) -> Sms:
    words = _words([part.user_data for part in parts])
    text = words if isinstance(words, str) else words.hex()
    repeated = any(part.repeated for part in parts)
    return Sms(at, segment.source, text, not isinstance(words, str), repeated, segment.pid)


def _words(parts: list[UserData]) -> str | bytes:
    try:
        return words_of(parts)
    except Malformed:
        return b"".join(part.octets for part in parts)
