"""Reads of upstreams and routes on SQLite, over the reader's connections."""

from heliograph.core.upstream import Route, Upstream
from heliograph.store.reads.reader import Reader
from heliograph.store.sql.upstream import SQL


class SqliteUpstreamReader:
    """The seam `flow/ports/upstreams.UpstreamReader`."""

    def __init__(self, reader: Reader) -> None:
        self._ask = reader.ask

    async def upstreams(self) -> list[Upstream]:
        rows = await self._ask(lambda view: view.connection.execute(SQL["upstreams"]).fetchall())
        return [Upstream(*row) for row in rows]  # type: ignore[arg-type]  # the columns of STRICT tables

    async def routes(self) -> list[Route]:
        rows = await self._ask(lambda view: view.connection.execute(SQL["routes"]).fetchall())
        return [Route(*row) for row in rows]  # type: ignore[arg-type]  # as above
