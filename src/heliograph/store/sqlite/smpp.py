"""The verbs for SMPP accounts, on SQLite. They share their transaction's connection and never suspend."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import apsw

from heliograph.core.delivery import Job, LaneKey
from heliograph.core.smpp_account import SmppAccount
from heliograph.store.sql.smpp import SQL

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


class SqliteSmpp:
    """Of one transaction, whose jobs `load` finds by their deliveries."""

    def __init__(
        self, connection: apsw.Connection, load: Callable[[Sequence[int]], Awaitable[dict[int, Job]]]
    ) -> None:
        self._connection = connection
        self._load = load

    def _rows(self, name: str, *values: int | str | None) -> list[Row]:
        return self._connection.execute(SQL[name], values).fetchall()

    async def account_named(self, system_id: str) -> SmppAccount | None:
        return next((SmppAccount(*row) for row in self._rows("account_named", system_id)), None)

    async def count(self, org: int) -> int:
        number: int = self._rows("count", org)[0][0]
        return number

    async def policies_of(self, account: SmppAccount) -> int:
        number: int = self._rows("policies", account.org, account.id)[0][0]
        return number

    async def alike(self, lane: LaneKey, sender: str, source: str, service_type: str | None) -> list[Job]:
        rows = self._rows("alike", lane.receiver, lane.key, sender, source, service_type)
        return list((await self._load([row[0] for row in rows])).values()) if rows else []

    async def beyond(self, account: int, most: int, limit: int) -> list[int]:
        newest = self._rows("newest_beyond", account, most)
        return [row[0] for row in self._rows("beyond", account, newest[0][0], limit)] if newest else []
