"""Reads of the audit trail on SQLite, over the reader's connections: each question is one snapshot."""

from heliograph.core.audit import Entry
from heliograph.flow.auditing import AuditFilter
from heliograph.flow.reading import Slice
from heliograph.store.catalogue import columns, compile_sql
from heliograph.store.reader import Reader
from heliograph.store.view import View

SCAN = 10_000  # entries that one slice looks at
_CHAIN = compile_sql(
    f"SELECT {columns(Entry)} FROM audit WHERE number > :after ORDER BY number LIMIT :most", "sqlite"
)
_ENTRIES = compile_sql(
    f"""SELECT {columns(Entry)} FROM (SELECT * FROM audit WHERE org = :org AND number < :before
        ORDER BY number DESC LIMIT :scan) a
    WHERE (CAST(:kind AS TEXT) IS NULL OR kind = :kind) AND (CAST(:row AS BIGINT) IS NULL OR row = :row)
    AND (CAST(:actor AS TEXT) IS NULL OR actor = :actor)
    AND (CAST(:action AS TEXT) IS NULL OR action = :action) ORDER BY number DESC LIMIT :most""",
    "sqlite",
)
_END = compile_sql(
    """SELECT number FROM audit WHERE org = :org AND number < :before
    ORDER BY number DESC LIMIT 1 OFFSET :last""",
    "sqlite",
)


class SqliteAuditReader:
    """The seam `flow/auditing.AuditReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def chain(self, after: int, limit: int) -> list[Entry]:
        return await self._reader.ask(lambda view: _chain(view, after, limit))

    async def entries(self, org: int, wanted: AuditFilter, before: int, limit: int) -> Slice[Entry, int]:
        return await self._reader.ask(lambda view: _entries(view, org, wanted, before, limit))


def _chain(view: View, after: int, limit: int) -> list[Entry]:
    return [Entry(*row) for row in view.connection.execute(_CHAIN, (after, limit))]


def _entries(view: View, org: int, wanted: AuditFilter, before: int, limit: int) -> Slice[Entry, int]:
    values = (org, before, SCAN, wanted.kind, wanted.row, wanted.actor, wanted.action, limit)
    found = [Entry(*row) for row in view.connection.execute(_ENTRIES, values)]
    if len(found) == limit:
        return Slice(found, found[-1].number)
    end = view.connection.execute(_END, (org, before, SCAN - 1)).fetchall()
    return Slice(found, end[0][0] if end else None)
