"""Sealed columns on SQLite, slice by slice, within a transaction of the writer."""

from collections.abc import Sequence

import apsw

from heliograph.core.security.sealed import SealedColumn, SealedRow


def load_sealed(connection: apsw.Connection, column: SealedColumn, after: int, limit: int) -> list[SealedRow]:
    text = f"""SELECT id, org, {column.column} FROM {column.table}
        WHERE id > ? AND {column.column} IS NOT NULL ORDER BY id LIMIT ?"""
    return [SealedRow(*row) for row in connection.execute(text, (after, limit))]


def replace_sealed(connection: apsw.Connection, column: SealedColumn, rows: Sequence[SealedRow]) -> None:
    text = f"UPDATE {column.table} SET {column.column} = ? WHERE id = ?"
    connection.executemany(text, [(row.octets, row.id) for row in rows])
