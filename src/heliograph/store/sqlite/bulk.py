"""Writing many rows with few statements, on SQLite.

A statement of the catalogue writes one row. Here it is widened to several: a statement that is started once
for 32 rows costs half as much per row, and `executemany` would push every other statement out of the
connection's cache.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import apsw

from heliograph.store.sql.catalogue import NAME, compile_sql

WIDTHS = (32, 8)
_VALUES = re.compile(r"VALUES\(([^()]*)\)")


def widen(text: str, rows: int) -> str | None:
    """The same write for several rows at once; None when this one cannot be widened."""
    if text.startswith("UPDATE"):
        return _widen_update(text, rows)
    group = _VALUES.search(text)
    if group is None:
        return None
    marks = ", ".join([f"({NAME.sub('?', group[1])})"] * rows)
    return text.replace(group[0], f"VALUES {marks}", 1)


def _widen_update(text: str, rows: int) -> str:
    """The rows become a table to update from."""
    names = list(dict.fromkeys(NAME.findall(text)))
    marks = ", ".join([f"({', '.join('?' * len(names))})"] * rows)
    change, where = NAME.sub(r"v.\1", text).rsplit(" WHERE ", 1)
    return f"WITH v({', '.join(names)}) AS (VALUES {marks}) {change} FROM v WHERE {where}"


class Write:
    """One write of the catalogue, in all its widths."""

    def __init__(self, text: str) -> None:
        self._one = compile_sql(text, "sqlite")
        self._changes_rows = text.startswith("UPDATE")
        self._wide = {rows: wide for rows in WIDTHS if (wide := widen(text, rows)) is not None}

    def run(self, connection: apsw.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """In the order of the rows."""
        start = 0
        if not self._changes_rows or _each_once(rows):
            for width, text in self._wide.items():
                while len(rows) - start >= width:
                    values = chain.from_iterable(rows[start : start + width])
                    connection.execute(text, list(values)).fetchall()
                    start += width
        for row in rows[start:]:
            connection.execute(self._one, row).fetchall()


def _each_once(rows: Sequence[tuple[Any, ...]]) -> bool:
    """An update from a table applies one of two rows with the same key, so such rows go one by one."""
    return len({row[-1] for row in rows}) == len(rows)
