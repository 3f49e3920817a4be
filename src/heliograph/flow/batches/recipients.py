"""Recipients: whom a call to many means, as devices of the organisation or as numbers outside of it.

In: ids, numbers, and conditions on devices. Out: whom it is for, in the order of the call, each once; those
that cannot be reached carry their refusal.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from heliograph.core.address import is_device_number
from heliograph.core.device import Device
from heliograph.core.firewall.suppression import suppressed
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.reads.batch_port import BatchReader
from heliograph.flow.reads.fleet_port import FleetReader
from heliograph.flow.reads.listing import Wanted
from heliograph.flow.reads.port import LONGEST_SLICE
from heliograph.flow.reads.sms_port import SmsReader

Variables = Mapping[str, str | int | float | bool]


class Meant(Struct, frozen=True):
    """One recipient, as the caller named it."""

    name: str
    device: int | None = None
    number: str = ""
    variables: Variables = {}


class Found(Struct, frozen=True):
    name: str
    device: int | Refusal
    variables: Variables


async def of_conditions(reader: FleetReader, org: int, wanted: Wanted, most: int) -> list[Meant]:
    """Devices that meet them, at most one more than `most`."""
    found: list[Meant] = []
    while len(found) <= most:
        page = await reader.devices(org, wanted, partial(_from, len(found)), LONGEST_SLICE)
        found += [Meant(row.device.msisdn or row.device.name, row.device.id) for row in page.rows]
        if len(page.rows) < LONGEST_SLICE:
            break
    return found[: most + 1]


def _from(start: int, total: int) -> int:
    """Where a page begins, however many there are."""
    return min(start, total)


async def find(reader: BatchReader, org: int, meant: Sequence[Meant]) -> list[Found]:
    """Whom each of them is. An unknown id is told by the decision over its SMS."""
    numbers = sorted({one.number for one in meant if one.device is None})
    known: dict[str, Device] = {}
    for some in slices(numbers):
        known.update(await reader.numbers(org, some))
    outside, stopped = [number for number in numbers if number not in known], set[str]()
    for some in slices(outside):
        stopped |= await reader.suppressed(org, some)
    seen: set[int | str] = set()
    return [_found(one, known, stopped, seen) for one in meant]


def slices(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + LONGEST_SLICE] for start in range(0, len(items), LONGEST_SLICE))


def _found(one: Meant, known: Mapping[str, Device], stopped: set[str], seen: set[int | str]) -> Found:
    device: int | Refusal
    if one.device is not None:
        device = one.device
    elif one.number in known:
        device = known[one.number].id
    else:
        device = suppressed(one.number, stopped) or refuse(
            "no_external_route" if is_device_number(one.number) else "bad_address", "recipient"
        )
    who = one.number if isinstance(device, Refusal) else device
    if who in seen:
        device = refuse("duplicate_recipient", "recipient")
    seen.add(who)
    return Found(one.name, device, one.variables)


async def load(reader: SmsReader, org: int, found: Sequence[Found]) -> dict[int, Device]:
    """The devices themselves, for texts that speak of them."""
    ids = [one.device for one in found if isinstance(one.device, int)]
    devices: dict[int, Device] = {}
    for start in range(0, len(ids), LONGEST_SLICE):
        devices.update(await reader.devices(org, ids[start : start + LONGEST_SLICE]))
    return devices
