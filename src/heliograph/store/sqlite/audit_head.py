"""The sealed head of the audit trail on SQLite: its last entry, and a tag that only our keys make.

Written in the transaction of each change. A head that does not fit the trail any more stays as it is: so a
tail that was cut is found also after new entries grew in its place.
"""

from collections.abc import Callable
from hmac import compare_digest
from typing import Any

import apsw

from heliograph.core.security.audit_chain import Head

Tags = Callable[[Head], list[bytes]]  # by every key that there is, the newest first
_LAST = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
_ENTRY = "SELECT hash FROM audit WHERE number = ?"
_KEPT = "SELECT number, hash, tag FROM audit_head"
_KEEP = "INSERT OR REPLACE INTO audit_head(id, number, hash, tag) VALUES(0, ?, ?, ?)"
_FOUNDED = "SELECT 1 FROM organisation LIMIT 1"


class SealedHead:
    """Of one connection that writes."""

    def __init__(self, connection: apsw.Connection, tags: Tags) -> None:
        self._connection = connection
        self._tags = tags
        self._seen: bytes | None = None
        self._is_new = False
        self.forget()
        kept = kept_head(connection)
        if kept is not None and is_ours(*kept, tags):
            self._keep(kept[0])  # with the newest key: older ones may go

    def follow(self) -> None:
        """At the end of a transaction, whatever it did."""
        found: list[Any] = self._connection.execute(_LAST).fetchall()
        if not found or found[0][1] == self._seen:
            return
        if self._is_new or self._fits():
            self._keep(Head(*found[0]))
            self._is_new = False
        self._seen = found[0][1]

    def forget(self) -> None:
        """Nothing of this transaction holds."""
        found: list[Any] = self._connection.execute(_LAST).fetchall()
        self._seen = found[0][1] if found else None
        self._is_new = not found and not self._connection.execute(_FOUNDED).fetchall()

    def _fits(self) -> bool:
        kept = kept_head(self._connection)
        if kept is None or not is_ours(*kept, self._tags):
            return False
        found: list[Any] = self._connection.execute(_ENTRY, (kept[0].number,)).fetchall()
        return bool(found) and found[0][0] == kept[0].hash

    def _keep(self, head: Head) -> None:
        self._connection.execute(_KEEP, (head.number, head.hash, self._tags(head)[0])).fetchall()


def kept_head(connection: apsw.Connection) -> tuple[Head, bytes] | None:
    """With its tag."""
    found: list[Any] = connection.execute(_KEPT).fetchall()
    return (Head(found[0][0], found[0][1]), found[0][2]) if found else None


def is_ours(head: Head, tag: bytes, tags: Tags) -> bool:
    return any(compare_digest(tag, own) for own in tags(head))
