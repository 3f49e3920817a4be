"""Attaching: a device is back (or has free memory, or says goodbye). Wakes its lanes after the settling
delay.

A booting device does not answer its first page, so the lane is due a little later. The clock of the lane
starts anew.
"""

from collections.abc import Sequence
from enum import IntEnum

from msgspec import Struct

from heliograph.core.changes import INFO, Changes, Happening
from heliograph.core.ids import shard_of
from heliograph.core.schedule import RetrySchedule
from heliograph.core.waking import MEMORY_FREE, attached
from heliograph.flow.ports import Answers, Transaction, Urgency


class Presence(IntEnum):
    ATTACHED = 1
    DETACHED = 2
    MEMORY_FREE = 3  # SMMA: 3GPP TS 24.011 §2.1


class Sighting(Struct, gc=False):
    """What a network says of a subscriber."""

    imsi: str
    msisdn: str
    presence: Presence


class Attach:
    """The flow. The answer: which device it was, if any."""

    urgency = Urgency.ACCEPT

    def __init__(self, schedule: RetrySchedule) -> None:
        self._settling_seconds = schedule.settling_seconds

    async def __call__(self, tx: Transaction, requests: Sequence[Sighting]) -> Answers[int | None]:
        found = await self._find(tx, requests)
        final = {
            device: sighting.presence for sighting, device in zip(requests, found, strict=True) if device
        }
        gone = sorted(device for device, presence in final.items() if presence == Presence.DETACHED)
        back = sorted(final.keys() - set(gone))
        changes = Changes()
        if gone:
            changes.happenings += _news(tx, "device_detached", await tx.set_attached(gone, False))
        if back:
            changes.happenings += _news(tx, "device_attached", await tx.set_attached(back, True))
            booting = sorted(device for device in back if final[device] == Presence.ATTACHED)
            settled_at = tx.now + self._settling_seconds * 1000
            await tx.wake_lanes(booting, settled_at, attached(self._settling_seconds))
            await tx.wake_lanes(sorted(set(back) - set(booting)), tx.now, MEMORY_FREE)
        if changes.happenings:
            await tx.write(changes)
        return Answers(found, [])

    async def _find(self, tx: Transaction, requests: Sequence[Sighting]) -> list[int | None]:
        by_imsi = await tx.find_subscribers([request.imsi for request in requests if request.imsi])
        numbers = [request.msisdn for request in requests if not request.imsi]
        by_number = await tx.find_numbers(numbers) if numbers else {}
        return [
            by_imsi.get(request.imsi) if request.imsi else by_number.get(request.msisdn)
            for request in requests
        ]


def _news(tx: Transaction, type: str, devices: Sequence[tuple[int, int]]) -> list[Happening]:
    """Only of those that were elsewhere before: a network may say the same twice."""
    return [Happening(tx.next_id(shard_of(id)), org, tx.now, type, INFO, id, None, "") for id, org in devices]
