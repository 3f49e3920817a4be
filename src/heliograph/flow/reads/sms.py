"""Browsing SMS by the API: those of one device, one of them, and a search across devices. Newest first.

Everything is asked for an organisation and answers of no other. An SMS is shown as one of its ends: the
device that was asked about, else the one that receives, else the one that sent.
"""

from collections.abc import AsyncIterator, Sequence

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.ids import LARGEST_ID
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import Sim
from heliograph.flow.reads.browse import NEWEST
from heliograph.flow.reads.port import LONGEST_SLICE, Slice
from heliograph.flow.reads.sms_port import SmsFilter, SmsReader
from heliograph.flow.shown import Mark

SLICES = 50  # that one search looks at; one that finds little gives a short page with a mark to go on


class Sms(Struct, frozen=True):
    """A message with what belongs to it."""

    message: Message
    end: int | None  # the device as which it is shown
    device: Device | None  # that device, while there is one
    sim: Sim | None
    label: MessageLabel | None


class SmsBrowse:
    def __init__(self, reader: SmsReader) -> None:
        self._reader = reader

    async def device(self, org: int, id: int) -> Device | Refusal:
        found = await self._reader.device(org, id) if 0 < id <= LARGEST_ID else None
        return found or refuse("unknown_device")

    async def one(self, org: int, device: int, id: int) -> Sms | Refusal:
        """Of this device, sent or received."""
        found = await self.device(org, device)
        if isinstance(found, Refusal):
            return found
        message = await self._reader.message(org, id) if 0 < id <= LARGEST_ID else None
        if message is None or device not in (message.device, message.origin):
            return refuse("unknown_message")
        return (await self._dress([message], found, await self._sim(found)))[0]

    async def by_id(self, org: int, id: int) -> Sms | Refusal:
        """Whoever it goes to."""
        message = await self._reader.message(org, id) if 0 < id <= LARGEST_ID else None
        return refuse("unknown_message") if message is None else (await self.dressed(org, [message]))[0]

    async def count(self, device: Device, most: int) -> int:
        return await self._reader.count(device.org, device.id, most)

    async def newest(self, device: Device, most: int, at_a_time: int) -> AsyncIterator[list[Sms]]:
        """Slice by slice."""
        mark, left = NEWEST, most
        sim = await self._sim(device)
        while left > 0:
            limit = min(left, at_a_time)
            rows = await self._reader.of_device(device.org, device.id, mark, limit)
            if rows:
                yield await self._dress(rows, device, sim)
            if len(rows) < limit:
                break
            left -= limit
            mark = Mark(rows[-1].accepted_at, rows[-1].id)

    async def page(self, device: Device, offset: int, limit: int) -> list[Sms]:
        rows = await self._reader.of_device(device.org, device.id, NEWEST, limit, offset)
        return await self._dress(rows, device, await self._sim(device))

    async def search(self, org: int, wanted: SmsFilter, after: Mark | None, limit: int) -> Slice[Sms, Mark]:
        """Those that came before the mark. A page may be short and yet have a mark to go on."""
        mark: Mark | None = after or NEWEST
        if wanted.until is not None and after is None:
            mark = Mark(wanted.until, 0)
        found: list[Message] = []
        for _ in range(SLICES):
            if mark is None or len(found) == limit:
                break
            part = await self._reader.search(org, wanted, mark, min(limit - len(found), LONGEST_SLICE))
            found += part.rows
            mark = part.end
        return Slice(await self.dressed(org, found), mark)

    async def dressed(self, org: int, found: Sequence[Message]) -> list[Sms]:
        """Messages of one organisation, with what belongs to them."""
        ends = sorted({end for row in found if (end := _end(row))})
        devices, sims = await self._reader.devices(org, ends), await self._reader.sims(ends)
        labels = await self._reader.labels([row.id for row in found])
        return [
            Sms(row, end, devices.get(end or 0), sims.get(end or 0), labels.get(row.id))
            for row, end in ((row, _end(row)) for row in found)
        ]

    async def _sim(self, device: Device) -> Sim | None:
        return (await self._reader.sims([device.id])).get(device.id)

    async def _dress(self, rows: Sequence[Message], device: Device, sim: Sim | None) -> list[Sms]:
        labels = await self._reader.labels([row.id for row in rows])
        return [Sms(row, device.id, device, sim, labels.get(row.id)) for row in rows]


def _end(message: Message) -> int | None:
    return message.device if message.device is not None else message.origin
