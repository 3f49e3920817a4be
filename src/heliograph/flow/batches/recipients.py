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
from heliograph.core.sim import Sim
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
    """Whom the name means: a device, or a phone outside the fleet; and why they get nothing, if so."""

    name: str
    device: int | None
    refusal: Refusal | None = None
    variables: Variables = {}
    number: str = ""  # of the phone


class Person(Struct, frozen=True):
    """A device and its SIM: what a text may speak of."""

    device: Device
    sim: Sim | None


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
    device = known[one.number].id if one.number in known else one.device
    refusal = _outside(one.number, stopped) if device is None else None
    who = one.number if device is None else device
    if who in seen:
        refusal = refuse("duplicate_recipient", "recipient")
    seen.add(who)
    return Found(one.name, device, refusal, one.variables, one.number if device is None else "")


def _outside(number: str, stopped: set[str]) -> Refusal | None:
    """Whether a route leads there, the decision over its SMS tells."""
    return suppressed(number, stopped) if is_device_number(number) else refuse("bad_address", "recipient")


async def load(reader: SmsReader, org: int, found: Sequence[Found], sims: bool) -> dict[int, Person]:
    """The devices themselves, for texts that speak of them; their SIMs, for those that speak of SIMs."""
    ids = [one.device for one in found if one.device is not None]
    people: dict[int, Person] = {}
    for start in range(0, len(ids), LONGEST_SLICE):
        devices = await reader.devices(org, ids[start : start + LONGEST_SLICE])
        theirs = await reader.sims(list(devices)) if sims else {}
        people.update({id: Person(device, theirs.get(id)) for id, device in devices.items()})
    return people
