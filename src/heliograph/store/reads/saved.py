"""Reads of what people saved, on SQLite: the seam `flow/reads/saved_port.SavedReader`."""

from heliograph.core.saved import MOST_TEMPLATES, MOST_VIEWS, SavedView, SmsTemplate
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, View
from heliograph.store.sql.admin import OF_ORG


class SavedReads:
    """Shares the connections of a `Reader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def views(self, org: int) -> list[SavedView]:
        def ask(view: View) -> list[SavedView]:
            rows: list[Row] = view.connection.execute(OF_ORG[SavedView], (org, MOST_VIEWS)).fetchall()
            return [SavedView(*row) for row in rows]

        return await self._reader.ask(ask)

    async def templates(self, org: int) -> list[SmsTemplate]:
        def ask(view: View) -> list[SmsTemplate]:
            rows: list[Row] = view.connection.execute(OF_ORG[SmsTemplate], (org, MOST_TEMPLATES)).fetchall()
            return [SmsTemplate(*row) for row in rows]

        return await self._reader.ask(ask)
