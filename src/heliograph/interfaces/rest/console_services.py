"""What routes of the third-party console work with, and how many may wait there for news."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from heliograph.flow.console import SendFromConsole
from heliograph.flow.manage.console import ManageLinks
from heliograph.flow.ports.console import ConsoleReader
from heliograph.interfaces.rest.callers.console import Door, Seat
from heliograph.interfaces.rest.problem import Problem, error

MOST_OF_ONE = 10  # who wait at one console
MOST_OF_ORGANISATION = 50


class Waiting:
    """Who waits for news."""

    def __init__(self) -> None:
        self._waiting: Counter[str | int] = Counter()

    @contextmanager
    def one(self, seat: Seat) -> Iterator[None]:
        waiting = self._waiting
        if waiting[seat.who] >= MOST_OF_ONE or waiting[seat.org] >= MOST_OF_ORGANISATION:
            raise Problem(429, error(1105, "Too many wait at this console"), ((b"retry-after", b"10"),))
        waiting.update((seat.who, seat.org))
        try:
            yield
        finally:
            waiting.subtract((seat.who, seat.org))
            for key in (seat.who, seat.org):
                if not waiting[key]:
                    del waiting[key]


class ConsoleServices(Struct, frozen=True):
    reader: ConsoleReader
    links: ManageLinks
    send: SendFromConsole
    door: Door
    waiting: Waiting
