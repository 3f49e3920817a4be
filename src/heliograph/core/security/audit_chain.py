"""Checking the audit trail: its entries, read from the first to the last, have to form one chain.

In: entries in the order of their numbers, and the head that somebody noted earlier. Out: where the chain is
broken, and its head now. Whoever changes an entry and all hashes after it is caught by a noted head only, so
note the head somewhere else.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.security.audit import START, Entry, link

MOST_FAULTS = 20  # that are told; all are counted
_HASH_BYTES = len(START)


class Head(Struct, frozen=True):
    """An entry's number and its hash: with them, all entries up to it."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


BEGINNING = Head(0, START)


def head_of(text: str) -> Head | None:
    """`NUMBER:HASH`, as a head is written. None: this is none."""
    number, _, digest = text.strip().partition(":")
    try:
        octets = bytes.fromhex(digest)
    except ValueError:
        return None
    if not (number.isascii() and number.isdecimal()) or len(number) > 18 or len(octets) != _HASH_BYTES:
        return None
    return Head(int(number), octets)


class Fault(Struct, frozen=True):
    """What is wrong, and with which entry."""

    number: int
    why: str


class Walk:
    """Along the chain, some entries at a time. After a fault it goes on, so that one fault is told once."""

    def __init__(self, noted: Sequence[Head] = ()) -> None:
        self._noted = noted
        self.head = BEGINNING
        self.entries = 0
        self.count = 0  # of faults
        self.faults: list[Fault] = []

    def follow(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            expected = self.head.number + 1
            if entry.number < expected:
                self._found(entry.number, "was put in before the first")
                continue
            if entry.number > expected:
                self._missing(expected, entry.number - 1)
            elif link(self.head.hash, entry) != entry.hash:
                self._found(entry.number, "does not fit its hash: it, or the one before it, was changed")
            self.head = Head(entry.number, entry.hash)
            self.entries += 1
            self._compare(entry)

    def end(self) -> None:
        """All entries were seen."""
        last = max((head.number for head in self._noted), default=0)
        if last > self.head.number:
            self._missing(self.head.number + 1, last)

    def compare_end(self, sealed: Head | None) -> None:
        """With the head as it was sealed after the last entry that was seen. None: there is none that is
        proven, so any entries after the last may be gone.
        """
        if sealed is None:
            self._found(self.head.number, "is not proven to be the last: the sealed head is gone or not ours")
        elif sealed.number < self.head.number:
            self._found(sealed.number + 1, "came, or was put there, without the head being sealed anew")

    def _missing(self, first: int, last: int) -> None:
        which = "is missing" if first == last else f"and all others up to {last} are missing"
        self._found(first, which)

    def _compare(self, entry: Entry) -> None:
        if any(entry.number == head.number and entry.hash != head.hash for head in self._noted):
            self._found(entry.number, "is not the one that was noted: it, or one before it, was rewritten")

    def _found(self, number: int, why: str) -> None:
        self.count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(number, why))
