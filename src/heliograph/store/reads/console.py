"""Reads of the third-party console on SQLite, over the reader's connections."""

from collections.abc import Sequence

from msgspec import json

from heliograph.core.console import MOST_LINKS, ConsoleLink
from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.flow.shown import Mark
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value
from heliograph.store.sql.console import SQL


class SqliteConsoleReader:
    """The seam `flow/ports/console.ConsoleReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def _rows(self, name: str, *values: Value) -> list[Row]:
        return await self._reader.ask(lambda view: view.connection.execute(SQL[name], values).fetchall())

    async def links(self, org: int) -> list[ConsoleLink]:
        return [ConsoleLink(*row) for row in await self._rows("links", org, MOST_LINKS)]

    async def link(self, id: int) -> ConsoleLink | None:
        return next((ConsoleLink(*row) for row in await self._rows("link", id)), None)

    async def link_of(self, digest: bytes) -> ConsoleLink | None:
        return next((ConsoleLink(*row) for row in await self._rows("link_of", digest)), None)

    async def device(self, id: int) -> Device | None:
        return next((Device(*row) for row in await self._rows("device", id)), None)

    async def device_numbered(self, msisdn: str) -> Device | None:
        return next((Device(*row) for row in await self._rows("device_numbered", msisdn)), None)

    async def devices(self, org: int, ids: Sequence[int]) -> list[Device]:
        return [Device(*row) for row in await self._rows("devices", json.encode(list(ids)).decode(), org)]

    async def devices_with(self, org: int, tag: str, limit: int) -> list[Device]:
        return [Device(*row) for row in await self._rows("devices_with", org, tag, limit)]

    async def identified(self, org: int, passed: int, limit: int) -> list[Device]:
        return [Device(*row) for row in await self._rows("identified", org, limit, passed)]

    async def identified_count(self, org: int) -> int:
        return int((await self._rows("identified_count", org))[0][0])

    async def count_sent(self, link: int, device: int, since: int) -> int:
        name, of = ("sent_by_link", link) if link else ("sent_to_device", device)
        return int((await self._rows(name, of, since))[0][0])

    async def conversation(
        self, org: int, link: int, device: int, since: int, before: Mark, limit: int
    ) -> list[tuple[Message, str]]:
        # In the order in which the statement names them first.
        values = (link, device, since, before.at, before.id, limit, org)
        rows = await self._rows("conversation", *values)
        return [(Message(*row[:-1]), row[-1]) for row in rows]
