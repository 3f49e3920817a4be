"""Reads of the audit trail on SQLite, over the reader's connections: each question is one snapshot."""

from heliograph.core.security.audit import Entry
from heliograph.core.security.audit_chain import Head
from heliograph.flow.reads.audit import AuditFilter
from heliograph.flow.reads.port import Slice
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import View
from heliograph.store.sql.catalogue import columns, compile_sql
from heliograph.store.sqlite.audit import last_change
from heliograph.store.sqlite.audit_head import kept_head

SCAN = 10_000  # entries that one slice looks at
_CHAIN = compile_sql(
    f"SELECT {columns(Entry)} FROM audit WHERE number > :after ORDER BY number LIMIT :most", "sqlite"
)
_OF_ORG = "org = :org AND "


def _newest(own: str) -> str:
    return compile_sql(
        f"""SELECT {columns(Entry)} FROM (SELECT * FROM audit WHERE {own}number < :before
            ORDER BY number DESC LIMIT :scan) a
        WHERE (CAST(:kind AS TEXT) IS NULL OR kind = :kind) AND (CAST(:row AS BIGINT) IS NULL OR row = :row)
        AND (CAST(:actor AS TEXT) IS NULL OR actor = :actor)
        AND (CAST(:action AS TEXT) IS NULL OR action = :action) ORDER BY number DESC LIMIT :most""",
        "sqlite",
    )


def _end(own: str) -> str:
    return compile_sql(
        f"SELECT number FROM audit WHERE {own}number < :before ORDER BY number DESC LIMIT 1 OFFSET :last",
        "sqlite",
    )


_ENTRIES, _ALL_ENTRIES = _newest(_OF_ORG), _newest("")
_END, _ALL_END = _end(_OF_ORG), _end("")


class SqliteAuditReader:
    """The seam `flow/reads/audit.AuditReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def chain(self, after: int, limit: int) -> list[Entry]:
        return await self._reader.ask(lambda view: _chain(view, after, limit))

    async def sealed_head(self) -> tuple[Head, bytes] | None:
        return await self._reader.ask(lambda view: kept_head(view.connection))

    async def last_change(self, org: int) -> int:
        return await self._reader.ask(lambda view: last_change(view.connection, org))

    async def entries(
        self, org: int | None, wanted: AuditFilter, before: int, limit: int
    ) -> Slice[Entry, int]:
        return await self._reader.ask(lambda view: _entries(view, org, wanted, before, limit))


def _chain(view: View, after: int, limit: int) -> list[Entry]:
    return [Entry(*row) for row in view.connection.execute(_CHAIN, (after, limit))]


def _entries(view: View, org: int | None, wanted: AuditFilter, before: int, limit: int) -> Slice[Entry, int]:
    text, own = (_ENTRIES, (org,)) if org is not None else (_ALL_ENTRIES, ())
    values = (*own, before, SCAN, wanted.kind, wanted.row, wanted.actor, wanted.action, limit)
    found = [Entry(*row) for row in view.connection.execute(text, values)]
    if len(found) == limit:
        return Slice(found, found[-1].number)
    end = view.connection.execute(_END if own else _ALL_END, (*own, before, SCAN - 1)).fetchall()
    return Slice(found, end[0][0] if end else None)
