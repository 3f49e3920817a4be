"""The verbs for the third-party console, on SQLite. They share their transaction's connection and never
suspend.
"""

from typing import Any

import apsw
from msgspec.structs import astuple

from heliograph.core.console import ConsoleSent
from heliograph.store.sql.console import SQL


class SqliteConsole:
    """Of one transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def _count(self, name: str, *values: int) -> int:
        rows: list[tuple[Any, ...]] = self._connection.execute(SQL[name], values).fetchall()
        return int(rows[0][0])

    async def count_links(self, org: int) -> int:
        return self._count("link_count", org)

    async def count_sent(self, link: int, device: int, since: int) -> int:
        if link:
            return self._count("sent_by_link", link, since)
        return self._count("sent_to_device", device, since)

    async def add_sent(self, sent: ConsoleSent) -> None:
        self._connection.execute(SQL["add_sent"], astuple(sent)).fetchall()
