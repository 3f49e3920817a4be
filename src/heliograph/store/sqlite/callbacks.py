"""The verbs for callbacks, on SQLite. They share their transaction's connection and never suspend."""

from collections.abc import Sequence
from typing import Any

import apsw
from msgspec import json
from msgspec.structs import astuple

from heliograph.core.callback import Callback, CallbackAttempt, CallbackSecret, Subscriber
from heliograph.core.changes import Happening
from heliograph.store.sql.admin import TABLES
from heliograph.store.sql.callback import SQL

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


def _keys(values: Sequence[int]) -> str:
    return json.encode(values).decode()


class SqliteCallbacks:
    """Of one transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def _rows(self, name: str, *values: int | str | bytes | None) -> list[Row]:
        return self._connection.execute(SQL[name], values).fetchall()

    async def load_subscribers(self, orgs: Sequence[int]) -> list[Subscriber]:
        return [Subscriber(*row) for row in self._rows("subscribers", _keys(orgs))]

    async def count(self, kind: type[Callback | CallbackSecret], org: int) -> int:
        number: int = self._rows(f"count_{TABLES[kind]}", org)[0][0]
        return number

    async def policies_of_callback(self, callback: Callback) -> int:
        number: int = self._rows("policies_of_callback", callback.org, callback.id)[0][0]
        return number

    async def users_of_secret(self, secret: CallbackSecret) -> int:
        number: int = self._rows("users_of_secret", secret.org, secret.id)[0][0]
        return number

    async def drop_log(self, callback: int) -> None:
        self._rows("drop_log", callback)

    async def log(self, attempts: Sequence[CallbackAttempt]) -> None:
        self._connection.executemany(SQL["log"], map(astuple, attempts))

    async def trim_log(self, callback: int, up_to: int, limit: int) -> int:
        return len(self._rows("trim_log", callback, up_to, limit))

    async def replaying(self, callback: int, messages: Sequence[int]) -> set[int]:
        return {row[0] for row in self._rows("replaying", callback, _keys(messages))}

    async def load_events(self, ids: Sequence[int]) -> list[Happening]:
        return [Happening(*row) for row in self._rows("events_by_id", _keys(ids))]
