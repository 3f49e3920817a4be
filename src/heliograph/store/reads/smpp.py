"""Reads of SMPP accounts on SQLite, over the reader's connections."""

from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount, sender_of
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Value
from heliograph.store.sql.smpp import SQL


class SqliteSmppReader:
    """The seam `flow/ports/smpp.SmppReader`."""

    def __init__(self, reader: Reader) -> None:
        self._ask = reader.ask

    async def accounts(self, org: int | None) -> list[SmppAccount]:
        return await self._rows("accounts", org)

    async def account(self, org: int, id: int) -> SmppAccount | None:
        return next(iter(await self._rows("account", org, id)), None)

    async def account_named(self, system_id: str) -> SmppAccount | None:
        return next(iter(await self._rows("account_named", system_id)), None)

    async def message(self, account: SmppAccount, id: int) -> Message | None:
        values = (id, account.org, sender_of(account.id))
        rows = await self._ask(lambda view: view.connection.execute(SQL["message"], values).fetchall())
        return next((Message(*row) for row in rows), None)  # type: ignore[arg-type] # as above

    async def _rows(self, name: str, *values: Value) -> list[SmppAccount]:
        rows = await self._ask(lambda view: view.connection.execute(SQL[name], values).fetchall())
        return [SmppAccount(*row) for row in rows]  # type: ignore[arg-type] # the columns of STRICT tables
