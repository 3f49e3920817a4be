"""Sequences: numbers leased in blocks, so that taking one costs no write. A crash leaves a gap and repeats
nothing.
"""

import apsw

BLOCK = 4_096
_NAME = "id"


class Sequences:
    """The one sequence of this process."""

    def __init__(self) -> None:
        self._next = 0
        self._end = 0

    def next(self, connection: apsw.Connection) -> int:
        if self._next >= self._end:
            self._lease(connection)
        number = self._next
        self._next += 1
        return number

    def _lease(self, connection: apsw.Connection) -> None:
        """Inside the caller's transaction: numbers used by it are leased by its commit."""
        leased: int = connection.execute(
            """INSERT INTO sequence(name, next) VALUES(?1, 1 + ?2)
            ON CONFLICT(name) DO UPDATE SET next = next + ?2 RETURNING next""",
            (_NAME, BLOCK),
        ).fetchall()[0][0]  # type: ignore[assignment] # an INTEGER column
        self._end = leased
        self._next = self._end - BLOCK

    def forget(self) -> None:
        """A rolled back transaction may have taken its lease with it."""
        self._next = self._end = 0
