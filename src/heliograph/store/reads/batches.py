"""Reads of batches for the API, on SQLite: the seam `flow/reads/batch_port.BatchReader` over the reader's
connections.
"""

from collections.abc import Sequence

from msgspec import json

from heliograph.core.batch import Batch, BatchRefusal, BatchState
from heliograph.core.device import Device
from heliograph.core.message import Message, State
from heliograph.flow.reads.batch_port import Sent
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value, View
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

_TEXTS = {
    "batches": f"""SELECT {columns(Batch)} FROM batch WHERE org = :org AND id < :before
        ORDER BY id DESC LIMIT :most""",
    "batch": f"SELECT {columns(Batch)} FROM batch WHERE org = :org AND id = :id",
    "unfinished": f"""SELECT {columns(Batch)} FROM batch WHERE state = {BatchState.ACCEPTING.value}
        ORDER BY id""",
    "retries": f"""SELECT {columns(Batch)} FROM batch WHERE org = :org AND retry_of = :batch
        ORDER BY id LIMIT :most""",
    "states": """SELECT m.state, count(*) FROM message_label l JOIN message m ON m.id = l.message
        WHERE l.batch = :batch GROUP BY m.state""",
    "sent": """SELECT m.id, l.number, m.state, m.reason, m.device, coalesce(v.name, ''), m.destination,
        m.final_at FROM message_label l JOIN message m ON m.id = l.message
        LEFT JOIN device v ON v.id = m.device
        WHERE l.batch = :batch AND l.message > :after ORDER BY l.message LIMIT :most""",
    "failed": f"""SELECT {columns(Message, "m.")} FROM message_label l JOIN message m ON m.id = l.message
        WHERE l.batch = :batch AND l.message > :after
        AND m.state IN ({State.FAILED.value}, {State.EXPIRED.value}) ORDER BY l.message LIMIT :most""",
    "refusals": f"""SELECT {columns(BatchRefusal)} FROM batch_refusal WHERE batch = :batch
        AND number > :after ORDER BY number LIMIT :most""",
    "numbers": f"""SELECT {columns(Device)} FROM device WHERE org = :org AND msisdn <> ''
        AND {one_of("msisdn", "numbers")}""",
    "suppressed": f"SELECT number FROM suppression WHERE org = :org AND {one_of('number', 'numbers')}",
}
_SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}


class BatchReads:
    """Shares the connections of a `Reader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def _rows(self, name: str, *values: Value) -> list[Row]:
        def ask(view: View) -> list[Row]:
            return view.connection.execute(_SQL[name], values).fetchall()

        return await self._reader.ask(ask)

    async def batches(self, org: int, before: int, limit: int) -> list[Batch]:
        return [Batch(*row) for row in await self._rows("batches", org, before, limit)]

    async def batch(self, org: int, id: int) -> Batch | None:
        return next((Batch(*row) for row in await self._rows("batch", org, id)), None)

    async def unfinished(self) -> list[Batch]:
        return [Batch(*row) for row in await self._rows("unfinished")]

    async def retries(self, org: int, batch: int, limit: int) -> list[Batch]:
        return [Batch(*row) for row in await self._rows("retries", org, batch, limit)]

    async def states(self, batch: int) -> dict[int, int]:
        return {row[0]: row[1] for row in await self._rows("states", batch)}

    async def sent(self, batch: int, after: int, limit: int) -> list[Sent]:
        return [Sent(*row) for row in await self._rows("sent", batch, after, limit)]

    async def refusals(self, batch: int, after: int, limit: int) -> list[BatchRefusal]:
        return [BatchRefusal(*row) for row in await self._rows("refusals", batch, after, limit)]

    async def failed(self, batch: int, after: int, limit: int) -> list[Message]:
        return [Message(*row) for row in await self._rows("failed", batch, after, limit)]

    async def numbers(self, org: int, msisdns: Sequence[str]) -> dict[str, Device]:
        text = json.encode(list(msisdns)).decode()
        found = [Device(*row) for row in await self._rows("numbers", org, text)]
        return {device.msisdn: device for device in found}

    async def suppressed(self, org: int, numbers: Sequence[str]) -> set[str]:
        text = json.encode(list(numbers)).decode()
        return {row[0] for row in await self._rows("suppressed", org, text)}
