"""Reads of SMS for the API, on SQLite: the seam `SmsReader` of `flow/reads/sms_port` over the reader.

In: what is asked. Out: rows of the core. Threads and time limits are the reader's and the view's.
"""

from collections.abc import Sequence

from msgspec import json

from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.sim import Sim
from heliograph.flow.reads.port import Slice
from heliograph.flow.reads.sms_port import SmsFilter
from heliograph.flow.shown import Mark
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.sms_sql import READS
from heliograph.store.reads.view import Row, Value, View

SCAN = 2_000  # rows that one slice of a filtered search looks at


class SmsReads:
    """Shares the connections of a `Reader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def _rows(self, name: str, **values: Value) -> list[Row]:
        return await self._reader.ask(lambda view: _rows(view, name, values))

    async def device(self, org: int, id: int) -> Device | None:
        return (await self.devices(org, [id])).get(id)

    async def devices(self, org: int, ids: Sequence[int]) -> dict[int, Device]:
        rows = await self._rows("devices", org=org, ids=_keys(ids)) if ids else []
        return {row[0]: Device(*row) for row in rows}

    async def sims(self, devices: Sequence[int]) -> dict[int, Sim]:
        rows = await self._rows("sims", ids=_keys(devices)) if devices else []
        return {sim.device: sim for sim in (Sim(*row) for row in rows) if sim.device is not None}

    async def message(self, org: int, id: int) -> Message | None:
        return await self._reader.message(org, id)

    async def labels(self, messages: Sequence[int]) -> dict[int, MessageLabel]:
        rows = await self._rows("labels", ids=_keys(messages)) if messages else []
        return {row[0]: MessageLabel(*row) for row in rows}

    async def of_device(
        self, org: int, device: int, before: Mark, limit: int, offset: int = 0
    ) -> list[Message]:
        span = {"org": org, "device": device, "since": 0, "at": before.at, "id": before.id}
        return [Message(*row) for row in await self._rows("of_device", **span, scan=limit, passed=offset)]

    async def count(self, org: int, device: int, most: int) -> int:
        rows = await self._rows("count", org=org, device=device, most=most)
        return min(most, int(rows[0][0]))

    async def search(self, org: int, wanted: SmsFilter, before: Mark, limit: int) -> Slice[Message, Mark]:
        return await self._reader.ask(lambda view: _search(view, org, wanted, before, limit))


def _search(view: View, org: int, wanted: SmsFilter, before: Mark, limit: int) -> Slice[Message, Mark]:
    scan = limit if wanted.is_plain else max(SCAN, limit)
    values: dict[str, Value] = {
        "org": org,
        "device": wanted.device,
        "wanted_device": wanted.device,
        "since": wanted.since,
        "at": before.at,
        "id": before.id,
        "scan": scan,
        "state": wanted.state,
        "direction": wanted.direction,
        "text": wanted.text,
        "tag": wanted.tag,
        "reference": wanted.reference,
        "most": limit,
        "last": scan - 1,
    }
    source = _source(wanted)
    found = [Message(*row) for row in _rows(view, f"search_{source}", values)]
    if len(found) == limit:
        return Slice(found, Mark(found[-1].accepted_at, found[-1].id))
    end = _rows(view, f"end_{source}", values)
    return Slice(found, Mark(*end[0]) if end else None)


def _source(wanted: SmsFilter) -> str:
    """The index that gives the fewest rows."""
    if wanted.reference is not None:
        return "referenced"
    if wanted.device is not None:
        return "device"
    return "tagged" if wanted.tag is not None else "organisation"


def _rows(view: View, name: str, values: dict[str, Value]) -> list[Row]:
    read = READS[name]
    return view.connection.execute(read.text, read.values(values)).fetchall()


def _keys(ids: Sequence[int]) -> str:
    return json.encode(list(ids)).decode()
