"""Writing the audit trail on SQLite, within the transaction of the change itself."""

from collections.abc import Sequence
from typing import Any

import apsw
from msgspec import Struct, json, structs

from heliograph.core.security.audit import HIDDEN, PROGRAM, SECRETS, START, Actor, Entry, link
from heliograph.store.sql.catalogue import columns, compile_sql

_MARKS = ", ".join(f":{name}" for name in columns(Entry).split(", "))
_INSERT = compile_sql(f"INSERT INTO audit({columns(Entry)}) VALUES({_MARKS})", "sqlite")
_LAST_CHANGE = "SELECT number FROM audit WHERE org = ? ORDER BY number DESC LIMIT 1"
_LAST = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"


class Trail:
    """Of one transaction, by whom it was asked."""

    def __init__(self, connection: apsw.Connection, now: int, by: Actor | None) -> None:
        self._connection = connection
        self._now = now
        self._by = by or PROGRAM
        self._last: tuple[int, bytes] | None = None

    def last_change(self, org: int) -> int:
        return last_change(self._connection, org)

    def record(self, action: str, kind: str, before: Struct | None, after: Struct | None) -> None:
        """A change of one row. What is the same before and after is left out."""
        old, new = _values(before), _values(after)
        if before is not None and after is not None:
            changed = [name for name in new if old.get(name) != new[name]]
            if not changed:
                return
            old, new = {name: old[name] for name in changed}, {name: new[name] for name in changed}
        row: Any = after if after is not None else before
        entry = self._entry(action, kind, row, _text(old), _text(new))
        self._connection.execute(_INSERT, structs.astuple(entry)).fetchall()

    def record_new(self, kind: str, rows: Sequence[Struct]) -> None:
        """Rows that were added, in one go."""
        entries = [self._entry("create", kind, row, "", _text(_values(row))) for row in rows]
        self._connection.executemany(_INSERT, map(structs.astuple, entries))

    def _entry(self, action: str, kind: str, row: Any, before: str, after: str) -> Entry:
        """The next one of the chain."""
        number, previous = self._last or self._read_last()
        number, by = number + 1, self._by
        id: int = row.id if hasattr(row, "id") else row.device
        org: int = row.org if hasattr(row, "org") else id  # an organisation is its own
        entry = Entry(number, self._now, org, by.name, by.address, action, kind, id, before, after, b"")
        entry = structs.replace(entry, hash=link(previous, entry))
        self._last = (number, entry.hash)
        return entry

    def _read_last(self) -> tuple[int, bytes]:
        found: list[Any] = self._connection.execute(_LAST).fetchall()
        return (found[0][0], found[0][1]) if found else (0, START)


def last_change(connection: apsw.Connection, org: int) -> int:
    """0: nothing was changed yet."""
    found: list[Any] = connection.execute(_LAST_CHANGE, (org,)).fetchall()
    return found[0][0] if found else 0


def _values(row: Struct | None) -> dict[str, Any]:
    return {} if row is None else structs.asdict(row)


def _text(values: dict[str, Any]) -> str:
    """That a secret changed is told; the secret is not."""
    shown = {name: HIDDEN if name in SECRETS else value for name, value in values.items()}
    return json.encode(shown).decode() if shown else ""
