"""Receipts that come before we know their message: held for a moment and asked about again.

In: receipts that nobody knew, references that were just given. Out: those to ask about once more, and those
whose time is over. Bounded in number and in time.
"""

from typing import Protocol

from msgspec import Struct

from heliograph.networks.smpp.translate.receipts import Ended
from heliograph.wire.smpp.pdus import DataSm, DataSmResp, DeliverSm, DeliverSmResp
from heliograph.wire.smpp.session import SmppSession

HELD_SECONDS = 5.0
MOST_HELD = 10_000
MOST_LATELY = 20_000  # references: a receipt that comes twice finds its own among them
AGES_SECONDS = (0.25, 1.0, HELD_SECONDS)  # when they are asked about again, unless there is news


class Waker(Protocol):
    """Whose answers have to leave."""

    def flush_soon(self) -> None: ...


class Waiting(Struct, eq=False):
    """A receipt that was not answered yet. `references`: what its ids may mean, the likeliest first."""

    session: SmppSession
    line: Waker
    sequence: int
    response: type[DeliverSmResp | DataSmResp]
    ids: tuple[str, ...]
    references: tuple[str, ...]
    outcome: Ended
    state: str
    at: float
    error: str = ""
    doubtful: DeliverSm | DataSm | None = None  # an SMS unless somebody knows its id
    turn: int = 0  # which of the references is asked about
    asked: int = 0  # how often all of them were


class Holding:
    def __init__(self) -> None:
        self._held: dict[int, Waiting] = {}  # by identity, oldest first
        self._by_reference: dict[str, list[Waiting]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, waiting: Waiting) -> bool:
        """False when there are too many."""
        if len(self._held) >= MOST_HELD:
            return False
        self._held[id(waiting)] = waiting
        for reference in waiting.references:
            self._by_reference.setdefault(reference, []).append(waiting)
        return True

    def named(self, reference: str) -> list[Waiting]:
        """Those that wait for this reference, which was just given. They are held no more."""
        found = list(self._by_reference.get(reference, ()))
        for waiting in found:
            self._release(waiting)
        return found

    def due(self, now: float) -> list[Waiting]:
        """To be asked about once more. They are held no more."""
        found = [one for one in self._held.values() if now >= one.at + AGES_SECONDS[min(one.asked, 3) - 1]]
        for waiting in found:
            self._release(waiting)
        return found

    def _release(self, waiting: Waiting) -> None:
        if self._held.pop(id(waiting), None) is None:
            return
        for reference in waiting.references:
            others = self._by_reference[reference]
            others.remove(waiting)
            if not others:
                del self._by_reference[reference]


class Lately:
    """The references that were given, or confirmed, lately."""

    def __init__(self) -> None:
        self._references: dict[str, int] = {}  # and whose each is

    def __contains__(self, reference: str) -> bool:
        return reference in self._references

    def of(self, reference: str) -> int | None:
        return self._references.get(reference)

    def add(self, reference: str, message: int = 0) -> None:
        self._references[reference] = message
        if len(self._references) > MOST_LATELY:
            del self._references[next(iter(self._references))]

    def forget(self, reference: str) -> None:
        self._references.pop(reference, None)
